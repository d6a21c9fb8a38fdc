import { normalQuantile, normalSurvival } from '../distributions/normal';

/** How α is spread over the time of an experiment. */
export type Spending = 'obrien-fleming' | 'obrien-fleming-total' | 'pocock';

/** The words for them. */
export const SPENDINGS = ['obrien-fleming', 'obrien-fleming-total', 'pocock'] as const;

/** The one- or two-sided α (all sides together) that may be spent by a share of the planned time. */
export function spentBy(spending: Spending, alpha: number, sides: 1 | 2, fraction: number): number {
  if (fraction <= 0) return 0;
  if (fraction >= 1) return alpha;
  if (spending === 'pocock') return alpha * Math.log1p((Math.E - 1) * fraction);
  // Either each side spends its own α by the function, or all sides share one.
  const shares = spending === 'obrien-fleming' ? sides : 1;
  const quantile = -normalQuantile(alpha / shares / 2);
  return Math.min(alpha, shares * 2 * normalSurvival(quantile / Math.sqrt(fraction)));
}
