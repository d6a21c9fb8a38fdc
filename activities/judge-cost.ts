import type { CostPolicy, MetricValue } from '../src/contracts';
import { confusionMetrics, studentT } from '../src/statistics';
import type { ConfusionCells } from './evidence';

const ALPHA = 0.05;

/**
 * What a labelled row is worth on average, in the policy's currency, with its 95 % interval: Wilson's of the share of
 * correct rows times the value of one, or Student's t of the mean over the matrix's cells.
 */
export function valuePerRow(policy: CostPolicy, cells: ConfusionCells): MetricValue {
  const { tp, fp, fn, tn } = cells;
  const n = tp + fp + fn + tn;
  if (n === 0) return { value: null, n, low: null, high: null, errorBound: 0, note: 'no row has a label and a class' };
  if ('perCorrect' in policy) return correctShare(policy.perCorrect, cells, n);
  const { truePositive, falsePositive, falseNegative, trueNegative } = policy.matrix;
  const parts = [
    [tp, truePositive],
    [fp, falsePositive],
    [fn, falseNegative],
    [tn, trueNegative],
  ] as const;
  const mean = parts.reduce((sum, [rows, worth]) => sum + rows * worth, 0) / n;
  const squares = parts.reduce((sum, [rows, worth]) => sum + rows * (worth - mean) ** 2, 0);
  if (n < 2) return { value: mean, n, low: null, high: null, errorBound: 0, note: 'one row: no interval' };
  const half = studentT(n - 1).quantile(1 - ALPHA / 2) * Math.sqrt(squares / (n - 1) / n);
  return { value: mean, n, low: mean - half, high: mean + half, errorBound: 0 };
}

function correctShare(perCorrect: number, cells: ConfusionCells, n: number): MetricValue {
  const found = confusionMetrics(cells, { alpha: ALPHA });
  if (found.status !== 'ok') throw new Error(`${n} rows have no accuracy: ${found.reason}`);
  const { value, interval } = found.accuracy;
  const ends = [perCorrect * interval!.low!, perCorrect * interval!.high!];
  return { value: perCorrect * value, n, low: Math.min(...ends), high: Math.max(...ends), errorBound: 0 };
}
