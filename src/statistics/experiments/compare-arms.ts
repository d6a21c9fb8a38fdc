import { requireOneOf, requireShare } from '../arguments';
import { noResult, reportedP } from '../result';
import type { Alternative, Effect, NoResult, TestResult } from '../result';
import { differenceOf, isSound, meansAssumptions, meansNotes, pooledDifference, refusal } from './means';
import type { MetricSums } from './sums';
import { summarise } from './summary';
import type { ArmSummary, Summaries } from './summary';
import { ALTERNATIVES, criticalValue, intervalAround, logPOfT, logPOfZ, tailOf } from './tails';

/** What is asked of a comparison of two arms. */
export interface CompareOptions {
  /** `relative`: (treatment − control) / control, its variance by the delta method. */
  readonly difference?: 'absolute' | 'relative';
  readonly alternative?: Alternative;
  readonly alpha?: number;
  /** Whose tail p is: `student` (Welch's degrees of freedom) or `normal`, for samples of hundreds. */
  readonly law?: 'student' | 'normal';
}

/** What a covariate did to a comparison (CUPED). */
export interface CovariateAdjustment {
  /** Pooled over both arms; 0 where the covariate does not vary. */
  readonly theta: number;
  /** Of metric and covariate, both arms together; null where either does not vary. */
  readonly correlation: number | null;
  /** The share of the metric's variance that is gone: correlation², 0 where nothing was adjusted. */
  readonly varianceReduction: number;
  readonly unadjustedMeans: readonly [number, number];
}

/** A comparison of two means, treatment minus control. */
export type MeanResult =
  | (TestResult & {
      readonly standardError: number;
      /** Welch's; null under the normal law. */
      readonly degreesOfFreedom: number | null;
      /** As compared, control and treatment: of CUPED the adjusted ones. */
      readonly means: readonly [number, number];
      /** Of one unit, as compared. */
      readonly variances: readonly [number, number];
      /** (treatment − control) / control by the delta method; null where the control's mean is 0. */
      readonly relativeLift: Effect | null;
      readonly adjustment: CovariateAdjustment | null;
    })
  | NoResult<'insufficient-data' | 'no-variation' | 'undefined'>;

const NAMES: Readonly<Record<MetricSums['kind'], string>> = {
  proportion: 'proportions',
  mean: 'means',
  'adjusted-mean': 'means, CUPED',
  ratio: 'ratios, delta method',
};

/**
 * Whether a metric differs between two arms: Welch's t test on proportions, means, ratios (delta method) or means
 * adjusted by a covariate (CUPED), from sums alone.
 * @param control sums of the arm that is compared with: raw, centred, or of rows by `meanOf` and its like
 * @param treatment sums of the other arm, of the same kind
 * @throws RangeError, TypeError on sums that no rows can have or arms of different kinds
 * @see Welch (1947); gbstats' TwoSidedTTest, whose numbers it gives
 * @example compareArms(meanOf([1, 2, 3, 4]), meanOf([3, 4, 5, 6])) // { statistic: 2.19089, pValue: 0.0709877 }
 */
export function compareArms(control: MetricSums, treatment: MetricSums, options: CompareOptions = {}): MeanResult {
  const { difference = 'absolute', alternative = 'two-sided', alpha = 0.05, law = 'student' } = options;
  requireOneOf('difference', difference, ['absolute', 'relative']);
  requireOneOf('law', law, ['student', 'normal']);
  const name = `${law === 'student' ? 'Welch t' : 'z'} of ${NAMES[control.kind]}`;
  const method = difference === 'relative' ? `${name}, relative` : name;
  return judged(method, summarise(control, treatment), { difference, alternative, alpha, law });
}

/**
 * Student's t test with one pooled variance, for arms known to have the same spread; otherwise `compareArms`.
 * @throws RangeError, TypeError on sums that no rows can have or arms of different kinds
 * @see Student (1908)
 * @example studentTest(meanOf([1, 2, 3, 4]), meanOf([3, 4, 5, 6])).degreesOfFreedom // 6
 */
