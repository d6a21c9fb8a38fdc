import { requireOneOf, requireShare } from '../arguments';
import { beta } from '../distributions/beta';
import { normalQuantile } from '../distributions/normal';
import type { Interval } from '../result';
import { requireSuccesses } from './sums';
import type { Proportion } from './sums';

/** Ways to an interval of a proportion. */
export type ProportionIntervalMethod = 'wilson' | 'clopper-pearson' | 'agresti-coull' | 'wald' | 'jeffreys';

const METHODS: readonly ProportionIntervalMethod[] = ['wilson', 'clopper-pearson', 'agresti-coull', 'wald', 'jeffreys'];

/**
 * Wilson's score interval of a proportion; all of [0, 1] when there is no row.
 * @see Wilson (1927)
 */
export function wilsonInterval({ n, successes }: Proportion, alpha = 0.05): readonly [number, number] {
  if (n === 0) return [0, 1];
  const z = -normalQuantile(alpha / 2);
  const p = successes / n;
  const square = z * z;
  const centre = p + square / (2 * n);
  const half = z * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n));
  const scale = 1 + square / n;
  // At 0 and n the score equation is solved by the end itself; rounding would miss it.
  const low = successes === 0 ? 0 : Math.max(0, (centre - half) / scale);
  return [low, successes === n ? 1 : Math.min(1, (centre + half) / scale)];
}

/**
 * An interval of a proportion: Wilson's by default; Clopper and Pearson's never covers less than it says, Jeffreys'
 * is the Bayesian one with a Beta(½, ½) prior; Wald's is there for comparison and should not be used.
 * @param proportion successes among n; without a row the interval is all of [0, 1]
 * @throws RangeError on counts that no rows can have or an alpha outside (0, 1)
 * @see Brown, Cai, DasGupta (2001), "Interval estimation for a binomial proportion"
 * @example proportionInterval({ n: 10, successes: 0 }) // { low: 0, high: 0.277532…, level: 0.95, method: 'wilson' }
 */
export function proportionInterval(
  proportion: Proportion,
  options: { readonly method?: ProportionIntervalMethod; readonly alpha?: number } = {},
): Interval {
  const { method = 'wilson', alpha = 0.05 } = options;
  requireSuccesses('proportion', proportion);
  requireShare('alpha', alpha);
  requireOneOf('method', method, METHODS);
  const [low, high] = proportion.n === 0 ? [0, 1] : endsOf(proportion, method, alpha);
  return { low, high, level: 1 - alpha, method };
}

function endsOf(proportion: Proportion, method: ProportionIntervalMethod, alpha: number): readonly [number, number] {
  const { n, successes } = proportion;
  const failures = n - successes;
  switch (method) {
    case 'wilson':
      return wilsonInterval(proportion, alpha);
    case 'clopper-pearson':
      return [
        successes === 0 ? 0 : beta(successes, failures + 1).quantile(alpha / 2),
        failures === 0 ? 1 : beta(successes + 1, failures).survivalQuantile(alpha / 2),
      ];
    case 'jeffreys': {
      const posterior = beta(successes + 0.5, failures + 0.5);
      return [posterior.quantile(alpha / 2), posterior.survivalQuantile(alpha / 2)];
    }
    case 'agresti-coull': {
      const square = normalQuantile(alpha / 2) ** 2;
      return around((successes + square / 2) / (n + square), n + square, alpha);
    }
    default:
      return around(successes / n, n, alpha);
  }
}

function around(p: number, n: number, alpha: number): readonly [number, number] {
  const half = -normalQuantile(alpha / 2) * Math.sqrt((p * (1 - p)) / n);
  return [Math.max(0, p - half), Math.min(1, p + half)];
}
