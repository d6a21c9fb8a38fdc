/** Tests of drift: uniform p where nothing drifted, and the answers that must hold on any data. */
import fc from 'fast-check';
import { categoricalDriftTest, chiSquareContingency, DRIFT_METHODS, numericDriftTest } from '../../../src/statistics';
import type { CellMethod, DriftMethod, DriftTestResult } from '../../../src/statistics';
import { RandomStream } from '../../../src/statistics/random-stream';
import { ok } from '../../vectors/map/mapper';

const methods = Object.keys(DRIFT_METHODS) as DriftMethod[];
const cellMethods = methods.filter((method): method is CellMethod =>
  DRIFT_METHODS[method].kinds.includes('categorical'),
);

function normal(random: RandomStream): number {
  return Math.sqrt(-2 * Math.log(random.next())) * Math.cos(2 * Math.PI * random.next());
}

function countsOf(random: RandomStream, shares: readonly number[], rows: number): number[] {
  const counts = shares.map(() => 0);
  for (let row = 0; row < rows; row += 1) {
    let [u, cell] = [random.next(), 0];
    while (cell < shares.length - 1 && (u -= shares[cell]!) > 0) cell += 1;
    counts[cell]! += 1;
  }
  return counts;
}

/** Shares of p below a twentieth and a half; within four standard errors of what a uniform p gives. */
function expectUniform(repetitions: number, p: (repetition: number) => DriftTestResult): void {
  const ps = Array.from({ length: repetitions }, (_, k) => ok(p(k)).pValue);
  for (const level of [0.05, 0.5]) {
    const rate = ps.filter((value) => value < level).length / repetitions;
    expect(Math.abs(rate - level)).toBeLessThan(4 * Math.sqrt((level * (1 - level)) / repetitions));
  }
}

describe('p is uniform where nothing drifted', () => {
  const five = [0.4, 0.3, 0.15, 0.1, 0.05];
  const zipf = Array.from({ length: 30 }, (_, k) => 1 / (k + 1));
  const uneven = zipf.map((share) => share / zipf.reduce((sum, value) => sum + value, 0));

  test.each(cellMethods)('%s: five categories, by its law or else by permutation', (method) => {
    const random = new RandomStream(11);
    expectUniform(300, (seed) =>
      categoricalDriftTest(countsOf(random, five, 1_000), countsOf(random, five, 600), { method, seed }),
    );
  });

  test.each(cellMethods)('%s: thirty uneven categories and few rows', (method) => {
    const random = new RandomStream(12);
    expectUniform(200, (seed) =>
      categoricalDriftTest(countsOf(random, uneven, 500), countsOf(random, uneven, 80), { method, seed }),
    );
  });

  test('chi-square: thousands of rare categories, by exact moments', () => {
    const random = new RandomStream(13);
    const rare = Array.from({ length: 3_000 }, () => 1 / 3_000);
    expectUniform(150, () => {
      const sides = [1_500, 1_000].map((rows) => {
        const counts = new Uint32Array(rare.length);
        for (let row = 0; row < rows; row += 1) counts[Math.floor(random.next() * rare.length)]! += 1;
        return counts;
      });
      const found = categoricalDriftTest(sides[0]!, sides[1]!);
      expect(found).toMatchObject({ pFrom: 'null moments' });
      return found;
    });
  });

  test.each(methods)('%s: numbers with a heavy tail', (method) => {
    const random = new RandomStream(14);
    const sample = (rows: number) => Float64Array.from({ length: rows }, () => Math.exp(1.5 * normal(random)));
    expectUniform(200, (seed) => numericDriftTest(sample(300), sample(120), { method, seed, repetitions: 499 }));
  });
});

describe.each(cellMethods)('counts by %s', (method) => {
  const of = (a: readonly number[], b: readonly number[]) => ok(categoricalDriftTest(a, b, { method }));
  const counts = fc
    .array(fc.tuple(fc.nat(60), fc.nat(60)), { minLength: 1, maxLength: 8 })
    .filter((pairs) => pairs.some(([a]) => a > 0) && pairs.some(([, b]) => b > 0))
    .map((pairs) => [pairs.map(([a]) => a), pairs.map(([, b]) => b)] as const);

  test('the order of categories changes nothing, nor does one without rows', () => {
    fc.assert(
      fc.property(counts, ([a, b]) => {
        const [there, back] = [of(a, b), of([...a, 0].reverse(), [...b, 0].reverse())];
        expect(back.statistic).toBeCloseTo(there.statistic, 9);
        expect(back.effect.value).toBeCloseTo(there.effect.value, 9);
        // Permutations meet equal cells in another order.
        expect(Math.abs(back.pValue - there.pValue)).toBeLessThan(there.resampling === null ? 1e-9 : 0.09);
      }),
      { seed: 1, numRuns: 40 },
    );
  });

  test('no p, statistic or effect is out of its range, and equal shares have p 1', () => {
    fc.assert(
      fc.property(counts, ([a, b]) => {
        const { pValue, log10PValue, statistic, effect } = of(a, b);
        expect(pValue > 0 && pValue <= 1 && log10PValue <= 0).toBe(true);
        expect(statistic >= 0 && Number.isFinite(statistic) && effect.value >= 0 && Number.isFinite(effect.value)).toBe(
          true,
        );
        expect(of(a, a).pValue).toBe(1);
      }),
      { seed: 2, numRuns: 40 },
    );
  });

  test('a larger shift of rows has a smaller p', () => {
    const ps = [0, 20, 40, 80, 160].map(
      (moved) => of([400, 300, 200, 100], [200 + moved, 150, 100, 250 - moved]).log10PValue,
    );
    const away = ps.slice(ps.indexOf(Math.max(...ps)));
    for (let k = 1; k < away.length; k += 1) expect(away[k]).toBeLessThan(away[k - 1]!);
  });

  test('a category that the reference has never seen counts as any other', () => {
    // One odd row in five hundred is no drift; forty are.
    expect(of([600, 400, 0], [300, 199, 1]).pValue).toBeGreaterThan(0.05);
    const many = of([600, 400, 0], [276, 184, 40]);
    // Total variation does not mind that it was a cell without rows.
    expect(many.pValue).toBeLessThan(method === 'total-variation' ? 0.01 : 1e-6);
    expect(many.pValue).toBeGreaterThan(0);
  });
});

