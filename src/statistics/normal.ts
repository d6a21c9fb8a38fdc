/**
 * The normal distribution with its tails in their own right: 1 − cdf is 0 from z = 8.3 on, the survival function
 * here holds to 1e-300 and its logarithm beyond.
 */

/** Beyond this the continued fraction is both quicker and exact to a rounding. */
const TAIL = 2.5;
/** A statistic beyond this is read as this: its square, and so its log p-value, must stay finite. */
const FARTHEST = 1e150;

/** Mills ratio Q(z)/φ(z) for z ≥ 2.5, by Laplace's continued fraction 1/(z + 1/(z + 2/(z + 3/(z + …)))). */
function millsRatio(z: number): number {
  let fraction = z;
  // The farther out, the fewer terms reach a rounding.
  for (let k = Math.ceil(20 + 1_200 / (z * z)); k >= 1; k -= 1) fraction = z + k / fraction;
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

/**
 * The two-sided p-value of a z statistic; `log10PValue` is finite and tells what `pValue` cannot below 1e-308.
 * @throws RangeError when z is no number
 * @example twoSidedNormal(40) // { pValue: 0, log10PValue: -349.136 }
 */
export function twoSidedNormal(z: number): { readonly pValue: number; readonly log10PValue: number } {
  if (Number.isNaN(z)) throw new RangeError(`z is ${z}: expected a number`);
  const size = Math.min(FARTHEST, Math.abs(z));
  const log10PValue = Math.min(0, (normalLogSurvival(size) + Math.LN2) / Math.LN10);
  return { pValue: Math.min(1, 2 * normalSurvival(size)), log10PValue };
}

/** Numerators and denominators of AS 241 (PPND16), constant term first. */
const CENTRE = [
  [
    3.387132872796366, 133.14166789178438, 1971.5909503065514, 13731.69376550946, 45921.95393154987, 67265.7709270087,
    33430.57558358813, 2509.0809287301227,
  ],
  [
    1, 42.31333070160091, 687.187007492058, 5394.196021424751, 21213.794301586597, 39307.89580009271,
    28729.085735721943, 5226.495278852854,
  ],
] as const;
const SHOULDER = [
  [
    1.4234371107496836, 4.630337846156546, 5.769497221460691, 3.6478483247632045, 1.2704582524523684,
    0.2417807251774506, 0.022723844989269184, 7.745450142783414e-4,
  ],
  [
    1, 2.053191626637759, 1.6763848301838038, 0.6897673349851, 0.14810397642748008, 0.015198666563616457,
    5.475938084995345e-4, 1.0507500716444169e-9,
  ],
] as const;
const FAR = [
  [
    6.657904643501103, 5.463784911164114, 1.7848265399172913, 0.2965605718285049, 0.026532189526576124,
    0.0012426609473880784, 2.7115555687434876e-5, 2.0103343992922881e-7,
  ],
  [
    1, 0.599832206555888, 0.1369298809227358, 0.014875361290850615, 7.868691311456133e-4, 1.8463183175100547e-5,
    1.4215117583164459e-7, 2.0442631033899397e-15,
  ],
] as const;

function ratio([above, below]: readonly [readonly number[], readonly number[]], x: number): number {
  const horner = (terms: readonly number[]) => terms.reduceRight((sum, term) => sum * x + term, 0);
  return horner(above) / horner(below);
}

/**
 * z with P(Z ≤ z) = p, for p in (0, 1); in the far tail one Newton step on the log survival on top.
 * @throws RangeError outside (0, 1)
 * @see Wichura (1988), algorithm AS 241
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p is ${p}: expected a probability between 0 and 1`);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * ratio(CENTRE, 0.180625 - q * q);
  const tail = Math.min(p, 1 - p);
  const r = Math.sqrt(-Math.log(tail));
  const size = r <= 5 ? ratio(SHOULDER, r - 1.6) : refine(ratio(FAR, r - 5), Math.log(tail));
  return q < 0 ? -size : size;
}

/** The derivative of ln Q(z) is −1/(Mills ratio). */
function refine(z: number, logTail: number): number {
  return z + (normalLogSurvival(z) - logTail) * millsRatio(z);
}
