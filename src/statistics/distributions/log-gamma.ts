/** ln Γ, and the remainders from which binomial and Poisson probabilities are built without cancellation. */
import { requireNumber } from '../arguments';

/** From here on Stirling's series holds to a rounding. */
const STIRLING = 15;
const HALF_LOG_TWO_PI = 0.9189385332046727;
/** 2^27 + 1 parts a double into two halves of its digits. */
const HALVES = 134_217_729;
const EULER = 0.5772156649015329;

/** ζ(k) − 1 for k = 2 … 30, by 99 terms and the Euler-Maclaurin formula for the rest. */
const ZETA_REST = Array.from({ length: 29 }, (_, index) => {
  const k = index + 2;
  const [n, power] = [100, 100 ** -k];
  let sum = (power * n) / (k - 1) + power / 2 + (k * power) / n / 12 - (k * (k + 1) * (k + 2) * power) / n ** 3 / 720;
  for (let base = n - 1; base >= 2; base -= 1) sum += base ** -k;
  return sum;
});

/**
 * ln Γ(x) for x > 0: Stirling's series, reached from small x by Γ(x) = Γ(x + 1)/x; around its zeros at 1 and 2 the
 * series in ζ, so that the digits hold there too.
 * @returns Infinity at Infinity
 * @throws RangeError on an x that is not above 0
 * @see Abramowitz, Stegun (1964) 6.1.33 and 6.1.41
 * @example logGamma(0.5) // 0.5723649429247
 */
export function logGamma(x: number): number {
  if (!(requireNumber('x', x) > 0)) throw new RangeError(`x is ${x}: expected a number above 0`);
  if (x >= STIRLING) return x === Infinity ? x : (x - 0.5) * Math.log(x) - x + HALF_LOG_TWO_PI + series(x);
  if (x > 1.5 && x < 2.5) return aboveTwo(x - 2);
  if (x > 0.5 && x <= 1.5) return aboveTwo(x - 1) - Math.log(x);
  if (x <= 0.5) return aboveTwo(x) - Math.log1p(x) - Math.log(x);
  let product = 1;
  let shifted = x;
  while (shifted < STIRLING) {
    product *= shifted;
    shifted += 1;
  }
  return (shifted - 0.5) * Math.log(shifted) - shifted + HALF_LOG_TWO_PI + series(shifted) - Math.log(product);
}

/** ln Γ(1 + z), with its digits also where z is next to nothing. */
export function logGammaOnePlus(z: number): number {
  return Math.abs(z) <= 0.5 ? aboveTwo(z) - Math.log1p(z) : logGamma(1 + z);
}

/** ln Γ(2 + z) for |z| ≤ ½. */
function aboveTwo(z: number): number {
  let sum = 0;
  for (let index = ZETA_REST.length - 1; index >= 0; index -= 1) sum = ZETA_REST[index]! / (index + 2) - sum * z;
  return z * (1 - EULER + z * sum);
}

/** Stirling's series Σ B2k / (2k (2k−1) x^(2k−1)). */
function series(x: number): number {
  const s = 1 / (x * x);
  return (1 / 12 - (1 / 360 - (1 / 1260 - (1 / 1680 - (1 / 1188 - (691 / 360360) * s) * s) * s) * s) * s) / x;
}

/**
 * ln Γ(x + 1) − [(x + ½) ln x − x + ½ ln 2π]: what Stirling's formula leaves out.
 * @see Loader (2000), "Fast and accurate computation of binomial probabilities"
 */
export function stirlingError(x: number): number {
  if (x >= STIRLING) return series(x);
  return logGammaOnePlus(x) - (x + 0.5) * Math.log(x) + x - HALF_LOG_TWO_PI;
}

/**
 * x ln(x / m) + m − x, the deviance, without cancellation when x is near m.
 * @param difference x − m, given where it is known more exactly than by subtraction
 * @see Loader (2000), function bd0
 */
export function deviance(x: number, m: number, difference = x - m): number {
  if (!(Math.abs(difference) < 0.1 * (x + m))) {
    if (x === 0) return m;
    const ratio = x / m;
    return x * (ratio < Infinity && ratio > 0 ? Math.log(ratio) : Math.log(x) - Math.log(m)) - difference;
  }
  const v = difference / (x + m);
  let sum = difference * v;
  let term = 2 * x * v;
  for (let j = 1; j < 100; j += 1) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) break;
    sum = next;
  }
  return sum;
}

/** ln of λ^x e^−λ / Γ(x + 1), x real: the Poisson probability and the front of the incomplete gamma function. */
export function logPoisson(x: number, lambda: number): number {
  if (x === 0) return -lambda;
  return -stirlingError(x) - deviance(x, lambda) - HALF_LOG_TWO_PI - 0.5 * Math.log(x);
}

/**
 * ln of C(n, x) p^x q^(n−x), the binomial probability, x and n real.
 * @param q 1 − p, given so that neither end loses digits
 */
export function logBinomial(x: number, n: number, p: number, q: number): number {
  return logBinomialOf(x, n - x, p, q);
}

/** ln of x^a y^b / B(a, b) for y = 1 − x: the density of the beta distribution times x·y. */
export function logBetaFront(a: number, b: number, x: number, y: number): number {
  return logBinomialOf(a, b, x, y) + Math.log(halfMean(a, b));
}

/** xy/(x + y), half the harmonic mean, at any magnitude. */
function halfMean(x: number, y: number): number {
  return (Math.max(x, y) / (x + y)) * Math.min(x, y);
}

/** The binomial probability by both counts, so that a small one keeps its digits beside a large one. */
function logBinomialOf(x: number, y: number, p: number, q: number): number {
  // n·ln(1 − p) by whichever of p and q is exact.
  if (x === 0) return y === 0 ? 0 : y * (p < 0.1 ? Math.log1p(-p) : Math.log(q));
  if (y === 0) return x * (q < 0.1 ? Math.log1p(-q) : Math.log(p));
  const n = x + y;
  // x − np is nq − y: the smaller of p and q knows it to more digits.
  const difference = p < q ? excess(x, y, p) : -excess(y, x, q);
  const rest = stirlingError(n) - stirlingError(x) - stirlingError(y) - 0.5 * Math.log(halfMean(x, y));
  return rest - deviance(x, n * p, difference) - deviance(y, n * q, -difference) - HALF_LOG_TWO_PI;
}

/** x − (x + y)·p, with what the sum and the product lose in rounding (Dekker 1971). */
function excess(x: number, y: number, p: number): number {
  const n = x + y;
  const product = n * p;
  const [a, b] = [HALVES * n, HALVES * p];
  const [high, top] = [a - (a - n), b - (b - p)];
  const [low, bottom] = [n - high, p - top];
  const lost = low * bottom - (product - high * top - low * top - high * bottom);
  const rest = x < y ? x - (n - y) : y - (n - x);
  // The halves overflow near the largest doubles.
  return x - product - ((Number.isFinite(lost) ? lost : 0) + rest * p);
}
