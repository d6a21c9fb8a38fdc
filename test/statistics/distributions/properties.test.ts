import fc from 'fast-check';
import { beta, binomial, fisherF, gamma, normal, studentT } from '../../../src/statistics';
import { continuous, magnitude, MAKE, share } from './families';

const RUNS = { seed: 1, numRuns: 300 };

test('both tails fill 1, and both logarithms are theirs', () => {
  fc.assert(
    fc.property(continuous, share, (law, p) => {
      const x = law.quantile(p);
      expect(law.cdf(x) + law.survival(x)).toBeCloseTo(1, 12);
      expect(law.logCdf(x)).toBeLessThanOrEqual(0);
      expect(law.logSurvival(x)).toBeLessThanOrEqual(0);
    }),
    RUNS,
  );
});

test('the cdf never falls and the survival function never rises, up to their rounding', () => {
  fc.assert(
    fc.property(continuous, share, share, (law, p, q) => {
      const [x, y] = [law.quantile(p), law.quantile(q)].sort((a, b) => a - b) as [number, number];
      expect(law.logCdf(x)).toBeLessThanOrEqual(law.logCdf(y) + 1e-9);
      expect(law.logSurvival(x)).toBeGreaterThanOrEqual(law.logSurvival(y) - 1e-9);
    }),
    RUNS,
  );
});

test('quantiles undo either tail, far below what 1 − p can say', () => {
  fc.assert(
    fc.property(continuous, share, (law, p) => {
      const [x, y] = [law.quantile(p), law.survivalQuantile(p)];
      // Where x moves the tail by more than a rounding of x, doubles between two x are all that can be had.
      for (const [at, found] of [
        [x, law.logCdf(x)],
        [y, law.logSurvival(y)],
      ] as const) {
        if (at === 0 || at === 1 || !Number.isFinite(at)) continue;
        const tail = at === x ? law.logCdf : law.logSurvival;
        const grain = Math.abs(tail(at * (1 + 4e-16)) - tail(at * (1 - 4e-16)));
        expect(Math.abs(found - Math.log(p))).toBeLessThan(1e-9 + 4 * grain);
      }
    }),
    RUNS,
  );
});

test('the density is the slope of the cdf', () => {
  fc.assert(
    fc.property(continuous, fc.double({ min: 0.05, max: 0.95, noNaN: true }), (law, p) => {
      const x = law.quantile(p);
      const width = (1e-4 * p * (1 - p)) / law.density(x);
      fc.pre(width > 1e-9 * Math.abs(x));
      // By the curvature of the density the middle differs from the slope a little.
      const slope = (law.cdf(x + width) - law.cdf(x - width)) / (2 * width);
      expect(slope / law.density(x) - 1).toBeCloseTo(0, 3);
    }),
    RUNS,
  );
});

test('mirrors: t about 0, beta about the other shape, F by 1/x, binomial by failures', () => {
  const size = magnitude(1e-2, 1e6);
  fc.assert(
    fc.property(size, size, magnitude(1e-3, 1e3), fc.integer({ min: 1, max: 1023 }), (a, b, x, part) => {
      expect(studentT(a).logCdf(-x)).toBe(studentT(a).logSurvival(x));
      // part/1024 and what is left of 1 are both exact.
      expect(beta(a, b).logCdf(part / 1024)).toBe(beta(b, a).logSurvival(1 - part / 1024));
      expect(Math.abs(fisherF(a, b).logCdf(x) - fisherF(b, a).logSurvival(1 / x))).toBeLessThan(
        1e-9 * Math.max(1, Math.abs(fisherF(a, b).logCdf(x))),
      );
      const n = Math.round(x * 100);
      const k = Math.floor(n / 3);
      const p = part / 1024;
      expect(Math.abs(binomial(n, p).logCdf(k) - binomial(n, 1 - p).logSurvival(n - k - 1))).toBeLessThan(1e-9);
    }),
    RUNS,
  );
});

test('kin: gamma by scale, t squared is F, one success is a power, many degrees of freedom are normal', () => {
  fc.assert(
    fc.property(magnitude(1e-2, 1e6), magnitude(1e-2, 1e2), magnitude(1e-3, 50), (shape, scale, x) => {
      expect(Math.abs(gamma(shape, 4).logCdf(4 * x) - gamma(shape).logCdf(x))).toBe(0);
      const twoSided = Math.log(2) + studentT(shape).logSurvival(x);
      expect(Math.abs(fisherF(1, shape).logSurvival(x * x) - twoSided)).toBeLessThan(
        1e-9 * Math.max(1, Math.abs(twoSided)),
      );
      expect(Math.abs(beta(scale, 1).logCdf(0.3) - scale * Math.log(0.3))).toBeLessThan(1e-11 * scale + 1e-13);
      const bell = normal().logSurvival(x);
      expect(Math.abs(studentT(1e18).logSurvival(x) / bell - 1)).toBeLessThan(1e-12);
    }),
    RUNS,
  );
});

test('a binomial quantile is the least number that is enough', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 3000 }), fc.double({ min: 0, max: 1, noNaN: true }), share, (n, p, q) => {
      const law = binomial(n, p);
      const [k, m] = [law.quantile(q), law.survivalQuantile(q)];
      expect(law.logCdf(k)).toBeGreaterThanOrEqual(Math.log(q) - 1e-12);
      if (k > 0) expect(law.logCdf(k - 1)).toBeLessThanOrEqual(Math.log(q) + 1e-12);
      expect(law.logSurvival(m)).toBeLessThanOrEqual(Math.log(q) + 1e-12);
      if (m > 0) expect(law.logSurvival(m - 1)).toBeGreaterThanOrEqual(Math.log(q) - 1e-12);
    }),
    RUNS,
  );
});

test('no valid argument gives NaN, and none takes for ever', () => {
  const any = magnitude(1e-320, 1e308);
  const shapes = fc.oneof(magnitude(1e-320, 1e300), magnitude(1e-6, 1e16));
  fc.assert(
    fc.property(
      fc.constantFrom('normal', 'studentT', 'chiSquare', 'gamma', 'beta', 'fisherF', 'kolmogorov'),
      shapes,
      shapes,
      fc.oneof(
        any,
        any.map((x) => -x),
        fc.constantFrom(0, 1, Infinity, -Infinity),
      ),
      fc.oneof(share, fc.constantFrom(0, 1, 5e-324, 1 - 2 ** -53)),
      (name, a, b, x, p) => {
        fc.pre(a > 0 && b > 0);
        const law = MAKE[name]!(a, b);
        for (const found of [law.density(x), law.logDensity(x), law.quantile(p), law.survivalQuantile(p)])
          expect(found).not.toBeNaN();
        for (const found of [law.cdf(x), law.survival(x)]) {
          expect(found).toBeGreaterThanOrEqual(0);
          expect(found).toBeLessThanOrEqual(1);
        }
      },
    ),
    { seed: 1, numRuns: 5_000 },
  );
});
