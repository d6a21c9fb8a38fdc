import fc from 'fast-check';
import { EMPTY_MOMENTS, describeMoments, mergeMoments, momentsOf } from '../../../src/statistics/describe';
import type { Moments } from '../../../src/statistics/describe';

fc.configureGlobal({ seed: 1 });

const EIGHT = [2, 4, 4, 4, 5, 5, 7, 9];

test('the docstrings hold', () => {
  expect(momentsOf(EIGHT)).toEqual({ n: 8, mean: 5, m2: 32, m3: 42, m4: 356, min: 2, max: 9, dropped: 0 });
  expect(mergeMoments(momentsOf([2, 4, 4, 4]), momentsOf([5, 5, 7, 9])).m2).toBe(32);
  expect(describeMoments(momentsOf(EIGHT))).toEqual({
    n: 8,
    mean: 5,
    variancePopulation: 4,
    varianceSample: 4.571428571428571,
    stdPopulation: 2,
    stdSample: 2.138089935299395,
    skewness: 0.65625,
    excessKurtosis: -0.21875,
  });
});

test('missing and infinite values are dropped and counted', () => {
  const found = momentsOf([null, 1, NaN, 3, Infinity, undefined, -Infinity]);
  expect(found).toMatchObject({ n: 2, dropped: 5, mean: 2, m2: 2, min: 1, max: 3 });
  expect(momentsOf(Float64Array.of(1, NaN, 3))).toMatchObject({ n: 2, dropped: 1 });
  expect(() => momentsOf(['1'] as never)).toThrow(TypeError);
});

test('nothing, one value and constants have no shape', () => {
  expect(momentsOf([])).toEqual(EMPTY_MOMENTS);
  expect(describeMoments(EMPTY_MOMENTS)).toEqual({
    n: 0,
    mean: null,
    variancePopulation: null,
    varianceSample: null,
    stdPopulation: null,
    stdSample: null,
    skewness: null,
    excessKurtosis: null,
  });
  expect(describeMoments(momentsOf([7]))).toMatchObject({ stdPopulation: 0, stdSample: null, skewness: null });
  // The mean of ten times 0.1 rounds away from 0.1.
  expect(momentsOf(new Array<number>(10).fill(0.1))).toMatchObject({ mean: 0.1, m2: 0, m4: 0 });
  expect(mergeMoments(momentsOf([0.1, 0.1]), momentsOf([0.1]))).toMatchObject({ mean: 0.1, m2: 0 });
});

test('a mean that dwarfs the spread costs no digits', () => {
  // numpy var and scipy skew, kurtosis of the same values without the 1e9, which they hold exactly
  const shape = { variance: 0.09429253472222221, skewness: 0.2437436047764918, kurtosis: -1.5353785484155031 };
  const found = describeMoments(momentsOf([0.25, 0.5, 0.125, 0.75, 0.875, 0.0625].map((value) => 1e9 + value)));
  expect(found.variancePopulation).toBeCloseTo(shape.variance, 14);
  expect(found.skewness).toBeCloseTo(shape.skewness, 6);
  expect(found.excessKurtosis).toBeCloseTo(shape.kurtosis, 6);
});

test('the shape of a skewed sample is that of scipy', () => {
  const sample = [20.11, 25.51, 16.13, 9.85, 13.96, 9.09, 21.08, 58.68, 13.55, 12.23, 29.72, 26.72];
  const found = describeMoments(momentsOf(sample));
  expect(found.skewness).toBeCloseTo(1.8116744404666019, 12);
  expect(found.excessKurtosis).toBeCloseTo(2.870170313492146, 12);
});

test('what no double holds is null, not infinite', () => {
  expect(momentsOf([1e200, -1e200])).toMatchObject({ mean: 0, m2: null, m3: null, m4: null });
  expect(momentsOf([1e100, -1e100])).toMatchObject({ m2: 2e200, m3: 0, m4: null });
  expect(momentsOf([1.7e308, 1.7e308, 1.6e308]).mean).toBeCloseTo(1.6666666666666667e308, -295);
  expect(momentsOf([1.7e308, -1.7e308, -1.7e308]).mean / 1.7e308).toBeCloseTo(-1 / 3, 12);
  expect(mergeMoments(momentsOf([1.7e308]), momentsOf([-1.7e308]))).toMatchObject({ n: 2, mean: 0, m2: null });
  // Squares that underflow leave no shape rather than a wrong one.
  expect(describeMoments(momentsOf([1e-170, 2e-170, 9e-170]))).toMatchObject({ skewness: null, excessKurtosis: null });
});

const values = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { maxLength: 40 });

function expectEqual(found: Moments, expected: Moments): void {
  const { n, dropped, min, max } = expected;
  expect(found).toMatchObject({ n, dropped, min, max });
  const reach = Math.max(1e-300, (max ?? 0) - (min ?? 0));
  expect(Math.abs(found.mean - expected.mean)).toBeLessThanOrEqual(1e-9 * Math.max(Math.abs(expected.mean), reach));
  (['m2', 'm3', 'm4'] as const).forEach((power, index) => {
    const scale = (n + 1) * reach ** (index + 2);
    expect(Math.abs(found[power]! - expected[power]!)).toBeLessThanOrEqual(1e-9 * scale + 1e-300);
  });
}

test('merged moments are those of the whole, in either order', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const whole = momentsOf([...a, ...b]);
      expectEqual(mergeMoments(momentsOf(a), momentsOf(b)), whole);
      expectEqual(mergeMoments(momentsOf(b), momentsOf(a)), whole);
    }),
  );
});

test('nothing is the identity, and order does not matter', () => {
  fc.assert(
    fc.property(values, (a) => {
      const found = momentsOf(a);
      expect(mergeMoments(found, EMPTY_MOMENTS)).toEqual(found);
      expect(mergeMoments(EMPTY_MOMENTS, found)).toEqual(found);
      expectEqual(momentsOf([...a].reverse()), found);
    }),
  );
});
