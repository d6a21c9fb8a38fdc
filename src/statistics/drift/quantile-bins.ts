import { finiteValues, requireCount, requirePositive } from '../arguments';
import { finiteQuantiles } from '../describe/quantiles';
import { noResult } from '../result';
import type { NoResult } from '../result';

/** Both samples in bins of the reference's quantiles. */
export type QuantileBinsResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      /** Between two bins, ascending: bin k holds edges[k − 1] ≤ x < edges[k], the outermost have no end. */
      readonly innerEdges: readonly number[];
      readonly reference: readonly number[];
      readonly current: readonly number[];
      readonly n: readonly [number, number];
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data'>;

/**
 * Counts two samples into bins between the reference's type 7 quantiles, as the population stability index usually
 * does. The first and the last bin are open; ties may leave fewer bins than asked, all equal values a single one.
 * @param reference missing and infinite values are left out on both sides
 * @param options.bins how many, 10 by default
 * @throws RangeError on no bins; TypeError on a value that is neither a number nor missing
 * @see Siddiqi (2006), Credit Risk Scorecards; Hyndman & Fan (1996), definition 7
 * @example quantileBins([1, 2, 3, 4], [2, 2, 9], { bins: 2 })
 * // { innerEdges: [2.5], reference: [2, 2], current: [2, 1] }
 */
export function quantileBins(
  reference: ArrayLike<number | null | undefined>,
  current: ArrayLike<number | null | undefined>,
  options: { readonly bins?: number } = {},
): QuantileBinsResult {
  const bins = requireBins(options.bins);
  const [before, now] = [finiteValues('reference', reference).values, finiteValues('current', current).values];
  const method = 'bins by quantiles of the reference';
  const n = [before.length, now.length] as const;
  if (n[0] === 0) return noResult('insufficient-data', method, n, 'the reference has no values');
  const edges = innerEdges(before, bins);
  const counted = [countInBins(before, edges), countInBins(now, edges)] as const;
  return {
    status: 'ok',
    method,
    innerEdges: edges,
    reference: Array.from(counted[0]),
    current: Array.from(counted[1]),
    n,
    notes: edges.length + 1 < bins ? [`ties leave ${edges.length + 1} of ${bins} bins`] : [],
  };
}

/** How many bins: 10 unless told. */
export function requireBins(bins = 10): number {
  return requirePositive('bins', requireCount('bins', bins));
}

/** The different quantiles of a sample without its extremes. */
export function innerEdges(values: Float64Array, bins: number): number[] {
  const ends = finiteQuantiles(
    values,
    Array.from({ length: bins + 1 }, (_, k) => k / bins),
  );
  const [low, high] = [ends[0]!, ends[bins]!];
  return ends.filter((edge, k) => edge > low && edge < high && edge !== ends[k - 1]);
}

/** Counts finite values into bins that are closed below and open above. */
export function countInBins(values: Float64Array, edges: readonly number[]): Float64Array {
  const ends = Float64Array.from(edges);
  const counts = new Float64Array(ends.length + 1);
  const { length } = values;
  for (let row = 0; row < length; row += 1) {
    const value = values[row]!;
    let [bin, beyond] = [0, ends.length];
    while (bin < beyond) {
      const middle = (bin + beyond) >>> 1;
      if (ends[middle]! <= value) bin = middle + 1;
      else beyond = middle;
    }
    counts[bin]! += 1;
  }
  return counts;
}
