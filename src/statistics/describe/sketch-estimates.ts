import { droppedNote, requireNumber, requirePositive, requireProbability } from '../arguments';
import { noResult } from '../result';
import type { Interval, NoResult } from '../result';
import type { QuantileSketch } from './quantile-sketch';

const METHOD = 'KLL sketch';
const LEVEL = 0.99;

/** What a sketch answers, with what its approximation may cost. */
export type SketchEstimate =
  | {
      readonly status: 'ok';
      readonly method: string;
      readonly value: number;
      /** Where the sample's own quantile or rank lies with 99 % confidence: about the sketch, not the population. */
      readonly interval: Interval;
      /** As a share of n; 0 while the sketch still holds every value. */
      readonly rankError: number;
      readonly n: number;
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data'>;

/**
 * The rank error a sketch stays below with 99 % confidence at any one quantile, as a share of n: 1.05 % for k = 256.
 * @param k size of the sketch
 * @throws RangeError on a k that is not above 0
 * @see Apache DataSketches, KllSketch.getNormalizedRankError, 2.296 / k^0.9723
 * @example sketchRankError(256) // 0.010458
 */
export function sketchRankError(k: number): number {
  return 2.296 / requirePositive('k', k) ** 0.9723;
}

/**
 * The smallest value seen with at least a share p of the values at or below it, estimated; p = 0 and p = 1 give the
 * exact extremes.
 * @param p from 0 to 1
 * @throws RangeError on a p outside [0, 1]
 * @see Karnin, Lang & Liberty (2016); Hyndman & Fan (1996), definition 1
 * @example
 * const sketch = createQuantileSketch();
 * insertAll(sketch, [5, 1, 3]);
 * quantileOf(sketch, 0.5) // { value: 3, rankError: 0 }
 */
export function quantileOf(sketch: QuantileSketch, p: number): SketchEstimate {
  requireProbability('p', p);
  const { n, min, max } = sketch;
  if (n === 0) return empty(sketch);
  const weighted = ordered(sketch);
  const at = (share: number): number =>
    share <= 0 ? min! : share >= 1 ? max! : weighted.values[placeOf(weighted.ranks, share * n)]!;
  const rankError = p === 0 || p === 1 ? 0 : errorOf(sketch);
  return answer(sketch, at(p), at(p - rankError), at(p + rankError), rankError);
}

/**
 * The share of values at or below x, estimated.
 * @param x in the values' unit, infinities included
 * @throws TypeError or RangeError when x is not a number
 * @see Karnin, Lang & Liberty (2016)
 * @example
 * const sketch = createQuantileSketch();
 * insertAll(sketch, [5, 1, 3, 9]);
 * rankOf(sketch, 3) // { value: 0.5, rankError: 0 }
 */
export function rankOf(sketch: QuantileSketch, x: number): SketchEstimate {
  requireNumber('x', x);
  if (sketch.n === 0) return empty(sketch);
  const outside = x < sketch.min! || x >= sketch.max!;
  const rankError = outside ? 0 : errorOf(sketch);
  let below = 0;
  sketch.levels.forEach((level, height) => {
    for (const value of level) if (value <= x) below += 2 ** height;
  });
  const share = outside ? Number(x >= sketch.max!) : below / sketch.n;
  return answer(sketch, share, Math.max(0, share - rankError), Math.min(1, share + rankError), rankError);
}

function errorOf({ k, levels }: QuantileSketch): number {
  return levels.length === 1 ? 0 : sketchRankError(k);
}

function empty({ dropped }: QuantileSketch): NoResult<'insufficient-data'> {
  return noResult('insufficient-data', METHOD, [0], 'the sketch has seen no values', droppedNote(dropped));
}

function answer(sketch: QuantileSketch, value: number, low: number, high: number, rankError: number): SketchEstimate {
  const interval = { low, high, level: LEVEL, method: 'kll' };
  return { status: 'ok', method: METHOD, value, interval, rankError, n: sketch.n, notes: droppedNote(sketch.dropped) };
}

/** The kept values in order, each with the number of values it and those before stand for. */
function ordered({ levels }: QuantileSketch): { readonly values: Float64Array; readonly ranks: Float64Array } {
  const kept = levels.flatMap((level, height) => level.map((value) => ({ value, weight: 2 ** height })));
  kept.sort((a, b) => a.value - b.value || a.weight - b.weight);
  let sum = 0;
  return {
    values: Float64Array.from(kept, ({ value }) => value),
    ranks: Float64Array.from(kept, ({ weight }) => (sum += weight)),
  };
}

/** The first place whose rank reaches the target, up to the rounding of p·n. */
function placeOf(ranks: Float64Array, target: number): number {
  const least = target * (1 - 4 * Number.EPSILON);
  let [from, to] = [0, ranks.length - 1];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (ranks[middle]! >= least) to = middle;
    else from = middle + 1;
  }
  return from;
}
