/**
 * The normal distribution with its tails in their own right: 1 − cdf is 0 from z = 8.3 on, the survival function
 * here holds to 1e-300 and its logarithm beyond.
 */

/** Beyond this the continued fraction is both quicker and exact to a rounding. */
const TAIL = 2.5;
const LN10 = Math.LN10;

/** Mills ratio Q(z)/φ(z) for z ≥ 2.5, by Lentz's continued fraction 1/(z + 1/(z + 2/(z + 3/(z + …)))). */
function millsRatio(z: number): number {
  let fraction = z;
  for (let k = 200; k >= 1; k -= 1) fraction = z + k / fraction;
  return 1 / fraction;
}

/** P(0 < Z < z) by its Taylor series z φ(z) Σ z^2k / (1·3·5…(2k+1)), all terms positive (Marsaglia 2004). */
function centralMass(z: number): number {
  let term = z;
  let sum = z;
  for (let k = 3; term > sum * 1e-18; k += 2) {
    term *= (z * z) / k;
    sum += term;
  }
  return sum * normalDensity(z);
}

/** Density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/**
 * P(Z > z).
 * @example normalSurvival(10) // 7.62e-24
 */
export function normalSurvival(z: number): number {
  if (z < -TAIL) return 1 - normalSurvival(-z);
  if (z < TAIL) return 0.5 - Math.sign(z) * centralMass(Math.abs(z));
  return normalDensity(z) * millsRatio(z);
}

/** P(Z ≤ z). */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}

/** ln P(Z > z), finite far beyond where P itself underflows. */
export function normalLogSurvival(z: number): number {
  if (z < TAIL) return Math.log(normalSurvival(z));
  return -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) + Math.log(millsRatio(z));
}

/** The two-sided p-value of a z statistic; `log10PValue` tells what `pValue` cannot below 1e-308. */
export function twoSidedNormal(z: number): { readonly pValue: number; readonly log10PValue: number } {
  const size = Math.abs(z);
  const log10PValue = Math.min(0, (normalLogSurvival(size) + Math.LN2) / LN10);
  return { pValue: Math.min(1, 2 * normalSurvival(size)), log10PValue };
}

/**
 * z with P(Z ≤ z) = p, for p in (0, 1): Acklam's rational start, then Newton on the log survival of the nearer tail.
 * @throws RangeError outside (0, 1)
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p is ${p}: expected a probability between 0 and 1`);
  if (p > 0.5) return -normalQuantile(1 - p);
  // Upper-tail form: find x ≥ 0 with Q(x) = p.
  let x = Math.sqrt(Math.max(0, -2 * Math.log(2 * p)));
  for (let step = 0; step < 60; step += 1) {
    const logTail = normalLogSurvival(x);
    const slope = -Math.exp(-0.5 * x * x - 0.5 * Math.log(2 * Math.PI) - logTail);
    const move = (logTail - Math.log(p)) / slope;
    x -= move;
    if (Math.abs(move) < 1e-15 * Math.max(1, x)) break;
  }
  return -x;
}
