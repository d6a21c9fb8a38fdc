/**
 * The normal distribution with its tails in their own right: 1 − cdf is 0 from z = 8.3 on, the survival function
 * here holds to 1e-300 and its logarithm beyond.
 */
import { requireFinite, requireNumber, requirePositive, requireProbability } from '../arguments';
import { reportedP } from '../result';
import type { Distribution } from './distribution';

/** A statistic beyond this is read as this: its square, and so its log p-value, must stay finite. */
const FARTHEST = 1e150;

/** Cody's rational approximations, as pairs of numerator and denominator, highest power first. */
const NEAR = [
  [0.06568233791820745, 2.2352520354606837, 161.02823106855587, 1067.6894854603709, 18154.98125334356],
  [1, 47.202581904688245, 976.0985517377767, 10260.932208618979, 45507.78933502673],
] as const;
const MIDDLE = [
  [
    1.0765576773720192e-8, 0.39894151208813466, 8.883149794388377, 93.50665613217785, 597.2702763948002,
    2494.5375852903726, 6848.190450536283, 11602.65143764735, 9842.714838383978,
  ],
  [
    1, 22.266688044328117, 235.387901782625, 1519.3775994075547, 6485.558298266761, 18615.571640885097,
    34900.95272114598, 38912.00328609327, 19685.429676859992,
  ],
] as const;
/** Up to here the first one holds. */
const CENTRE_WIDTH = 0.67448975;
/** From here on Laplace's continued fraction needs few terms. */
const TAIL = 5.5;

/** A rational function of x, coefficients from the highest power down. */
function rational([above, below]: readonly [readonly number[], readonly number[]], x: number): number {
  let [top, bottom] = [above[0]!, below[0]!];
  for (let k = 1; k < above.length; k += 1) {
    top = top * x + above[k]!;
    bottom = bottom * x + below[k]!;
  }
  return top / bottom;
}

/** Mills ratio Q(z)/φ(z) for z ≥ .67. */
function millsRatio(z: number): number {
  if (z < TAIL) return Math.sqrt(2 * Math.PI) * rational(MIDDLE, z);
  // 1/(z + 1/(z + 2/(z + 3/(z + …)))): the farther out, the fewer terms reach a rounding.
  let fraction = z;
  for (let k = Math.ceil(10 + 1_200 / (z * z)); k >= 1; k -= 1) fraction = z + k / fraction;
  return 1 / fraction;
}

/** Density of the standard normal distribution. */
export function normalDensity(z: number): number {
  return Math.exp(-0.5 * z * z) / Math.sqrt(2 * Math.PI);
}

/**
 * P(Z > z) of the standard normal distribution, by Cody's rational functions up to 5.5 and Laplace's fraction beyond.
 * @throws RangeError when z is no number
 * @see Cody (1969), "Rational Chebyshev approximations for the error function"
 * @example normalSurvival(10) // 7.61985302416e-24
 */
export function normalSurvival(z: number): number {
  requireNumber('z', z);
  if (Math.abs(z) < CENTRE_WIDTH) return 0.5 - z * rational(NEAR, z * z);
  return z < 0 ? 1 - normalSurvival(-z) : normalDensity(z) * millsRatio(z);
}

/** P(Z ≤ z), the survival function of −z. */
export function normalCdf(z: number): number {
  return normalSurvival(-z);
}

/** ln P(Z > z), finite far beyond where P itself underflows. */
export function normalLogSurvival(z: number): number {
  if (z < -CENTRE_WIDTH) return Math.log1p(-normalSurvival(-z));
  if (z < CENTRE_WIDTH) return Math.log(normalSurvival(z));
  return -0.5 * z * z - 0.5 * Math.log(2 * Math.PI) + Math.log(millsRatio(z));
}

/**
 * The two-sided p-value of a z statistic; `log10PValue` tells what `pValue` cannot below 1e-308.
 * @throws RangeError when z is no number
 * @example twoSidedNormal(40) // { pValue: 5e-324, log10PValue: -349.1359764… }
 */
