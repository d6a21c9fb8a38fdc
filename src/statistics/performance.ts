/** scikit-learn's clip of probabilities: the spacing of doubles at 1. */
const CLIP = 2.220446049250313e-16;
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
 * @param scores probability of label 1; NaN (or anything that is no finite number) where there is none
 * @example binaryPerformance([0, 1], [0, 1], [0.2, 0.9]) // accuracy 1, AUROC 1, log loss .164
 */
export function binaryPerformance(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  scores: ArrayLike<number>,
): BinaryPerformance {
  const n = labels.length;
  if (n === 0) return { status: 'empty' };
  let correct = 0;
  const scored: number[] = [];
  for (let row = 0; row < n; row += 1) {
    if (labels[row] === predictions[row]) correct += 1;
    if (Number.isFinite(scores[row])) scored.push(row);
  }
  const y = Float64Array.from(scored, (row) => labels[row]!);
  const p = Float64Array.from(scored, (row) => scores[row]!);
  const loss = logLossSums(y, p);
  const logLoss = loss.n === 0 ? null : loss.sum / NANO / loss.n;
  return {
    status: 'ok',
    n,
    correct,
    accuracy: correct / n,
    unscored: n - loss.n,
    lossNanoNats: loss.sum,
    logLoss,
    auroc: auroc(y, p),
  };
}

/**
 * Sums of the log loss in nano-nats. Each row's loss is a whole number, so a sum does not depend on the order of
 * its rows; exact up to 250 000 rows of the largest loss.
 */
export function logLossSums(
  labels: ArrayLike<number>,
  scores: ArrayLike<number>,
): { readonly n: number; readonly sum: number; readonly sumSquares: number } {
  let [n, sum, sumSquares] = [0, 0, 0];
  for (let row = 0; row < labels.length; row += 1) {
    const score = scores[row]!;
    if (!Number.isFinite(score)) continue;
    const p = Math.min(1 - CLIP, Math.max(CLIP, labels[row] === 1 ? score : 1 - score));
    const loss = Math.round(-Math.log(p) * NANO);
    n += 1;
    sum += loss;
    sumSquares += loss * loss;
  }
  return { n, sum, sumSquares };
}

/** Area under the ROC curve by ranks, ties averaged (Mann-Whitney). */
function auroc(labels: Float64Array, scores: Float64Array): { status: 'ok'; value: number } | { status: 'one-class' } {
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  const positives = labels.reduce((sum, label) => sum + label, 0);
  const negatives = labels.length - positives;
  if (positives === 0 || negatives === 0) return { status: 'one-class' };
  let ranks = 0;
  for (let start = 0; start < order.length;) {
    let end = start;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) end += 1;
    const rank = (start + 1 + end) / 2;
    for (let i = start; i < end; i += 1) if (labels[order[i]!] === 1) ranks += rank;
    start = end;
  }
  return { status: 'ok', value: (ranks - (positives * (positives + 1)) / 2) / (positives * negatives) };
}
