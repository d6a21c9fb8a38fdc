import { EMPTY_CO_MOMENTS } from '../describe/co-moments';
import type { CoMoments } from '../describe/co-moments';
import { finiteOrNull } from '../describe/finite';

/** Sums of pairs about a centre that stays what the first rows made it. */
export interface ShiftedSums {
  n: number;
  dropped: number;
  centreX: number;
  centreY: number;
  dX: number;
  dY: number;
  dXX: number;
  dYY: number;
  dXY: number;
}

/** Of no rows yet. */
export function shiftedSums(): ShiftedSums {
  return { n: 0, dropped: 0, centreX: NaN, centreY: NaN, dX: 0, dY: 0, dXX: 0, dYY: 0, dXY: 0 };
}

/** Adds rows of two columns; pairs with a missing side are left out and counted. */
export function addBlock(sums: ShiftedSums, x: Float64Array, y: Float64Array, rows: Int32Array, count: number): void {
  if (sums.n > 0 && add(sums, x, y, rows, count, false)) return;
  const complete = rows.subarray(0, count).filter((row) => Number.isFinite(x[row]) && Number.isFinite(y[row]));
  sums.dropped += count - complete.length;
  if (complete.length === 0) return;
  if (sums.n === 0) {
    sums.centreX = meanOfRows(x, complete);
    sums.centreY = meanOfRows(y, complete);
  }
  add(sums, x, y, complete, complete.length, true);
}

/** Adds all of the rows, unless a missing value leaves its mark in the squares; one too large to square may stay. */
function add(
  sums: ShiftedSums,
  x: Float64Array,
  y: Float64Array,
  rows: Int32Array,
  count: number,
  complete: boolean,
): boolean {
  const { centreX, centreY } = sums;
  let [dX, dY, dXX, dYY, dXY] = [0, 0, 0, 0, 0];
  for (let place = 0; place < count; place += 1) {
    const row = rows[place]!;
    const left = x[row]! - centreX;
    const right = y[row]! - centreY;
    dX += left;
    dY += right;
    dXX += left * left;
    dYY += right * right;
    dXY += left * right;
  }
  if (!complete && !Number.isFinite(dXX + dYY)) return false;
  sums.n += count;
  sums.dX += dX;
  sums.dY += dY;
  sums.dXX += dXX;
  sums.dYY += dYY;
  sums.dXY += dXY;
  return true;
}

function meanOfRows(values: Float64Array, rows: Int32Array): number {
  const origin = values[rows[0]!]!;
  let [sum, share] = [0, 0];
  for (const row of rows) {
    sum += values[row]! - origin;
    share += values[row]! / rows.length;
  }
  return Number.isFinite(sum) ? origin + sum / rows.length : share;
}

/** The sums about the mean, which is theirs. */
export function coMomentsOfShifted({ n, dropped, centreX, centreY, dX, dY, dXX, dYY, dXY }: ShiftedSums): CoMoments {
  if (n === 0) return { ...EMPTY_CO_MOMENTS, dropped };
  const [shiftX, shiftY] = [dX / n, dY / n];
  return {
    n,
    dropped,
    meanX: centreX + shiftX,
    meanY: centreY + shiftY,
    m2X: finiteOrNull(Math.max(0, dXX - dX * shiftX)),
    m2Y: finiteOrNull(Math.max(0, dYY - dY * shiftY)),
    cXY: finiteOrNull(dXY - dX * shiftY),
  };
}
