import { requireShare } from '../arguments';
import { beta } from '../distributions/beta';
import { normalQuantile } from '../distributions/normal';
import { noResult } from '../result';
import type { Interval, MetricResult, NoResult } from '../result';
import { orderedScores } from './ordered-scores';
import type { ScoreSteps } from './ordered-scores';
import { droppedPairsNote, labelledScores } from './pairs';
import type { Maybe } from './pairs';

const METHOD = 'AUROC, ties averaged';

/** Area under the ROC curve with DeLong's standard error. */
export type AreaUnderRoc =
  | (MetricResult & {
      readonly positives: number;
      readonly negatives: number;
      /** DeLong's; null with fewer than two rows of a class. */
      readonly standardError: number | null;
    })
  | NoResult<'insufficient-data' | 'one-class'>;

/**
 * Area under the ROC curve: the probability that a positive outscores a negative, a tie counting half (Mann-Whitney).
 * Exact for up to 1e8 rows, O(n) for scores that spread over their range. The interval is DeLong's on the logit scale;
 * where the classes do not overlap at all, Clopper and Pearson's for the smaller class without a miss.
 * @param labels 0 or 1
 * @param scores any finite numbers, higher for label 1; pairs with a missing value are left out and counted
 * @returns `one-class` where only one label occurs
 * @throws RangeError on unequal lengths, a label other than 0 or 1, an alpha outside (0, 1)
 * @see Hanley, McNeil (1982); DeLong, DeLong, Clarke-Pearson (1988); Qin, Hotilovac (2008) for the logit interval
 * @example areaUnderRoc([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
 * // { value: 0.75, standardError: 0.3536, interval: { low: 0.0693, high: 0.9918 } }
 */
export function areaUnderRoc(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  options: { readonly alpha?: number } = {},
): AreaUnderRoc {
  const { alpha = 0.05 } = options;
  requireShare('alpha', alpha);
  const rows = labelledScores(labels, scores, false);
  const { n, positives } = rows;
  const negatives = n - positives;
  const notes = droppedPairsNote(rows.dropped);
  if (n === 0) return noResult('insufficient-data', METHOD, [0], 'no row has a label and a score', notes);
  if (positives === 0 || negatives === 0)
    return noResult('one-class', METHOD, [negatives, positives], oneClass(negatives, positives), notes);
  return rocOfSteps(orderedScores(rows.labels, rows.scores), n, positives, { alpha, notes });
}

/** The same of rows by their different scores, at least one of either label. */
export function rocOfSteps(
  steps: ScoreSteps,
  n: number,
  positives: number,
  { alpha, notes }: { readonly alpha: number; readonly notes: readonly string[] },
): Extract<AreaUnderRoc, { status: 'ok' }> {
  const negatives = n - positives;
  const value = winsOf(steps) / (2 * positives * negatives);
  const standardError = positives < 2 || negatives < 2 ? null : deLongError(steps, value, positives, negatives);
  const words = standardError === null ? ['a single row of a class: no interval'] : [];
  if (steps.size === 1) words.push('all scores are equal: no interval');
  const least = Math.min(positives, negatives);
  const interval = standardError === null || steps.size === 1 ? null : intervalOf(value, standardError, least, alpha);
  return {
    status: 'ok',
    method: METHOD,
    value,
    interval,
    n,
    direction: 'higher-is-better',
    notes: [...notes, ...words],
    positives,
    negatives,
    standardError,
  };
}

/** In words, that one class only is there. */
export function oneClass(negatives: number, positives: number): string {
  return `${negatives} rows have label 0 and ${positives} label 1: both are needed`;
}

/** Twice the pairs in which the positive outscores the negative, ties once: a whole number. */
export function winsOf({ size, positives, negatives }: ScoreSteps): number {
  let [wins, below] = [0, 0];
  for (let step = 0; step < size; step += 1) {
    wins += positives[step]! * (2 * below + negatives[step]!);
    below += negatives[step]!;
  }
  return wins;
}

/** DeLong's standard error from the placements of the rows, equal scores at once; NaN with a single row of a class. */
export function deLongError(steps: ScoreSteps, auc: number, positives: number, negatives: number): number {
  let [below, above, spreadOfPositives, spreadOfNegatives] = [0, positives, 0, 0];
  for (let step = 0; step < steps.size; step += 1) {
    const [ones, zeros] = [steps.positives[step]!, steps.negatives[step]!];
    above -= ones;
    if (ones > 0) spreadOfPositives += ones * ((below + zeros / 2) / negatives - auc) ** 2;
    if (zeros > 0) spreadOfNegatives += zeros * ((above + ones / 2) / positives - auc) ** 2;
    below += zeros;
  }
  const part = (spread: number, n: number) => spread / (n - 1) / n;
  return Math.sqrt(part(spreadOfPositives, positives) + part(spreadOfNegatives, negatives));
}

function intervalOf(value: number, error: number, least: number, alpha: number): Interval {
  const level = 1 - alpha;
  // Without an overlap the error is 0, which says nothing about the next sample.
  const noMiss = beta(least, 1).quantile(alpha / 2);
  if (value === 1) return { low: noMiss, high: 1, level, method: 'clopper-pearson' };
  if (value === 0) return { low: 0, high: 1 - noMiss, level, method: 'clopper-pearson' };
  const half = (normalQuantile(1 - alpha / 2) * error) / (value * (1 - value));
  const at = (shift: number) => 1 / (1 + ((1 - value) / value) * Math.exp(-shift));
  return { low: at(-half), high: at(half), level, method: 'delong, logit' };
}
