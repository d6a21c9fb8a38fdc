import { studentT } from '../../../src/statistics/distributions';
import { zPower } from '../../../src/statistics/experiments/power-curve';
import { criticalT, tPower } from '../../../src/statistics/experiments/t-power';

/** Degrees of freedom, critical value, shift, one tail, both tails: by mpmath, quadrature with 30 digits. */
test.each([
  [1, 12.706204736, 0, 0.02500000000034, 0.05000000000068],
  [1, 12.706204736, 0.5, 0.04369444042947, 0.05609625683241],
  [1, 12.706204736, 2.8, 0.1739316476391, 0.1739794183075],
  [1, 12.706204736, 6, 0.3621839929598, 0.3621839929697],
  [2.5, 3.6, 2.8, 0.420526071567, 0.4205424745642],
  [4, 2.776445105, 0.5, 0.05876357504747, 0.06785559011313],
  [4, 2.776445105, 6, 0.9909584280747, 0.9909584280751],
  [7, 2.3646, 2.8, 0.6722159103884, 0.6722202045134],
  [19, 2.093, 0.5, 0.06881629978688, 0.07624914558747],
  [60, 2.0003, 2.8, 0.7866816494643, 0.7866828506978],
  [126, 1.97897, 2.8, 0.7935026892212, 0.7935037637907],
  [784, 1.963, 0, 0.02499967622678, 0.04999935245357],
  [784, 1.963, 2.8, 0.7985909947077, 0.7985919793744],
  [100_000, 1.96, 2.8, 0.7995449188145, 0.7995458870221],
])('t power with %d degrees of freedom beyond %d at %d', (freedom, critical, shift, one, both) => {
  expect(Math.abs(tPower(shift, critical, freedom, 1) - one)).toBeLessThan(1e-10);
  expect(Math.abs(tPower(shift, critical, freedom, 2) - both)).toBeLessThan(1e-10);
});

test('under no effect the power is α', () => {
  for (const freedom of [1, 5, 50, 5_000])
    for (const tail of [0.1, 0.025, 1e-4]) {
      const critical = studentT(freedom).survivalQuantile(tail);
      expect(tPower(0, critical, freedom, 2) / (2 * tail)).toBeCloseTo(1, 6);
    }
  expect(zPower(0, { tail: 0.025, sides: 2 })).toBeCloseTo(0.05, 14);
});

test('critical values that are carried along are those of the exact quantile', () => {
  for (const tail of [0.3, 0.05, 0.025, 1e-3, 1e-7]) {
    const critical = criticalT(tail);
    for (const freedom of [1, 2.9, 3, 3.0001, 3.1, 5, 5.00001, 12, 12.0001, 80, 80.05, 120, 299, 300.5, 1e4]) {
      const exact = studentT(freedom).survivalQuantile(tail);
      expect(Math.abs(critical(freedom) / exact - 1)).toBeLessThan(1e-8);
    }
  }
});

test('a huge number of degrees of freedom is the normal law', () => {
  expect(tPower(2.8, 1.959963984540054, 1e12, 2)).toBeCloseTo(zPower(2.8, { tail: 0.025, sides: 2 }), 12);
  expect(tPower(2.8, 1.959963984540054, 9e8, 2)).toBeCloseTo(zPower(2.8, { tail: 0.025, sides: 2 }), 8);
});
