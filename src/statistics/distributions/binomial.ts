import { requireCount, requireNumber, requireProbability } from '../arguments';
import { incompleteBeta } from './beta';
import type { Distribution } from './distribution';
import { logBinomial } from './log-gamma';
import { normalQuantile } from './normal';

/**
 * The binomial distribution: successes in n trials.
 * @param n trials, a whole number
 * @param p probability of a success, 0 and 1 included
 * @returns `density(k)` is the probability of k, and `quantile` gives whole numbers
 * @throws RangeError on an n that is no whole number from 0 on or a p outside [0, 1]
 * @see Loader (2000), "Fast and accurate computation of binomial probabilities"
 * @example binomial(10, 0.5).survival(7) // 0.0546875
 * @example binomial(1_000_000, 0.3).quantile(0.975) // 300898
 */
export function binomial(n: number, p: number): Distribution {
  requireCount('n', n);
  requireProbability('p', p);
  const logDensity = (k: number) => {
    requireNumber('x', k);
    if (!Number.isInteger(k) || k < 0 || k > n) return -Infinity;
    if (p === 0 || p === 1) return (p === 0 ? k === 0 : k === n) ? 0 : -Infinity;
    return logBinomial(k, n, p, 1 - p);
  };
  const tails = (x: number) => {
    const k = Math.floor(requireNumber('x', x));
    if (k < 0) return { lower: -Infinity, upper: 0 };
    if (k >= n || p === 0) return { lower: 0, upper: -Infinity };
    if (p === 1) return { lower: -Infinity, upper: 0 };
    const { lower, upper } = incompleteBeta(k + 1, n - k, p, 1 - p);
    return { lower: upper, upper: lower };
  };
  const start = Math.round(n * p);
  const spread = Math.sqrt(n * p * (1 - p));
  const least = (enough: (k: number) => boolean, z: number) => {
    // Around the normal approximation first: two or three steps instead of log2(n).
    let [low, high] = [-1, n];
    const guess = Math.min(n, Math.max(0, Math.round(start + z * spread)));
    for (let width = 1; ; width *= 4) {
      const [left, right] = [Math.max(-1, guess - width), Math.min(n, guess + width)];
      if (left >= 0 && enough(left)) high = left;
      else if (right < n && !enough(right)) low = right;
      else {
        [low, high] = [Math.max(low, left), Math.min(high, right)];
        break;
      }
    }
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (enough(middle)) high = middle;
      else low = middle;
    }
    return high;
  };
  // A hair of slack, or rounding would step past a k whose cdf is p itself.
  const slack = 64 * Number.EPSILON;
  return {
    density: (k) => Math.exp(logDensity(k)),
    logDensity,
    cdf: (k) => Math.exp(tails(k).lower),
    logCdf: (k) => tails(k).lower,
    survival: (k) => Math.exp(tails(k).upper),
    logSurvival: (k) => tails(k).upper,
    quantile: (share) => {
      requireProbability('p', share);
      if (share === 0) return 0;
      if (share === 1) return p === 0 ? 0 : n;
      const goal = Math.log(share) - slack;
      return least((k) => tails(k).lower >= goal, normalQuantile(share));
    },
    survivalQuantile: (share) => {
      requireProbability('p', share);
      if (share === 1) return 0;
      if (share === 0) return p === 0 ? 0 : n;
      const goal = Math.log(share) + slack;
      return least((k) => tails(k).upper <= goal, -normalQuantile(share));
    },
  };
}
