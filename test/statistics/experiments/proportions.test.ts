import fc from 'fast-check';
import { twoProportionZTest } from '../../../src/statistics/experiments';
import { cohensH } from '../../../src/statistics/experiments/proportions';
import { ok, unsound } from './samples';

const arms = fc
  .record({ n: fc.integer({ min: 1, max: 3_000 }), share: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ n, share }) => ({ n, successes: Math.round(n * share) }));

test('an empty side and no variation are statuses, never NaN', () => {
  expect(twoProportionZTest({ n: 0, successes: 0 }, { n: 5, successes: 2 }).status).toBe('insufficient-data');
  expect(twoProportionZTest({ n: 5, successes: 5 }, { n: 9, successes: 9 })).toMatchObject({
    status: 'no-variation',
    n: [5, 9],
  });
  expect(twoProportionZTest({ n: 5, successes: 0 }, { n: 9, successes: 0 }).status).toBe('no-variation');
});

test('constants that differ are judged under equality, and have no answer by their own variances', () => {
  const [none, all] = [
    { n: 100, successes: 0 },
    { n: 100, successes: 100 },
  ];
  expect(ok(twoProportionZTest(none, all)).statistic).toBeCloseTo(1 / Math.sqrt(0.25 / 50), 12);
  expect(twoProportionZTest(none, all, { variance: 'separate' }).status).toBe('undefined');
});

test('a result tells lift, risk ratio and h, and whether z may be trusted', () => {
  const found = ok(twoProportionZTest({ n: 1_000, successes: 120 }, { n: 1_000, successes: 150 }));
  expect(found).toMatchObject({
    method: 'two-proportion z, pooled variance',
    proportions: [0.12, 0.15],
    effect: { interval: { method: 'newcombe', level: 0.95 } },
    relativeLift: { value: 0.25, interval: { method: 'delta' } },
    riskRatio: { value: 1.25, interval: { method: 'log' } },
    assumptions: [{ holds: true, detail: 'the least is 120' }],
  });
  expect(found.cohensH).toBeCloseTo(2 * Math.asin(Math.sqrt(0.15)) - 2 * Math.asin(Math.sqrt(0.12)), 14);
  const small = ok(twoProportionZTest({ n: 10, successes: 0 }, { n: 10, successes: 3 }));
  expect(small).toMatchObject({ relativeLift: null, riskRatio: null, assumptions: [{ holds: false }] });
});

test('one-sided tests halve p and have intervals with one end, that of a two-sided one at 2α', () => {
  const [a, b] = [
    { n: 300, successes: 30 },
    { n: 280, successes: 41 },
  ];
  const both = ok(twoProportionZTest(a, b, { alpha: 0.1 }));
  const greater = ok(twoProportionZTest(a, b, { alternative: 'greater' }));
  const less = ok(twoProportionZTest(a, b, { alternative: 'less' }));
  expect(greater.pValue).toBeCloseTo(both.pValue / 2, 12);
  expect(greater.effect.interval).toMatchObject({ low: both.effect.interval!.low, high: null, level: 0.95 });
  expect(less.effect.interval).toMatchObject({ low: null, high: both.effect.interval!.high, level: 0.95 });
  expect(less.riskRatio!.interval).toMatchObject({ low: null, high: both.riskRatio!.interval!.high });
});

test('exchanged arms, and failures for successes, change the sign only', () => {
  fc.assert(
    fc.property(arms, arms, fc.constantFrom('newcombe', 'wald', 'agresti-caffo'), (a, b, interval) => {
      const there = twoProportionZTest(a, b, { interval });
      const failures = (arm: typeof a) => ({ n: arm.n, successes: arm.n - arm.successes });
      for (const back of [
        twoProportionZTest(b, a, { interval }),
        twoProportionZTest(failures(a), failures(b), { interval }),
      ]) {
        expect(back.status).toBe(there.status);
        if (there.status !== 'ok' || back.status !== 'ok') continue;
        expect(back.statistic).toBeCloseTo(-there.statistic, 9);
        expect(back.pValue).toBeCloseTo(there.pValue, 9);
        expect(back.effect.interval!.low).toBeCloseTo(-there.effect.interval!.high!, 9);
      }
      expect(unsound(there)).toEqual([]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('h keeps its digits where the proportions nearly touch', () => {
  // dh/dp = 1/√(pq)
  expect(cohensH(0.3, 0.3 + 1e-13, 1e-13) / (1e-13 / Math.sqrt(0.21))).toBeCloseTo(1, 9);
  expect(cohensH(0, 1)).toBeCloseTo(Math.PI, 14);
  expect(cohensH(0, 0)).toBe(0);
  expect(cohensH(0.2, 0.7)).toBeCloseTo(2 * Math.asin(Math.sqrt(0.7)) - 2 * Math.asin(Math.sqrt(0.2)), 14);
});

test('counts that are none are refused by name', () => {
  const good = { n: 10, successes: 2 };
  expect(() => twoProportionZTest({ n: 10, successes: 2.5 }, good)).toThrow('control.successes is 2.5');
  expect(() => twoProportionZTest(good, { n: 10, successes: 11 })).toThrow('treatment.successes is 11');
  expect(() => twoProportionZTest(good, { n: NaN, successes: 1 })).toThrow('treatment.n is NaN');
  expect(() => twoProportionZTest(good, good, { alpha: 1 })).toThrow('alpha is 1');
  expect(() => twoProportionZTest(good, good, { interval: 'exact' as never })).toThrow('interval is "exact"');
  expect(() => twoProportionZTest(good, good, { variance: 'none' as never })).toThrow('variance is "none"');
});
