import { requireArray, requireFinite } from '../arguments';

/** Cells of the grid that tells roughly where a value's bin lies. */
const CELLS = 1_024;

/** Counts per bin; nothing of a sample is lost, so that counts add up over shards. */
export interface Histogram {
  /** Ascending, one more than bins. */
  readonly edges: readonly number[];
  /** Bin k holds edges[k] ≤ x < edges[k + 1], the last bin its upper edge too. */
  readonly counts: readonly number[];
  /** Values below the first edge, −Infinity included. */
  readonly below: number;
  /** Values above the last edge, Infinity included. */
  readonly above: number;
  /** Null, undefined and NaN. */
  readonly missing: number;
}

/**
 * Counts values into bins, right-open but for the last, as numpy does. What lies outside is counted aside: an
 * infinite value does have a side.
 * @param values in the edges' unit
 * @param options.edges at least two, finite and strictly ascending
 * @throws RangeError on edges that do not ascend; TypeError on a value that is neither a number nor missing
 * @see numpy.histogram
 * @example histogram([1, 2, 2, 3, 7, null], { edges: [1, 2, 3] })
 * // { edges: [1, 2, 3], counts: [1, 3], below: 0, above: 1, missing: 1 }
 */
export function histogram(
  values: ArrayLike<number | null | undefined>,
  { edges }: { readonly edges: ArrayLike<number> },
): Histogram {
  requireArray('values', values);
  const bounds = checkedEdges(edges);
  const last = bounds.length - 1;
  const [low, high] = [bounds[0]!, bounds[last]!];
  // The grid spans the inner edges: the outer ones may lie as far out as the outliers.
  const [from, to] = last > 2 ? [bounds[1]!, bounds[last - 1]!] : [low, high];
  // Halves, because the range between the largest doubles of either sign overflows.
  const scale = Math.min(Number.MAX_VALUE, (CELLS - 1) / (to / 2 - from / 2));
  const cellOf = (value: number): number =>
    Math.max(0, Math.min(CELLS - 1, Math.floor((value / 2 - from / 2) * scale)));
  const firstBin = cellStarts(bounds, cellOf);
  const counts = new Float64Array(last);
  let [below, above, missing] = [0, 0, 0];
  for (let row = 0; row < values.length; row += 1) {
    const value = values[row];
    if (typeof value !== 'number' || value !== value) {
      if (typeof value !== 'number' && value != null)
        throw new TypeError(`values[${row}] is ${typeof value}: expected a number or null`);
      missing += 1;
    } else if (value < low) below += 1;
    else if (value > high) above += 1;
    else {
      const cell = cellOf(value);
      let bin = firstBin[cell]!;
      let end = firstBin[cell + 1]!;
      while (bin < end) {
        const middle = (bin + end + 1) >>> 1;
        if (bounds[middle]! <= value) bin = middle;
        else end = middle - 1;
      }
      counts[bin]! += 1;
    }
  }
  return { edges: Array.from(bounds), counts: Array.from(counts), below, above, missing };
}

function checkedEdges(edges: ArrayLike<number>): Float64Array {
  requireArray('edges', edges);
  if (edges.length < 2) throw new RangeError(`edges has ${edges.length} values: expected at least two`);
  const bounds = Float64Array.from(edges);
  bounds.forEach((edge, index) => {
    requireFinite(`edges[${index}]`, edge);
    if (index > 0 && !(edge > bounds[index - 1]!))
      throw new RangeError(`edges[${index}] is ${edge}: expected more than the edge before, ${bounds[index - 1]}`);
  });
  return bounds;
}

/** For each cell the last bin whose lower edge lies in an earlier cell: where the search for a value starts. */
function cellStarts(bounds: Float64Array, cellOf: (value: number) => number): Uint32Array {
  const starts = new Uint32Array(CELLS + 1);
  let bin = 0;
  for (let cell = 0; cell <= CELLS; cell += 1) {
    while (bin + 1 < bounds.length - 1 && cellOf(bounds[bin + 1]!) < cell) bin += 1;
    starts[cell] = bin;
  }
  return starts;
}

/**
 * The histogram of two samples together, which must have been counted into the same bins.
 * @throws RangeError when the edges differ
 * @example mergeHistograms(histogram([1], { edges: [0, 2] }), histogram([1, 5], { edges: [0, 2] })).counts // [2]
 */
export function mergeHistograms(a: Histogram, b: Histogram): Histogram {
  if (a.edges.length !== b.edges.length || a.edges.some((edge, index) => edge !== b.edges[index]))
    throw new RangeError(`b.edges is [${b.edges.join(', ')}]: expected those of a, [${a.edges.join(', ')}]`);
  return {
    edges: [...a.edges],
    counts: a.counts.map((count, bin) => count + b.counts[bin]!),
    below: a.below + b.below,
    above: a.above + b.above,
    missing: a.missing + b.missing,
  };
}
