import { requireCount, requireFinite, requireShare } from '../arguments';
import { noResult } from '../result';
import type { Interval, MetricResult, NoResult } from '../result';
import { wilson } from './intervals';
import { droppedPairsNote, labelledScores } from './pairs';
import type { Maybe } from './pairs';

/** Rows by what they are and what they were taken for. */
export interface ConfusionMatrix {
  readonly tn: number;
  readonly fp: number;
  readonly fn: number;
  readonly tp: number;
  readonly n: number;
  /** Null where counts came without one. */
  readonly threshold: number | null;
  /** Pairs left out because a side is missing or infinite. */
  readonly dropped: number;
}

/** What is asked of the metrics of a classifier. */
export interface ClassificationOptions {
  /** A score from here on is a predicted positive. */
  readonly threshold?: number;
  readonly alpha?: number;
}

/** The metrics of a classifier at one threshold; `n` of each is the number of rows. */
export interface ClassificationMetrics {
  readonly status: 'ok';
  readonly confusion: ConfusionMatrix;
  readonly accuracy: MetricResult;
  readonly precision: MetricResult;
  readonly recall: MetricResult;
  readonly f1: MetricResult;
  /** Share of positives among the labels: the click-through rate where the label is a click. */
  readonly ctr: MetricResult;
}

/**
 * Counts rows by label and by prediction; a row is predicted positive when score ≥ threshold.
 * @param labels 0 or 1
 * @param scores any finite numbers; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths, a label other than 0 or 1, a threshold that is not finite
 * @example confusionMatrix([0, 1, 1, 0], [0.1, 0.3, 0.9, 0.4], { threshold: 0.3 }) // { tn: 1, fp: 1, fn: 0, tp: 2, n: 4 }
 */
export function confusionMatrix(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  options: Pick<ClassificationOptions, 'threshold'> = {},
): ConfusionMatrix {
  const { threshold = 0.5 } = options;
  requireFinite('threshold', threshold);
  const rows = labelledScores(labels, scores, false);
  let [tp, predicted] = [0, 0];
  for (let row = 0; row < rows.n; row += 1) {
    if (rows.scores[row]! < threshold) continue;
    predicted += 1;
    tp += rows.labels[row]!;
  }
  const [fp, fn] = [predicted - tp, rows.positives - tp];
  return { tn: rows.n - tp - fp - fn, fp, fn, tp, n: rows.n, threshold, dropped: rows.dropped };
}

/**
 * Two confusion matrices as one, of shards or of days.
 * @throws RangeError when the thresholds differ
 * @example mergeConfusions(confusionMatrix([1], [0.9]), confusionMatrix([1, 0], [0.2, 0.1])) // { tn: 1, fn: 1, tp: 1, n: 3 }
 */
export function mergeConfusions(a: ConfusionMatrix, b: ConfusionMatrix): ConfusionMatrix {
  if (a.threshold !== b.threshold)
    throw new RangeError(`b.threshold is ${b.threshold}: expected that of a, ${a.threshold}`);
  return {
    tn: a.tn + b.tn,
    fp: a.fp + b.fp,
    fn: a.fn + b.fn,
    tp: a.tp + b.tp,
    n: a.n + b.n,
    threshold: a.threshold,
    dropped: a.dropped + b.dropped,
  };
}

/**
 * Accuracy, precision, recall, F1 and the share of positive labels at a threshold, each with an interval, as
 * `confusionMetrics` has them.
 * @param labels 0 or 1
 * @param scores any finite numbers; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths, a label other than 0 or 1, an alpha outside (0, 1), a threshold not finite
 * @see `confusionMetrics`
 * @example
 * classificationMetrics([0, 1, 1, 0], [0.1, 0.3, 0.9, 0.4], { threshold: 0.3 })
 * // { accuracy: { value: 0.75 }, precision: { value: 0.6667, interval: { low: 0.2077, high: 0.9385 } } }
 */
export function classificationMetrics(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  options: ClassificationOptions = {},
): ClassificationMetrics | NoResult<'insufficient-data'> {
  return confusionMetrics(confusionMatrix(labels, scores, options), options);
}

/**
 * Accuracy, precision, recall, F1 and the share of positive labels from counts. Intervals are Wilson's for the
 * proportions; for F1 Wilson's of F* = TP/(TP + FP + FN), of which F1 = 2F*⁄(1 + F*) is a monotone function. A metric
 * with nothing below the fraction line is 0 with a note and may be anything in [0, 1].
 * @param counts whole ones, from `confusionMatrix`, `mergeConfusions` or a query
 * @throws RangeError on a count that is not a whole number from 0 on, an alpha outside (0, 1)
 * @see Wilson (1927); Hand, Christen, Kirielle (2021), "F*: an interpretable transformation of the F-measure"
 * @example
 * confusionMetrics({ tn: 50, fp: 10, fn: 5, tp: 35 })
 * // { recall: { value: 0.875, interval: { low: 0.7389, high: 0.9454 } }, f1: { value: 0.8235 } }
 */
export function confusionMetrics(
  counts: Pick<ConfusionMatrix, 'tn' | 'fp' | 'fn' | 'tp'> & Partial<ConfusionMatrix>,
  options: Pick<ClassificationOptions, 'alpha'> = {},
): ClassificationMetrics | NoResult<'insufficient-data'> {
  const { alpha = 0.05 } = options;
  requireShare('alpha', alpha);
  for (const name of ['tn', 'fp', 'fn', 'tp'] as const) requireCount(name, counts[name]);
  const { tn, fp, fn, tp, threshold = null, dropped = 0 } = counts;
  const n = tn + fp + fn + tp;
  const notes = droppedPairsNote(dropped);
  if (n === 0) return noResult('insufficient-data', 'confusion matrix', [0], 'no row has a label and a score', notes);
  const share = (method: string, successes: number, of: number, empty: string): MetricResult => ({
    status: 'ok',
    method,
    value: of === 0 ? 0 : successes / of,
    interval: wilson(successes, of, alpha),
    n,
    direction: 'higher-is-better',
    notes: of === 0 ? [...notes, `${empty}: 0 by convention`] : notes,
  });
  const fStar = share('F1', tp, tp + fp + fn, 'no positive, neither labelled nor predicted');
  const f1 = { ...fStar, value: (2 * tp) / Math.max(1, 2 * tp + fp + fn), interval: f1Interval(fStar.interval!) };
  return {
    status: 'ok',
    confusion: { tn, fp, fn, tp, n, threshold, dropped },
    accuracy: share('accuracy', tp + tn, n, 'no row'),
    precision: share('precision', tp, tp + fp, 'no predicted positive'),
    recall: share('recall', tp, tp + fn, 'no positive label'),
    f1,
    ctr: share('share of positive labels', tp + fn, n, 'no row'),
  };
}

function f1Interval({ low, high, level }: Interval): Interval {
  const f1 = (fStar: number) => (2 * fStar) / (1 + fStar);
  return { low: f1(low!), high: f1(high!), level, method: 'wilson of F*' };
}
