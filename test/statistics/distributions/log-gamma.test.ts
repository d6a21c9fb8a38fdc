import fc from 'fast-check';
import { logGamma } from '../../../src/statistics';
import {
  deviance,
  logBetaFront,
  logBinomial,
  logGammaOnePlus,
  logPoisson,
  stirlingError,
} from '../../../src/statistics/distributions/log-gamma';
import { magnitude } from './families';

// mpmath, 50 digits.
test.each([
  [1e-300, 690.7755278982137],
  [0.1, 2.252712651734206],
  [0.5, 0.5723649429247001],
  [1.0000001, -5.7721558299185071e-8],
  [1.4616321449683623, -0.12148629053584961],
  [1.9999999, -4.2278430309861298e-8],
  [2.5, 0.28468287047291916],
  [7.3, 7.1478925230222487],
  [14.999, 25.188546870546928],
  [1e5, 1051287.7089736568],
  [1e300, 6.897755278982137e302],
])('ln Γ(%d)', (x, log) => {
  expect(Math.abs(logGamma(x) / log - 1)).toBeLessThan(2e-14);
});

test('its zeros, its ends and what it refuses', () => {
  expect(logGamma(1)).toBe(0);
  expect(logGamma(2)).toBe(0);
  expect(logGamma(Infinity)).toBe(Infinity);
  for (const bad of [0, -1, -Infinity]) expect(() => logGamma(bad)).toThrow(`x is ${bad}: expected a number above 0`);
  expect(() => logGamma(NaN)).toThrow('x is NaN');
});

test('Γ(x + 1) = x Γ(x)', () => {
  fc.assert(
    fc.property(magnitude(1e-6, 1e6), (x) => {
      const difference = logGamma(x + 1) - logGamma(x) - Math.log(x);
      expect(Math.abs(difference)).toBeLessThan(4e-15 * Math.max(5, Math.abs(logGamma(x))));
      expect(Math.abs(logGammaOnePlus(x) - logGamma(1 + x))).toBeLessThan(1e-14 * Math.max(1, logGamma(1 + x)));
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('the remainder of Stirling runs through where its series takes over', () => {
  // mpmath, 50 digits.
  expect(stirlingError(14.999)).toBeCloseTo(0.0055551037827420074, 14);
  expect(stirlingError(15.001)).toBeCloseTo(0.0055543633705225544, 14);
  expect(stirlingError(0.01)).toBeCloseTo(1.4340079537031842, 14);
});

test('the deviance keeps its digits next to its zero, and at both ends', () => {
  // x ln(x/m) + m − x ≈ (x − m)²/2m
  expect(deviance(1e10 + 1, 1e10) / 5e-11).toBeCloseTo(1, 9);
  expect(deviance(0, 3)).toBe(3);
  expect(deviance(2, 1)).toBeCloseTo(2 * Math.LN2 - 1, 15);
  expect(deviance(0.5, 1e-310)).toBeCloseTo(0.5 * (Math.log(0.5) - Math.log(1e-310)) - 0.5, 10);
});

test('Poisson and binomial probabilities by hand', () => {
  expect(logPoisson(0, 2)).toBe(-2);
  expect(logPoisson(3, 2)).toBeCloseTo(Math.log(8 / 6) - 2, 14);
  expect(logBinomial(0, 5, 0.2, 0.8)).toBeCloseTo(5 * Math.log(0.8), 14);
  expect(logBinomial(5, 5, 0.2, 0.8)).toBeCloseTo(5 * Math.log(0.2), 14);
  expect(logBinomial(0, 0, 0.2, 0.8)).toBe(0);
  expect(logBinomial(2, 5, 0.2, 0.8)).toBeCloseTo(Math.log(10 * 0.04 * 0.512), 14);
  expect(logBetaFront(2, 3, 0.25, 0.75)).toBeCloseTo(Math.log(12 * 0.25 ** 2 * 0.75 ** 3), 14);
});

test('a small shape keeps its digits beside a large one', () => {
  // mpmath, 50 digits.
  expect(logBetaFront(1e12, 0.05, 1 - 1e-13, 1e-13)).toBeCloseTo(-3.1840084557014618, 12);
});
