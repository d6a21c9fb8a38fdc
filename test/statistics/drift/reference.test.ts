import { driftReference, featureReference, judgeFeature } from '../../../src/statistics';
import type { CategoricalReference, NumericReference } from '../../../src/statistics';
import { unpackNumbers } from '../../../src/statistics/drift/packed-numbers';

const table = () => ({
  income: Float64Array.from({ length: 400 }, (_, k) => (k * 37) % 100),
  age: [31, null, 44, 27, NaN, 60],
  plan: ['free', 'pro', '', 'free', null, '__proto__'],
  city: { codes: Uint16Array.of(0, 1, 1, 9, 2), names: ['Bern', 'Oslo', null] },
  nothing: [null, undefined, NaN],
});

function frozenThroughout(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return true;
  return Object.isFrozen(value) && Object.values(value).every(frozenThroughout);
}

test('a reference is deeply frozen and JSON there and back', () => {
  const reference = driftReference(table(), { version: '2024-05' });
  expect(frozenThroughout(reference)).toBe(true);
  expect(JSON.parse(JSON.stringify(reference))).toEqual(reference);
  expect(reference).toMatchObject({ version: '2024-05' });
  expect(reference.features.map(({ name, kind, n, missing }) => [name, kind, n, missing])).toEqual([
    ['income', 'numeric', 400, 0],
    ['age', 'numeric', 4, 2],
    ['plan', 'categorical', 5, 1],
    // Code 9 has no name, code 2 is named null.
    ['city', 'categorical', 3, 2],
    ['nothing', 'empty', 0, 3],
  ]);
});

test('what came from JSON judges as what went in', () => {
  const reference = driftReference(table(), { version: 'v1' });
  const revived = JSON.parse(JSON.stringify(reference)) as typeof reference;
  reference.features.forEach((feature, k) => {
    const column = table()[feature.name as 'income'];
    expect(judgeFeature(revived.features[k]!, column)).toEqual(judgeFeature(feature, column));
  });
});

test('the data that made it are neither changed nor kept', () => {
  const columns = table();
  const reference = driftReference(columns, { version: 'v1' });
  expect(columns.income[1]).toBe(37);
  const before = JSON.stringify(reference);
  columns.income.fill(-1);
  columns.plan.fill('other');
  columns.city.codes.fill(0);
  expect(JSON.stringify(reference)).toBe(before);
  expect(judgeFeature(reference.features[0]!, table().income)).toMatchObject({ statistic: 0 });
});

test('numbers are kept to the last bit, in order', () => {
  const values = [0.1 + 0.2, -0, 5e-324, 1e308, 1 / 3];
  const reference = featureReference('x', values) as NumericReference;
  expect([...unpackNumbers(reference.sorted)]).toEqual([...values].sort((a, b) => a - b));
  expect(() => unpackNumbers('AAAA')).toThrow('3 bytes');
  expect(reference).toMatchObject({ min: 0, max: 1e308, median: 0.1 + 0.2 });
});

test('of more rows than may be kept a seeded sample is', () => {
  const values = Float64Array.from({ length: 5_000 }, (_, k) => k);
  const of = (seed: number) => featureReference('x', values, { maxRows: 1_000, seed }) as NumericReference;
  expect(of(1)).toMatchObject({ n: 1_000, rows: 5_000, missing: 0 });
  expect(of(1)).toEqual(of(1));
  expect(of(1).sorted).not.toBe(of(2).sorted);
  const kept = unpackNumbers(of(1).sorted);
  expect(new Set(kept).size).toBe(1_000);
  expect(kept.reduce((sum, value) => sum + value, 0) / 1_000 / 2_500).toBeCloseTo(1, 1);
});

test('categories come by count, names apart from prototypes', () => {
  const column = ['b', 'a', 'b', '__proto__', 'constructor', '', 'a', 'b'];
  const reference = featureReference('x', column) as CategoricalReference;
  expect(reference.names).toEqual(['b', 'a', '', '__proto__', 'constructor']);
  expect(reference.counts).toEqual([3, 2, 1, 1, 1]);
  const codes = { codes: [0, 0, 1], names: ['same', 'same'] };
  expect(featureReference('x', codes)).toMatchObject({ names: ['same'], counts: [3] });
});

test('numbers are categories where that is said', () => {
  const { features } = driftReference({ code: [404, 200, 200] }, { version: 'v1', kinds: { code: 'categorical' } });
  expect(features[0]).toMatchObject({ kind: 'categorical', names: ['200', '404'], counts: [2, 1] });
  expect(featureReference('flag', [true, false, true])).toMatchObject({ names: ['true', 'false'] });
});

test('bins lie between its quantiles; one value that holds them all gets the rest as its neighbour', () => {
  const bins = (values: number[]) => featureReference('x', values, { bins: 4 }) as NumericReference;
  expect(bins([1, 2, 3, 4, 5, 6, 7, 8])).toMatchObject({ innerEdges: [2.75, 4.5, 6.25], binCounts: [2, 2, 2, 2] });
  expect(bins([0, 0, 0, 0, 0, 0, 0, 7, 9])).toMatchObject({ innerEdges: [7], binCounts: [7, 2] });
  expect(bins([1, 5, 9, 9, 9, 9, 9, 9, 9])).toMatchObject({ innerEdges: [9], binCounts: [2, 7] });
  expect(bins([3, 3, 3])).toMatchObject({ innerEdges: [], binCounts: [3] });
});

test('what cannot be a reference is refused by name', () => {
  expect(() => driftReference({ x: [1, 'a'] }, { version: 'v1' })).toThrow('x[1] is "a"');
  expect(() => driftReference({ x: [1] }, { version: '' })).toThrow('version is ""');
  expect(() => driftReference({ x: 5 as never }, { version: 'v1' })).toThrow('x is 5');
  expect(() => driftReference({ x: null as never }, { version: 'v1' })).toThrow(TypeError);
  expect(() => driftReference({ x: [{}] as never }, { version: 'v1' })).toThrow('x: values holds objects');
  expect(() => featureReference('x', [1], { bins: 0 })).toThrow('bins is 0');
  expect(() => featureReference('x', [1], { maxRows: 0 })).toThrow('maxRows is 0');
  expect(() => featureReference('x', [1], { kind: 'text' as never })).toThrow('kind is "text"');
});
