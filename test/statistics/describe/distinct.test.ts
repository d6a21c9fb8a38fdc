import fc from 'fast-check';
import {
  addAllDistinct,
  addDistinct,
  createDistinctCounter,
  distinctCount,
  mergeDistinct,
} from '../../../src/statistics/describe';
import type { Countable, DistinctCounter } from '../../../src/statistics/describe';
import { hash64 } from '../../../src/statistics/describe/murmur3';

fc.configureGlobal({ seed: 1 });

function counterOf(values: ArrayLike<Countable>): DistinctCounter {
  const counter = createDistinctCounter();
  addAllDistinct(counter, values);
  return counter;
}

test('the docstrings hold', () => {
  expect(distinctCount(createDistinctCounter())).toMatchObject({ value: 0, interval: { low: 0, high: 0 }, n: 0 });
  expect(distinctCount(counterOf(['a', 'a'])).value).toBe(1);
  expect(distinctCount(counterOf(['a', 'b', 'a', null])).value).toBe(2);
  expect(distinctCount(counterOf(['red', 'green', 'red']))).toMatchObject({ value: 2, interval: { low: 2, high: 3 } });
});

test.each<[string | number | boolean, number, number]>([
  // mmh3.hash128(…, x64arch=False), first two words; numbers with seed 1, booleans with seed 2
  ['', 0, 0],
  ['a', 2811532092, 1431744539],
  ['hello, world', 2334220380, 3115944478],
  ['The quick brown fox jumps over the lazy dog', 789939139, 3975031911],
  ['Grüße, 世界 🌍!', 3477304873, 419603468],
  ['0123456789abcdef', 4219290633, 917426954],
  ['x'.repeat(700), 1048295634, 1868931365],
  ['\ud800z', 3630825068, 53282383],
  ['\udc00z', 3630825068, 53282383],
  [1, 483760340, 1619906451],
  [-123.456, 752460842, 3266648271],
  [true, 2655142290, 54614955],
  [false, 3772331586, 2901675655],
])('the hash is MurmurHash3: %p', (value, first, second) => {
  const found = { first: 0, second: 0 };
  hash64(value, found);
  expect(found).toEqual({ first, second });
});

test('types stay apart, zeros do not, missing values are left out', () => {
  expect(distinctCount(counterOf([1, '1', true, 'true', 0, -0, false])).value).toBe(6);
  const found = distinctCount(counterOf(['a', null, undefined, NaN, Infinity, '']));
  expect(found).toMatchObject({ value: 2, n: 2, notes: ['4 missing or infinite values left out'] });
  expect(() => addDistinct(createDistinctCounter(), {} as never)).toThrow('value is object');
  expect(() => addAllDistinct(createDistinctCounter(), 'abc')).toThrow('values is "abc"');
});

test('counters of other sizes are refused', () => {
  const other = { ...createDistinctCounter(), lgK: 11 };
  expect(() => mergeDistinct(createDistinctCounter(), other)).toThrow('b.lgK is 11');
});

const values = fc.array(fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null)));

test('a merge is exactly the union, in any order, and JSON keeps it', () => {
  fc.assert(
    fc.property(values, values, (a, b) => {
      const whole = counterOf([...a, ...b]);
      // As text: comparing 4096 numbers one by one is slow.
      const text = JSON.stringify(whole);
      expect(JSON.stringify(mergeDistinct(counterOf(a), counterOf(b)))).toBe(text);
      expect(JSON.stringify(mergeDistinct(counterOf(b), counterOf(a)))).toBe(text);
      expect(JSON.stringify(counterOf([...a, ...b].reverse()))).toBe(text);
      expect(JSON.stringify(mergeDistinct(whole, createDistinctCounter()))).toBe(text);
      expect(JSON.stringify(mergeDistinct(whole, whole).registers)).toBe(JSON.stringify(whole.registers));
      expect(distinctCount(JSON.parse(text))).toEqual(distinctCount(whole));
    }),
  );
});

test.each([
  // [different values, samples, largest root mean square error]
  [50, 40, 0.012],
  [1_000, 40, 0.013],
  [10_000, 40, 0.02],
  [60_000, 25, 0.022],
])('%d different values are counted within the stated error', (size, samples, most) => {
  let [squares, sum, held] = [0, 0, 0];
  for (let sample = 0; sample < samples; sample += 1) {
    const counter = createDistinctCounter();
    // Twice each: repetitions must not count, and n must not cap the estimate.
    for (let row = 0; row < 2 * size; row += 1) addDistinct(counter, `${sample}:${row % size}`);
    const { value, interval } = distinctCount(counter);
    const error = value / size - 1;
    squares += error * error;
    sum += error;
    if (interval!.low! <= size && size <= interval!.high!) held += 1;
  }
  expect(Math.sqrt(squares / samples)).toBeLessThan(most);
  expect(Math.abs(sum / samples)).toBeLessThan(0.007);
  expect(held / samples).toBeGreaterThanOrEqual(0.85);
});

test('numbers are mixed as well as strings', () => {
  const whole = Float64Array.from({ length: 100_000 }, (_, index) => index);
  expect(Math.abs(distinctCount(counterOf(whole)).value / 1e5 - 1)).toBeLessThan(0.04);
  expect(Math.abs(distinctCount(counterOf(whole.map((value) => value / 1024))).value / 1e5 - 1)).toBeLessThan(0.04);
});

test('registers that are all full still give a finite count', () => {
  const counter = { ...createDistinctCounter(), n: Number.MAX_SAFE_INTEGER };
  counter.registers.fill(53);
  expect(distinctCount(counter).value).toBe(Number.MAX_SAFE_INTEGER);
});
