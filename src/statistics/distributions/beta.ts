import { betaQuantileStart } from '../jstat';
import { continuous, FAR, log1mExp, requireShape } from './distribution';
import type { Distribution, LogTails } from './distribution';
import { logBetaFront } from './log-gamma';
import { normalQuantile } from './normal';
import { tailIntegral } from './tail-integral';

/** From this shape on the density ends so smoothly that its tail can be integrated. */
const WIDE = 100;
/** The fraction takes √(smaller shape) steps and loses digits as the larger one grows: up to here it is the faster. */
const NARROW = { smaller: 3_000, larger: 1e5 };
/** More steps than the fraction needs below that. */
const MOST_STEPS = 5_000;

/**
 * ln I_x(a, b) and ln(1 − I_x(a, b)), the regularised incomplete beta function: Lentz's continued fraction, for a large
 * shape the integral of the tail, both behind a front without cancellation.
 * @param x in [0, 1]
 * @param y 1 − x, given so that neither end loses digits
 * @see Press et al. (2007), Numerical Recipes §6.4; Loader (2000) for the front
 */
export function incompleteBeta(a: number, b: number, x: number, y: number): LogTails {
  if (x <= 0) return { lower: -Infinity, upper: 0 };
  if (y <= 0) return { lower: 0, upper: -Infinity };
  // Below the mean the lower tail is found, above it the upper one, which is the lower tail of 1 − X.
  const under = x < y ? x * (a + b + 2) < a + 1 : y * (a + b + 2) > b + 1;
  if (under) {
    const lower = lowerTail(a, b, x, y);
    return { lower, upper: log1mExp(lower) };
  }
  const upper = lowerTail(b, a, y, x);
  return { lower: log1mExp(upper), upper };
}

/** ln I_x(a, b) for an x below the mean or little above it. */
function lowerTail(a: number, b: number, x: number, y: number): number {
  const front = logBetaFront(a, b, x, y);
  if (front < FAR) return front;
  const narrow = a <= WIDE || (Math.min(a, b) < NARROW.smaller && Math.max(a, b) < NARROW.larger);
  const rest = narrow ? fraction(a, b, x) / a : below(a, b, x / y) / y;
  return Math.min(0, front + Math.log(rest));
}

/** The integral of the density below x over x and the density at x, by the odds of x. */
function below(a: number, b: number, odds: number): number {
  const slope = a - 1 - (b - 1) * odds;
  const scale = 1 / (Math.abs(slope) + Math.sqrt(a - 1) + Math.sqrt(Math.max(0, b - 1)) * odds);
  // ln density at x(1 − w) less that at x.
  return tailIntegral((w) => (w >= 1 ? -Infinity : (a - 1) * Math.log1p(-w) + (b - 1) * Math.log1p(w * odds)), scale);
}

function fraction(a: number, b: number, x: number): number {
  const guard = (value: number) => (Math.abs(value) < 1e-300 ? 1e-300 : value);
  let c = 1;
  let d = 1 / guard(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m < MOST_STEPS; m += 1) {
    const even = (m * x * (b - m)) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / guard(1 + even * d);
    c = guard(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * x * (a + b + m)) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / guard(1 + odd * d);
    c = guard(1 + odd / c);
    const factor = d * c;
    result *= factor;
    if (Math.abs(factor - 1) < 4e-16) break;
  }
  return result;
}

/**
 * The beta distribution on (0, 1).
 * @param a above 0; the mean is a/(a + b)
 * @param b above 0
 * @throws RangeError on an a or b that is not above 0
 * @see Press et al. (2007), Numerical Recipes §6.4, for the continued fraction; Takahasi, Mori (1974) for large shapes
 * @example beta(2, 5).survival(0.3) // 0.420175
 * @example beta(1e6, 1e6).cdf(0.5) // 0.5
 */
export function beta(a: number, b: number): Distribution {
  requireShape('a', a);
  requireShape('b', b);
  return continuous({
    support: [0, 1],
    logDensity: (x) => logDensity(a, b, x),
    tails: (x) => incompleteBeta(a, b, x, 1 - x),
    start: (p) => betaQuantileStart(p, a, b) ?? shareOf(oddsStart(p, a, b))[0],
  });
}

function logDensity(a: number, b: number, x: number): number {
  if (x < 0 || x > 1) return -Infinity;
  if (x === 0) return a === 1 ? Math.log(b) : a < 1 ? Infinity : -Infinity;
  if (x === 1) return b === 1 ? Math.log(a) : b < 1 ? Infinity : -Infinity;
  return logBetaFront(a, b, x, 1 - x) - Math.log(x) - Math.log1p(-x);
}

/** A share and what is left of it from their odds, both with all digits. */
export function shareOf(odds: number): readonly [number, number] {
  return odds < 1 ? [odds / (1 + odds), 1 / (1 + odds)] : [1 / (1 + 1 / odds), 1 / odds / (1 + 1 / odds)];
}

/** X/(1 − X) about, by Wilson and Hilferty's cube roots (Abramowitz, Stegun 26.6.16). */
export function oddsStart(p: number, a: number, b: number): number {
  if (p <= 0 || p >= 1) return a / b;
  const z = normalQuantile(p);
  const [left, right] = [1 / (9 * a), 1 / (9 * b)];
  const below = (1 - right) ** 2 - z * z * right;
  const root =
    below <= 0 ? 0 : ((1 - left) * (1 - right) + z * Math.sqrt((1 - left) ** 2 * right + below * left)) / below;
  return (a / b) * (root > 0 ? root ** 3 : 1);
}