export function twoSidedNormal(z: number): { readonly pValue: number; readonly log10PValue: number } {
  const size = Math.min(FARTHEST, Math.abs(requireNumber('z', z)));
  return reportedP(normalLogSurvival(size) + Math.LN2);
}

/** Numerators and denominators of AS 241 (PPND16), highest power first. */
const CENTRE = [
  [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065514,
    133.14166789178438, 3.387132872796366,
  ],
  [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.187007492058,
    42.31333070160091, 1,
  ],
] as const;
const SHOULDER = [
  [
    7.745450142783414e-4, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045,
    5.769497221460691, 4.630337846156546, 1.4234371107496836,
  ],
  [
    1.0507500716444169e-9, 5.475938084995345e-4, 0.015198666563616457, 0.14810397642748008, 0.6897673349851,
    1.6763848301838038, 2.053191626637759, 1,
  ],
] as const;
const FAR = [
  [
    2.0103343992922881e-7, 2.7115555687434876e-5, 0.0012426609473880784, 0.026532189526576124, 0.2965605718285049,
    1.7848265399172913, 5.463784911164114, 6.657904643501103,
  ],
  [
    2.0442631033899397e-15, 1.4215117583164459e-7, 1.8463183175100547e-5, 7.868691311456133e-4, 0.014875361290850615,
    0.1369298809227358, 0.599832206555888, 1,
  ],
] as const;

/**
 * z with P(Z ≤ z) = p, for p in (0, 1); in the far tail one Newton step on the log survival on top.
 * @throws RangeError outside (0, 1)
 * @see Wichura (1988), algorithm AS 241
 * @example normalQuantile(0.975) // 1.959963984540054
 */
export function normalQuantile(p: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`p is ${p}: expected a probability between 0 and 1`);
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(CENTRE, 0.180625 - q * q);
  const tail = Math.min(p, 1 - p);
  const r = Math.sqrt(-Math.log(tail));
  const size = r <= 5 ? rational(SHOULDER, r - 1.6) : refine(rational(FAR, r - 5), Math.log(tail));
  return q < 0 ? -size : size;
}

/** The derivative of ln Q(z) is −1/(Mills ratio). */
function refine(z: number, logTail: number): number {
  return z + (normalLogSurvival(z) - logTail) * millsRatio(z);
}

/**
 * The standard normal distribution, or one with a mean and a standard deviation.
 * @param mean finite
 * @param deviation standard deviation, above 0
 * @throws RangeError on a mean that is not finite or a deviation that is not above 0
 * @see Cody (1969) for the tails; Wichura (1988), algorithm AS 241, for the quantiles
 * @example normal(100, 15).survival(130) // 0.0227501319
 * @example normal().logSurvival(40) // -804.6084420138
 */
export function normal(mean = 0, deviation = 1): Distribution {
  requireFinite('mean', mean);
  requirePositive('deviation', deviation);
  const standard = (x: number) => (requireNumber('x', x) - mean) / deviation;
  const ends = (p: number, atZero: number, solve: () => number) =>
    requireProbability('p', p) === 0 ? atZero : p === 1 ? -atZero : mean + deviation * solve();
  const logDensity = (x: number) => -0.5 * standard(x) ** 2 - 0.5 * Math.log(2 * Math.PI) - Math.log(deviation);
  return {
    density: (x) => normalDensity(standard(x)) / deviation,
    logDensity,
    cdf: (x) => normalCdf(standard(x)),
    logCdf: (x) => normalLogSurvival(-standard(x)),
    survival: (x) => normalSurvival(standard(x)),
    logSurvival: (x) => normalLogSurvival(standard(x)),
    quantile: (p) => ends(p, -Infinity, () => normalQuantile(p)),
    survivalQuantile: (p) => ends(p, Infinity, () => -normalQuantile(p)),
  };
}
