import { requireFinite, requireOneOf, requirePositive, requireShare } from '../arguments';
import { normalCdf, normalDensity } from '../distributions/normal';
import { noResult } from '../result';
import type { Effect, NoResult } from '../result';
import { differenceOf, isSound, meansNotes, refusal } from './means';
import type { Difference } from './means';
import type { MetricSums } from './sums';
import { summarise } from './summary';
import { criticalValue, intervalAround } from './tails';

/** A posterior of the effect of the treatment. */
export type BayesianResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      readonly n: readonly [number, number];
      /** Probability that the treatment is the better arm. */
      readonly chanceToWin: number;
      /** Posterior mean with its central credible interval. */
      readonly effect: Effect;
      /** Posterior standard deviation of the effect. */
      readonly deviation: number;
      /** What is lost on average by choosing an arm where the other is better, in the unit of the effect. */
      readonly expectedLoss: { readonly control: number; readonly treatment: number };
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data' | 'no-variation' | 'undefined'>;

/** A belief about the effect before the data. */
export interface NormalPrior {
  readonly mean: number;
  readonly variance: number;
  /** Whether it speaks about relative or absolute differences; relative unless said. */
  readonly of?: 'relative' | 'absolute';
}

/** What is asked of a posterior. */
export interface BayesianOptions {
  readonly difference?: 'absolute' | 'relative';
  /** Which arm is the better one; `higher-is-better` unless said. */
  readonly direction?: 'higher-is-better' | 'lower-is-better';
  readonly alpha?: number;
  /** For instance `{ mean: 0, variance: 0.09 }`: most relative effects lie within ±30 %. Flat unless given. */
  readonly prior?: NormalPrior | null;
}

/**
 * The posterior of a difference between two arms, normal likelihood and a normal prior or none (flat).
 * @param control sums of the arm that is compared with
 * @param treatment sums of the other arm, of the same kind
 * @throws RangeError, TypeError on sums that no rows can have, arms of different kinds, a prior variance not above 0
 * @see Deng (2015), "Objective Bayesian two sample hypothesis testing"; gbstats' EffectBayesianABTest
 * @example bayesianCompare({ kind: 'proportion', n: 1000, successes: 120 },
 *   { kind: 'proportion', n: 1000, successes: 150 }, { difference: 'relative' }).chanceToWin // 0.960294…
 */
export function bayesianCompare(
  control: MetricSums,
  treatment: MetricSums,
  options: BayesianOptions = {},
): BayesianResult {
  const { difference = 'absolute', direction = 'higher-is-better', alpha = 0.05, prior = null } = options;
  requireOneOf('difference', difference, ['absolute', 'relative']);
  requireOneOf('direction', direction, ['higher-is-better', 'lower-is-better']);
  requireShare('alpha', alpha);
  const method = `normal posterior, ${prior === null ? 'flat' : 'normal'} prior`;
  const { control: a, treatment: b, notes } = summarise(control, treatment);
  const refused = refusal(method, a, b, difference);
  if (refused !== null) return refused;
  const n = [a.n, b.n] as const;
  const belief = prior === null ? null : rescaled(prior, difference, Math.abs(a.unadjustedMean));
  if (belief === undefined)
    return noResult('undefined', method, n, 'the control mean is 0: a belief about a relative difference has no size');
  const data = differenceOf(a, b, difference);
  const { value, deviation } = posterior(data, belief);
  if (!isSound(data) || !isSound({ ...data, value, standardError: deviation }))
    return noResult('undefined', method, n, 'the arithmetic left the range of a double', notes);
  const z = value / deviation;
  // E[max(Δ, 0)] and E[max(−Δ, 0)] of a normal Δ, each by itself: their difference would cancel.
  const [gain, loss] = [excess(z) * deviation, excess(-z) * deviation];
  const higher = direction === 'higher-is-better';
  const name = difference === 'relative' ? 'relative lift' : 'difference';
  const reach = criticalValue(alpha / 2, null) * deviation;
  return {
    status: 'ok',
    method,
    n,
    chanceToWin: normalCdf(higher ? z : -z),
    effect: { name, value, interval: intervalAround(value, reach, 'two-sided', alpha, 'credible, normal') },
    deviation,
    expectedLoss: higher ? { control: gain, treatment: loss } : { control: loss, treatment: gain },
    notes: [...notes, ...meansNotes(a, difference === 'relative')],
  };
}

/** φ(z) + z Φ(z); far below 0 by the asymptotic series, where the two cancel. */
function excess(z: number): number {
  if (z > -35) return Math.max(0, normalDensity(z) + z * normalCdf(z));
  const s = 1 / (z * z);
  return normalDensity(z) * s * (1 - s * (3 - s * (15 - 105 * s)));
}

function posterior({ value, standardError }: Difference, belief: NormalPrior | null) {
  if (belief === null) return { value, deviation: standardError };
  const spread = Math.sqrt(belief.variance);
  // The share that the data have in the posterior.
  const share = 1 / (1 + (standardError / spread) ** 2);
  return { value: value * share + belief.mean * (1 - share), deviation: 1 / Math.hypot(1 / standardError, 1 / spread) };
}

/** The belief in the unit of the difference; undefined where the control mean gives none. */
function rescaled(prior: NormalPrior, difference: 'absolute' | 'relative', base: number): NormalPrior | undefined {
  requireFinite('prior.mean', prior.mean);
  requirePositive('prior.variance', prior.variance);
  const of = requireOneOf('prior.of', prior.of ?? 'relative', ['relative', 'absolute']);
  if (of === difference) return prior;
  const scale = difference === 'absolute' ? base : 1 / base;
  const variance = prior.variance * scale * scale;
  return variance > 0 && variance < Infinity ? { mean: prior.mean * scale, variance } : undefined;
}
