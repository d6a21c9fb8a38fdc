import type { BinarySums, MetricName, MomentSums, RankingSums, RegressionSums, TaskSums } from '../../contracts';
import { requireShare } from '../arguments';
import { noResult } from '../result';
import type { MetricResult, NoResult } from '../result';
import { confusionMetrics } from './confusion';
import { averagePrecisionFromBins, areaUnderRocFromBins } from './from-bins';
import { determinationFromSums } from './determination-from-sums';
import { metric, NOT_NEGATIVE, tInterval, UNIT, widthNotes, wilson } from './intervals';
import type { Bounds } from './intervals';

/** A metric of rows that were summed up, with how far it may lie from that of the rows themselves; 0 when exact. */
export type SummedMetric = (MetricResult & { readonly errorBound: number }) | NoResult;

/**
 * A metric from sums over rows instead of the rows: value and interval are those of the metric's function on the rows,
 * but for rounding in the last digits. Area under the ROC curve and average precision come from binned scores; their
 * bounds hold whatever the order of the rows within a bin.
 * @param name one of the sums' task
 * @returns `insufficient-data`, `one-class`, `no-variation` or `undefined` where the rows allow no value
 * @throws RangeError on a metric of another task, an alpha outside (0, 1)
 * @example
 * const moments = { n: 4, sum: 6, squares: 9 };
 * metricFromSums('rmse', { task: 'regression', squared: moments })
 * // { value: 1.224745, interval: { low: 0, high: 2.063 }, errorBound: 0 }
 */
export function metricFromSums(
  name: MetricName,
  sums: TaskSums,
  options: { readonly alpha?: number } = {},
): SummedMetric {
  const { alpha = 0.05 } = options;
  requireShare('alpha', alpha);
  const found =
    sums.task === 'binary'
      ? binary(name, sums, alpha)
      : sums.task === 'regression'
        ? regression(name, sums, alpha)
        : ranking(name, sums, alpha);
  if (found !== null) return found.status === 'ok' ? { errorBound: 0, ...found } : found;
  throw new RangeError(`name is ${JSON.stringify(name)}: expected a metric of the task ${sums.task}`);
}

/** Why there is no interval. */
const TOO_LARGE = 'squares leave the range of a double: no interval';

type Computed = (MetricResult & { readonly errorBound?: number }) | NoResult | null;

function binary(name: MetricName, sums: BinarySums, alpha: number): Computed {
  switch (name) {
    case 'accuracy':
    case 'precision':
    case 'recall':
    case 'f1':
    case 'ctr': {
      const found = confusionMetrics(sums.confusion, { alpha });
      return found.status === 'ok' ? found[name] : found;
    }
    case 'logLoss':
      return mean('log loss', sums.loss, alpha, NOT_NEGATIVE);
    case 'brier':
      return mean('Brier score', sums.brier, alpha, UNIT);
    case 'calibrationError':
      return calibrationError(sums);
    case 'auroc':
      return areaUnderRocFromBins(sums.scores, alpha);
    case 'averagePrecision':
      return averagePrecisionFromBins(sums.scores, alpha);
    default:
      return null;
  }
}

function calibrationError({ calibration }: BinarySums): MetricResult | NoResult {
  const method = 'expected calibration error';
  const n = calibration.reduce((rows, part) => rows + part.n, 0);
  if (n === 0) return noResult('insufficient-data', method, [0], 'no row has a label and a score');
  const gaps = calibration.reduce((sum, { positives, scores }) => sum + Math.abs(positives - scores), 0);
  const notes = ['biased upwards by chance: no interval'];
  return { status: 'ok', method, value: gaps / n, interval: null, n, direction: 'lower-is-better', notes };
}

function regression(name: MetricName, sums: RegressionSums, alpha: number): Computed {
  const { squared, absolute, percentage } = sums;
  switch (name) {
    case 'rmse': {
      const found = mean('root mean squared error', squared, alpha, NOT_NEGATIVE);
      if (found.status !== 'ok') return found;
      const root = (end: number | null) => Math.sqrt(end!);
      const { interval } = found;
      const roots = interval && { ...interval, low: root(interval.low), high: root(interval.high), method: 't, root' };
      return { ...found, value: Math.sqrt(found.value), interval: roots };
    }
    case 'mae':
      return mean('mean absolute error', absolute, alpha, NOT_NEGATIVE);
    case 'mape': {
      const method = 'mean absolute percentage error';
      if (squared.n > 0 && percentage.n === 0)
        return noResult('undefined', method, [squared.n], `the actual value is 0 in all ${squared.n} rows`);
      const zeros = squared.n - percentage.n;
      const notes = zeros === 0 ? [] : [`${zeros} row${zeros === 1 ? '' : 's'} with an actual value of 0 left out`];
      return mean(method, percentage, alpha, NOT_NEGATIVE, notes);
    }
    case 'r2':
      return determinationFromSums(sums, alpha);
    default:
      return null;
  }
}

function ranking(name: MetricName, sums: RankingSums, alpha: number): Computed {
  const { depth, ndcg, reciprocalRank, precision, hits, barren } = sums;
  const notes = barren === 0 ? [] : [`${barren} ${barren === 1 ? 'query' : 'queries'} without a relevant item: 0`];
  const over = (method: string, moments: MomentSums) =>
    mean(`${method}@${depth}`, moments, alpha, UNIT, notes, 'higher-is-better');
  switch (name) {
    case 'ndcg':
      return over('NDCG', ndcg);
    case 'mrr':
      return over('MRR', reciprocalRank);
    case 'precisionAtK':
      return over('precision', precision);
    case 'hitRateAtK': {
      const { n } = ndcg;
      const method = `hit rate@${depth}`;
      if (n === 0) return noResult('insufficient-data', method, [0], 'no query has items');
      const interval = wilson(hits, n, alpha);
      return { status: 'ok', method, value: hits / n, interval, n, direction: 'higher-is-better', notes };
    }
    default:
      return null;
  }
}

function mean(
  method: string,
  { n, sum, squares }: MomentSums,
  alpha: number,
  bounds: Bounds,
  notes: readonly string[] = [],
  direction: MetricResult['direction'] = 'lower-is-better',
): MetricResult | NoResult<'insufficient-data' | 'undefined'> {
  if (n === 0) return noResult('insufficient-data', method, [0], 'no row has what the metric needs', notes);
  const value = sum / n;
  if (squares === null) return metric({ method, value, interval: null, n, direction, notes: [...notes, TOO_LARGE] });
  const error = n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n);
  const interval = tInterval(value, error, n, alpha, bounds);
  return metric({ method, value, interval, n, direction, notes: [...notes, ...widthNotes(n, error)] });
}
