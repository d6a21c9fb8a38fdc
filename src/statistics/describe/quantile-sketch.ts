import { finiteValues, requireCount } from '../arguments';
import { compact, roomOf } from './kll-levels';

/** A KLL sketch: the quantiles of any number of values in a few kilobytes of JSON. */
export interface QuantileSketch {
  /** Size of the top level: memory grows and the rank error falls with it. */
  readonly k: number;
  readonly seed: number;
  /** State of the seeded coin. */
  coin: number;
  /** Values seen. */
  n: number;
  /** Missing and infinite values left out. */
  dropped: number;
  /** Exact extremes; null before the first value. */
  min: number | null;
  max: number | null;
  /** Level h holds values that stand for 2^h each. */
  levels: number[][];
  /** How many values level 0 may hold before something is compacted. */
  room: number;
}

/**
 * An empty quantile sketch. Equal seeds and values in equal order give equal sketches; shards that will be merged do
 * better with a seed each, as equal coins let their errors add up.
 * @param options.k 256 by default: a rank error of at most `sketchRankError(k)`, 1.05 %, with 99 % confidence
 * @param options.seed of the coin, 0 by default
 * @throws RangeError on a k outside 8 … 65535 or a seed that is not a whole number from 0 on
 * @see Karnin, Lang & Liberty (2016), Optimal Quantile Approximation in Streams
 * @example createQuantileSketch({ k: 256, seed: 1 }).n // 0
 */
export function createQuantileSketch(options: { readonly k?: number; readonly seed?: number } = {}): QuantileSketch {
  const k = requireCount('k', options.k ?? 256);
  if (k < 8 || k > 65_535) throw new RangeError(`k is ${k}: expected a whole number from 8 to 65535`);
  const seed = requireCount('seed', options.seed ?? 0);
  return { k, seed, coin: seed >>> 0, n: 0, dropped: 0, min: null, max: null, levels: [[]], room: roomOf(k, [[]]) };
}

/**
 * Adds one value to a sketch, in place; a missing or infinite one is counted as dropped.
 * @throws TypeError on a value that is neither a number nor missing
 * @example
 * const sketch = createQuantileSketch();
 * insert(sketch, 3);
 * sketch // { n: 1, min: 3, max: 3 }
 */
export function insert(sketch: QuantileSketch, value: number | null | undefined): void {
  if (typeof value === 'number' && Number.isFinite(value)) insertFinite(sketch, value);
  else insertAll(sketch, [value]);
}

/**
 * Adds values to a sketch, in place and in order; missing and infinite ones are counted as dropped.
 * @throws TypeError on a value that is neither a number nor missing, before anything is added
 * @example
 * const sketch = createQuantileSketch();
 * insertAll(sketch, [3, 1, null]);
 * sketch // { n: 2, dropped: 1, min: 1, max: 3 }
 */
export function insertAll(sketch: QuantileSketch, values: ArrayLike<number | null | undefined>): void {
  const found = finiteValues('values', values);
  for (const value of found.values) insertFinite(sketch, value);
  sketch.dropped += found.dropped;
}

function insertFinite(sketch: QuantileSketch, found: number): void {
  // JSON has no −0.
  const value = found + 0;
  if (sketch.min === null || value < sketch.min) sketch.min = value;
  if (sketch.max === null || value > sketch.max) sketch.max = value;
  sketch.n += 1;
  const lowest = sketch.levels[0]!;
  lowest.push(value);
  if (lowest.length >= sketch.room) compact(sketch);
}

/**
 * A new sketch of the values of both, with the error bound of either; neither is changed.
 * @throws RangeError when the sketches differ in k
 * @see Karnin, Lang & Liberty (2016), §3, and Ivkin, Liberty, Lang, Karnin & Braverman (2019) on merging
 * @example
 * const [a, b] = [createQuantileSketch({ seed: 1 }), createQuantileSketch({ seed: 2 })];
 * insertAll(a, [3, 1]);
 * insertAll(b, [8]);
 * mergeQuantileSketches(a, b) // { n: 3, min: 1, max: 8 }
 */
export function mergeQuantileSketches(a: QuantileSketch, b: QuantileSketch): QuantileSketch {
  if (a.k !== b.k) throw new RangeError(`b.k is ${b.k}: expected that of a, ${a.k}`);
  const height = Math.max(a.levels.length, b.levels.length);
  const merged: QuantileSketch = {
    k: a.k,
    seed: a.seed,
    coin: (a.coin + b.coin) >>> 0,
    n: a.n + b.n,
    dropped: a.dropped + b.dropped,
    min: extreme(Math.min, a.min, b.min),
    max: extreme(Math.max, a.max, b.max),
    levels: Array.from({ length: height }, (_, level) => [...(a.levels[level] ?? []), ...(b.levels[level] ?? [])]),
    room: 0,
  };
  compact(merged);
  return merged;
}

function extreme(of: (a: number, b: number) => number, a: number | null, b: number | null): number | null {
  return a === null || b === null ? (a ?? b) : of(a, b);
}
