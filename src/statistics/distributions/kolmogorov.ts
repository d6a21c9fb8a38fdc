import { requireCount, requireNumber } from '../arguments';
import { continuous, log1mExp } from './distribution';
import type { Distribution } from './distribution';
import { exactKolmogorovSmirnovCdf } from './kolmogorov-exact';
import { logGamma } from './log-gamma';
import { FITTED, pelzGoodCdf } from './pelz-good';
import { smirnovLogSurvival } from './smirnov';

/** Up to here the exact recursion is fast; beyond, the series is right to 2e-10. */
const EXACT = 500;

/**
 * Kolmogorov's limit law: √n·D of n values against a known law, for n without bounds.
 * @see Kolmogorov (1933), both series
 * @example kolmogorov().survival(1.36) // 0.049485876755
 */
export function kolmogorov(): Distribution {
  return continuous({
    support: [0, Infinity],
    logDensity: (x) => (x <= 0 || x === Infinity ? -Infinity : logDensity(x)),
    tails: (x) => (x < 1 ? below(x) : { lower: log1mExp(above(x)), upper: above(x) }),
    start: (p) => (p < 0.5 ? 0.7 : Math.sqrt(-0.5 * Math.log((1 - p) / 2))),
  });
}

/** ln P(K > x) of Kolmogorov's limit law. */
export function kolmogorovLogSurvival(x: number): number {
  return kolmogorov().logSurvival(x);
}

/** Both tails by the series that converges for a small x: √2π/x Σ exp(−(2k − 1)²π²/8x²). */
function below(x: number): { lower: number; upper: number } {
  const first = -(Math.PI ** 2) / (8 * x * x);
  let sum = 0;
  for (let k = 3; k <= 9; k += 2) sum += Math.exp(first * (k * k - 1));
  const lower = Math.min(0, 0.5 * Math.log(2 * Math.PI) - Math.log(x) + first + Math.log1p(sum));
  return { lower, upper: log1mExp(lower) };
}

/** The upper tail by the series that converges for a large x: 2 Σ (−1)^(k−1) exp(−2k²x²). */
function above(x: number): number {
  const square = x * x;
  let sum = 0;
  for (let k = 2; k <= 6; k += 1) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * (k * k - 1) * square);
  return Math.min(0, Math.LN2 - 2 * square + Math.log1p(sum));
}

/** The derivatives of the two series. */
function logDensity(x: number): number {
  const square = x * x;
  if (x < 1) {
    const first = Math.PI ** 2 / (8 * square);
    let sum = 2 * first - 1;
    for (let k = 3; k <= 9; k += 2) sum += (2 * first * k * k - 1) * Math.exp(-first * (k * k - 1));
    return first < 1e300 ? 0.5 * Math.log(2 * Math.PI) - 2 * Math.log(x) - first + Math.log(sum) : -Infinity;
  }
  let sum = 1;
  for (let k = 2; k <= 6; k += 1) sum += (k % 2 === 1 ? 1 : -1) * k * k * Math.exp(-2 * (k * k - 1) * square);
  return Math.log(8) + Math.log(x) - 2 * square + Math.log(sum);
}

/**
 * ln P(D ≥ d) of the two-sided Kolmogorov-Smirnov statistic of n values against a known law, by what is right where:
 * closed forms at both ends, twice the one-sided sum in the tail, between them the exact recursion or for n above 500
 * Pelz and Good's series with two terms more.
 * @param n a whole number above 0
 * @param d the largest distance of the distribution functions
 * @throws RangeError on an n that is no whole number above 0; on a d that is no number
 * @see Simard, L'Ecuyer (2011), "Computing the two-sided Kolmogorov-Smirnov distribution"
 * @example Math.exp(kolmogorovSmirnovLogSurvival(1000, 0.05)) // 0.01301207131
 */
export function kolmogorovSmirnovLogSurvival(n: number, d: number): number {
  if (requireCount('n', n) < 1) throw new RangeError(`n is ${n}: expected at least 1`);
  const steps = n * requireNumber('d', d);
  if (steps <= 0.5) return 0;
  if (d >= 1) return -Infinity;
  // Ruben and Gambino's closed forms at both ends.
  if (steps <= 1) return log1mExp(Math.min(0, logGamma(n + 1) - n * Math.log(n) + n * Math.log(2 * steps - 1)));
  if (steps >= n - 1) return Math.LN2 + n * Math.log1p(-d);
  // Both one-sided statistics are that large at once with e^−6nd² of the chance of either.
  if (d >= 0.5 || Math.sqrt(n) * d > FITTED) return Math.min(0, Math.LN2 + smirnovLogSurvival(n, d));
  return Math.log1p(-(n <= EXACT ? exactKolmogorovSmirnovCdf(n, d) : pelzGoodCdf(n, d)));
}

/**
 * P(D ≥ d) of the two-sided Kolmogorov-Smirnov statistic of n values against a known law; for two samples of n₁ and n₂
 * its n is n₁n₂/(n₁ + n₂), asymptotically.
 * @param n a whole number above 0
 * @param d the largest distance of the distribution functions
 * @throws RangeError on an n that is no whole number above 0; on a d that is no number
 * @see Simard, L'Ecuyer (2011), "Computing the two-sided Kolmogorov-Smirnov distribution"
 * @example kolmogorovSmirnovSurvival(50, 0.1) // 0.662311270466
 */
export function kolmogorovSmirnovSurvival(n: number, d: number): number {
  return Math.exp(kolmogorovSmirnovLogSurvival(n, d));
}
