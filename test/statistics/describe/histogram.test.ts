import fc from 'fast-check';
import { histogram, mergeHistograms } from '../../../src/statistics/describe';

fc.configureGlobal({ seed: 1 });

test('the docstrings hold', () => {
  const found = histogram([1, 2, 2, 3, 7, null], { edges: [1, 2, 3] });
  expect(found).toEqual({ edges: [1, 2, 3], counts: [1, 3], below: 0, above: 1, missing: 1 });
  const merged = mergeHistograms(histogram([1], { edges: [0, 2] }), histogram([1, 5], { edges: [0, 2] }));
  expect(merged).toEqual({ edges: [0, 2], counts: [2], below: 0, above: 1, missing: 0 });
});

test('nothing is lost: outside, infinite, missing', () => {
  const values = [-Infinity, -1, 0, 1, 2, Infinity, NaN, null, undefined];
  expect(histogram(values, { edges: [0, 1] })).toEqual({ edges: [0, 1], counts: [2], below: 2, above: 2, missing: 3 });
  expect(histogram([], { edges: [0, 1] })).toMatchObject({ counts: [0], below: 0, above: 0, missing: 0 });
});

test('bad arguments are refused by name', () => {
  expect(() => histogram([1], { edges: [1] })).toThrow('edges has 1 values');
  expect(() => histogram([1], { edges: [1, 1] })).toThrow('edges[1] is 1');
  expect(() => histogram([1], { edges: [1, Infinity] })).toThrow('edges[1] is Infinity');
  expect(() => histogram(['1'] as never, { edges: [1, 2] })).toThrow('values[0] is string');
  expect(() => histogram(3 as never, { edges: [1, 2] })).toThrow('values is 3');
  const [a, b] = [histogram([1], { edges: [0, 2] }), histogram([1], { edges: [0, 3] })];
  expect(() => mergeHistograms(a, b)).toThrow('b.edges is [0, 3]: expected those of a, [0, 2]');
});

const number = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ min: -30, max: 30, noNaN: true }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
);
const edges = fc
  .uniqueArray(number, { minLength: 2, maxLength: 30, comparator: (a, b) => a === b })
  .map((list) => list.sort((a, b) => a - b));

test('each value is where a plain search finds it, on the edges too', () => {
  fc.assert(
    fc.property(fc.array(number), edges, (inner, bounds) => {
      const values = [...inner, ...bounds];
      const expected = new Array<number>(bounds.length - 1).fill(0);
      for (const value of values) {
        const bin = bounds.findLastIndex((edge) => edge <= value);
        if (bin >= 0 && value <= bounds.at(-1)!) expected[Math.min(bin, bounds.length - 2)]! += 1;
      }
      const found = histogram(Float64Array.from(values), { edges: bounds });
      expect(found.counts).toEqual(expected);
      const total = found.counts.reduce((sum, count) => sum + count, found.below + found.above + found.missing);
      expect(total).toBe(values.length);
    }),
    { numRuns: 300 },
  );
});

test('merged counts are those of the whole, in any order', () => {
  const some = fc.array(fc.option(number));
  fc.assert(
    fc.property(some, some, edges, (a, b, bounds) => {
      const whole = histogram([...a, ...b], { edges: bounds });
      const [first, second] = [histogram(a, { edges: bounds }), histogram(b, { edges: bounds })];
      expect(mergeHistograms(first, second)).toEqual(whole);
      expect(mergeHistograms(second, first)).toEqual(whole);
      expect(histogram([...a, ...b].reverse(), { edges: bounds })).toEqual(whole);
    }),
  );
});