test('where no cell is rare, chi-square is that of the table', () => {
  const [a, b] = [
    [500, 300, 200],
    [230, 180, 90],
  ];
  const [found, table] = [ok(categoricalDriftTest(a, b)), ok(chiSquareContingency([a, b]))];
  expect(found.statistic).toBeCloseTo(table.statistic, 10);
  expect(found).toMatchObject({ pValue: expect.closeTo(table.pValue, 12), pFrom: 'null law', resampling: null });
});

test('the effect of counts does not depend on how many rows either side has', () => {
  const small = ok(categoricalDriftTest([5_000, 5_000], [60, 40]));
  const large = ok(categoricalDriftTest([5_000, 5_000], [6_000, 4_000]));
  // ½ (.1²/1.1 + .1²/.9) = .0101
  expect(small.effect.value).toBeCloseTo(0.100504, 6);
  expect(large.effect.value).toBeCloseTo(small.effect.value, 12);
});

test('a method that needs permutations names its seed and repeats itself', () => {
  const ask = (seed: number) => ok(categoricalDriftTest([40, 3, 2, 1], [9, 3, 1, 2], { seed, repetitions: 499 }));
  expect(ask(7)).toEqual(ask(7));
  expect(ask(7).resampling).toEqual({ seed: 7, repetitions: 499 });
  expect(ask(7).method).toBe('chi-square contingency, 499 permutations, seed 7');
});

test('numbers of few different values are counted by value, others in bins', () => {
  const flags = (ones: number) => Array.from({ length: 100 }, (_, k) => (k < ones ? 1 : 0));
  const found = ok(numericDriftTest(flags(20), flags(50), { method: 'chi-square' }));
  expect(found.statistic).toBeCloseTo(ok(chiSquareContingency([[80, 20], [50, 50]])).statistic, 10); // prettier-ignore
  const ramp = Array.from({ length: 500 }, (_, k) => k);
  expect(ok(numericDriftTest(ramp, ramp, { method: 'population-stability', bins: 5 })).notes).toContain(
    '5 bins by quantiles of the reference',
  );
  // Nine of ten are 0: quantiles alone would see one bin.
  const mostlyZero = (rows: number) => Array.from({ length: 1_000 }, (_, k) => (k < rows ? 1 + k : 0));
  expect(ok(numericDriftTest(mostlyZero(40), mostlyZero(140), { method: 'jensen-shannon' })).pValue).toBeLessThan(1e-6);
});

test('missing values are left out and counted; nothing left is a status', () => {
  expect(ok(numericDriftTest([1, null, NaN, 2], [2, 3, Infinity])).notes).toEqual([
    '3 missing or infinite values left out',
  ]);
  expect(numericDriftTest([NaN], [1])).toMatchObject({ status: 'insufficient-data', n: [0, 1] });
  expect(categoricalDriftTest([3, 4], [0, 0])).toMatchObject({ status: 'insufficient-data', n: [7, 0] });
  expect(ok(numericDriftTest([5, 5, 5], [5, 5]))).toMatchObject({ statistic: 0, pValue: 1 });
  expect(ok(categoricalDriftTest([9], [4]))).toMatchObject({ statistic: 0, pValue: 1 });
});

test('options out of range are refused by name', () => {
  expect(() => numericDriftTest([1], [2], { method: 'chi' as never })).toThrow('method is "chi"');
  expect(() => categoricalDriftTest([1], [2], { method: 'wasserstein' as never })).toThrow('method is "wasserstein"');
  expect(() => numericDriftTest([1], [2], { bins: 0 })).toThrow('bins is 0');
  expect(() => numericDriftTest([1], [2], { repetitions: 99 })).toThrow('repetitions is 99');
  expect(() => categoricalDriftTest([1.5], [2])).toThrow('reference[0] is 1.5');
  expect(() => categoricalDriftTest([1], [2], { alpha: 0 })).toThrow('alpha is 0');
});
