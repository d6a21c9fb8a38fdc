/** The one file that imports jStat: only functions that are exact pass through. */
import { jStat } from 'jstat';

/** ln Γ(x) for x > 0. */
export function logGamma(x: number): number {
  return jStat.gammaln(x);
}
