import { binomial } from '../../../src/statistics';

test('counts by hand', () => {
  const law = binomial(3, 0.5);
  expect([0, 1, 2, 3].map((k) => law.density(k))).toEqual(
    [0.125, 0.375, 0.375, 0.125].map((p) => expect.closeTo(p, 14)),
  );
  expect(law.cdf(1)).toBeCloseTo(0.5, 14);
  expect(law.cdf(1.9)).toBe(law.cdf(1));
  expect(law.survival(2)).toBeCloseTo(0.125, 14);
  expect(law.density(1.5)).toBe(0);
  expect(law.density(4)).toBe(0);
});

test('a probability of 0 or 1, and no trials', () => {
  for (const [law, only] of [
    [binomial(5, 0), 0],
    [binomial(5, 1), 5],
    [binomial(0, 0.3), 0],
  ] as const) {
    expect(law.density(only)).toBe(1);
    expect(law.cdf(only)).toBe(1);
    expect(law.survival(only - 1)).toBe(1);
    expect(law.quantile(0.5)).toBe(only);
    expect(law.survivalQuantile(0.5)).toBe(only);
  }
});

test('the pieces of a small one sum to its tails', () => {
  const law = binomial(40, 0.13);
  let sum = 0;
  for (let k = 0; k <= 40; k += 1) {
    sum += law.density(k);
    expect(law.cdf(k)).toBeCloseTo(sum, 13);
  }
});

test('a billion trials are as fast as ten', () => {
  const law = binomial(1e9, 0.5);
  expect(law.quantile(0.5)).toBe(500_000_000);
  expect(law.quantile(0.975)).toBe(500_030_990);
});
