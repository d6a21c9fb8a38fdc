import { beta, fisherF } from '../../../src/statistics';
import { shareOf } from '../../../src/statistics/distributions/beta';
import { casesOf, expectClose } from '../../support/vectors';

test.each(casesOf('distributions', 'betaInc'))('matches scipy.special.betainc: %s', (_, entry) => {
  const { x, a, b } = entry.input;
  expectClose(beta(a, b).cdf(x), entry.expected.cdf, entry);
});

test('what jStat gets wrong at large shapes', () => {
  expect(beta(1e6, 1e6).cdf(0.5)).toBeCloseTo(0.5, 13);
});

test('the density at the ends by shape', () => {
  expect(beta(0.5, 2).density(0)).toBe(Infinity);
  expect(beta(1, 3).density(0)).toBeCloseTo(3, 14);
  expect(beta(2, 3).density(0)).toBe(0);
  expect(beta(2, 0.5).density(1)).toBe(Infinity);
  expect(beta(3, 1).density(1)).toBeCloseTo(3, 14);
  expect(beta(3, 2).density(1)).toBe(0);
  expect(beta(3, 2).density(1.5)).toBe(0);
  expect(fisherF(1, 5).density(0)).toBe(Infinity);
  expect(fisherF(2, 5).density(0)).toBe(1);
  expect(fisherF(3, 5).density(0)).toBe(0);
  expect(fisherF(3, 5).density(-1)).toBe(0);
});

test('odds are parted into shares with all digits', () => {
  expect(shareOf(1e-200)).toEqual([1e-200, 1]);
  expect(shareOf(1e200)).toEqual([1, 1e-200]);
  expect(shareOf(3)[1]).toBe(0.25);
});
