import fc from 'fast-check';
import {
  hellingerDistance,
  jensenShannonDistance,
  kullbackLeiblerDivergence,
  populationStabilityIndex,
  totalVariation,
} from '../../../src/statistics';
import { ok } from '../../vectors/map/mapper';

const counts = fc
  .array(fc.tuple(fc.nat(1_000), fc.nat(1_000)), { minLength: 1, maxLength: 12 })
  .filter((pairs) => pairs.some(([a]) => a > 0) && pairs.some(([, b]) => b > 0))
  .map((pairs) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const);

const measures = { populationStabilityIndex, jensenShannonDistance, hellingerDistance, totalVariation };

describe.each(Object.entries(measures))('%s', (name, measure) => {
  const of = (a: readonly number[], b: readonly number[]) => ok(measure(a, b)).value;

  test('is symmetric, at least 0, and 0 for equal shares', () => {
    fc.assert(
      fc.property(counts, fc.integer({ min: 1, max: 9 }), ([a, b], times) => {
        expect(of(a, b)).toBeCloseTo(of(b, a), 12);
        expect(of(a, b)).toBeGreaterThanOrEqual(0);
        expect(
          of(
            a,
            a.map((count) => count * times),
          ),
        ).toBeCloseTo(0, 7);
      }),
      { seed: 1, numRuns: 200 },
    );
  });

  test('does not depend on the order of the bins nor on bins that are empty on both sides', () => {
    fc.assert(
      fc.property(counts, ([a, b]) => {
        expect(of([...a].reverse(), [...b].reverse())).toBeCloseTo(of(a, b), 10);
        if (name !== 'populationStabilityIndex') expect(of([0, ...a], [0, ...b])).toBeCloseTo(of(a, b), 12);
      }),
      { seed: 2, numRuns: 200 },
    );
  });

  test('never grows when two bins are merged', () => {
    // A share below the floor of PSI is no share any more: without empty bins the rule holds for all.
    fc.assert(
      fc.property(counts, ([a, b]) => {
        const [p, q] = [a.map((count) => count + 1), b.map((count) => count + 1)];
        fc.pre(p.length > 2);
        const merged = (values: readonly number[]) => [values[0]! + values[1]!, ...values.slice(2)];
        expect(of(merged(p), merged(q))).toBeLessThanOrEqual(of(p, q) + 1e-12);
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test('refuses what is no count, and answers empty sides with a status', () => {
    expect(() => measure([1, 2], [1])).toThrow('current has 1 values and reference has 2');
    expect(() => measure([1, -2], [1, 2])).toThrow('reference[1] is -2');
    expect(() => measure([1, 2], [1, NaN])).toThrow('current[1] is NaN');
    expect(measure([1, 2], [0, 0])).toMatchObject({ status: 'insufficient-data', n: [3, 0] });
    expect(measure([], [])).toMatchObject({ status: 'insufficient-data' });
  });
});

test('the distances of sides that share no bin', () => {
  const [a, b] = [
    [5, 0],
    [0, 9],
  ];
  expect(ok(jensenShannonDistance(a, b)).value).toBe(1);
  expect(ok(jensenShannonDistance(a, b, { base: 'natural' })).value).toBeCloseTo(Math.sqrt(Math.LN2), 15);
  expect(ok(hellingerDistance(a, b)).value).toBe(1);
  expect(ok(totalVariation(a, b)).value).toBe(1);
  // 2 (1 − 1e-4) ln(1e4)
  expect(ok(populationStabilityIndex(a, b)).value).toBeCloseTo(18.41883867587797, 12);
  expect(ok(populationStabilityIndex(a, b, { floor: 0.01 })).value).toBeCloseTo(1.98 * Math.log(100), 12);
});

test('Kullback-Leibler is undefined where it is infinite, from that side only', () => {
  expect(kullbackLeiblerDivergence([1, 1], [2, 0])).toMatchObject({ status: 'undefined', n: [2, 2] });
  expect(ok(kullbackLeiblerDivergence([2, 0], [1, 1])).value).toBeCloseTo(Math.LN2, 15);
});

test('shares serve as well as counts', () => {
  expect(ok(hellingerDistance([0.5, 0.3, 0.2], [46, 36, 18])).value).toBeCloseTo(0.04524, 6);
});
