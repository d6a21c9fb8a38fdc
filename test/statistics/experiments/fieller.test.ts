import fc from 'fast-check';
import { compareArms, fiellerInterval, meanOf } from '../../../src/statistics/experiments';
import { ok, unsound, wildSums } from './samples';

const arm = (mean: number, variance: number, n: number) => ({ kind: 'mean', n, mean, m2: variance * (n - 1) }) as const;

test('the ends are where the t statistic of treatment − ratio · control is the critical value', () => {
  const { effect } = ok(fiellerInterval(arm(10, 4, 100), arm(11, 5, 120)));
  for (const end of [effect.interval!.low!, effect.interval!.high!])
    expect(Math.abs(11 - end * 10) / Math.sqrt(5 / 120 + (end * end * 4) / 100)).toBeCloseTo(1.959963984540054, 9);
});

test('a control near 0 leaves an open set, one within noise leaves everything', () => {
  const exclusive = ok(fiellerInterval(arm(0.1, 4, 100), arm(11, 5, 120)));
  expect(exclusive).toMatchObject({ type: 'exclusive', effect: { interval: null }, excluded: { method: 'fieller' } });
  const { low, high } = exclusive.excluded!;
  expect(low!).toBeLessThan(0);
  expect(high!).toBeGreaterThan(0);
  // What is excluded does not hold the estimate.
  expect(exclusive.effect.value).toBeGreaterThan(high!);
  expect(ok(fiellerInterval(arm(0.1, 4, 100), arm(0.1, 5, 120)))).toMatchObject({ type: 'unbounded', excluded: null });
});

test('far from 0 it is the delta interval', () => {
  const [a, b] = [arm(1e4, 4, 100), arm(1.1e4, 5, 120)];
  const fieller = ok(fiellerInterval(a, b)).effect.interval!;
  const delta = ok(compareArms(a, b, { law: 'normal' })).relativeLift!.interval!;
  expect(fieller.low! - 1).toBeCloseTo(delta.low!, 6);
  expect(fieller.high! - 1).toBeCloseTo(delta.high!, 6);
});

test('signs and scales of both arms leave the set as it is', () => {
  fc.assert(
    fc.property(fc.double({ min: -5, max: 5, noNaN: true }), fc.double({ min: -5, max: 5, noNaN: true }), (a, b) => {
      if (Math.abs(a) < 1e-6) return;
      const found = ok(fiellerInterval(arm(a, 3, 50), arm(b, 2, 40)));
      const scaled = ok(fiellerInterval(arm(-7 * a, 147, 50), arm(-7 * b, 98, 40)));
      expect(scaled.type).toBe(found.type);
      const [set, other] = [found.effect.interval ?? found.excluded, scaled.effect.interval ?? scaled.excluded];
      if (set === null || other === null || Math.abs(set.low!) > 1e6 || Math.abs(set.high!) > 1e6) return;
      expect(other.low! / set.low!).toBeCloseTo(1, 6);
    }),
    { seed: 1, numRuns: 200 },
  );
});

test('statuses, and no NaN whatever goes in', () => {
  expect(fiellerInterval(arm(0, 1, 5), arm(1, 1, 5)).status).toBe('undefined');
  expect(fiellerInterval(meanOf([1]), meanOf([1, 2])).status).toBe('insufficient-data');
  expect(fiellerInterval(meanOf([1, 1]), meanOf([1, 1])).status).toBe('no-variation');
  expect(() => fiellerInterval(arm(1, 1, 5), arm(1, 1, 5), { alpha: 0 })).toThrow('alpha is 0');
  fc.assert(
    fc.property(wildSums, wildSums, (a, b) => {
      if (a.kind === b.kind) expect(unsound(fiellerInterval(a, b))).toEqual([]);
    }),
    { seed: 1, numRuns: 500 },
  );
});
