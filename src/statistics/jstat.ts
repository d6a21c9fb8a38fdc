/**
 * The one file that imports jStat: its inverses start our solvers, which finish on tails of their own, because
 * measured against 50 digits jStat's are off by up to 1e-8 (`studentt.inv`) or wrong (`beta.cdf` at large shapes).
 */
import { jStat } from 'jstat';

/** A start for x with P(shape, x) = p, or a number that is none. */
export function gammaQuantileStart(p: number, shape: number): number {
  return shape < 100 ? jStat.gammapinv(p, shape) : NaN;
}

/** A start for x with I_x(a, b) = p, or a number that is none. */
export function betaQuantileStart(p: number, a: number, b: number): number {
  return a < 100 && b < 100 ? jStat.ibetainv(p, a, b) : NaN;
}
