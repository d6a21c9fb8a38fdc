import { droppedNote, finiteValues, requireCount, requireFinite, requirePositive } from '../arguments';
import { noResult } from '../result';
import type { NoResult } from '../result';
import { finiteQuantiles } from './quantiles';

/** The edges of bins drawn from a sample, or why it allows none. */
export type EdgesResult =
  | { readonly status: 'ok'; readonly edges: readonly number[]; readonly notes: readonly string[] }
  | NoResult<'insufficient-data' | 'no-variation'>;

/**
 * Edges of bins of one width, numpy's `linspace(low, high, bins + 1)`. Without a range between the ends it widens them
 * by a half either way as numpy does, further for numbers a half means nothing to.
 * @param low the first edge; take ends that all shards share, so that histograms merge
 * @param high the last edge, at least low
 * @param bins how many, at least one; fewer come back when doubles are too coarse for so many
 * @throws RangeError on high below low, ends that are not finite, or no bins
 * @see numpy.histogram_bin_edges
 * @example equalWidthEdges(0, 10, 4) // [0, 2.5, 5, 7.5, 10]
 */
export function equalWidthEdges(low: number, high: number, bins: number): number[] {
  requireFinite('low', low);
  requireFinite('high', high);
  requireBins(bins);
  if (high < low) throw new RangeError(`high is ${high}: expected at least low, ${low}`);
  const half = low === high ? Math.max(0.5, Math.abs(low) * Number.EPSILON * bins) : 0;
  const [from, to] = [Math.max(-Number.MAX_VALUE, low - half), Math.min(Number.MAX_VALUE, high + half)];
  const width = to - from;
  const edges = Array.from({ length: bins + 1 }, (_, index) => {
    if (index === bins) return to;
    const share = index / bins;
    return width === Infinity ? from * (1 - share) + to * share : Math.min(to, from + index * (width / bins));
  });
  return ascending(edges);
}

/**
 * Edges of bins that hold about equal shares of a sample: its type 7 quantiles, each once. Ties make bins coincide,
 * so there may be fewer than asked.
 * @param values in any unit; missing and infinite ones are left out
 * @param bins how many, at least one
 * @returns `no-variation` when all values are equal, `insufficient-data` without any
 * @throws RangeError on no bins; TypeError on a value that is neither a number nor missing
 * @see Hyndman & Fan (1996), definition 7
 * @example quantileEdges([1, 2, 3, 4, 100], 4).edges // [1, 2, 3, 4, 100]
 */
export function quantileEdges(values: ArrayLike<number | null | undefined>, bins: number): EdgesResult {
  requireBins(bins);
  const { values: kept, dropped } = finiteValues('values', values);
  const [method, n, notes] = ['quantile edges', [kept.length], droppedNote(dropped)];
  if (kept.length === 0) return noResult('insufficient-data', method, n, 'there are no values', notes);
  const edges = ascending(
    finiteQuantiles(
      kept,
      Array.from({ length: bins + 1 }, (_, index) => index / bins),
    ),
  );
  if (edges.length < 2) return noResult('no-variation', method, n, `all ${kept.length} values are ${kept[0]}`, notes);
  const fewer = edges.length - 1 < bins ? [`ties leave ${edges.length - 1} of ${bins} bins`] : [];
  return { status: 'ok', edges, notes: [...notes, ...fewer] };
}

function requireBins(bins: number): void {
  requirePositive('bins', requireCount('bins', bins));
}

function ascending(edges: readonly number[]): number[] {
  return edges.filter((edge, index) => index === 0 || edge > edges[index - 1]!);
}
