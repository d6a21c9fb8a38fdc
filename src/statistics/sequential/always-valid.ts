import { requireCount, requireOneOf, requirePositive, requireProbability, requireShare } from '../arguments';
import { differenceOf, meansAssumptions, refusal } from '../experiments/means';
import type { Difference } from '../experiments/means';
import type { MetricSums } from '../experiments/sums';
import { summarise } from '../experiments/summary';
import { noResult, reportedP } from '../result';
import type { Alternative, Assumption, Interval, NoResult, TestResult } from '../result';
import { MINIMUM_PER_ARM } from './looks';
import { evidenceReach, evidenceReachAbove, logEvidence, logEvidenceAbove } from './mixture';

/** GrowthBook's default. */
const TUNING = 5_000;

/** What every always-valid comparison may be asked for. */
export interface AlwaysValidOptions {
  readonly difference?: 'absolute' | 'relative';
  readonly alpha?: number;
  /** The number of units, both arms, at which the sequence is tightest: 5 000 unless said. Fix it before the start. */
  readonly tuning?: number;
  /** Below so many units in an arm there is no answer, since means of few are not normal: 100 unless said. */
  readonly minimumPerArm?: number;
  /** The p-value of the look before: p is the running minimum. */
  readonly previousP?: number;
}

/** A comparison that holds at any look; `statistic` is the natural logarithm of the evidence, 0 for none. */
export type AlwaysValidResult =
  (TestResult & { readonly standardError: number }) | NoResult<'insufficient-data' | 'no-variation' | 'undefined'>;

/**
 * Whether a metric differs between two arms, at whatever look and however many there are: an asymptotic confidence
 * sequence for the difference, and the p-value of the same sequence. It pays for that freedom with width: 1.55 times a
 * fixed-horizon interval at α = .05 where it is tightest. With a planned end, `spendingBounds` finds smaller effects.
 * @param control sums of the arm that is compared with, all units so far
 * @param treatment sums of the other arm, of the same kind
 * @param options.alternative one-sided sequences are those of a half-normal mixture, valid at α themselves
 * @throws RangeError, TypeError on sums that no rows can have, arms of different kinds, or options out of range
 * @see Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas (2024), "Time-uniform central limit theory and asymptotic
 * confidence sequences"; gbstats' SequentialTwoSidedTTest, whose numbers it gives
 * @example alwaysValidCompare({ kind: 'proportion', n: 1000, successes: 120 }, { kind: 'proportion', n: 1000,
 * successes: 150 }) // { pValue: 0.47069…, effect: { value: 0.03, interval: { low: -0.017693, high: 0.077693 } } }
 */
export function alwaysValidCompare(
  control: MetricSums,
  treatment: MetricSums,
  options: AlwaysValidOptions & { readonly alternative?: Alternative } = {},
): AlwaysValidResult {
  const { alternative = 'two-sided' } = options;
  requireOneOf('alternative', alternative, ['two-sided', 'greater', 'less']);
  const method = 'asymptotic confidence sequence';
  const found = differenceAtLook(method, control, treatment, options);
  if ('status' in found) return found;
  const n = [control.n, treatment.n] as const;
  return judged({ method, n, alternative, mixing: mixingOf(n, alternative, options), null: 0 }, found, options);
}

/** A difference with what its judgement rests on. */
export interface DifferenceAtLook extends Pick<Difference, 'value' | 'standardError'> {
  readonly assumptions: readonly Assumption[];
}

/** The difference of two arms with enough units, or why there is none. */
export function differenceAtLook(
  method: string,
  control: MetricSums,
  treatment: MetricSums,
  options: AlwaysValidOptions,
): DifferenceAtLook | NoResult<'insufficient-data' | 'no-variation' | 'undefined'> {
  const {
    difference = 'absolute',
    alpha = 0.05,
    tuning = TUNING,
    minimumPerArm = MINIMUM_PER_ARM,
    previousP = 1,
  } = options;
  requireOneOf('difference', difference, ['absolute', 'relative']);
  requireShare('alpha', alpha);
  requirePositive('tuning', tuning);
  requireCount('minimumPerArm', minimumPerArm);
  requirePositive('previousP', requireProbability('previousP', previousP));
  const arms = summarise(control, treatment);
  const n = [control.n, treatment.n];
  if (Math.min(...n) < minimumPerArm) {
    const reason = `${n.join(' and ')} units: a look decides from ${minimumPerArm} a side`;
    return noResult('insufficient-data', method, n, reason);
  }
  const refused = refusal(method, arms.control, arms.treatment, difference);
  if (refused !== null) return refused;
  const { value, standardError } = differenceOf(arms.control, arms.treatment, difference);
  if (!(standardError > 0 && standardError < Infinity && Number.isFinite(value)))
    return noResult('undefined', method, n, `the difference is ${value}, its standard error ${standardError}`);
  return {
    value,
    standardError,
    assumptions: meansAssumptions(arms.control, arms.treatment, difference === 'relative'),
  };
}

/**
 * Mixing variance over squared error, ρ²·n, with ρ such that the sequence is tightest at `tuning` units; one-sided,
 * at 2α, which is nearly the same sequence.
 * @see Waudby-Smith et al. (2024), appendix on the choice of ρ
 */
export function mixingOf(
  [control, treatment]: readonly [number, number],
  alternative: Alternative,
  { alpha = 0.05, tuning = TUNING }: AlwaysValidOptions,
): number {
  const level = alternative !== 'two-sided' && alpha < 0.5 ? 2 * alpha : alpha;
  const twice = -2 * Math.log(level);
  return ((control + treatment) * (twice + Math.log1p(twice))) / tuning;
}

/** What a judgement is about, beside the difference itself. */
export interface Judgement<N extends readonly [number, number] | null> {
  readonly method: string;
  readonly n: N;
  readonly alternative: Alternative;
  /** Mixing variance over squared error. */
  readonly mixing: number;
  /** The difference that is tested against. */
  readonly null: number;
}

/** Evidence, p and interval of one difference, from one and the same mixture. */
export function judged<N extends readonly [number, number] | null>(
  { method, n, alternative, mixing, null: hypothesis }: Judgement<N>,
  { value, standardError, assumptions }: DifferenceAtLook,
  { difference = 'absolute', alpha = 0.05, previousP = 1 }: AlwaysValidOptions,
): Omit<TestResult, 'n'> & { readonly n: N; readonly standardError: number } {
  const twoSided = alternative === 'two-sided';
  const z = ((value - hypothesis) / standardError) * (alternative === 'less' ? -1 : 1);
  const statistic = twoSided ? logEvidence(z, mixing) : logEvidenceAbove(z, mixing);
  const reach = standardError * (twoSided ? evidenceReach(alpha, mixing) : evidenceReachAbove(alpha, mixing));
  const now = reportedP(-statistic);
  const p = previousP < now.pValue ? { pValue: previousP, log10PValue: Math.log10(previousP) } : now;
  const interval: Interval = {
    low: alternative === 'less' ? null : end(value - reach),
    high: alternative === 'greater' ? null : end(value + reach),
    level: 1 - alpha,
    method: `always valid, ${twoSided ? 'normal' : 'half-normal'} mixture`,
  };
  return {
    status: 'ok',
    method: `${method}${difference === 'relative' ? ', relative' : ''}`,
    alternative,
    statistic,
    ...p,
    n,
    effect: { name: difference === 'relative' ? 'relative lift' : 'difference', value, interval },
    threshold: alpha,
    significant: p.pValue < alpha,
    assumptions,
    notes: p === now ? [] : ["p is an earlier look's; statistic and interval are of this one"],
    standardError,
  };
}

function end(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
