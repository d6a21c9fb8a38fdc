import fc from 'fast-check';
import {
  createQuantileSketch,
  insert,
  insertAll,
  mergeQuantileSketches,
  quantileOf,
  rankOf,
  sketchRankError,
} from '../../../src/statistics/describe';
import type { QuantileSketch } from '../../../src/statistics/describe';

function sketchOf(values: ArrayLike<number | null>, options: { k?: number; seed?: number } = {}): QuantileSketch {
  const sketch = createQuantileSketch(options);
  insertAll(sketch, values);
  return sketch;
}

const weightOf = ({ levels }: QuantileSketch): number =>
  levels.reduce((sum, level, height) => sum + level.length * 2 ** height, 0);

function shuffled(n: number, seed: number): Float64Array {
  let state = seed >>> 0;
  const values = Float64Array.from({ length: n }, (_, index) => index);
  for (let index = n - 1; index > 0; index -= 1) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const other = Math.floor((state / 2 ** 32) * (index + 1));
    [values[index], values[other]] = [values[other]!, values[index]!];
  }
  return values;
}

test('the docstrings hold', () => {
  expect(createQuantileSketch({ k: 256, seed: 1 })).toMatchObject({ k: 256, seed: 1, n: 0, min: null, max: null });
  const one = createQuantileSketch();
  insert(one, 3);
  expect(one).toMatchObject({ n: 1, min: 3, max: 3 });
  expect(sketchOf([3, 1, null])).toMatchObject({ n: 2, dropped: 1, min: 1, max: 3 });
  expect(quantileOf(sketchOf([5, 1, 3]), 0.5)).toMatchObject({ value: 3, rankError: 0, n: 3 });
  expect(rankOf(sketchOf([5, 1, 3, 9]), 3)).toMatchObject({ value: 0.5, interval: { low: 0.5, high: 0.5 } });
  expect(sketchRankError(256)).toBeCloseTo(0.010458, 6);
});

test('an empty sketch has no quantiles', () => {
  expect(quantileOf(sketchOf([null]), 0.5)).toMatchObject({ status: 'insufficient-data', notes: [expect.any(String)] });
  expect(rankOf(createQuantileSketch(), 1)).toMatchObject({ status: 'insufficient-data' });
});

test('missing and infinite values are dropped one by one too', () => {
  const sketch = createQuantileSketch();
  for (const value of [1, NaN, null, Infinity, undefined, 2]) insert(sketch, value);
  expect(sketch).toMatchObject({ n: 2, dropped: 4 });
  expect(() => insert(sketch, 'a' as never)).toThrow(TypeError);
});

test('bad arguments are refused by name', () => {
  expect(() => createQuantileSketch({ k: 4 })).toThrow('k is 4');
  expect(() => createQuantileSketch({ seed: -1 })).toThrow('seed is -1');
  expect(() => quantileOf(sketchOf([1]), 2)).toThrow('p is 2');
  expect(() => rankOf(sketchOf([1]), NaN)).toThrow('x is NaN');
  expect(() => mergeQuantileSketches(createQuantileSketch({ k: 8 }), createQuantileSketch())).toThrow('b.k is 256');
});

test('while it holds every value it is exact: the inverse of the distribution function', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 300 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, p) => {
        const sketch = sketchOf(values);
        const sorted = [...values].sort((a, b) => a - b);
        const place = Math.max(0, Math.ceil(p * values.length * (1 - 4 * Number.EPSILON)) - 1);
        const value = sorted[Math.min(place, values.length - 1)]!;
        expect(quantileOf(sketch, p)).toMatchObject({ value: value + 0, rankError: 0 });
        expect(rankOf(sketch, value)).toMatchObject({
          value: values.filter((each) => each <= value).length / values.length,
        });
      },
    ),
  );
});

