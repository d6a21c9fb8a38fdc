import { tailIntegral } from '../../../src/statistics/distributions/tail-integral';

test.each([0.4, 1, 2.5])('tails of known area at %d times their scale', (scale) => {
  expect(Math.abs(tailIntegral((s) => -s, scale) - 1)).toBeLessThan(2e-8);
  expect(Math.abs(tailIntegral((s) => -s, Math.max(1, scale)) - 1)).toBeLessThan(1e-14);
  expect(Math.abs(tailIntegral((s) => -0.5 * s * s, scale) / Math.sqrt(Math.PI / 2) - 1)).toBeLessThan(1e-12);
});

test('it takes any unit, and a density that ends', () => {
  expect(tailIntegral((s) => -s / 1e-200, 1e-200) / 1e-200).toBeCloseTo(1, 14);
  // (1 − s)^999 ends at 1.
  expect(tailIntegral((s) => (s >= 1 ? -Infinity : 999 * Math.log1p(-s)), 1e-3)).toBeCloseTo(1e-3, 16);
});
