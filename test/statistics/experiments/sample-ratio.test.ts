import fc from 'fast-check';
import { seeded } from '../../../src/cli/random';
import { logGamma } from '../../../src/statistics/distributions';
import { chiSquareSampleRatio, sequentialSampleRatio } from '../../../src/statistics/experiments';
import { ok, unsound } from './samples';

test.each([
  [[600, 400], [0.5, 0.5], 9.675061953898252],
  [[150, 0], [0.5, 0.5], 9.749209419428428],
  [[300, 100, 620], [0.3, 0.1, 0.6], -0.6309406657278033],
  [[1e6, 1], [0.5, 0.5], 689532.2464945993],
])('%j against %j has the odds of mpmath, and a log p that is finite', (counts, weights, logOdds) => {
  const result = ok(sequentialSampleRatio(counts, weights));
  expect(Math.abs(result.statistic - logOdds)).toBeLessThan(1e-9 * Math.max(1, Math.abs(logOdds)));
  expect(result.log10PValue).toBeCloseTo(Math.min(0, -logOdds / Math.LN10), 6);
  expect(result.pValue).toBeGreaterThan(0);
});

test('the odds are those of the formula as it is written', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 4_000 }), { minLength: 2, maxLength: 5 }), (counts) => {
      const n = counts.reduce((sum, count) => sum + count, 0);
      if (n === 0) return;
      const parts = counts.map((_, arm) => arm + 1);
      const weights = parts.map((part) => part / ((counts.length * (counts.length + 1)) / 2));
      let written = logGamma(1_000) - logGamma(1_000 + n);
      counts.forEach((count, arm) => {
        const alpha = 1_000 * weights[arm]!;
        written += logGamma(alpha + count) - logGamma(alpha) - count * Math.log(weights[arm]!);
      });
      expect(ok(sequentialSampleRatio(counts, weights)).statistic).toBeCloseTo(written, 8);
    }),
    { seed: 1, numRuns: 100 },
  );
});

test('a billion units cost no digits', () => {
  // Both halves alike: Γ by Stirling's formula, worked out by hand: ln O = −½ ln(1 + n/c) + O(1/c).
  const found = ok(sequentialSampleRatio([5e8, 5e8], [0.5, 0.5]));
  expect(found.statistic).toBeCloseTo(-0.5 * Math.log1p(1e9 / 1_000) - 1 / 4_000, 7);
});

test('weights that round to 1 are taken as 1', () => {
  const third = 0.333333333;
  const weights = [third, third, 1 - 2 * third - 5e-10];
  const found = ok(sequentialSampleRatio([3e8, 3e8, 3e8], weights));
  expect(found.statistic).toBeLessThan(0);
});

test('p is the running minimum', () => {
  const worst = ok(sequentialSampleRatio([600, 400], [0.5, 0.5]));
  const later = ok(sequentialSampleRatio([6_000, 6_000], [0.5, 0.5], worst.pValue));
  expect(later.pValue).toBeCloseTo(worst.pValue, 12);
  expect(ok(sequentialSampleRatio([6_000, 6_000], [0.5, 0.5])).pValue).toBe(1);
  expect(ok(sequentialSampleRatio([6_000, 6_000], [0.5, 0.5], 0)).pValue).toBe(Number.MIN_VALUE);
});

test('nothing seen says nothing, and the p so far stands', () => {
  expect(sequentialSampleRatio([0, 0], [0.5, 0.5], 0.4)).toMatchObject({
    status: 'insufficient-data',
    pValue: expect.closeTo(0.4, 12),
    significant: false,
    threshold: 0.001,
    n: [0, 0],
  });
  expect(sequentialSampleRatio([0, 0], [0.5, 0.5], 0.0004)).toMatchObject({ significant: true });
  expect(chiSquareSampleRatio([0, 0], [0.5, 0.5]).status).toBe('insufficient-data');
});

test('a fair split may be looked at every day, a broken one is found out', () => {
  const random = seeded(3);
  const daily = (share: number) => {
    const counts = [0, 0];
    let p = 1;
    for (let day = 0; day < 60; day += 1) {
      for (let row = 0; row < 100; row += 1) counts[random() < share ? 0 : 1]! += 1;
      p = sequentialSampleRatio(counts, [0.5, 0.5], p).pValue;
    }
    return p;
  };
  const alarms = Array.from({ length: 200 }, () => daily(0.5)).filter((p) => p < 0.001).length;
  expect(alarms).toBeLessThanOrEqual(2);
  expect(daily(0.6)).toBeLessThan(0.001);
});

test('a result tells arms, effect and assumption; the order of the arms does not matter', () => {
  const found = ok(chiSquareSampleRatio([5_227, 5_000], [0.5, 0.5]));
  expect(found).toMatchObject({ degreesOfFreedom: 1, n: [5_227, 5_000], threshold: 0.001, significant: false });
  expect(found.effect.value).toBeCloseTo(5_227 / 10_227 - 0.5, 12);
  expect(ok(chiSquareSampleRatio([3, 4], [0.5, 0.5])).assumptions).toEqual([
    { name: 'at least 5 expected in each arm', holds: false, detail: 'the least is 3.5' },
  ]);
  const [there, back] = [
    ok(sequentialSampleRatio([30, 70], [0.4, 0.6])),
    ok(sequentialSampleRatio([70, 30], [0.6, 0.4])),
  ];
  expect(back.statistic).toBeCloseTo(there.statistic, 12);
  expect(unsound([there, found])).toEqual([]);
  expect(ok(chiSquareSampleRatio([150, 0], [0.5, 0.5], { alpha: 1e-40 })).significant).toBe(false);
});

test('a plan that is none is refused by name', () => {
  for (const check of [sequentialSampleRatio, chiSquareSampleRatio] as ((
    counts: number[],
    weights: number[],
  ) => unknown)[]) {
    expect(() => check([5], [1])).toThrow('counts has 1 arms');
    expect(() => check([5, 5], [1, 0])).toThrow('weights[1] is 0');
    expect(() => check([5, 5], [0.5])).toThrow('weights has 1 shares');
    expect(() => check([5, 5], [0.5, 0.6])).toThrow('weights sums to 1.1');
    expect(() => check([5, 5.5], [0.5, 0.5])).toThrow('counts[1] is 5.5');
    expect(() => check([5, -1], [0.5, 0.5])).toThrow('counts[1] is -1');
    expect(() => check([5, NaN], [0.5, 0.5])).toThrow(RangeError);
  }
  expect(() => sequentialSampleRatio([1, 1], [0.5, 0.5], 1.5)).toThrow('previousP is 1.5');
  expect(() => sequentialSampleRatio([1, 1], [0.5, 0.5], 1, { alpha: 0 })).toThrow('alpha is 0');
});
