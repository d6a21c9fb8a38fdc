import fc from 'fast-check';
import {
  EMPTY_CO_MOMENTS,
  coMomentsFromSums,
  coMomentsOf,
  describeCoMoments,
  mergeCoMoments,
  momentsFromSums,
} from '../../../src/statistics/describe';
import type { CoMoments } from '../../../src/statistics/describe';

fc.configureGlobal({ seed: 1 });

const [X, Y] = [
  [1, 2, 3, 4],
  [2, 4, 5, 9],
];

test('the docstrings hold', () => {
  const found = { n: 4, meanX: 2.5, meanY: 5, m2X: 5, m2Y: 26, cXY: 11, dropped: 0 };
  expect(coMomentsOf(X, Y)).toEqual(found);
  expect(mergeCoMoments(coMomentsOf([1, 2], [2, 4]), coMomentsOf([3, 4], [5, 9])).cXY).toBe(11);
  expect(coMomentsFromSums({ n: 4, sumX: 10, sumY: 20, sumXX: 30, sumYY: 126, sumXY: 61 })).toEqual(found);
  expect(momentsFromSums({ n: 8, sum: 40, sumSquares: 232 })).toEqual({ n: 8, mean: 5, m2: 32 });
  const described = describeCoMoments(found);
  expect(described).toMatchObject({ n: 4, covariancePopulation: 2.75, slope: 2.2 });
  expect(described.covarianceSample).toBeCloseTo(3.66666667, 8);
  expect(described.correlation).toBeCloseTo(0.9647638212377321, 14);
});

test('a pair with a missing side is dropped whole', () => {
  const found = coMomentsOf([1, null, 2, NaN, 3, 4, 7], [2, 8, 4, 1, 5, 9, Infinity]);
  expect(found).toEqual({ ...coMomentsOf(X, Y), dropped: 3 });
  expect(() => coMomentsOf([1], [1, 2])).toThrow('y has 2 values and x has 1');
  expect(() => coMomentsOf([1], ['a'] as never)).toThrow(TypeError);
});

test('nothing, one pair, a constant side', () => {
  expect(coMomentsOf([], [])).toEqual(EMPTY_CO_MOMENTS);
  const none = { covarianceSample: null, correlation: null, slope: null };
  expect(describeCoMoments(EMPTY_CO_MOMENTS)).toEqual({ ...none, n: 0, covariancePopulation: null });
  expect(describeCoMoments(coMomentsOf([1], [2]))).toEqual({ ...none, n: 1, covariancePopulation: 0 });
  expect(describeCoMoments(coMomentsOf([0.1, 0.1, 0.1], [1, 2, 4]))).toMatchObject({ correlation: null, slope: null });
  expect(describeCoMoments(coMomentsOf([1, 2, 4], [0.1, 0.1, 0.1]))).toMatchObject({ correlation: null, slope: 0 });
});

test('a mean that dwarfs the spread costs no digits, and what no double holds is null', () => {
  const far = describeCoMoments(
    coMomentsOf(
      X.map((x) => 1e9 + x),
      Y.map((y) => 1e9 + y),
    ),
  );
  expect(far.correlation).toBeCloseTo(0.9647638212377321, 14);
  expect(coMomentsOf([1e200, -1e200], [1, 2])).toMatchObject({ meanX: 0, m2X: null, m2Y: 0.5 });
  const huge = coMomentsOf([1.7e308, -1.7e308, -1.7e308], [1, 2, 3]);
  expect(huge.meanX / 1.7e308).toBeCloseTo(-1 / 3, 12);
  expect(describeCoMoments(huge)).toMatchObject({ correlation: null, slope: null });
});

