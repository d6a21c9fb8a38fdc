import type { CellMeasure } from './cell-measures';
import type { Cells } from './cells';
import { hypergeometricDraw } from './hypergeometric-draw';
import type { RandomStream } from '../random-stream';

// Looked up once: in a `vm` context, such as a test, a global costs more than the draw.
const { floor } = Math;

/** Up to so many rows per cell, rows are drawn one by one: quicker than a hypergeometric number for each cell. */
const ROWS_PER_CELL = 6;

/**
 * A measure of the same rows with their sides given out anew, many times over: what it looks like when both sides come
 * from one law, given the pooled counts. One draw costs O(cells).
 */
export function permutedMeasures(
  cells: Cells,
  measure: CellMeasure,
  random: RandomStream,
  repetitions: number,
): Float64Array {
  const { n, m } = cells;
  const pooled = cells.reference.map((count, k) => count + cells.current[k]!);
  const size = Math.min(n, m);
  const drawn = new Float64Array(pooled.length);
  const rest = new Float64Array(pooled.length);
  const draw =
    size <= ROWS_PER_CELL * pooled.length ? byRow(pooled, size, random) : byCell(pooled, n + m, size, random);
  const found = new Float64Array(repetitions);
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    draw(drawn);
    for (let k = 0; k < pooled.length; k += 1) rest[k] = pooled[k]! - drawn[k]!;
    found[repetition] = m <= n ? measure(rest, drawn, n, m) : measure(drawn, rest, n, m);
  }
  return found;
}

function byCell(pooled: Float64Array, total: number, size: number, random: RandomStream) {
  return (drawn: Float64Array): void => {
    let [left, others] = [size, total];
    for (let k = 0; k < pooled.length; k += 1) {
      others -= pooled[k]!;
      const count = hypergeometricDraw(random, pooled[k]!, others, left);
      drawn[k] = count;
      left -= count;
    }
  };
}

function byRow(pooled: Float64Array, size: number, random: RandomStream) {
  const rows = new Int32Array(pooled.reduce((sum, count) => sum + count, 0));
  let next = 0;
  pooled.forEach((count, k) => rows.fill(k, next, (next += count)));
  return (drawn: Float64Array): void => {
    drawn.fill(0);
    // The first steps of a Fisher-Yates shuffle; whatever order the last draw left behind serves as well.
    for (let k = 0; k < size; k += 1) {
      const other = k + floor(random.next() * (rows.length - k));
      const cell = rows[other]!;
      rows[other] = rows[k]!;
      rows[k] = cell;
      drawn[cell]! += 1;
    }
  };
}
