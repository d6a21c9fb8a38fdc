import fc from 'fast-check';
import { calibrateScores } from '../../../src/statistics';
import { calibrated, fitIsotonic, fitPlatt } from '../../../src/statistics/performance/calibration';
import { orderedScores } from '../../../src/statistics/performance/ordered-scores';

fc.configureGlobal({ seed: 1 });

const scores = Float64Array.of(
  ...[0.1, 0.25, 0.79, 0.58, 0.11, 0.44, 0.48, 0.17, 0.73, 0.13, 0.4, 0.52],
  ...[0.43, 0.58, 0.73, 0.94, 0.29, 0.64, 0.69, 0.3, 0.02, 0.95, 0.31, 0.32],
);
const labels = Uint8Array.of(0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1);
const steps = orderedScores(labels, scores);

test('isotonic regression is scikit-learn’s', () => {
  const curve = fitIsotonic(steps);
  const at = [0, 0.05, 0.2, 0.315, 0.33, 0.5, 0.73, 0.76, 0.8, 1];
  const expected = [0, 0, 0, 1 / 24, 1 / 12, 1 / 12, 1 / 12, 13 / 24, 1, 1];
  at.forEach((score, index) => expect(calibrated(curve, score)).toBeCloseTo(expected[index]!, 12));
});

test('Platt’s curve solves the equations that scipy solves', () => {
  const curve = fitPlatt(steps);
  expect(curve).toMatchObject({
    slope: expect.closeTo(0.8805410084776237, 8),
    intercept: expect.closeTo(-1.7769809599592326, 8),
  });
});

test('parted classes, and labels the wrong way round, have finite curves', () => {
  for (const order of [
    [0, 0, 1, 1],
    [1, 1, 0, 0],
  ]) {
    const curve = fitPlatt(orderedScores(Uint8Array.from(order), Float64Array.of(0, 0.1, 0.9, 1)));
    for (const score of [0, 0.5, 1]) {
      expect(calibrated(curve, score)).toBeGreaterThan(0);
      expect(calibrated(curve, score)).toBeLessThan(1);
    }
  }
});

const rows = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 20 })), {
  minLength: 1,
  maxLength: 60,
});

test('an isotonic curve rises, keeps the sum of the labels, and no rising step curve is nearer to them', () => {
  fc.assert(
    fc.property(rows, fc.array(fc.integer({ min: 0, max: 100 }), { minLength: 21, maxLength: 21 }), (given, other) => {
      const y = Uint8Array.from(given, ([label]) => label);
      const s = Float64Array.from(given, ([, score]) => score / 20);
      const curve = fitIsotonic(orderedScores(y, s));
      const p = s.map((score) => calibrated(curve, score));
      expect(p.reduce((sum, value) => sum + value, 0)).toBeCloseTo(
        y.reduce((sum, value) => sum + value, 0),
        9,
      );
      for (let step = 1; step <= 20; step += 1)
        expect(calibrated(curve, step / 20)).toBeGreaterThanOrEqual(calibrated(curve, (step - 1) / 20));
      const rival = [...other].sort((a, b) => a - b).map((value) => value / 100);
      const loss = (of: (row: number) => number) => y.reduce((sum, label, row) => sum + (label - of(row)) ** 2, 0);
      expect(loss((row) => p[row]!)).toBeLessThanOrEqual(loss((row) => rival[given[row]![1]]!) + 1e-9);
    }),
  );
});

test('a list of scores keeps its places, also of the missing ones', () => {
  const curve = { kind: 'isotonic', scores: [0.2, 0.6], probabilities: [0.1, 0.9] } as const;
  expect([...calibrateScores(curve, [0.4, null, NaN, 0.9])]).toEqual([expect.closeTo(0.5, 14), NaN, NaN, 0.9]);
  expect([...calibrateScores({ kind: 'none' }, [0.25])]).toEqual([0.25]);
  expect(() => calibrateScores(curve, [0.5, 1.2])).toThrow('scores[1] is 1.2: expected a probability from 0 to 1');
  expect(() => calibrateScores(curve, 'ab' as never)).toThrow(TypeError);
});
