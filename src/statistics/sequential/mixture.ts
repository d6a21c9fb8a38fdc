/**
 * Normal mixtures of likelihood ratios, in units of the estimate's standard error. With z = estimate/error and
 * g = mixing variance/error², the evidence against 0 is a martingale under the null, so it ever reaches 1/α with
 * probability at most α, however often it is looked at (Ville).
 */
import { normalCdf, normalDensity, normalLogSurvival } from '../distributions/normal';

/** A statistic beyond this is read as this: its square must stay finite. */
const FARTHEST = 1e150;

/**
 * ln of the evidence that the effect is not 0: effects mixed over N(0, g).
 * @see Robbins (1970); Johari, Koomen, Pekelis, Walsh (2022)
 */
export function logEvidence(z: number, g: number): number {
  const size = Math.min(FARTHEST, Math.abs(z));
  return 0.5 * (size * size * (g / (1 + g)) - Math.log1p(g));
}

/** The |z| at which that evidence is 1/α. */
export function evidenceReach(alpha: number, g: number): number {
  return Math.sqrt(((1 + g) / g) * (Math.log1p(g) - 2 * Math.log(alpha)));
}

/**
 * ln of the evidence that the effect is above 0: effects mixed over the upper half of N(0, g), a supermartingale for
 * every effect ≤ 0. A two-sided sequence at 2α would not do: both its sides can be crossed, so each is crossed a
 * little more often than α.
 * @see Howard, Ramdas, McAuliffe, Sekhon (2021), one-sided normal mixture
 */
export function logEvidenceAbove(z: number, g: number): number {
  const x = Math.max(-FARTHEST, Math.min(FARTHEST, z)) * Math.sqrt(g / (1 + g));
  return Math.LN2 - 0.5 * Math.log1p(g) + halfMixture(x);
}

/** The z at which that evidence is 1/α: Newton from its closed-form upper bound, on a convex function. */
export function evidenceReachAbove(alpha: number, g: number): number {
  const wanted = 0.5 * Math.log1p(g) - Math.log(alpha) - Math.LN2;
  // Φ(x) ≥ 1 − ½e^(−x²/2) gives e^(x²/2) ≤ ½ + e^wanted.
  let x = Math.sqrt(2 * (wanted + Math.log1p(0.5 * Math.exp(-wanted))));
  for (let step = 0; step < 50; step += 1) {
    const next = x - (halfMixture(x) - wanted) / (x + normalDensity(x) / normalCdf(x));
    if (Math.abs(next - x) < 1e-15 * Math.max(1, x)) break;
    x = next;
  }
  return x * Math.sqrt((1 + g) / g);
}

/** x²/2 + ln Φ(x), increasing; far below 0 the two terms would cancel, but there it is ln(1/(|x|√2π)) nearly. */
function halfMixture(x: number): number {
  if (x < -1e4) return -Math.log(-x * Math.sqrt(2 * Math.PI));
  return 0.5 * x * x + normalLogSurvival(-x);
}
