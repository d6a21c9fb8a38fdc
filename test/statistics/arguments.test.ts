import { droppedNote, finiteValues, requireShares } from '../../src/statistics/arguments';

test('a column without gaps is not copied, whatever its length', () => {
  for (let length = 0; length < 10; length += 1) {
    const values = Float64Array.from({ length }, (_, index) => index - 4.5);
    expect(finiteValues('x', values).values).toBe(values);
  }
  const wide = Float64Array.of(-Number.MAX_VALUE, Number.MAX_VALUE, -0, Number.MIN_VALUE, 1);
  expect(finiteValues('x', wide)).toEqual({ values: wide, dropped: 0 });
});

test.each([NaN, Infinity, -Infinity])('%p is found at every place and left out', (bad) => {
  for (let length = 1; length < 10; length += 1) {
    for (let place = 0; place < length; place += 1) {
      const values = new Float64Array(length).fill(1);
      values[place] = bad;
      expect(finiteValues('x', values)).toEqual({ values: new Float64Array(length - 1).fill(1), dropped: 1 });
    }
  }
});

test('null and undefined are left out, anything else is refused by name', () => {
  expect(finiteValues('x', [1, null, 2, undefined])).toEqual({ values: Float64Array.of(1, 2), dropped: 2 });
  expect(() => finiteValues('x', ['1'] as never)).toThrow(new TypeError('x[0] is "1": expected a number or null'));
  expect(() => finiteValues('x', 'abc' as never)).toThrow('x is "abc": expected an array of numbers');
  expect(() => finiteValues('x', null as never)).toThrow('x is null: expected an array of numbers');
});

test('what was left out is said in one note, or none', () => {
  expect(droppedNote(0)).toEqual([]);
  expect(droppedNote(1)).toEqual(['1 missing or infinite value left out']);
});

test('shares are one per arm, above 0, and sum to 1', () => {
  expect(() => requireShares('weights', [0.5, 0.5], 2)).not.toThrow();
  expect(() => requireShares('weights', [0.5, 0.4], 2)).toThrow('weights sums to 0.9');
  expect(() => requireShares('weights', [1], 2)).toThrow('weights has 1 shares: expected 2');
  expect(() => requireShares('weights', [1, 0], 2)).toThrow('weights[1] is 0');
});
