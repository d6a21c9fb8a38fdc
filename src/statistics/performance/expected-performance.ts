import { calibrated } from './calibration';
import type { Calibration } from './calibration';
import type { ScoreSteps } from './ordered-scores';

/** The metrics that are estimated before labels are known. */
export const ESTIMATED = ['accuracy', 'precision', 'recall', 'f1', 'auroc'] as const;
export type EstimatedName = (typeof ESTIMATED)[number];

/** A metric's expected value and the standard deviation that the labels, still to be drawn, give it. */
export interface Expected {
  /** Null where nothing is below the fraction line. */
  readonly value: number | null;
  readonly samplingError: number;
}

/** Expected counts of a confusion matrix, not whole numbers. */
export interface ExpectedConfusion {
  readonly tn: number;
  readonly fp: number;
  readonly fn: number;
  readonly tp: number;
}

/**
 * Expected confusion matrix and metrics of rows whose labels are drawn with calibrated probabilities, and by the delta
 * method what the draw moves each metric by: with d the metric's derivative by a row's label, √(Σ d² p(1 − p)).
 * @param steps distinct scores with how many rows are predicted positive (`positives`) and negative
 * @param doubt a probability is not taken for surer than this when the draw is measured
 */
export function expectedPerformance(
  { size, values, positives, negatives }: ScoreSteps,
  calibration: Calibration,
  doubt: number,
): { readonly confusion: ExpectedConfusion; readonly metrics: Readonly<Record<EstimatedName, Expected>> } {
  const p = new Float64Array(size);
  let [tp, fp, fn, tn] = [0, 0, 0, 0];
  for (let step = 0; step < size; step += 1) {
    p[step] = calibrated(calibration, values[step]!);
    tp += positives[step]! * p[step]!;
    fp += positives[step]! * (1 - p[step]!);
    fn += negatives[step]! * p[step]!;
    tn += negatives[step]! * (1 - p[step]!);
  }
  const [n, ones, zeros, predicted] = [tp + fp + fn + tn, tp + fn, fp + tn, tp + fp];
  const ratio = (part: number, whole: number) => (whole > 0 ? part / whole : null);
  const accuracy = ratio(tp + tn, n);
  const [precision, recall] = [ratio(tp, predicted), ratio(tp, ones)];
  const f1 = ratio(2 * tp, predicted + ones);
  // Negatives below and half of those beside, step by step from below, are what a positive outscores.
  let [below, wins] = [0, 0];
  for (let step = 0; step < size; step += 1) {
    const count = positives[step]! + negatives[step]!;
    const beside = (count * (1 - p[step]!)) / 2;
    wins += count * p[step]! * (below + beside);
    below += 2 * beside;
  }
  const auroc = ratio(wins, ones * zeros);
  const variance = { accuracy: 0, precision: 0, recall: 0, f1: 0, auroc: 0 };
  let [under, over] = [0, ones];
  for (let step = 0; step < size; step += 1) {
    const [up, down, chance] = [positives[step]!, negatives[step]!, p[step]!];
    const count = up + down;
    const spread = Math.min(1 - doubt, Math.max(doubt, chance)) * (1 - Math.min(1 - doubt, Math.max(doubt, chance)));
    const [zerosBeside, onesBeside] = [(count * (1 - chance)) / 2, (count * chance) / 2];
    over -= 2 * onesBeside;
    const placement = (under + zerosBeside - over - onesBeside) / (ones * zeros);
    under += 2 * zerosBeside;
    variance.accuracy += count * spread;
    variance.precision += up * spread;
    variance.recall += spread * (up * (1 - (recall ?? 0)) ** 2 + down * (recall ?? 0) ** 2);
    variance.f1 += spread * (up * (2 - (f1 ?? 0)) ** 2 + down * (f1 ?? 0) ** 2);
    variance.auroc += count * spread * (placement - (auroc ?? 0) * (1 / ones - 1 / zeros)) ** 2;
  }
  const expected = (value: number | null, sum: number, whole: number): Expected => ({
    value,
    samplingError: value === null ? 0 : Math.sqrt(sum) / whole,
  });
  return {
    confusion: { tn, fp, fn, tp },
    metrics: {
      accuracy: expected(accuracy, variance.accuracy, n),
      precision: expected(precision, variance.precision, predicted),
      recall: expected(recall, variance.recall, ones),
      f1: expected(f1, variance.f1, predicted + ones),
      auroc: expected(auroc, variance.auroc, 1),
    },
  };
}
