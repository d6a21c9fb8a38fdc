import fc from 'fast-check';
import { quantile, quantiles, sortedQuantile } from '../../../src/statistics/describe';
import { orderStatistics } from '../../../src/statistics/describe/order-statistics';

fc.configureGlobal({ seed: 1 });

const DECILES = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1];
const SHARES = [0, 0.0001, 0.01, ...DECILES.slice(1, -1), 0.99, 0.9999, 1];

test('the docstrings hold', () => {
  expect(quantile([1, 2, 4, 8], 0.5)).toMatchObject({ status: 'ok', p: 0.5, value: 3, n: 4, dropped: 0 });
  expect(quantiles([1, 2, 4, 8], [0.25, 0.5, 1])).toMatchObject({ values: [1.75, 3, 8], ps: [0.25, 0.5, 1] });
  expect(sortedQuantile([1, 2, 4, 8], 0.9)).toBeCloseTo(6.8, 14);
  expect(orderStatistics(Float64Array.of(30, 10, 20), [0, 2])).toEqual(Float64Array.of(10, 30));
});

test('missing values are dropped and counted; nothing left is insufficient data', () => {
  expect(quantile([null, 3, NaN, 1, -Infinity], 0.5)).toMatchObject({
    value: 2,
    n: 2,
    dropped: 3,
    notes: ['3 missing or infinite values left out'],
  });
  expect(quantile([], 0.5)).toMatchObject({ status: 'insufficient-data', n: [0] });
  expect(quantiles([NaN], [0.5])).toMatchObject({ status: 'insufficient-data', notes: [expect.any(String)] });
  expect(quantiles([5], DECILES)).toMatchObject({ values: DECILES.map(() => 5) });
  expect(quantiles([5, 6], [])).toMatchObject({ values: [] });
});

test('bad arguments are refused by name', () => {
  expect(() => quantile([1], 1.5)).toThrow('p is 1.5');
  expect(() => quantiles([1], [0.5, NaN])).toThrow('ps[1] is NaN');
  expect(() => quantiles(['1'] as never, [0.5])).toThrow(TypeError);
  expect(() => sortedQuantile([], 0.5)).toThrow('sorted has 0 values');
  expect(() => sortedQuantile([1, NaN], 0.5)).toThrow('sorted[1] is NaN');
  expect(() => sortedQuantile([3, 1], 0.5)).toThrow('expected ascending');
});

test('the values are not sorted in place, the ends of the range do not overflow, −0 is 0', () => {
  const values = Float64Array.of(3, 1, 2);
  quantile(values, 0.5);
  expect(values).toEqual(Float64Array.of(3, 1, 2));
  expect(quantile([-1.7e308, 1.7e308], 0.75)).toMatchObject({ value: expect.closeTo(0.85e308, -295) });
  expect(quantile([-0, -0], 0.5)).toMatchObject({ value: 0 });
});

test('small samples are those of a sort, in any order', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 }), (values) => {
      const sorted = Float64Array.from(values).sort();
      const expected = SHARES.map((p) => sortedQuantile(sorted, p));
      expect(quantiles(values, SHARES)).toMatchObject({ values: expected });
      expect(quantiles([...values].reverse(), SHARES)).toMatchObject({ values: expected });
      for (const value of expected) expect(Number.isFinite(value)).toBe(true);
    }),
  );
});

let state = 20240601;
function random(): number {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return (state + 0.5) / 2 ** 32;
}
const sign = (): number => (random() < 0.5 ? -1 : 1);
const bell = (): number => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());

const shapes: [string, (row: number) => number][] = [
  ['uniform', random],
  ['normal', bell],
  ['normal far from 0', () => 1e9 + bell()],
  ['outliers', (row) => (row === 5 ? 1e12 : row === 77 ? -3e15 : bell())],
  ['lognormal', () => Math.exp(3 * bell())],
  ['Cauchy', () => Math.tan(Math.PI * (random() - 0.5))],
  ['600 decades', () => sign() * 10 ** (600 * random() - 300)],
  ['mostly zero', () => (random() < 0.9 ? 0 : 100 * random())],
  ['five ties', () => Math.floor(5 * random())],
  ['two ties and an outlier', (row) => (row === 9 ? 1e300 : Number(random() < 0.3))],
  ['constant', () => 0.1],
  ['constant but one', (row) => (row === 19_999 ? 0.2 : 0.1)],
  ['a needle between two ends', (row) => (row === 0 ? 0 : row === 1 ? 10 : 5 + 1e-13 * random())],
  ['the whole range of doubles', () => sign() * 1.79e308 * random()],
  ['the smallest doubles', () => sign() * Number.MIN_VALUE * Math.floor(1000 * random())],
  ['nested clusters', () => 1 + 10 ** -Math.floor(17 * random()) * (1 + 1e-3 * random())],
  ['ascending', (row) => row],
  ['periodic', (row) => (row % 32 === 0 ? 1e6 : bell())],
  ['signed zeros', () => sign() * 0],
];

test.each(shapes)('large samples are those of a sort: %s', (_, draw) => {
  for (const n of [10_001, 30_000]) {
    const values = Float64Array.from({ length: n }, (_value, row) => draw(row));
    const sorted = values.slice().sort();
    const expected = SHARES.map((p) => sortedQuantile(sorted, p));
    expect(quantiles(values, SHARES)).toMatchObject({ values: expected });
    expect(quantile(values, 0.37)).toMatchObject({ value: sortedQuantile(sorted, 0.37) });
    const shuffled = values.slice().reverse();
    expect(quantiles(shuffled, SHARES)).toMatchObject({ values: expected });
  }
});

test('mixtures with ties, outliers and tails are those of a sort', () => {
  const part = fc.constantFrom(...shapes.map(([, draw]) => draw));
  fc.assert(
    fc.property(part, part, fc.double({ min: 0, max: 1, noNaN: true }), (a, b, share) => {
      const values = Float64Array.from({ length: 12_000 }, (_, row) => (random() < share ? a(row) : b(row)));
      const sorted = values.slice().sort();
      expect(quantiles(values, SHARES)).toMatchObject({ values: SHARES.map((p) => sortedQuantile(sorted, p)) });
    }),
    { numRuns: 40 },
  );
});
