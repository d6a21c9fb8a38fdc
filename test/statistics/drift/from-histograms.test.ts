import fc from 'fast-check';
import type { NumberCells, TextCounts } from '../../../src/contracts';
import { featureReference, judgeFeature, judgeHistogram } from '../../../src/statistics';
import type { DriftMethod } from '../../../src/statistics';

/** Values in cells of a width: a multiple of it is a cell of its own. */
function cellsOf(values: readonly number[], width: number): NumberCells {
  const cells = new Map<string, [number, number, number]>();
  for (const value of values) {
    const k = Math.floor(value / width);
    const ends = value === k * width ? [value, value] : [k * width, (k + 1) * width];
    const cell = cells.get(String(ends)) ?? [ends[0]!, ends[1]!, 0];
    cells.set(String(ends), [cell[0], cell[1], cell[2] + 1]);
  }
  const sorted = [...cells.values()].sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const column = (place: 0 | 1 | 2) => Float64Array.from(sorted, (cell) => cell[place]);
  return { n: values.length, low: column(0), high: column(1), counts: column(2) };
}

function textsOf(values: readonly string[], kept = Infinity): TextCounts {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  const names = [...counts.keys()].sort().slice(0, kept);
  const last = names.at(-1)!;
  const known = new Map(names.map((name) => [name, counts.get(name)!]));
  const other = values.length - [...known.values()].reduce((sum, rows) => sum + rows, 0);
  return { n: values.length, counts: known, other, placeOf: (text) => (other === 0 || text <= last ? text : null) };
}

const sample = fc
  .array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 60 })
  .map((all) => all.map((k) => k / 8));

test('Kolmogorov-Smirnov lies within its bound, and below D', () => {
  fc.assert(
    fc.property(sample, sample, fc.constantFrom(0.125, 0.5, 2, 100), (before, now, width) => {
      const reference = featureReference('x', before);
      const options = { method: 'kolmogorov-smirnov' as const };
      const [exact, summed] = [
        judgeFeature(reference, now, options),
        judgeHistogram(reference, cellsOf(now, width), options),
      ];
      if (exact.status !== 'ok' || summed.status !== 'ok') throw new Error('both have values');
      expect(summed.statistic).toBeLessThanOrEqual(exact.statistic + 1e-12);
      expect(exact.statistic).toBeLessThanOrEqual(summed.statistic + summed.errorBound + 1e-12);
      expect(summed.pValue).toBeGreaterThanOrEqual(exact.pValue - 1e-12);
      // Every value is the end of a cell.
      if (width === 0.125)
        expect([summed.statistic, summed.errorBound, summed.pValue]).toEqual([exact.statistic, 0, exact.pValue]);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('the Wasserstein distance lies within its bound', () => {
  fc.assert(
    fc.property(sample, sample, fc.constantFrom(0.5, 2, 8), (before, now, width) => {
      const reference = featureReference('x', before);
      const options = { method: 'wasserstein' as const, repetitions: 199 };
      const [exact, summed] = [
        judgeFeature(reference, now, options),
        judgeHistogram(reference, cellsOf(now, width), options),
      ];
      if (exact.status !== 'ok' || summed.status !== 'ok') throw new Error('both have values');
      expect(Math.abs(summed.statistic - exact.statistic)).toBeLessThanOrEqual(summed.errorBound + 1e-9);
    }),
    { seed: 2, numRuns: 60 },
  );
});

const METHODS: DriftMethod[] = [
  'chi-square',
  'g-test',
  'population-stability',
  'jensen-shannon',
  'hellinger',
  'total-variation',
];

test.each(METHODS)('%s of few values and of texts is that of the rows', (method) => {
  const before = Array.from({ length: 300 }, (_, k) => (k * k) % 5);
  const now = Array.from({ length: 200 }, (_, k) => (k * k * k) % 7);
  for (const [reference, column, counts] of [
    [featureReference('n', before), now, cellsOf(now, 0.5)],
    [featureReference('t', before.map(String)), now.map(String), textsOf(now.map(String))],
  ] as const) {
    const [exact, summed] = [
      judgeFeature(reference, column, { method }),
      judgeHistogram(reference, counts, { method }),
    ];
    if (exact.status !== 'ok' || summed.status !== 'ok') throw new Error('both have values');
    expect(summed.errorBound).toBe(0);
    expect(summed.statistic).toBeCloseTo(exact.statistic, 12);
    expect(summed.effect.value).toBeCloseTo(exact.effect.value, 12);
    expect(Math.abs(summed.pValue - exact.pValue)).toBeLessThan(0.02);
    expect(summed.n).toEqual(exact.n);
  }
});

test('bins are the reference’s where their edges fall into no cell, and are said to have moved where they do', () => {
  const before = Array.from({ length: 400 }, (_, k) => ((k * 37) % 400) / 16);
  const now = Array.from({ length: 300 }, (_, k) => ((k * 53) % 300) / 10);
  const reference = featureReference('x', before, { bins: 4 });
  const method = 'population-stability' as const;
  const exact = judgeFeature(reference, now, { method });
  const fine = judgeHistogram(reference, cellsOf(now, 0.0001), { method });
  const coarse = judgeHistogram(reference, cellsOf(now, 4), { method });
  if (exact.status !== 'ok' || fine.status !== 'ok' || coarse.status !== 'ok') throw new Error('all have values');
  expect([fine.statistic, fine.errorBound]).toEqual([exact.statistic, 0]);
  expect(coarse.notes.join()).toContain('edges moved to the end of a cell');
  expect(Math.abs(coarse.statistic - exact.statistic)).toBeLessThanOrEqual(coarse.errorBound + 0.1);
});

test('a value that shares its cell with others is doubtful, and the bound says by how much', () => {
  const reference = featureReference(
    'n',
    Array.from({ length: 100 }, (_, k) => (k % 2 === 0 ? 1.5 : 3)),
  );
  const now = Array.from({ length: 100 }, (_, k) => (k % 2 === 0 ? 1.25 : 3));
  const summed = judgeHistogram(reference, cellsOf(now, 1), { method: 'chi-square' });
  const exact = judgeFeature(reference, now, { method: 'chi-square' });
  if (summed.status !== 'ok' || exact.status !== 'ok') throw new Error('both have values');
  expect(summed.statistic).toBe(0);
  expect(exact.statistic).toBeCloseTo(summed.errorBound, 9);
});

test('texts that were too many are counted together on both sides', () => {
  const names = Array.from({ length: 400 }, (_, k) => `t${String(k % 40).padStart(2, '0')}`);
  const same = judgeHistogram(featureReference('t', names), textsOf(names, 10), {});
  expect(same).toMatchObject({ status: 'ok', statistic: 0, pValue: 1 });
  expect(same.notes.join()).toContain('300 of 400 rows');
});

test('nothing to compare is said, and a method of another kind refused', () => {
  const reference = featureReference('x', [1, 2, 3]);
  expect(judgeHistogram(reference, null).status).toBe('insufficient-data');
  expect(judgeHistogram(reference, textsOf(['a'])).status).toBe('insufficient-data');
  expect(() => judgeHistogram(featureReference('t', ['a', 'b']), textsOf(['a']), { method: 'wasserstein' })).toThrow(
    'expected one for categorical',
  );
});
