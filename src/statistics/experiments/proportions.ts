import { requireOneOf, requireShare } from '../arguments';
import { noResult } from '../result';
import type { Alternative, Assumption, Effect, Interval, NoResult, TestResult } from '../result';
import { differenceInterval } from './proportion-difference';
import type { DifferenceIntervalMethod } from './proportion-difference';
import { requireSuccesses } from './sums';
import type { Proportion } from './sums';
import { ALTERNATIVES, criticalValue, intervalAround, logPOfZ, tested } from './tails';

/** What is asked of a comparison of two proportions. */
export interface ProportionsOptions {
  readonly alternative?: Alternative;
  readonly alpha?: number;
  /** Standard error of the test: `pooled` under equality (the default), or each arm's own. */
  readonly variance?: 'pooled' | 'separate';
  /** A one-sided alternative has an interval with one end, at the same α. */
  readonly interval?: DifferenceIntervalMethod;
}

/** A comparison of two proportions, treatment minus control. */
export type ProportionsResult =
  | (TestResult & {
      readonly standardError: number;
      readonly proportions: readonly [number, number];
      /** treatment/control − 1 with the delta method's interval; null where the control has no success. */
      readonly relativeLift: Effect | null;
      /** treatment/control with the interval on the log scale; null where either has no success. */
      readonly riskRatio: Effect | null;
      /** Cohen's h = 2 asin √p₂ − 2 asin √p₁. */
      readonly cohensH: number;
    })
  | NoResult<'insufficient-data' | 'no-variation' | 'undefined'>;

/** An arm is large enough for z when it has this many of both outcomes. */
const ENOUGH = 5;

/**
 * z test of two proportions with the interval of their difference (Newcombe's unless asked).
 * @param control successes among n
 * @param treatment successes among n
 * @throws RangeError on counts that no rows can have or an alpha outside (0, 1)
 * @see Fleiss, Levin, Paik (2003) §3; Newcombe (1998), method 10; Agresti, Caffo (2000)
 * @example twoProportionZTest({ n: 1000, successes: 120 }, { n: 1000, successes: 150 }).statistic // 1.96305
 */
export function twoProportionZTest(
  control: Proportion,
  treatment: Proportion,
  options: ProportionsOptions = {},
): ProportionsResult {
  const { alternative = 'two-sided', alpha = 0.05, variance = 'pooled', interval = 'newcombe' } = options;
  requireSuccesses('control', control);
  requireSuccesses('treatment', treatment);
  requireShare('alpha', alpha);
  requireOneOf('alternative', alternative, ALTERNATIVES);
  requireOneOf('variance', variance, ['pooled', 'separate']);
  requireOneOf('interval', interval, ['newcombe', 'wald', 'agresti-caffo']);
  const method = `two-proportion z, ${variance} variance`;
  const n = [control.n, treatment.n] as const;
  if (n[0] === 0 || n[1] === 0)
    return noResult('insufficient-data', method, n, `${n.join(' and ')} rows: each arm needs at least one`);
  const [p1, p2] = [control.successes / n[0], treatment.successes / n[1]];
  const standardError = variance === 'pooled' ? pooledError(control, treatment) : separateError(p1, p2, n);
  if (standardError === 0) {
    const reason = `${p1} and ${p2} of the rows succeed: there is no spread to judge by`;
    return noResult(p1 === p2 ? 'no-variation' : 'undefined', method, n, reason);
  }
  const statistic = (p2 - p1) / standardError;
  // Two ends at 2α are one end at α.
  const both = alternative === 'two-sided' ? alpha : Math.min(2 * alpha, 1 - Number.EPSILON);
  const ends = (effect: Effect): Effect => oneEnd(effect, alternative, alpha);
  const found = differenceInterval(control, treatment, both, interval);
  return {
    ...tested({
      method,
      alternative,
      statistic,
      logP: logPOfZ(statistic, alternative),
      n,
      effect: ends({ name: 'difference', value: p2 - p1, interval: found }),
      threshold: alpha,
      assumptions: [enough(control, treatment)],
      notes: [],
    }),
    standardError,
    proportions: [p1, p2],
    relativeLift: p1 === 0 ? null : ends(liftOf(p1, p2, n, both)),
    riskRatio: p1 === 0 || p2 === 0 ? null : ends(riskRatioOf(p1, p2, n, both)),
    cohensH: cohensH(p1, p2),
  };
}

function oneEnd(effect: Effect, alternative: Alternative, alpha: number): Effect {
  const { low, high, method } = effect.interval!;
  if (alternative === 'two-sided') return effect;
  const end = alternative === 'greater' ? { low, high: null } : { low: null, high };
  return { ...effect, interval: { ...end, level: 1 - alpha, method } };
}

/** Cohen's h = 2 asin √p₂ − 2 asin √p₁, as the angle of their difference, which keeps its digits. */
export function cohensH(p1: number, p2: number, difference = p2 - p1): number {
  if (difference === 0) return 0;
  const sine = difference / (Math.sqrt(p2 * (1 - p1)) + Math.sqrt(p1 * (1 - p2)));
  return 2 * Math.asin(Math.min(1, Math.max(-1, sine)));
}

function pooledError(control: Proportion, treatment: Proportion): number {
  const [n, successes] = [control.n + treatment.n, control.successes + treatment.successes];
  return Math.sqrt((successes / n) * ((n - successes) / n) * (1 / control.n + 1 / treatment.n));
}

function separateError(p1: number, p2: number, n: readonly [number, number]): number {
  return Math.sqrt((p1 * (1 - p1)) / n[0] + (p2 * (1 - p2)) / n[1]);
}

function enough(control: Proportion, treatment: Proportion): Assumption {
  const failures = Math.min(control.n - control.successes, treatment.n - treatment.successes);
  const least = Math.min(control.successes, treatment.successes, failures);
  const detail = `the least is ${least}`;
  return { name: `at least ${ENOUGH} of each outcome in each arm`, holds: least >= ENOUGH, detail };
}

function liftOf(p1: number, p2: number, n: readonly [number, number], alpha: number): Effect {
  const error = Math.sqrt((p2 * (1 - p2)) / n[1] + ((p2 / p1) ** 2 * p1 * (1 - p1)) / n[0]) / p1;
  const value = p2 / p1 - 1;
  return { name: 'relative lift', value, interval: around(value, error, alpha, 'delta') };
}

function riskRatioOf(p1: number, p2: number, n: readonly [number, number], alpha: number): Effect {
  const value = p2 / p1;
  const error = Math.sqrt((1 - p1) / (n[0] * p1) + (1 - p2) / (n[1] * p2));
  const { low, high } = around(Math.log(value), error, alpha, 'log');
  const interval: Interval = { low: Math.exp(low!), high: Math.exp(high!), level: 1 - alpha, method: 'log' };
  return { name: 'risk ratio', value, interval };
}

function around(value: number, error: number, alpha: number, method: string): Interval {
  return intervalAround(value, criticalValue(alpha / 2, null) * error, 'two-sided', alpha, method);
}
