import fc from 'fast-check';
import { binomial } from '../../../src/statistics/distributions';
import { proportionInterval } from '../../../src/statistics/experiments';
import type { ProportionIntervalMethod } from '../../../src/statistics/experiments';
import { wilsonInterval } from '../../../src/statistics/experiments/proportion-interval';

const METHODS: ProportionIntervalMethod[] = ['wilson', 'clopper-pearson', 'agresti-coull', 'wald', 'jeffreys'];

test.each(METHODS)('%s: within [0, 1], around the share, mirrored for failures', (method) => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), fc.double({ min: 0, max: 1, noNaN: true }), (n, share) => {
      const successes = Math.round(n * share);
      const { low, high, level } = proportionInterval({ n, successes }, { method });
      const mirrored = proportionInterval({ n, successes: n - successes }, { method });
      expect(level).toBe(0.95);
      expect(low!).toBeGreaterThanOrEqual(0);
      expect(high!).toBeLessThanOrEqual(1);
      expect(mirrored.low!).toBeCloseTo(1 - high!, 9);
      if (method === 'jeffreys') return;
      expect(low!).toBeLessThanOrEqual(successes / n);
      expect(high!).toBeGreaterThanOrEqual(successes / n);
    }),
    { seed: 1, numRuns: 60 },
  );
});

test("Clopper and Pearson's ends are where the binomial tails hold α/2", () => {
  const { low, high } = proportionInterval({ n: 20, successes: 7 }, { method: 'clopper-pearson', alpha: 0.1 });
  expect(binomial(20, low!).survival(6)).toBeCloseTo(0.05, 10);
  expect(binomial(20, high!).cdf(7)).toBeCloseTo(0.05, 10);
});

test('no row: anything may be', () => {
  for (const method of METHODS)
    expect(proportionInterval({ n: 0, successes: 0 }, { method })).toEqual({ low: 0, high: 1, level: 0.95, method });
  expect(wilsonInterval({ n: 0, successes: 0 })).toEqual([0, 1]);
});

test('a tiny α widens, and never fails', () => {
  for (const method of METHODS) {
    const { low, high } = proportionInterval({ n: 50, successes: 20 }, { method, alpha: 1e-20 });
    expect(high! - low!).toBeGreaterThan(0.5);
  }
});

test('bad arguments are refused by name', () => {
  expect(() => proportionInterval({ n: 2, successes: 3 })).toThrow('proportion.successes is 3');
  expect(() => proportionInterval({ n: 2, successes: 1 }, { alpha: 0 })).toThrow('alpha is 0');
  expect(() => proportionInterval({ n: 2, successes: 1 }, { method: 'exact' as never })).toThrow('method is "exact"');
});