export function studentTest(
  control: MetricSums,
  treatment: MetricSums,
  options: Pick<CompareOptions, 'alternative' | 'alpha'> = {},
): MeanResult {
  const { alternative = 'two-sided', alpha = 0.05 } = options;
  const method = `Student t of ${NAMES[control.kind]}, pooled variance`;
  return judged(method, summarise(control, treatment), { difference: 'absolute', alternative, alpha, law: 'pooled' });
}

interface Asked {
  readonly difference: 'absolute' | 'relative';
  readonly alternative: Alternative;
  readonly alpha: number;
  readonly law: 'student' | 'normal' | 'pooled';
}

const INTERVALS = { student: 'welch', normal: 'wald', pooled: 'student' } as const;

function judged(method: string, found: Summaries, { difference, alternative, alpha, law }: Asked): MeanResult {
  requireOneOf('alternative', alternative, ALTERNATIVES);
  requireShare('alpha', alpha);
  const { control, treatment } = found;
  const refused = refusal(method, control, treatment, difference);
  if (refused !== null) return { ...refused, notes: found.notes };
  const { value, standardError, degreesOfFreedom } =
    law === 'pooled' ? pooledDifference(control, treatment) : differenceOf(control, treatment, difference);
  const n = [control.n, treatment.n] as const;
  const statistic = value / standardError;
  if (!isSound({ value, standardError, degreesOfFreedom }))
    return noResult('undefined', method, n, 'the arithmetic left the range of a double', found.notes);
  const freedom = law === 'normal' ? null : degreesOfFreedom;
  const critical = criticalValue(tailOf(alpha, alternative), freedom);
  const effectOf = (name: string, size: number, error: number, by: string): Effect => ({
    name,
    value: size,
    interval: intervalAround(size, critical * error, alternative, alpha, by),
  });
  const relative = difference === 'relative';
  const effect = relative
    ? effectOf('relative lift', value, standardError, 'delta')
    : effectOf('difference', value, standardError, INTERVALS[law]);
  const logP = freedom === null ? logPOfZ(statistic, alternative) : logPOfT(statistic, freedom, alternative);
  const { pValue, log10PValue } = reportedP(logP);
  // Written out: spreading a part into it would cost as much as the test.
  return {
    status: 'ok',
    method,
    alternative,
    statistic,
    pValue,
    log10PValue,
    n,
    effect,
    threshold: alpha,
    significant: pValue < alpha,
    assumptions: meansAssumptions(control, treatment, relative),
    notes: notesOf(found, relative),
    standardError,
    degreesOfFreedom: freedom,
    means: [control.mean, treatment.mean],
    variances: [control.variance, treatment.variance],
    relativeLift: relative ? effect : liftOf(control, treatment, effectOf),
    adjustment: adjustmentOf(found),
  };
}

function liftOf(
  control: ArmSummary,
  treatment: ArmSummary,
  effectOf: (name: string, size: number, error: number, by: string) => Effect,
): Effect | null {
  const { value, standardError } = differenceOf(control, treatment, 'relative');
  if (!Number.isFinite(value) || !Number.isFinite(standardError)) return null;
  return effectOf('relative lift', value, standardError, 'delta');
}

function adjustmentOf({ control, treatment, theta, correlation }: Summaries): CovariateAdjustment | null {
  if (theta === null) return null;
  return {
    theta,
    correlation,
    varianceReduction: correlation === null ? 0 : correlation ** 2,
    unadjustedMeans: [control.unadjustedMean, treatment.unadjustedMean],
  };
}

function notesOf({ control, theta, correlation, notes }: Summaries, relative: boolean): readonly string[] {
  const more = theta === 0 && correlation === null ? ['metric or covariate does not vary: nothing was adjusted'] : [];
  return [...notes, ...more, ...meansNotes(control, relative)];
}
