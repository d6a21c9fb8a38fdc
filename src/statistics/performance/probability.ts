import { requireShare } from '../arguments';
import { noResult } from '../result';
import type { MetricResult, NoResult } from '../result';
import { meanMetric, NOT_NEGATIVE, UNIT } from './intervals';
import type { Bounds } from './intervals';
import { droppedPairsNote, labelledScores } from './pairs';
import type { Maybe } from './pairs';

/** scikit-learn's clip of probabilities: the spacing of doubles at 1. */
const CLIP = 2.220446049250313e-16;

/** What a row costs in nats: −ln of the probability its label was given, clipped. */
export function lossOf(label: number, score: number): number {
  return -Math.log(Math.min(1 - CLIP, Math.max(CLIP, label === 1 ? score : 1 - score)));
}

/** A mean over rows with a t interval. */
export type ProbabilityMetric = MetricResult | NoResult<'insufficient-data' | 'undefined'>;

/**
 * Mean log loss in nats, −ln of the probability that the row's label was given, clipped to [2.2e-16, 1 − 2.2e-16] so
 * that certain and wrong costs 36.04. Interval: Student's t of the mean, cut at 0.
 * @param labels 0 or 1
 * @param scores probability of label 1; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths, a label other than 0 or 1, a score outside [0, 1], an alpha outside (0, 1)
 * @see scikit-learn, `log_loss`
 * @example logLoss([0, 1], [0.2, 0.9]) // { value: 0.164252, n: 2 }
 */
export function logLoss(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  options: { readonly alpha?: number } = {},
): ProbabilityMetric {
  return meanOver('log loss', labels, scores, options, lossOf, NOT_NEGATIVE);
}

/**
 * Brier score, the mean of (score − label)², from 0 (certain and right) to 1 (certain and wrong). Interval: Student's t
 * of the mean, cut to [0, 1].
 * @param labels 0 or 1
 * @param scores probability of label 1; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths, a label other than 0 or 1, a score outside [0, 1], an alpha outside (0, 1)
 * @see Brier (1950); scikit-learn, `brier_score_loss`
 * @example brierScore([0, 1], [0.2, 0.9]) // { value: 0.025, interval: { low: 0, high: 0.2156 } }
 */
export function brierScore(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  options: { readonly alpha?: number } = {},
): ProbabilityMetric {
  return meanOver('Brier score', labels, scores, options, (label, score) => (score - label) ** 2, UNIT);
}

function meanOver(
  method: string,
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  { alpha = 0.05 }: { readonly alpha?: number },
  costOf: (label: number, score: number) => number,
  bounds: Bounds,
): ProbabilityMetric {
  requireShare('alpha', alpha);
  const rows = labelledScores(labels, scores, true);
  const notes = droppedPairsNote(rows.dropped);
  if (rows.n === 0) return noResult('insufficient-data', method, [0], 'no row has a label and a score', notes);
  const costs = new Float64Array(rows.n);
  for (let row = 0; row < rows.n; row += 1) costs[row] = costOf(rows.labels[row]!, rows.scores[row]!);
  return meanMetric(costs, { method, alpha, bounds, direction: 'lower-is-better', notes });
}
