import { requirePositive } from '../arguments';
import { gammaQuantileStart } from '../jstat';
import { continuous, FAR, log1mExp, requireShape } from './distribution';
import type { Distribution, LogTails } from './distribution';
import { deviance, logGamma, logGammaOnePlus, logPoisson } from './log-gamma';
import { normalQuantile } from './normal';
import { tailIntegral } from './tail-integral';

/** From this shape on the tail is integrated: series and fraction would take √shape steps. */
const WIDE = 500;
/** More steps than either needs below that. */
const MOST_STEPS = 5_000;

/**
 * ln P(a, x) and ln Q(a, x), the regularised incomplete gamma functions: the series below the mean, Lentz's continued
 * fraction above, for a large shape the integral of the tail, all behind a front without cancellation.
 * @param a above 0
 * @see Press et al. (2007), Numerical Recipes §6.2; Loader (2000) for the front
 */
export function incompleteGamma(a: number, x: number): LogTails {
  if (x <= 0) return { lower: -Infinity, upper: 0 };
  if (x === Infinity) return { lower: 0, upper: -Infinity };
  if (a < 0.5 && x < 1 + a) {
    const lower = Math.min(0, smallShape(a, x));
    return { lower, upper: log1mExp(lower) };
  }
  const front = logPoisson(a, x);
  if (a > WIDE) {
    // The density at x is a/x times the front.
    const tail = front < FAR ? front : Math.min(0, front + Math.log(a * farSide(a, x)));
    const rest = log1mExp(tail);
    return x < a ? { lower: tail, upper: rest } : { lower: rest, upper: tail };
  }
  if (x < a + 1) {
    const lower = Math.min(0, front + Math.log(seriesOf(a, x)));
    return { lower, upper: log1mExp(lower) };
  }
  const upper = Math.min(0, front + Math.log(a) + Math.log(upperFraction(a, x)));
  return { lower: log1mExp(upper), upper };
}

/** The integral of the density beyond x, away from the mean, over x and the density at x. */
function farSide(a: number, x: number): number {
  const side = x < a ? -1 : 1;
  // ln density at x(1 + w) less that at x is w·slope + (a − 1)(ln(1 + w) − w).
  const slope = a - 1 - x;
  const scale = 1 / (Math.abs(slope) + Math.sqrt(a - 1));
  return tailIntegral((size) => {
    const w = side * size;
    return w <= -1 ? -Infinity : w * slope - (a - 1) * deviance(1, 1 + w, -w);
  }, scale);
}

/** ln P(a, x) = a ln x − ln Γ(1 + a) + ln(1 + a Σ (−x)^k/(a + k)k!): every part is small as a is, and so Q is right. */
function smallShape(a: number, x: number): number {
  let [term, sum] = [1, 0];
  for (let k = 1; k < 40; k += 1) {
    term *= -x / k;
    sum += term / (a + k);
  }
  return a * Math.log(x) - logGammaOnePlus(a) + Math.log1p(a * sum);
}

/** Γ(a + 1)/x^a e^x times the lower incomplete gamma function, for x < a + 1. */
function seriesOf(a: number, x: number): number {
  let [term, sum] = [1, 1];
  for (let k = 1; k < MOST_STEPS && term > sum * 1e-17; k += 1) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

/** Γ(a, x) / (x^a e^−x) for x ≥ a + 1. */
function upperFraction(a: number, x: number): number {
  let b = x + 1 - a;
  let [c, d] = [Number.MAX_VALUE, 1 / b];
  let fraction = d;
  for (let k = 1; k < MOST_STEPS; k += 1) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    const factor = c * d;
    fraction *= factor;
    if (Math.abs(factor - 1) < 4e-16) break;
  }
  return fraction;
}

/**
 * The gamma distribution.
 * @param shape above 0
 * @param scale above 0; the mean is shape · scale
 * @throws RangeError on a shape or scale that is not above 0
 * @see Press et al. (2007), Numerical Recipes §6.2; Takahasi, Mori (1974) for large shapes
 * @example gamma(2, 1).survival(3) // 0.199148273471
 * @example gamma(1e5).cdf(1e5) // 0.500420522110
 */
export function gamma(shape: number, scale = 1): Distribution {
  requireShape('shape', shape);
  requirePositive('scale', scale);
  const logScale = Math.log(scale);
  return continuous({
    support: [0, Infinity],
    logDensity: (x) => logDensity(shape, x / scale) - logScale,
    tails: (x) => incompleteGamma(shape, x / scale),
    start: (p) => scale * (gammaQuantileStart(p, shape) ?? cubeRootStart(p, shape)),
  });
}

/** Wilson and Hilferty (1931): the cube root is nearly normal. */
function cubeRootStart(p: number, shape: number): number {
  const part = 1 / (9 * shape);
  return p > 0 && p < 1 ? shape * Math.max(0.1, 1 - part + normalQuantile(p) * Math.sqrt(part)) ** 3 : shape;
}

function logDensity(shape: number, y: number): number {
  if (y < 0 || y === Infinity) return -Infinity;
  if (y > 0) return shape < 1 ? (shape - 1) * Math.log(y) - y - logGamma(shape) : logPoisson(shape - 1, y);
  if (shape < 1) return Infinity;
  return shape === 1 ? 0 : -Infinity;
}
