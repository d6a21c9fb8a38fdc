import { requireArray } from '../arguments';
import { noResult } from '../result';
import type { MetricResult, NoResult } from '../result';
import type { PerformanceEstimator } from './estimator';
import { expectedPerformance } from './expected-performance';
import type { EstimatedName, Expected, ExpectedConfusion } from './expected-performance';
import { orderedScores } from './ordered-scores';
import { labelledScores } from './pairs';
import type { Maybe } from './pairs';

/** The band is so many standard errors wide either way, and this sure. */
export const BAND = { errors: 3, level: 0.9973 };
const RESTS_ON =
  'rests on a score meaning what it meant in the reference: concept drift shows only when labels have matured';

/** A metric as it is expected before labels are known; its interval is the band. */
export interface EstimatedMetric extends MetricResult {
  /** What the labels of these rows, still to be drawn, may move the metric by: one standard deviation. */
  readonly samplingError: number;
  /** The same of the reference, which the calibration was fitted on. */
  readonly referenceError: number;
}

/** Expected performance of a batch whose labels are not known yet. */
export type PerformanceEstimate =
  | ({
      readonly status: 'ok';
      readonly method: string;
      readonly n: number;
      readonly threshold: number;
      /** How scores were turned into probabilities. */
      readonly calibration: 'none' | 'platt' | 'isotonic';
      /** Expected counts, not whole numbers. */
      readonly confusion: ExpectedConfusion;
      readonly notes: readonly string[];
    } & Readonly<Record<EstimatedName, EstimatedMetric | NoResult<'one-class'>>>)
  | NoResult<'insufficient-data'>;

/**
 * Performance of a batch before its labels are known (CBPE): every row counts as a true positive with its calibrated
 * probability p where it is predicted positive and as a false one with 1 − p, likewise for negatives, and the metrics
 * follow from these expected counts; AUROC from the expected counts at every score, ties halved. The band is the
 * estimate ± 3 √(e² + r²): e is the sampling error of this many labels drawn with these probabilities, r that of the
 * reference, which keeps the band honest for batches larger than it. NannyML scales the standard deviation on the
 * reference by √n instead, which neither follows a batch of other scores nor knows how large the reference was.
 * @param estimator from `fitPerformanceEstimator`, or its copy from JSON
 * @param scores from 0 to 1; rows without one are left out and counted
 * @param options.predictions 0 or 1 as they were served; by the estimator's threshold where they are left out
 * @throws RangeError on a score outside [0, 1], a prediction other than 0 or 1, unequal lengths
 * @see NannyML, "Confidence-based performance estimation"
 * @example
 * const labels = Array.from({ length: 400 }, (_, row) => Number(Math.floor(row / 20) <= row % 20));
 * const estimator = fitPerformanceEstimator(labels, labels.map((_, row) => (row % 20) / 20 + 0.025));
 * estimatePerformance(estimator, [0.1, 0.3, 0.8, 0.9]) // { calibration: 'none', accuracy: { value: 0.825 } }
 */
export function estimatePerformance(
  estimator: PerformanceEstimator,
  scores: ArrayLike<Maybe>,
  options: { readonly predictions?: ArrayLike<Maybe> } = {},
): PerformanceEstimate {
  const { threshold, calibration } = estimator;
  requireArray('scores', scores);
  const { predictions = predictedBy(threshold, scores) } = options;
  const rows = labelledScores(predictions, scores, true, 'predictions');
  const notes =
    rows.dropped === 0 ? [] : [`${rows.dropped} row${rows.dropped === 1 ? '' : 's'} without a score left out`];
  const method = 'confidence-based performance estimate';
  if (rows.n === 0) return noResult('insufficient-data', method, [0], 'no row has a score', notes);
  const steps = orderedScores(rows.labels, rows.scores);
  const { confusion, metrics } = expectedPerformance(steps, calibration, 1 / (estimator.n + 2));
  const metricOf = (name: EstimatedName, empty: string): EstimatedMetric =>
    estimated(name, metrics[name], estimator.referenceErrors[name], rows.n, empty);
  return {
    status: 'ok',
    method,
    n: rows.n,
    threshold,
    calibration: calibration.kind,
    confusion,
    accuracy: metricOf('accuracy', ''),
    precision: metricOf('precision', 'no predicted positive'),
    recall: metricOf('recall', 'no positive expected'),
    f1: metricOf('f1', 'no positive, neither expected nor predicted'),
    auroc:
      metrics.auroc.value === null
        ? noResult('one-class', 'estimated auroc', [rows.n], 'every row is certain to have one label')
        : metricOf('auroc', ''),
    notes: [...notes, RESTS_ON],
  };
}

function predictedBy(threshold: number, scores: ArrayLike<Maybe>): Uint8Array {
  const predictions = new Uint8Array(scores.length);
  for (let row = 0; row < scores.length; row += 1) predictions[row] = Number(scores[row]! >= threshold);
  return predictions;
}

function estimated(
  name: EstimatedName,
  { value, samplingError }: Expected,
  referenceError: number,
  n: number,
  empty: string,
): EstimatedMetric {
  const half = BAND.errors * Math.hypot(samplingError, referenceError);
  const [low, high] = value === null ? [0, 1] : [Math.max(0, value - half), Math.min(1, value + half)];
  return {
    status: 'ok',
    method: `estimated ${name}`,
    value: value ?? 0,
    interval: { low, high, level: BAND.level, method: '3 sampling errors' },
    n,
    direction: 'higher-is-better',
    notes: value === null ? [`${empty}: 0 by convention`] : [],
    samplingError,
    referenceError,
  };
}
