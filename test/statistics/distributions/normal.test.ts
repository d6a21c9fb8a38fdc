import { normal, normalQuantile, normalSurvival, twoSidedNormal } from '../../../src/statistics';
import { normalCdf, normalLogSurvival } from '../../../src/statistics/distributions/normal';
import { casesOf, expectClose } from '../../support/vectors';

test.each(casesOf('distributions', 'normal'))('matches scipy.stats.norm: %s', (_, entry) => {
  const { z } = entry.input;
  expectClose(normalCdf(z), entry.expected.cdf, entry);
  expectClose(normalSurvival(z), entry.expected.sf, entry);
  expectClose(twoSidedNormal(z).pValue, entry.expected.pTwoSided, entry);
  expectClose(normal().density(z), entry.expected.pdf, entry);
});

test.each(casesOf('distributions', 'normalPpf'))('matches scipy.stats.norm.ppf: %s', (_, entry) => {
  expectClose(normalQuantile(entry.input.p), entry.expected.z, entry);
});

test('the tail holds where 1 − cdf is 0, its logarithm where the tail itself is 0', () => {
  expect(normalSurvival(10)).toBeCloseTo(7.619853024160527e-24, 35);
  expect(normalSurvival(40)).toBe(0);
  // mpmath: log10(2 Q(40)) = −349.1359...
  expect(twoSidedNormal(40).log10PValue).toBeCloseTo(-349.13597646, 6);
  expect(normalLogSurvival(-40)).toBeCloseTo(0, 12);
});

test('quantile and cdf undo each other, far into both tails', () => {
  for (const p of [1e-12, 1e-6, 0.01, 0.3, 0.5, 0.7, 0.99, 1 - 1e-9])
    expect(normalCdf(normalQuantile(p))).toBeCloseTo(p, 14);
});

test.each([0, 1, -0.1, Number.NaN])('a quantile of %d is refused', (p) => {
  expect(() => normalQuantile(p)).toThrow(`p is ${p}`);
});

test.each([
  [1e-20, -9.262340089798408],
  [1e-100, -21.27345356096532],
  [1e-300, -37.0470962993612],
  [0.4999, -0.0002506628300880075],
])('the quantile of %d matches mpmath', (p, z) => {
  expect(Math.abs(normalQuantile(p) / z - 1)).toBeLessThan(1e-14);
});

test('the log p-value of any statistic is finite, and a statistic that is no number is refused', () => {
  expect(Number.isFinite(twoSidedNormal(Infinity).log10PValue)).toBe(true);
  expect(twoSidedNormal(0)).toEqual({ pValue: 1, log10PValue: 0 });
  expect(() => twoSidedNormal(Number.NaN)).toThrow('z is NaN');
});

test('a mean and a deviation move and stretch it', () => {
  const law = normal(100, 15);
  expect(law.survival(130)).toBe(normalSurvival(2));
  expect(law.cdf(130)).toBe(normalSurvival(-2));
  expect(law.density(100)).toBeCloseTo(1 / (15 * Math.sqrt(2 * Math.PI)), 16);
  expect(law.quantile(0.975)).toBeCloseTo(100 + 15 * 1.959963984540054, 11);
  expect(law.survivalQuantile(1e-300)).toBeCloseTo(100 + 15 * 37.0470962993612, 10);
});

test('an infinite z has a tail, one that is no number has none', () => {
  expect(normalSurvival(Infinity)).toBe(0);
  expect(normalSurvival(-Infinity)).toBe(1);
  expect(() => normalSurvival(NaN)).toThrow('z is NaN');
});