test('n, extremes and weights are exact, merged or not, and JSON keeps it all', () => {
  const many = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { maxLength: 2_000, size: 'max' });
  fc.assert(
    fc.property(many, many, fc.nat(), (a, b, seed) => {
      const [first, second] = [sketchOf(a, { k: 8, seed }), sketchOf(b, { k: 8, seed: seed + 1 })];
      const before = JSON.stringify([first, second]);
      const merged = mergeQuantileSketches(first, second);
      expect(JSON.stringify([first, second])).toBe(before);
      const all = Float64Array.from([...a, ...b]).sort();
      expect(merged).toMatchObject({ n: all.length, dropped: 0 });
      expect(weightOf(first)).toBe(a.length);
      expect(weightOf(merged)).toBe(all.length);
      expect(merged.levels.flat().length).toBeLessThan(250);
      if (all.length === 0) return;
      expect(quantileOf(merged, 0)).toMatchObject({ value: all[0]! + 0 });
      expect(quantileOf(merged, 1)).toMatchObject({ value: all.at(-1)! + 0 });
      expect(rankOf(merged, all.at(-1)!)).toMatchObject({ value: 1 });
      expect(rankOf(merged, -Infinity)).toMatchObject({ value: 0 });
      const kept = JSON.parse(JSON.stringify(merged)) as QuantileSketch;
      expect(kept).toEqual(merged);
      insertAll(kept, [1, 2, 3]);
      insertAll(merged, [1, 2, 3]);
      expect(kept).toEqual(merged);
    }),
    { numRuns: 50 },
  );
});

test('equal seeds give equal sketches, others differ', () => {
  const values = shuffled(20_000, 3);
  expect(sketchOf(values, { seed: 4 })).toEqual(sketchOf(values, { seed: 4 }));
  expect(sketchOf(values, { seed: 4 }).levels).not.toEqual(sketchOf(values, { seed: 5 }).levels);
});

const orders: [string, (n: number, seed: number) => Float64Array][] = [
  ['shuffled', shuffled],
  ['ascending', (n) => Float64Array.from({ length: n }, (_, index) => index)],
  ['descending', (n) => Float64Array.from({ length: n }, (_, index) => n - 1 - index)],
  [
    'zoomed in',
    (n) => Float64Array.from({ length: n }, (_, index) => (index % 2 === 0 ? index / 2 : n - 1 - (index - 1) / 2)),
  ],
];

test.each(orders)('the rank error stays below the stated one in 99 %% of cases: %s', (_, order) => {
  const n = 30_000;
  const errors: { single: number[]; merged: number[] } = { single: [], merged: [] };
  for (let seed = 0; seed < 60; seed += 1) {
    const values = order(n, seed);
    const shards = [0, 1, 2, 3].map((shard) =>
      sketchOf(values.subarray((shard * n) / 4, ((shard + 1) * n) / 4), { seed: 1_000 * seed + shard }),
    );
    const sketches = { single: sketchOf(values, { seed }), merged: shards.reduce(mergeQuantileSketches) };
    for (const kind of ['single', 'merged'] as const)
      for (let x = n / 20 - 1; x < n - 1; x += n / 20) {
        const found = rankOf(sketches[kind], x);
        if (found.status === 'ok') errors[kind].push(Math.abs(found.value - (x + 1) / n));
      }
  }
  for (const found of [errors.single, errors.merged]) {
    const sorted = Float64Array.from(found).sort();
    expect(sorted).toHaveLength(60 * 19);
    // Measured: about 0.5 %, half of the 1.05 % that is stated.
    expect(sorted[Math.floor(0.99 * sorted.length)]).toBeLessThan(0.008);
    expect(sorted.at(-1)).toBeLessThan(1.5 * sketchRankError(256));
  }
});

test('the interval of a quantile holds the exact one', () => {
  const values = shuffled(50_000, 11);
  let held = 0;
  for (let seed = 0; seed < 40; seed += 1) {
    const found = quantileOf(sketchOf(values, { seed }), 0.9);
    if (found.status !== 'ok') continue;
    expect(found.rankError).toBe(sketchRankError(256));
    if (found.interval.low! <= 44_999 && found.interval.high! >= 44_999) held += 1;
  }
  expect(held).toBe(40);
});
