import { requireArray, requireOneOf, requireShare } from '../arguments';
import { compareArms } from './compare-arms';
import type { CompareOptions, MeanResult } from './compare-arms';
import { adjustPValues } from './multiplicity';
import type { Adjustment } from './multiplicity';
import { nonInferiority } from './non-inferiority';
import type { NonInferiorityPlan, NonInferiorityResult } from './non-inferiority';
import type { MetricSums } from './sums';

interface NamedMetric {
  readonly name: string;
  /** Sums per arm, control first; of one kind. */
  readonly arms: readonly MetricSums[];
}

/** A metric of an experiment and what is asked of it. */
export type ComparedMetricPlan =
  | (NamedMetric &
      Omit<CompareOptions, 'alpha'> & {
        /** `success`: a claim is made about it (Holm); `exploratory`: a list to look through (Benjamini-Hochberg). */
        readonly role: 'success' | 'exploratory';
      })
  | (NamedMetric & Omit<NonInferiorityPlan, 'alpha'> & { readonly role: 'guardrail' });

/** One metric in one treatment arm. */
export type ComparedMetric = {
  readonly metric: string;
  /** The treatment arm, from 1 on. */
  readonly variant: number;
  /** After the adjustment within the family; null where there is no p, or no family as with guardrails. */
  readonly adjustedPValue: number | null;
  readonly adjustment: Adjustment;
  /** By the adjusted p; of a guardrail: shown to be no worse than its margin. */
  readonly significant: boolean;
} & (
  | { readonly role: 'success' | 'exploratory'; readonly result: MeanResult }
  | { readonly role: 'guardrail'; readonly result: NonInferiorityResult }
);

/** A whole experiment: every metric in every treatment arm, metric by metric in the order given. */
export interface ComparedMetrics {
  readonly method: string;
  readonly threshold: number;
  readonly comparisons: readonly ComparedMetric[];
  readonly notes: readonly string[];
}

type Writable<Of> = { -readonly [Key in keyof Of]: Of[Key] };
type Mutable = Writable<ComparedMetric>;

const ROLES = ['success', 'exploratory', 'guardrail'] as const;
const ADJUSTMENTS = { success: 'holm', exploratory: 'benjamini-hochberg', guardrail: 'none' } as const;

/**
 * Compares every treatment arm with the control on every metric. The success metrics of all arms are one family under
 * Holm (no false claim with probability 1 − α), exploratory ones one under Benjamini-Hochberg (a share α of false
 * finds), guardrails are tested for non-inferiority each at the full α. A comparison without an answer is in no family.
 * @throws RangeError, TypeError on metrics with other numbers of arms, arms of different kinds, sums no rows can have
 * @see Holm (1979); Benjamini, Hochberg (1995); Berger (1982)
 * @example compareMetrics([{ name: 'orders', role: 'success', arms: [meanOf([1, 2, 3, 4]), meanOf([3, 4, 5, 6]),
 *   meanOf([1, 3, 3, 4])] }]).comparisons[0].adjustedPValue // 0.141975
 */
export function compareMetrics(
  metrics: readonly ComparedMetricPlan[],
  options: { readonly alpha?: number } = {},
): ComparedMetrics {
  const { alpha = 0.05 } = options;
  requireShare('alpha', alpha);
  requireArray('metrics', metrics);
  const comparisons: Mutable[] = [];
  metrics.forEach((metric, index) => {
    if (!ROLES.includes(metric.role)) requireOneOf(`metrics[${index}].role`, metric.role, ROLES);
    requireArms(index, metric.arms, metrics[0]!.arms);
    for (let variant = 1; variant < metric.arms.length; variant += 1)
      comparisons.push(compared(metric, variant, alpha));
  });
  adjust(comparisons, 'success', alpha);
  adjust(comparisons, 'exploratory', alpha);
  const without = comparisons.filter(({ result }) => result.status !== 'ok').length;
  return {
    method: 'success metrics by Holm, exploratory ones by Benjamini-Hochberg, guardrails by non-inferiority',
    threshold: alpha,
    comparisons,
    notes: without === 0 ? [] : [`${without} of ${comparisons.length} comparisons have no answer`],
  };
}

function requireArms(index: number, arms: readonly MetricSums[], first: readonly MetricSums[]): void {
  if (!Array.isArray(arms)) requireArray(`metrics[${index}].arms`, arms);
  const expected = Math.max(2, first.length);
  if (arms.length !== expected)
    throw new RangeError(`metrics[${index}].arms has ${arms.length} arms: expected ${expected}, as the first metric's`);
}

function compared(metric: ComparedMetricPlan, variant: number, alpha: number): Mutable {
  const { name, role, difference = 'absolute' } = metric;
  const [control, treatment] = [metric.arms[0]!, metric.arms[variant]!];
  const [adjustedPValue, adjustment] = [null, ADJUSTMENTS[role]];
  if (metric.role === 'guardrail') {
    const { margin, direction } = metric;
    const result = nonInferiority(control, treatment, { margin, direction, difference, alpha });
    const significant = result.status === 'ok' && result.significant;
    return { metric: name, variant, role: metric.role, adjustedPValue, adjustment, significant, result };
  }
  const { alternative = 'two-sided', law = 'student' } = metric;
  const result = compareArms(control, treatment, { difference, alternative, law, alpha });
  return { metric: name, variant, role: metric.role, adjustedPValue, adjustment, significant: false, result };
}

/** Adjusts the p-values of one role among each other. */
function adjust(comparisons: readonly Mutable[], role: 'success' | 'exploratory', alpha: number): void {
  const family = comparisons.filter((comparison) => comparison.role === role && comparison.result.status === 'ok');
  const pValues = family.map(({ result }) => (result.status === 'ok' ? result.pValue : 1));
  const { adjusted, rejected } = adjustPValues(pValues, ADJUSTMENTS[role], alpha);
  family.forEach((comparison, index) => {
    comparison.adjustedPValue = adjusted[index]!;
    comparison.significant = rejected[index]!;
  });
}
