import { PreparedSample, prepareSample } from '../../../src/statistics/drift/prepared-sample';

test('is in order, without what is missing, and leaves what it was made of alone', () => {
  const values = [3, NaN, 1, null, 2, Infinity];
  const prepared = prepareSample(values);
  expect(prepared.sorted).toEqual(Float64Array.of(1, 2, 3));
  expect(prepared).toMatchObject({ length: 3, dropped: 3 });
  const typed = Float64Array.of(3, 1, 2);
  expect(new PreparedSample(typed).sorted).toEqual(Float64Array.of(1, 2, 3));
  expect(typed).toEqual(Float64Array.of(3, 1, 2));
});

test('values in order are kept, not copied', () => {
  const sorted = Float64Array.of(1, 2, 3);
  expect(new PreparedSample(sorted, true).sorted).toBe(sorted);
});

test('its deviation and its buckets are worked out once', () => {
  const prepared = prepareSample(Array.from({ length: 5_000 }, (_, index) => index));
  expect(prepared.buckets).toBe(prepared.buckets);
  // √((n² − 1) ⁄ 12)
  expect(prepared.deviation).toBeCloseTo(Math.sqrt((5_000 ** 2 - 1) / 12), 9);
});

test('what is no array is refused', () => {
  expect(() => prepareSample('12' as never)).toThrow('values is "12"');
});
