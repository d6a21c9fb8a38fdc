import type { Performance } from '../src/contracts';
import { binaryPerformance, logLossSums } from '../src/statistics';
import type { MeanSums } from '../src/statistics';
import type { Rows } from '../src/stores';

/** Rows as one version scored them. */
export type ScoredRows = Pick<Rows, 'n' | 'label' | 'prediction' | 'score'>;

/** The rows that one version served, labelled or not. */
export function rowsOf(rows: Rows, version: number): ScoredRows {
  const mine = Array.from({ length: rows.n }, (_, row) => row).filter((row) => rows.version[row] === version);
  return {
    n: mine.length,
    label: Uint8Array.from(mine, (row) => rows.label[row]!),
    prediction: Uint8Array.from(mine, (row) => rows.prediction[row]!),
    score: Float64Array.from(mine, (row) => rows.score[row]!),
  };
}

/** Sums of the labelled rows' log losses in nano-nats: whole numbers, so that they do not depend on order. */
export function lossesOf(rows: ScoredRows): MeanSums {
  const known = labelledIndexes(rows);
  const labels = known.map((row) => rows.label[row]!);
  const scores = known.map((row) => rows.score[row]!);
  return { kind: 'mean', ...logLossSums(labels, scores) };
}

/** Rows with a label, by index; an outcome without a class is none. */
export function labelledIndexes(rows: Pick<Rows, 'n' | 'label'>): number[] {
  return Array.from({ length: rows.n }, (_, row) => row).filter((row) => rows.label[row]! <= 1);
}

/** The performance of rows as they were served; rows without a label do not count. */
export function performanceOf(rows: ScoredRows): Performance {
  const known = labelledIndexes(rows);
  return summarise(
    known.map((row) => rows.label[row]!),
    known.map((row) => rows.prediction[row]!),
    known.map((row) => rows.score[row]!),
  );
}

/** The performance of predictions against labels, in the shape that is recorded. */
export function summarise(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  scores: ArrayLike<number>,
): Performance {
  const result = binaryPerformance(labels, predictions, scores);
  if (result.status !== 'ok') return { n: 0, correct: 0, accuracy: null, logLoss: null, auroc: null };
  const { n, correct, accuracy, logLoss, auroc } = result;
  return { n, correct, accuracy, logLoss, auroc: auroc.status === 'ok' ? auroc.value : null };
}
