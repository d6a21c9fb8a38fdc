import fc from 'fast-check';
import { averagePrecision } from '../../../src/statistics';
import { ok } from '../../vectors/map/mapper';
import { LABELS, SCORES } from './sample';

fc.configureGlobal({ seed: 1 });

test('scikit-learn’s, with ties', () => {
  const found = ok(averagePrecision(LABELS, SCORES));
  expect(found.value).toBeCloseTo(0.84525075314549, 13);
  expect(found).toMatchObject({ n: 30, direction: 'higher-is-better', interval: { level: 0.95, method: 'wilson' } });
});

test('rows of one score enter together, whatever their order; a perfect order has 1', () => {
  expect(ok(averagePrecision([1, 0, 0, 1], [0.5, 0.5, 0.5, 0.5])).value).toBe(0.5);
  expect(ok(averagePrecision([0, 1, 1, 0], [0.5, 0.5, 0.5, 0.5])).value).toBe(0.5);
  expect(ok(averagePrecision([0, 1, 1], [0.1, 0.8, 0.9])).value).toBe(1);
});

test('it depends on the order of the scores alone and lies in its interval', () => {
  const rows = fc.array(fc.tuple(fc.constantFrom(0, 1), fc.integer({ min: 0, max: 30 })), {
    minLength: 2,
    maxLength: 40,
  });
  fc.assert(
    fc.property(rows, (given) => {
      const labels = given.map(([label]) => label);
      fc.pre(new Set(labels).size === 2);
      const scores = given.map(([, score]) => score);
      const found = ok(averagePrecision(labels, scores));
      const turned = averagePrecision(
        [...labels].reverse(),
        [...scores].reverse().map((score) => Math.exp(score)),
      );
      expect(turned).toMatchObject({ value: expect.closeTo(found.value, 12) });
      expect(found.interval!.low).toBeLessThanOrEqual(found.value);
      expect(found.interval!.high).toBeGreaterThanOrEqual(found.value);
    }),
  );
});

test('statuses and refusals', () => {
  expect(averagePrecision([], [])).toMatchObject({ status: 'insufficient-data', n: [0] });
  expect(averagePrecision([1, 1], [0.2, 0.3])).toMatchObject({ status: 'one-class', n: [0, 2] });
  expect(averagePrecision([0, null], [0.2, 0.3])).toMatchObject({ status: 'one-class', notes: [expect.any(String)] });
  expect(() => averagePrecision([1, 0], [0.2])).toThrow('scores has 1 values and labels has 2');
  expect(() => averagePrecision([1, 0], [1, 2], { alpha: 1 })).toThrow('alpha is 1');
});
