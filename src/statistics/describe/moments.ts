import { finiteValues } from '../arguments';
import { finiteOrNull } from './finite';

/** Sums about the mean up to the fourth power: what two shards exchange instead of rows. */
export interface Moments {
  /** Values used. */
  readonly n: number;
  /** Missing and infinite values left out. */
  readonly dropped: number;
  /** In the values' unit; 0 when there are none. */
  readonly mean: number;
  /** Σ(x − mean)²; null when it exceeds the largest double, as the next two. */
  readonly m2: number | null;
  readonly m3: number | null;
  readonly m4: number | null;
  /** Null when there are no values. */
  readonly min: number | null;
  readonly max: number | null;
}

/** No rows at all: the identity of `mergeMoments`. */
export const EMPTY_MOMENTS: Moments = { n: 0, dropped: 0, mean: 0, m2: 0, m3: 0, m4: 0, min: null, max: null };

/**
 * Count, mean, extremes and centred sums of a sample in two passes: the mean first, then the powers about it, each
 * corrected for what rounding left of Σ(x − mean). Keeps its digits where the mean dwarfs the spread.
 * @param values in any unit; missing and infinite ones are left out and counted in `dropped`
 * @throws TypeError on a value that is neither a number nor missing
 * @see Chan, Golub & LeVeque (1983), corrected two-pass algorithm
 * @example momentsOf([2, 4, 4, 4, 5, 5, 7, 9]) // { n: 8, mean: 5, m2: 32, m3: 42, m4: 356, min: 2, max: 9, dropped: 0 }
 */
export function momentsOf(values: ArrayLike<number | null | undefined>): Moments {
  const found = finiteValues('values', values);
  return { ...finiteMoments(found.values), dropped: found.dropped };
}

function finiteMoments(values: Float64Array): Moments {
  const n = values.length;
  if (n === 0) return EMPTY_MOMENTS;
  const origin = values[0]!;
  let [sum, min, max] = [0, origin, origin];
  for (let row = 0; row < n; row += 1) {
    const value = values[row]!;
    // Summing distances from the first value keeps the digits of 1e9 + small.
    sum += value - origin;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  // The mean of a constant would round away from it and show a spread that is none.
  if (min === max) return constant(n, min);
  const centre = Number.isFinite(sum) ? origin + sum / n : shareMean(values);
  let [d1, d2, d3, d4] = [0, 0, 0, 0];
  for (let row = 0; row < n; row += 1) {
    const d = values[row]! - centre;
    const square = d * d;
    d1 += d;
    d2 += square;
    d3 += square * d;
    d4 += square * square;
  }
  const shift = Number.isFinite(d1) ? d1 / n : 0;
  const s2 = shift * shift;
  return {
    n,
    dropped: 0,
    mean: Math.min(max, Math.max(min, centre + shift)),
    m2: finiteOrNull(Math.max(0, d2 - n * s2)),
    m3: finiteOrNull(d3 - 3 * shift * d2 + 2 * n * s2 * shift),
    m4: finiteOrNull(Math.max(0, d4 - 4 * shift * d3 + 6 * s2 * d2 - 3 * n * s2 * s2)),
    min,
    max,
  };
}

function constant(n: number, value: number): Moments {
  return { n, dropped: 0, mean: value, m2: 0, m3: 0, m4: 0, min: value, max: value };
}

function shareMean(values: Float64Array): number {
  let mean = 0;
  for (const value of values) mean += value / values.length;
  return mean;
}

/**
 * The moments of two samples together, as if their rows had been one sample; up to rounding associative and
 * commutative. Samples without values are the identity.
 * @see Pébay (2008), SAND2008-6212, eq. 2.1 and 3.1, after Chan, Golub & LeVeque (1979)
 * @example mergeMoments(momentsOf([2, 4, 4, 4]), momentsOf([5, 5, 7, 9])).m2 // 32
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const dropped = a.dropped + b.dropped;
  if (a.n === 0 || b.n === 0) return { ...(a.n === 0 ? b : a), dropped };
  const n = a.n + b.n;
  const [min, max] = [Math.min(a.min!, b.min!), Math.max(a.max!, b.max!)];
  if (min === max) return { ...constant(n, min), dropped };
  const [p, q] = [a.n / n, b.n / n];
  const delta = b.mean - a.mean;
  const [a2, b2, a3, b3] = [a.m2 ?? NaN, b.m2 ?? NaN, a.m3 ?? NaN, b.m3 ?? NaN];
  const square = delta * delta;
  const m2 = a2 + b2 + square * p * b.n;
  const m3 = a3 + b3 + delta * square * p * b.n * (p - q) + 3 * delta * (p * b2 - q * a2);
  const m4 =
    (a.m4 ?? NaN) +
    (b.m4 ?? NaN) +
    square * square * p * b.n * (p * p - p * q + q * q) +
    6 * square * (p * p * b2 + q * q * a2) +
    4 * delta * (p * b3 - q * a3);
  const mean = Number.isFinite(delta) ? a.mean + delta * q : a.mean * p + b.mean * q;
  return { n, dropped, mean, m2: finiteOrNull(m2), m3: finiteOrNull(m3), m4: finiteOrNull(m4), min, max };
}
