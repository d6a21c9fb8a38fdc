/**
 * The one file that imports jStat: its inverses start our solvers, which finish on tails of their own, because
 * measured against 50 digits jStat's are off by up to 5e-8 (`studentt.inv`) or wrong (`beta.cdf` at large shapes).
 */
import { jStat } from 'jstat';

/** From this shape on jStat's own steps grow with the shape, to minutes at 1e12. */
const LARGEST = 100;

/** A start for x with P(shape, x) = p, or null. */
export function gammaQuantileStart(p: number, shape: number): number | null {
  return shape < LARGEST ? startOf(jStat.gammapinv(p, shape)) : null;
}

/** A start for x with I_x(a, b) = p, or null. */
export function betaQuantileStart(p: number, a: number, b: number): number | null {
  return a < LARGEST && b < LARGEST ? startOf(jStat.ibetainv(p, a, b)) : null;
}

function startOf(found: number): number | null {
  return Number.isFinite(found) ? found : null;
}
