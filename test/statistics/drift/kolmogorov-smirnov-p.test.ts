import { asymptoticLogP, exactLogP, limitLogP } from '../../../src/statistics/drift/kolmogorov-smirnov-p';
import { leavingShare } from '../../../src/statistics/drift/lattice-paths';

test('equal sizes have a closed form, the same as the lattice', () => {
  for (const n of [2, 7, 50, 333])
    for (let h = 1; h <= n; h += Math.ceil(n / 9)) {
      for (const [alternative, below] of [
        ['two-sided', h * n],
        ['greater', n * n + 1],
      ] as const) {
        const share = leavingShare(n, n, h * n, below, alternative === 'two-sided');
        expect(exactLogP(n, n, h * n, alternative)).toBeCloseTo(Math.log(share), 10);
      }
    }
});

test('whichever way p is counted, it does not jump', () => {
  // Between 1 − staying and leaving, and beyond what a double holds.
  for (const [n, m] of [
    [700, 500],
    [2_000, 150],
  ] as const) {
    let last = 0;
    for (let d = 0.01; d < 1; d *= 1.02) {
      const logP = exactLogP(n, m, Math.ceil(d * n * m), 'two-sided');
      expect(logP).toBeLessThanOrEqual(last);
      if (last > -200) expect(logP).toBeGreaterThan(last * 1.2 - 0.5);
      last = logP;
    }
  }
});

test('all of one sample below the other: one path of each side', () => {
  // 2 ⁄ C(9, 4) and 1 ⁄ C(9, 4)
  expect(exactLogP(5, 4, 20, 'two-sided')).toBeCloseTo(Math.log(2 / 126), 12);
  expect(exactLogP(5, 4, 20, 'less')).toBeCloseTo(Math.log(1 / 126), 12);
  expect(exactLogP(5, 4, 0, 'two-sided')).toBe(0);
});

test.each([
  // n, m, D, p of scipy.stats.kstwo.sf(D, round(n·m ⁄ (n + m)))
  [12_000, 12_000, 61 / 12_000, 0.997586067789435],
  [12_000, 12_000, 241 / 12_000, 0.015598490808228026],
])('by the one-sample law at the effective size: %d, %d, D = %d', (n, m, statistic, expected) => {
  // scipy takes twice the one-sided law from n·D² = 2.2 on, which is 5e-7 too much there.
  expect(Math.exp(asymptoticLogP(n, m, statistic, 'two-sided')) / expected).toBeCloseTo(1, 6);
});

test('without an end in doubles there is still a logarithm', () => {
  const logP = asymptoticLogP(20_000, 20_000, 1, 'two-sided');
  expect(logP).toBeLessThan(-20_000);
  expect(Number.isFinite(logP)).toBe(true);
  expect(Number.isFinite(exactLogP(9_000, 8_000, 8_000 * 9_000, 'two-sided'))).toBe(true);
});

test("the limit law, and Stephens's correction makes p smaller", () => {
  // scipy.stats.kstwobign.sf(1.36)
  expect(Math.exp(limitLogP(2_000, 2_000, 1.36 / Math.sqrt(1_000), false))).toBeCloseTo(0.049485876755377876, 12);
  expect(limitLogP(50, 50, 0.3, true)).toBeLessThan(limitLogP(50, 50, 0.3, false));
});

test.each([
  // scipy 1.17, ks_2samp(method='asymp'): the effective size is rounded half to even.
  [5, 5, 0.6, 0.32],
  [25, 25, 0.64, 2.6141e-5],
])('asymptotic p of %d against %d values, D %d', (n, m, statistic, expected) => {
  expect(Math.exp(asymptoticLogP(n, m, statistic, 'two-sided')) / expected).toBeCloseTo(1, 3);
});
