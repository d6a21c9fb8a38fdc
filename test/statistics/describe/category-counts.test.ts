import fc from 'fast-check';
import { categoryCounts, mergeCategoryCounts } from '../../../src/statistics/describe';

fc.configureGlobal({ seed: 1 });

test('the docstrings hold', () => {
  expect(categoryCounts(['a', 'b', 'a', null])).toEqual({ n: 3, missing: 1, counts: { a: 2, b: 1 } });
  expect(mergeCategoryCounts(categoryCounts(['a']), categoryCounts(['a', 'b'])).counts).toEqual({ a: 2, b: 1 });
});

test('categories go by name; the empty string is one, missing values are not', () => {
  const found = categoryCounts([1, '1', true, '', -0, 0, undefined, NaN, null]);
  expect(found).toEqual({ n: 6, missing: 3, counts: { 1: 2, true: 1, '': 1, 0: 2 } });
  expect(categoryCounts([])).toEqual({ n: 0, missing: 0, counts: {} });
  expect(() => categoryCounts([{} as never])).toThrow(TypeError);
  expect(() => categoryCounts('abc')).toThrow(TypeError);
});

test('names of Object members are names', () => {
  const found = mergeCategoryCounts(categoryCounts(['__proto__', 'constructor']), categoryCounts(['__proto__']));
  expect(Object.entries(found.counts)).toEqual([
    ['__proto__', 2],
    ['constructor', 1],
  ]);
  expect('toString' in found.counts).toBe(false);
});

test('merged counts are those of the whole, in any order', () => {
  const some = fc.array(fc.option(fc.oneof(fc.constantFrom('a', 'b', '__proto__'), fc.string(), fc.integer())));
  fc.assert(
    fc.property(some, some, (a, b) => {
      const whole = categoryCounts([...a, ...b]);
      expect(mergeCategoryCounts(categoryCounts(a), categoryCounts(b))).toEqual(whole);
      expect(mergeCategoryCounts(categoryCounts(b), categoryCounts(a))).toEqual(whole);
      expect(categoryCounts([...a, ...b].reverse())).toEqual(whole);
    }),
  );
});
