import { studentT } from '../../../src/statistics';
import { studentTQuantile } from '../../../src/statistics/distributions/student-t';
import { casesOf, expectClose } from '../../support/vectors';

test.each(casesOf('distributions', 'studentT'))('matches scipy.stats.t: %s', (_, { input, expected, tolerance }) => {
  const law = studentT(input.df);
  expectClose(law.cdf(input.t), expected.cdf, { tolerance });
  expectClose(law.survival(input.t), expected.sf, { tolerance });
});

// mpmath, 50 digits; jStat is off by 4.5e-8 at 1e3 degrees of freedom and wrong at 1e8.
test.each([
  [0.975, 1e3, 1.9623390808264081],
  [0.975, 1e8, 1.9599640082627664],
  [1e-10, 3, -2225.7692846830932],
  [0.9995, 0.5, 411396.46252626201],
])('the quantile of %d at %d degrees of freedom', (p, df, t) => {
  expect(Math.abs(studentT(df).quantile(p) / t - 1)).toBeLessThan(1e-9);
});

test('the expansion that critical values use is the solver', () => {
  for (const df of [301, 500, 1e4, 1e6])
    for (const p of [1.1e-4, 0.025, 0.4, 0.99])
      expect(Math.abs(studentTQuantile(p, df) / studentT(df).quantile(p) - 1)).toBeLessThan(1e-11);
});

test('a tail is a power of t as far as a double reaches', () => {
  const law = studentT(0.1);
  expect(law.survival(1e250) / law.survival(1e240)).toBeCloseTo(0.1, 12);
  expect(law.survivalQuantile(1e-20)).toBeGreaterThan(1e190);
});

test('the median is exactly 0', () => {
  expect(studentT(2.5).quantile(0.5)).toBe(0);
  expect(studentT(2.5).survivalQuantile(0.5)).toBe(0);
  expect(studentT(2.5).cdf(0)).toBe(0.5);
});
