import { finiteValues, requireSameLength } from '../arguments';
import { finiteOrNull } from './finite';

/** Sums about the means of paired values: all that covariance, correlation and a regression line need. */
export interface CoMoments {
  /** Pairs used. */
  readonly n: number;
  /** Pairs left out because a side is missing or infinite. */
  readonly dropped: number;
  readonly meanX: number;
  readonly meanY: number;
  /** Σ(x − meanX)²; null when it exceeds the largest double, as the next two. */
  readonly m2X: number | null;
  readonly m2Y: number | null;
  /** Σ(x − meanX)(y − meanY). */
  readonly cXY: number | null;
}

/** No pairs at all: the identity of `mergeCoMoments`. */
export const EMPTY_CO_MOMENTS: CoMoments = { n: 0, dropped: 0, meanX: 0, meanY: 0, m2X: 0, m2Y: 0, cXY: 0 };

type Column = ArrayLike<number | null | undefined>;

/**
 * Means and centred sums of paired values in two passes, corrected for the rounding of the means.
 * @param x one side, any unit
 * @param y the other, row by row; a pair with a missing or infinite side is left out and counted in `dropped`
 * @throws RangeError when the lengths differ; TypeError on a value that is neither a number nor missing
 * @see Chan, Golub & LeVeque (1983), corrected two-pass algorithm
 * @example coMomentsOf([1, 2, 3, 4], [2, 4, 5, 9]) // { n: 4, meanX: 2.5, meanY: 5, m2X: 5, m2Y: 26, cXY: 11, dropped: 0 }
 */
export function coMomentsOf(x: Column, y: Column): CoMoments {
  requireSameLength('x', x, 'y', y);
  const [first, second] = [finiteValues('x', x), finiteValues('y', y)];
  if (first.dropped + second.dropped === 0) return finiteCoMoments(first.values, second.values);
  const [keptX, keptY] = [new Float64Array(x.length), new Float64Array(x.length)];
  let n = 0;
  for (let row = 0; row < x.length; row += 1) {
    if (!Number.isFinite(x[row]) || !Number.isFinite(y[row])) continue;
    keptX[n] = x[row]!;
    keptY[n++] = y[row]!;
  }
  return { ...finiteCoMoments(keptX.subarray(0, n), keptY.subarray(0, n)), dropped: x.length - n };
}

function finiteCoMoments(x: Float64Array, y: Float64Array): CoMoments {
  const n = x.length;
  if (n === 0) return EMPTY_CO_MOMENTS;
  const [centreX, centreY] = [centre(x), centre(y)];
  let [dX, dY, dXX, dYY, dXY] = [0, 0, 0, 0, 0];
  for (let row = 0; row < n; row += 1) {
    const [left, right] = [x[row]! - centreX, y[row]! - centreY];
    dX += left;
    dY += right;
    dXX += left * left;
    dYY += right * right;
    dXY += left * right;
  }
  const shiftX = Number.isFinite(dX) ? dX / n : 0;
  const shiftY = Number.isFinite(dY) ? dY / n : 0;
  return {
    n,
    dropped: 0,
    meanX: centreX + shiftX,
    meanY: centreY + shiftY,
    m2X: finiteOrNull(Math.max(0, dXX - dX * shiftX)),
    m2Y: finiteOrNull(Math.max(0, dYY - dY * shiftY)),
    cXY: finiteOrNull(dXY - dX * shiftY),
  };
}

/** The mean, exactly the value itself when all are equal. */
function centre(values: Float64Array): number {
  const { length } = values;
  const origin = values[0]!;
  let sum = 0;
  for (let row = 0; row < length; row += 1) sum += values[row]! - origin;
  if (Number.isFinite(sum)) return origin + sum / length;
  sum = 0;
  for (const value of values) sum += value / length;
  return sum;
}

/**
 * The co-moments of two sets of pairs together; a set without pairs is the identity.
 * @see Pébay (2008), SAND2008-6212, eq. 3.11, after Chan, Golub & LeVeque (1979)
 * @example mergeCoMoments(coMomentsOf([1, 2], [2, 4]), coMomentsOf([3, 4], [5, 9])).cXY // 11
 */
export function mergeCoMoments(a: CoMoments, b: CoMoments): CoMoments {
  const dropped = a.dropped + b.dropped;
  if (a.n === 0 || b.n === 0) return { ...(a.n === 0 ? b : a), dropped };
  const n = a.n + b.n;
  const share = b.n / n;
  const [deltaX, deltaY] = [b.meanX - a.meanX, b.meanY - a.meanY];
  const weight = a.n * share;
  return {
    n,
    dropped,
    meanX: Number.isFinite(deltaX) ? a.meanX + deltaX * share : a.meanX * (1 - share) + b.meanX * share,
    meanY: Number.isFinite(deltaY) ? a.meanY + deltaY * share : a.meanY * (1 - share) + b.meanY * share,
    m2X: finiteOrNull((a.m2X ?? NaN) + (b.m2X ?? NaN) + deltaX * deltaX * weight),
    m2Y: finiteOrNull((a.m2Y ?? NaN) + (b.m2Y ?? NaN) + deltaY * deltaY * weight),
    cXY: finiteOrNull((a.cXY ?? NaN) + (b.cXY ?? NaN) + deltaX * deltaY * weight),
  };
}

/** What co-moments say about two columns; null where they say nothing. */
export interface CoMomentsDescription {
  readonly n: number;
  /** Divided by n − 1; null below two pairs. */
  readonly covarianceSample: number | null;
  /** Divided by n; null without pairs. */
  readonly covariancePopulation: number | null;
  /** Pearson's r, in [−1, 1]; null when a side does not vary. */
  readonly correlation: number | null;
  /** Least squares slope of y on x, in y's unit per x's; null when x does not vary. */
  readonly slope: number | null;
}

/**
 * Covariances, correlation and slope from co-moments.
 * @see Pearson (1896)
 * @example describeCoMoments(coMomentsOf([1, 2, 3, 4], [2, 4, 5, 9])) // { correlation: 0.96476382, slope: 2.2 }
 */
export function describeCoMoments({ n, m2X, m2Y, cXY }: CoMoments): CoMomentsDescription {
  const shared = cXY ?? NaN;
  const spread = Math.sqrt(m2X ?? NaN) * Math.sqrt(m2Y ?? NaN);
  return {
    n,
    covarianceSample: n < 2 ? null : finiteOrNull(shared / (n - 1)),
    covariancePopulation: n < 1 ? null : finiteOrNull(shared / n),
    correlation: finiteOrNull(Math.min(1, Math.max(-1, shared / spread))),
    slope: finiteOrNull(shared / (m2X ?? NaN)),
  };
}