test('rounding below zero is no spread; impossible sums are refused', () => {
  expect(momentsFromSums({ n: 3, sum: 0.3 * 3, sumSquares: 0.3 * 0.3 * 3 - 1e-16 })).toMatchObject({ m2: 0 });
  expect(momentsFromSums({ n: 0, sum: 0, sumSquares: 0 })).toEqual({ n: 0, mean: 0, m2: 0 });
  expect(momentsFromSums({ n: 1, sum: 0.1, sumSquares: 0.1 * 0.1 })).toEqual({ n: 1, mean: 0.1, m2: 0 });
  const refused: [Parameters<typeof momentsFromSums>[0], string][] = [
    [{ n: 2, sum: 10, sumSquares: 49 }, 'sumSquares is 49: expected at least sum²/n = 50'],
    [{ n: 1, sum: 2, sumSquares: 5 }, 'as n is 1'],
    [{ n: 0, sum: 1, sumSquares: 1 }, 'expected 0 for n = 0'],
    [{ n: 2, sum: 0, sumSquares: -1 }, 'sumSquares is -1'],
    [{ n: 2, sum: 1e200, sumSquares: 1 }, 'sumSquares is 1'],
    [{ n: 3, sum: 1e-159, sumSquares: -1e-300 }, 'sumSquares is -1e-300'],
    [{ n: -1, sum: 0, sumSquares: 0 }, 'n is -1'],
    [{ n: 2, sum: NaN, sumSquares: 0 }, 'sum is NaN'],
  ];
  for (const [sums, message] of refused) {
    expect(() => momentsFromSums(sums)).toThrow(RangeError);
    expect(() => momentsFromSums(sums)).toThrow(message);
  }
  const sums = { n: 4, sumX: 10, sumY: 20, sumXX: 30, sumYY: 126, sumXY: 62 };
  expect(() => coMomentsFromSums(sums)).toThrow('sumXY is 62');
  expect(() => coMomentsFromSums({ ...sums, sumXY: Infinity })).toThrow(RangeError);
});

const number = fc.double({ min: -1e6, max: 1e6, noNaN: true });
const pairs = fc.array(fc.tuple(number, number), { maxLength: 40 });
const of = (rows: [number, number][]): CoMoments =>
  coMomentsOf(
    rows.map(([x]) => x),
    rows.map(([, y]) => y),
  );

function expectEqual(found: CoMoments, expected: CoMoments, rows: [number, number][], digits = 1e-9): void {
  expect(found.n).toBe(expected.n);
  const reach = (side: 0 | 1): number => Math.max(1e-150, ...rows.map((row) => Math.abs(row[side])));
  const scale = { meanX: reach(0), meanY: reach(1), m2X: reach(0) ** 2, m2Y: reach(1) ** 2, cXY: reach(0) * reach(1) };
  for (const key of ['meanX', 'meanY', 'm2X', 'm2Y', 'cXY'] as const)
    expect(Math.abs(found[key]! - expected[key]!)).toBeLessThanOrEqual(digits * scale[key] * (rows.length + 1));
}

test('merged co-moments are those of the whole, in any order, and nothing is the identity', () => {
  fc.assert(
    fc.property(pairs, pairs, (a, b) => {
      const rows = [...a, ...b];
      const whole = of(rows);
      expectEqual(mergeCoMoments(of(a), of(b)), whole, rows);
      expectEqual(mergeCoMoments(of(b), of(a)), whole, rows);
      expectEqual(of([...rows].reverse()), whole, rows);
      expect(mergeCoMoments(whole, EMPTY_CO_MOMENTS)).toEqual(whole);
      expect(mergeCoMoments(EMPTY_CO_MOMENTS, whole)).toEqual(whole);
    }),
  );
});

test('raw sums give the co-moments of the rows', () => {
  fc.assert(
    fc.property(pairs, (rows) => {
      const sum = (of: (x: number, y: number) => number): number => rows.reduce((all, [x, y]) => all + of(x, y), 0);
      const sums = {
        n: rows.length,
        sumX: sum((x) => x),
        sumY: sum((_, y) => y),
        sumXX: sum((x) => x * x),
        sumYY: sum((_, y) => y * y),
        sumXY: sum((x, y) => x * y),
      };
      expectEqual(coMomentsFromSums(sums), of(rows), rows, 1e-6);
    }),
  );
});
