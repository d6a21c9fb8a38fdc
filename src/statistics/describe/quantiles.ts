import { droppedNote, finiteValues, requireArray, requireFinite, requireProbability } from '../arguments';
import { noResult } from '../result';
import type { NoResult } from '../result';
import { orderStatistics } from './order-statistics';

const METHOD = 'quantiles, type 7';

/** Exact quantiles of a sample. */
export type QuantilesResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      /** The probabilities asked for, in their order. */
      readonly ps: readonly number[];
      /** One quantile per probability, in the values' unit. */
      readonly values: readonly number[];
      readonly n: number;
      readonly dropped: number;
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data'>;

/** One exact quantile of a sample. */
export type QuantileResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      readonly p: number;
      readonly value: number;
      readonly n: number;
      readonly dropped: number;
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data'>;

/**
 * An exact quantile by type 7: linear between the order statistics around (n − 1)·p, as numpy and R do by default.
 * @param values in any unit and order; missing and infinite ones are left out and counted
 * @param p from 0, the minimum, to 1, the maximum
 * @throws RangeError on a p outside [0, 1]; TypeError on a value that is neither a number nor missing
 * @see Hyndman & Fan (1996), definition 7
 * @example quantile([1, 2, 4, 8], 0.5).value // 3
 */
export function quantile(values: ArrayLike<number | null | undefined>, p: number): QuantileResult {
  requireProbability('p', p);
  const found = quantiles(values, [p]);
  if (found.status !== 'ok') return found;
  const { status, method, n, dropped, notes } = found;
  return { status, method, p, value: found.values[0]!, n, dropped, notes };
}

/**
 * Several exact quantiles of one sample, which is read once and not sorted when it is large.
 * @param values in any unit and order; missing and infinite ones are left out and counted
 * @param ps from 0 to 1, in any order
 * @throws RangeError on a p outside [0, 1]; TypeError on a value that is neither a number nor missing
 * @see Hyndman & Fan (1996), definition 7
 * @example quantiles([1, 2, 4, 8], [0.25, 0.5, 1]).values // [1.75, 3, 8]
 */
export function quantiles(values: ArrayLike<number | null | undefined>, ps: readonly number[]): QuantilesResult {
  requireArray('ps', ps);
  ps.forEach((p, index) => requireProbability(`ps[${index}]`, p));
  const found = finiteValues('values', values);
  const notes = droppedNote(found.dropped);
  const n = found.values.length;
  if (n === 0) return noResult('insufficient-data', METHOD, [0], 'there are no values', notes);
  return {
    status: 'ok',
    method: METHOD,
    ps: [...ps],
    values: finiteQuantiles(found.values, ps),
    n,
    dropped: found.dropped,
    notes,
  };
}

/** The quantiles of at least one finite value; arguments are the caller's to check. */
export function finiteQuantiles(values: Float64Array, ps: readonly number[]): number[] {
  const last = values.length - 1;
  const wanted = new Set<number>();
  for (const p of ps) wanted.add(Math.floor(last * p)).add(Math.ceil(last * p));
  const places = [...wanted].sort((a, b) => a - b);
  const found = orderStatistics(values, places);
  const at = new Map(places.map((place, index) => [place, found[index]!]));
  return ps.map((p) => {
    const place = last * p;
    return between(at.get(Math.floor(place))!, at.get(Math.ceil(place))!, place - Math.floor(place));
  });
}

/**
 * A type 7 quantile of values that are sorted already: constant time, for who asks one sample many times.
 * @param sorted ascending finite values, at least one; only the ends are checked
 * @param p from 0 to 1
 * @throws RangeError on a p outside [0, 1], no values, or ends that are not finite or descend
 * @see Hyndman & Fan (1996), definition 7
 * @example sortedQuantile([1, 2, 4, 8], 0.9) // 6.8
 */
export function sortedQuantile(sorted: ArrayLike<number>, p: number): number {
  requireArray('sorted', sorted);
  requireProbability('p', p);
  if (sorted.length === 0) throw new RangeError('sorted has 0 values: expected at least one');
  const last = sorted.length - 1;
  const [low, high] = [requireFinite('sorted[0]', sorted[0]!), requireFinite(`sorted[${last}]`, sorted[last]!)];
  if (low > high) throw new RangeError(`sorted starts at ${low} and ends at ${high}: expected ascending values`);
  const place = last * p;
  const below = Math.floor(place);
  return between(sorted[below]!, sorted[Math.ceil(place)]!, place - below);
}

/** numpy's interpolation, which comes from the nearer end; + 0 so that −0 is 0. */
function between(low: number, high: number, share: number): number {
  const gap = high - low;
  if (gap === Infinity) return low * (1 - share) + high * share;
  return (share < 0.5 ? low + gap * share : high - gap * (1 - share)) + 0;
}
