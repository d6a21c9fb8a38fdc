import { adjustedMeanOf, meanOf, proportionOf, ratioOf } from '../../../src/statistics/experiments';

test('missing values are left out and counted', () => {
  expect(meanOf([1, null, 2, NaN, 3])).toEqual({ kind: 'mean', n: 3, mean: 2, m2: 2, dropped: 2 });
  expect(adjustedMeanOf([1, 2, null], [4, 6, 8])).toMatchObject({ n: 2, meanX: 5, meanY: 1.5, dropped: 1 });
  expect(ratioOf([1, 2, 3], [2, Infinity, 4])).toMatchObject({ n: 2, meanX: 3, meanY: 2, dropped: 1 });
  expect(proportionOf([1, 0, true, false, null, undefined, NaN])).toEqual({
    kind: 'proportion',
    n: 4,
    successes: 2,
    dropped: 3,
  });
  expect(meanOf([])).toEqual({ kind: 'mean', n: 0, mean: 0, m2: 0, dropped: 0 });
  expect(proportionOf(Uint8Array.of(1, 0, 1))).toMatchObject({ n: 3, successes: 2 });
});

test('what is no flag and no number is refused by its place', () => {
  expect(() => proportionOf([1, 2])).toThrow(new RangeError('flags[1] is 2: expected true, false, 1, 0 or nothing'));
  expect(() => proportionOf(['yes'] as never)).toThrow(TypeError);
  expect(() => proportionOf('101' as never)).toThrow('flags is "101"');
  expect(() => meanOf(['1'] as never)).toThrow('values[0] is "1"');
  expect(() => ratioOf([1], [1, 2])).toThrow(RangeError);
  expect(() => adjustedMeanOf([1], [])).toThrow(RangeError);
});
