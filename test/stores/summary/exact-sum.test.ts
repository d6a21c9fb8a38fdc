import fc from 'fast-check';
import { ExactSum, product2, ratio, toDouble } from '../../../src/stores/summary/exact-sum';

const double = fc.double({ noNaN: true, noDefaultInfinity: true });
const sumOf = (values: readonly number[]) => {
  const sum = new ExactSum();
  for (const value of values) sum.add(value);
  return sum;
};
/** The value as a fraction, by way of its digits. */
function unitsOf(x: number): bigint {
  let [whole, exponent] = [x, 0];
  while (!Number.isInteger(whole)) [whole, exponent] = [whole * 2, exponent + 1];
  return (BigInt(whole) << 1_074n) >> BigInt(exponent);
}

test('a sum is exact: the same whole number of units as the values have together', () => {
  fc.assert(
    fc.property(fc.array(double, { maxLength: 30 }), (values) => {
      expect(sumOf(values).units()).toBe(values.reduce((total, x) => total + unitsOf(x), 0n));
    }),
    { seed: 1 },
  );
});

test('it does not depend on order, on how it is divided, or on what came and went', () => {
  fc.assert(
    fc.property(fc.array(double, { maxLength: 20 }), fc.array(double, { maxLength: 20 }), (kept, gone) => {
      const whole = sumOf([...kept, ...gone]);
      for (const x of gone) whole.add(x, -1);
      const parts = sumOf([...kept].reverse().slice(3));
      parts.merge(sumOf([...kept].reverse().slice(0, 3)));
      expect([whole.toText(), parts.toText()]).toEqual([sumOf(kept).toText(), sumOf(kept).toText()]);
      parts.merge(sumOf(kept), -1);
      expect(parts.toText()).toBe('');
    }),
    { seed: 2 },
  );
});

test('the text of a sum is the sum', () => {
  fc.assert(
    fc.property(fc.array(double, { minLength: 1, maxLength: 10 }), (values) => {
      const sum = new ExactSum();
      sum.addText(sumOf(values).toText());
      expect([sum.units(), sum.toText()]).toEqual([sumOf(values).units(), sumOf(values).toText()]);
    }),
    { seed: 3 },
  );
});

test('it is rounded once: a half to even, and the least more than a half upwards', () => {
  expect(sumOf([1, 2 ** -53]).value()).toBe(1);
  expect(sumOf([1, 2 ** -53, 5e-324]).value()).toBe(1 + 2 ** -52);
  expect(sumOf([1e300, 1, -1e300]).value()).toBe(1);
  expect(sumOf(Array<number>(10).fill(0.1)).value()).toBe(1);
  expect(sumOf([Number.MAX_VALUE, Number.MAX_VALUE]).value()).toBe(Infinity);
  expect(sumOf([-5e-324, -5e-324]).value()).toBe(-1e-323);
});

test('more values than a chunk can hold without carrying', () => {
  const sum = new ExactSum();
  const ones = 600_000;
  for (let k = 0; k < ones; k += 1) sum.add(2 ** 32 - 1);
  expect(sum.value()).toBe(ones * (2 ** 32 - 1));
});

test('a product is a double and what the rounding left out', () => {
  const usual = fc.double({ noNaN: true, min: -1e60, max: 1e60 }).filter((x) => x === 0 || Math.abs(x) > 1e-60);
  fc.assert(
    fc.property(usual, usual, (a, b) => {
      const sum = new ExactSum();
      sum.addProduct(a, b);
      expect(product2(a, b)[0]).toBe(a * b);
      expect(sum.units() << 1_074n).toBe(unitsOf(a) * unitsOf(b));
    }),
    { seed: 4 },
  );
});

test('quotients are rounded as a division of doubles is', () => {
  const whole = fc.integer({ min: -(2 ** 31), max: 2 ** 31 });
  fc.assert(
    fc.property(
      whole,
      whole.filter((n) => n > 0),
      (a, b) => {
        expect(ratio(BigInt(a), BigInt(b), 0) + 0).toBe(a / b + 0);
        expect(toDouble(BigInt(a), -7) + 0).toBe(a / 128 + 0);
      },
    ),
    { seed: 5 },
  );
});
