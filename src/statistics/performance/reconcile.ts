import { requireProbability } from '../arguments';
import { noResult } from '../result';
import type { MetricResult, NoResult } from '../result';
import { BAND } from './estimate';
import type { PerformanceEstimate } from './estimate';
import { ESTIMATED } from './expected-performance';
import type { EstimatedName } from './expected-performance';

/** Metrics as they came out once labels had matured: plain numbers, or results of `classificationMetrics` and `areaUnderRoc`. */
export type RealisedPerformance = Readonly<Partial<Record<EstimatedName, number | MetricResult | NoResult | null>>>;

/** An estimate held against what came out. */
export interface EstimateGap {
  readonly estimated: number;
  readonly realised: number;
  /** Realised less estimated: below 0 is worse than it looked. */
  readonly gap: number;
  /** Three standard errors: as large a gap is chance three times in a thousand. */
  readonly band: number;
  readonly exceeds: boolean;
}

/** What labels say about an estimate made before them. */
export type Reconciliation =
  | {
      readonly status: 'ok';
      readonly method: string;
      readonly verdict: 'consistent' | 'concept-drift-suspected';
      /** Whether estimates of further batches may be believed. */
      readonly trusted: boolean;
      /** In words, with the numbers. */
      readonly reason: string;
      readonly gaps: Readonly<Partial<Record<EstimatedName, EstimateGap>>>;
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data'>;

/**
 * Holds an estimate against the performance that the matured labels show. A gap beyond the band cannot come from other
 * inputs alone, which the estimate follows: scores do not mean what they meant in the reference, concept drift is
 * suspected and the estimate not trusted, whichever way the gap lies.
 * @param estimate of the same rows; where labels of a part of them have matured, the band widens by its sampling error
 * @param realised any of accuracy, precision, recall, f1, auroc
 * @returns `insufficient-data` where no metric is known on both sides
 * @throws RangeError on a realised number outside [0, 1]
 * @see NannyML, "Confidence-based performance estimation", on its assumptions
 * @example
 * const labels = Array.from({ length: 400 }, (_, row) => Number(Math.floor(row / 20) <= row % 20));
 * const scores = labels.map((_, row) => (row % 20) / 20 + 0.025);
 * const estimate = estimatePerformance(fitPerformanceEstimator(labels, scores), scores);
 * reconcileEstimate(estimate, { accuracy: 0.6 }) // { verdict: 'concept-drift-suspected', trusted: false }
 */
export function reconcileEstimate(estimate: PerformanceEstimate, realised: RealisedPerformance): Reconciliation {
  const method = 'estimate against realised performance';
  if (estimate.status !== 'ok')
    return noResult('insufficient-data', method, estimate.n, estimate.reason, estimate.notes);
  const gaps: Partial<Record<EstimatedName, EstimateGap>> = {};
  const notes: string[] = [];
  for (const name of ESTIMATED) {
    const [before, after] = [estimate[name], realised[name]];
    if (after == null || before.status !== 'ok' || (typeof after !== 'number' && after.status !== 'ok')) continue;
    const value = requireProbability(`realised.${name}`, typeof after === 'number' ? after : after.value);
    const n = typeof after === 'number' ? estimate.n : after.n;
    if (n !== estimate.n) notes.push(`${name}: labels of ${n} rows against an estimate of ${estimate.n}`);
    const part = before.samplingError * Math.sqrt(Math.max(1, estimate.n / n));
    const band = BAND.errors * Math.hypot(part, before.referenceError);
    const gap = value - before.value;
    gaps[name] = { estimated: before.value, realised: value, gap, band, exceeds: Math.abs(gap) > band };
  }
  const compared = Object.entries(gaps);
  if (compared.length === 0)
    return noResult('insufficient-data', method, [estimate.n], 'no metric is both estimated and realised', notes);
  const beyond = compared.filter(([, { exceeds }]) => exceeds);
  const words = beyond.map(([name, { gap, band }]) => `${name} by ${gap.toFixed(4)}, band ${band.toFixed(4)}`);
  return {
    status: 'ok',
    method,
    verdict: beyond.length > 0 ? 'concept-drift-suspected' : 'consistent',
    trusted: beyond.length === 0,
    reason:
      beyond.length > 0
        ? `concept drift suspected, estimate not trusted: ${words.join('; ')}`
        : `every gap lies within ${BAND.errors} standard errors`,
    gaps,
    notes,
  };
}
