import { requireShare } from '../arguments';
import { noResult } from '../result';
import type { MetricResult, NoResult } from '../result';
import { oneClass } from './auroc';
import { wilson } from './intervals';
import { orderedScores } from './ordered-scores';
import type { ScoreSteps } from './ordered-scores';
import { droppedPairsNote, labelledScores } from './pairs';
import type { Maybe } from './pairs';

const METHOD = 'average precision';

/**
 * Average precision, Σ (Rₖ − Rₖ₋₁) Pₖ over the distinct scores from the highest down: rows of one score enter
 * together, and nothing is interpolated. A useless model has the share of positives. The interval is Wilson's with the
 * number of positives as its n, the binomial interval of Boyd et al.: approximate, as every interval of this metric.
 * @param labels 0 or 1
 * @param scores any finite numbers, higher for label 1; pairs with a missing value are left out and counted
 * @returns `one-class` where only one label occurs
 * @throws RangeError on unequal lengths, a label other than 0 or 1, an alpha outside (0, 1)
 * @see scikit-learn, `average_precision_score`; Boyd, Eng, Page (2013) for the interval
 * @example averagePrecision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]) // { value: 0.8333, interval: { low: 0.2408, high: 0.9875 } }
 */
export function averagePrecision(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  options: { readonly alpha?: number } = {},
): MetricResult | NoResult<'insufficient-data' | 'one-class'> {
  const { alpha = 0.05 } = options;
  requireShare('alpha', alpha);
  const rows = labelledScores(labels, scores, false);
  const { n, positives } = rows;
  const notes = droppedPairsNote(rows.dropped);
  if (n === 0) return noResult('insufficient-data', METHOD, [0], 'no row has a label and a score', notes);
  if (positives === 0 || positives === n)
    return noResult('one-class', METHOD, [n - positives, positives], oneClass(n - positives, positives), notes);
  return precisionOfSteps(orderedScores(rows.labels, rows.scores), n, positives, { alpha, notes });
}

/** The same of rows by their different scores, at least one of either label. */
export function precisionOfSteps(
  steps: ScoreSteps,
  n: number,
  positives: number,
  { alpha, notes }: { readonly alpha: number; readonly notes: readonly string[] },
): MetricResult {
  let [found, seen, sum] = [0, 0, 0];
  for (let step = steps.size - 1; step >= 0; step -= 1) {
    const ones = steps.positives[step]!;
    found += ones;
    seen += ones + steps.negatives[step]!;
    sum += (ones * found) / seen;
  }
  const value = Math.min(1, sum / positives);
  const interval = wilson(value * positives, positives, alpha);
  return { status: 'ok', method: METHOD, value, interval, n, direction: 'higher-is-better', notes };
}
