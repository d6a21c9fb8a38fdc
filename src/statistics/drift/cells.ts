/** Counts of two samples in the same cells, with their totals. */
export interface Cells {
  readonly reference: Float64Array;
  readonly current: Float64Array;
  readonly n: number;
  readonly m: number;
}

/** The cells that hold a row on either side, by pooled count descending; what is drawn from them soon runs out. */
export function occupiedCells(reference: ArrayLike<number>, current: ArrayLike<number>): Cells {
  const places: number[] = [];
  let [n, m] = [0, 0];
  for (let k = 0; k < reference.length; k += 1) {
    n += reference[k]!;
    m += current[k]!;
    if (reference[k]! + current[k]! > 0) places.push(k);
  }
  places.sort((a, b) => reference[b]! + current[b]! - reference[a]! - current[a]!);
  return {
    reference: Float64Array.from(places, (k) => reference[k]!),
    current: Float64Array.from(places, (k) => current[k]!),
    n,
    m,
  };
}

/** Cells that a law of large counts holds for: rare ones are in OTHER, the last. */
export interface MergedCells extends Cells {
  /** How many cells OTHER holds; 0 where none was rare. */
  readonly merged: number;
}

/** OTHER may hold at most this share of all rows. */
const MOST_OTHER = 0.2;
/** No cell that could hold more than this share of the smaller side is merged: it could be the news. */
const MOST_HIDDEN = 0.02;

/**
 * Merges rare cells until every expected count is at least `least`, or says null where that would hide too much. Which
 * cells are rare depends on pooled counts and sizes only, so that labels stay exchangeable under the null hypothesis.
 */
export function mergeRareCells(cells: Cells, least: number): MergedCells | null {
  const { reference, current, n, m } = cells;
  const smaller = Math.min(n, m);
  const rare = (least * (n + m)) / smaller;
  let kept = reference.length;
  while (kept > 0 && reference[kept - 1]! + current[kept - 1]! < rare) kept -= 1;
  const merged = reference.length - kept;
  if (merged === 0) return { ...cells, merged };
  const other = [0, 0];
  for (let k = kept; k < reference.length; k += 1) {
    other[0]! += reference[k]!;
    other[1]! += current[k]!;
  }
  const pooled = other[0]! + other[1]!;
  const hidden = rare > MOST_HIDDEN * smaller;
  if (hidden || kept < 2 || pooled < rare || pooled > MOST_OTHER * (n + m)) return null;
  return {
    reference: withOther(reference, kept, other[0]!),
    current: withOther(current, kept, other[1]!),
    n,
    m,
    merged,
  };
}

function withOther(counts: Float64Array, kept: number, other: number): Float64Array {
  const cells = counts.slice(0, kept + 1);
  cells[kept] = other;
  return cells;
}
