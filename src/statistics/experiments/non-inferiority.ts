import { requireOneOf, requirePositive, requireShare } from '../arguments';
import { noResult, reportedP } from '../result';
import type { NoResult, TestResult } from '../result';
import { differenceOf, isSound, meansAssumptions, refusal } from './means';
import type { MetricSums } from './sums';
import { summarise } from './summary';
import { criticalValue, intervalAround, logPOfT } from './tails';

/** What a guardrail promises: how much worse the treatment may be. */
export interface NonInferiorityPlan {
  /** The largest loss that is accepted, above 0, in the unit of the difference. */
  readonly margin: number;
  readonly direction: 'higher-is-better' | 'lower-is-better';
  readonly difference?: 'absolute' | 'relative';
  readonly alpha?: number;
}

/** `significant` says: no worse than the margin, shown at α. */
export type NonInferiorityResult =
  | (TestResult & { readonly standardError: number; readonly degreesOfFreedom: number; readonly margin: number })
  | NoResult<'insufficient-data' | 'no-variation' | 'undefined'>;

/**
 * Whether the treatment is shown to be worse than the control by less than a margin: a one-sided Welch t test against
 * the margin, whose interval has one end, on the side of the loss. Guardrails are tested each at the full α, because
 * shipping needs all of them (intersection-union). A relative margin needs a control mean above 0.
 * @param control sums of the arm that is compared with
 * @param treatment sums of the other arm, of the same kind
 * @throws RangeError, TypeError on a margin that is not above 0, sums that no rows can have, arms of different kinds
 * @see Berger (1982) for intersection-union tests
 * @example nonInferiority({ kind: 'proportion', n: 1000, successes: 500 },
 *   { kind: 'proportion', n: 1000, successes: 495 }, { margin: 0.05, direction: 'higher-is-better' }).pValue // 0.022149…
 */
export function nonInferiority(
  control: MetricSums,
  treatment: MetricSums,
  plan: NonInferiorityPlan,
): NonInferiorityResult {
  const { margin, direction, difference = 'absolute', alpha = 0.05 } = plan;
  requirePositive('margin', margin);
  requireOneOf('direction', direction, ['higher-is-better', 'lower-is-better']);
  requireOneOf('difference', difference, ['absolute', 'relative']);
  requireShare('alpha', alpha);
  const method = `non-inferiority by ${margin}, one-sided Welch t`;
  const { control: a, treatment: b, notes } = summarise(control, treatment);
  const refused = refusal(method, a, b, difference);
  if (refused !== null) return { ...refused, notes };
  if (difference === 'relative' && a.unadjustedMean < 0)
    return noResult('undefined', method, [a.n, b.n], 'the control mean is negative: no share of it is a loss', notes);
  const higher = direction === 'higher-is-better';
  const alternative = higher ? 'greater' : 'less';
  const { value, standardError, degreesOfFreedom } = differenceOf(a, b, difference);
  const statistic = (higher ? value + margin : value - margin) / standardError;
  const n = [a.n, b.n] as const;
  if (!isSound({ value, standardError, degreesOfFreedom }) || !Number.isFinite(statistic))
    return noResult('undefined', method, n, 'the arithmetic left the range of a double', notes);
  const reach = criticalValue(alpha, degreesOfFreedom) * standardError;
  const relative = difference === 'relative';
  const interval = intervalAround(value, reach, alternative, alpha, relative ? 'delta' : 'welch');
  const { pValue, log10PValue } = reportedP(logPOfT(statistic, degreesOfFreedom, alternative));
  return {
    status: 'ok',
    method,
    alternative,
    statistic,
    pValue,
    log10PValue,
    n,
    effect: { name: relative ? 'relative lift' : 'difference', value, interval },
    threshold: alpha,
    significant: pValue < alpha,
    assumptions: meansAssumptions(a, b, relative),
    notes,
    standardError,
    degreesOfFreedom,
    margin,
  };
}
