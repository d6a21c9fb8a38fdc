import { requireSameLength } from '../arguments';
import { winsOf } from './auroc';
import { orderedScores } from './ordered-scores';
import { lossOf } from './probability';

const NANO = 1e9;

/** Performance of a binary classifier. */
export type BinaryPerformance =
  | {
      readonly status: 'ok';
      readonly n: number;
      readonly correct: number;
      readonly accuracy: number;
      /** Rows without a score: they count for accuracy, not for log loss and AUROC. */
      readonly unscored: number;
      /** The sum behind `logLoss` in whole nano-nats, of the scored rows. */
      readonly lossNanoNats: number;
      /** Mean log loss in nats; null when no row has a score. */
      readonly logLoss: number | null;
      readonly auroc: { readonly status: 'ok'; readonly value: number } | { readonly status: 'one-class' };
    }
  | { readonly status: 'empty' };

/**
 * Accuracy, log loss and AUROC of predictions against labels.
 * @param labels 0 or 1
 * @param predictions 0 or 1; anything else counts as wrong
 * @param scores probability of label 1, outside [0, 1] read as the nearer end; NaN (or anything that is no finite
 * number) where there is none
 * @throws RangeError on unequal lengths or a label other than 0 or 1
 * @example binaryPerformance([0, 1], [0, 1], [0.2, 0.9]) // { accuracy: 1, logLoss: 0.164252, auroc: { status: 'ok', value: 1 } }
 */
export function binaryPerformance(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  scores: ArrayLike<number>,
): BinaryPerformance {
  requireSameLength('labels', labels, 'predictions', predictions);
  requireSameLength('labels', labels, 'scores', scores);
  const n = labels.length;
  if (n === 0) return { status: 'empty' };
  const [y, p] = [new Uint8Array(n), new Float64Array(n)];
  let [correct, scored] = [0, 0];
  for (let row = 0; row < n; row += 1) {
    if (labels[row] !== 0 && labels[row] !== 1)
      throw new RangeError(`labels[${row}] is ${labels[row]}: expected 0 or 1`);
    if (labels[row] === predictions[row]) correct += 1;
    if (!Number.isFinite(scores[row])) continue;
    y[scored] = labels[row]!;
    p[scored++] = scores[row]!;
  }
  const loss = logLossSums(y.subarray(0, scored), p.subarray(0, scored));
  const logLoss = loss.n === 0 ? null : loss.sum / NANO / loss.n;
  return {
    status: 'ok',
    n,
    correct,
    accuracy: correct / n,
    unscored: n - loss.n,
    lossNanoNats: loss.sum,
    logLoss,
    auroc: auroc(y.subarray(0, scored), p.subarray(0, scored)),
  };
}

/**
 * Sums of the log loss in nano-nats. Each row's loss is a whole number, so a sum does not depend on the order of
 * its rows; exact up to 250 000 rows of the largest loss.
 * @param labels 0 or 1
 * @param scores probability of label 1; rows without a finite one are left out
 * @throws RangeError on unequal lengths
 * @example logLossSums([0, 1], [0.2, 0.9]) // { n: 2, sum: 328504067 }
 */
export function logLossSums(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
): { readonly n: number; readonly sum: number; readonly sumSquares: number } {
  requireSameLength('labels', labels, 'scores', scores);
  let [n, sum, sumSquares] = [0, 0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const score = scores[row]!;
    if (!Number.isFinite(score)) continue;
    const loss = Math.round(lossOf(labels[row]!, score) * NANO);
    n += 1;
    sum += loss;
    sumSquares += loss * loss;
  }
  return { n, sum, sumSquares };
}

/** Area under the ROC curve, ties averaged (Mann-Whitney). */
function auroc(labels: Uint8Array, scores: Float64Array): { status: 'ok'; value: number } | { status: 'one-class' } {
  let positives = 0;
  for (const label of labels) positives += label;
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return { status: 'one-class' };
  return { status: 'ok', value: winsOf(orderedScores(labels, scores)) / (2 * positives * negatives) };
}
