import { chiSquare, gamma } from '../../../src/statistics';
import { chiSquareLogSurvival } from '../../../src/statistics/distributions/chi-square';
import { incompleteGamma } from '../../../src/statistics/distributions/gamma';
import { casesOf, expectClose } from '../../support/vectors';

test.each(casesOf('distributions', 'chi2'))('matches scipy.stats.chi2: %s', (_, { input, expected, tolerance }) => {
  const law = chiSquare(input.df);
  expectClose(law.cdf(input.x), expected.cdf, { tolerance });
  expectClose(law.survival(input.x), expected.sf, { tolerance });
  expect(chiSquareLogSurvival(input.x, input.df)).toBe(law.logSurvival(input.x));
});

test('what @stdlib gets wrong at a large shape', () => {
  expect(gamma(1e5).cdf(1e5)).toBeCloseTo(0.5004205221103651, 12);
});

test('neither way of summing shows where it hands over to the next', () => {
  for (const a of [0.49, 0.5, 499, 500, 501, 502])
    for (const factor of [0.9, 1, 1.1]) {
      const x = a * factor;
      const [left, right] = [incompleteGamma(a * (1 - 1e-9), x), incompleteGamma(a * (1 + 1e-9), x)];
      expect(Math.abs(left.lower - right.lower)).toBeLessThan(1e-6);
      expect(Math.abs(left.upper - right.upper)).toBeLessThan(1e-6);
    }
});

test('the density at 0 by shape', () => {
  expect(gamma(0.5).density(0)).toBe(Infinity);
  expect(gamma(1, 4).density(0)).toBe(0.25);
  expect(gamma(2).density(0)).toBe(0);
  expect(gamma(2).density(-1)).toBe(0);
});

test('a tiny shape: the upper tail is small with all its digits', () => {
  // mpmath, 80 digits.
  expect(gamma(1e-8).survival(1) / 2.1938393664027068e-9).toBeCloseTo(1, 12);
  expect(gamma(1e-8).survival(0.1) / 1.822923949088704e-8).toBeCloseTo(1, 12);
});
