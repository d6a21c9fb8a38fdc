import { requireCount, requireFinite } from '../arguments';
import { noResult } from '../result';
import type { NoResult } from '../result';
import { oneClass } from './auroc';
import type { Calibration } from './calibration';
import { chooseCalibration } from './calibration-choice';
import type { HeldOutErrors } from './calibration-choice';
import { ESTIMATED, expectedPerformance } from './expected-performance';
import type { EstimatedName } from './expected-performance';
import { orderedScores } from './ordered-scores';
import { droppedPairsNote, labelledScores } from './pairs';
import type { Maybe } from './pairs';

const METHOD = 'confidence-based performance estimation';
/** Fewer say too little about probabilities. */
const LEAST_ROWS = 100;
const LEAST_OF_A_LABEL = 10;

/** What a reference says about scores, frozen and ready for JSON: batches are estimated with it, never fitted to it. */
export interface PerformanceEstimator {
  readonly status: 'ok';
  readonly method: string;
  /** Reference rows used. */
  readonly n: number;
  /** A score from here on is a predicted positive. */
  readonly threshold: number;
  readonly calibration: Calibration;
  /** Calibration errors on rows that were held out, by which the calibration was chosen. */
  readonly heldOutErrors: HeldOutErrors;
  /** How far a metric's estimate may be off because the reference is a sample: one sampling error of its n rows. */
  readonly referenceErrors: Readonly<Record<EstimatedName, number>>;
  /** Of the shuffle that made the folds. */
  readonly seed: number;
  readonly notes: readonly string[];
}

/** What may be asked of a fit. */
export interface EstimatorOptions {
  /** A score from here on is a predicted positive, .5 by default. */
  readonly threshold?: number;
  /** Parts of the reference that are held out in turn, 5 by default. */
  readonly folds?: number;
  /** Of the shuffle, 0 by default. */
  readonly seed?: number;
  /** Bins of equal mass of the calibration error, 10 by default. */
  readonly bins?: number;
}

/**
 * Fits what estimates need on a reference with labels. Scores are calibrated, by a logistic curve or an isotonic one,
 * only where that lowers the calibration error on rows held out from the fit: on all of them together and in four of
 * five folds, so that neither noise nor the fit's own memory is taken for an improvement.
 * @param labels 0 or 1
 * @param scores from 0 to 1, higher for label 1; pairs with a missing value are left out and counted
 * @returns `insufficient-data` below 100 rows or 10 of a label, `one-class` where only one label occurs
 * @throws RangeError on unequal lengths, a label other than 0 or 1, a score outside [0, 1], folds below 2, bins below 1
 * @see NannyML, "Confidence-based performance estimation"; Guo et al. (2017) on calibration
 * @example
 * const scores = Array.from({ length: 400 }, (_, row) => (row % 20) / 20);
 * const labels = scores.map((score, row) => Number(Math.floor(row / 20) % 20 < 20 * score ** 2));
 * fitPerformanceEstimator(labels, scores) // { status: 'ok', n: 400, calibration: { kind: 'platt' } }
 */
export function fitPerformanceEstimator(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  options: EstimatorOptions = {},
): PerformanceEstimator | NoResult<'insufficient-data' | 'one-class'> {
  const { threshold = 0.5, folds = 5, seed = 0, bins = 10 } = options;
  requireFinite('threshold', threshold);
  requireCount('seed', seed);
  if (requireCount('folds', folds) < 2 || folds > LEAST_OF_A_LABEL)
    throw new RangeError(`folds is ${folds}: expected a whole number from 2 to ${LEAST_OF_A_LABEL}`);
  const rows = labelledScores(labels, scores, true);
  const { n, positives } = rows;
  const negatives = n - positives;
  const notes = droppedPairsNote(rows.dropped);
  if (n > 0 && (positives === 0 || negatives === 0))
    return noResult('one-class', METHOD, [negatives, positives], oneClass(negatives, positives), notes);
  if (n < LEAST_ROWS || Math.min(positives, negatives) < LEAST_OF_A_LABEL) {
    const reason = `${negatives} rows have label 0 and ${positives} label 1: expected ${LEAST_ROWS}, ${LEAST_OF_A_LABEL} of either`;
    return noResult('insufficient-data', METHOD, [negatives, positives], reason, notes);
  }
  const { calibration, heldOut } = chooseCalibration(rows.labels, rows.scores, { folds, seed, bins });
  const predictions = Uint8Array.from(rows.scores, (score) => (score >= threshold ? 1 : 0));
  const { metrics } = expectedPerformance(orderedScores(predictions, rows.scores), calibration, 1 / (n + 2));
  const errors = ESTIMATED.map((name) => [name, metrics[name].samplingError] as const);
  return {
    status: 'ok',
    method: METHOD,
    n,
    threshold,
    calibration,
    heldOutErrors: heldOut,
    referenceErrors: Object.fromEntries(errors) as PerformanceEstimator['referenceErrors'],
    seed,
    notes,
  };
}
