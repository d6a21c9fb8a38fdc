import { normalSurvival } from '../distributions/normal';
import { areaUnderRoc } from './auroc';
import { orderedScores } from './ordered-scores';
import { labelledScores } from './pairs';
import type { LabelledScores, Maybe } from './pairs';

/** Labels, 0 or 1, with the scores that a model gave. */
export interface ScoredLabels {
  readonly labels: ArrayLike<Maybe>;
  readonly scores: ArrayLike<Maybe>;
}

/** How far the second of two areas under the ROC curve lies from the first. */
export interface AreaDifference {
  /** Second minus first. */
  readonly value: number;
  /** DeLong's. */
  readonly standardError: number;
  /** One-sided: the chance of a second area this far below the first if both ranked equally well. */
  readonly pLess: number;
}

/**
 * Two models on rows of their own: the areas are independent, their variances add up.
 * @returns null with fewer than two rows of a class on either side
 * @throws RangeError on unequal lengths or a label other than 0 or 1
 * @see DeLong, DeLong, Clarke-Pearson (1988)
 * @example
 * const labels = [0, 0, 1, 1];
 * areaDifference({ labels, scores: [0.1, 0.3, 0.2, 0.4] }, { labels, scores: [0.1, 0.4, 0.2, 0.3] })
 * // { value: -0.25, standardError: 0.6124, pLess: 0.3415 }
 */
export function areaDifference(first: ScoredLabels, second: ScoredLabels): AreaDifference | null {
  const [a, b] = [first, second].map(({ labels, scores }) => areaUnderRoc(labels, scores));
  if (a?.status !== 'ok' || b?.status !== 'ok' || a.standardError === null || b.standardError === null) return null;
  const least = Math.min(a.positives, a.negatives, b.positives, b.negatives);
  return differenceOf(b.value - a.value, Math.hypot(a.standardError, b.standardError), least);
}

/**
 * Two models on the same rows, by DeLong's test for correlated areas: the spread of how differently they place a row.
 * A row without a label or without one of the scores is left out.
 * @returns null with fewer than two rows of a class
 * @throws RangeError on unequal lengths or a label other than 0 or 1
 * @see DeLong, DeLong, Clarke-Pearson (1988)
 * @example pairedAreaDifference([0, 0, 1, 1], [0.1, 0.3, 0.2, 0.4], [0.1, 0.4, 0.2, 0.3])
 * // { value: -0.25, standardError: 0.3536, pLess: 0.2398 }
 */
export function pairedAreaDifference(
  labels: ArrayLike<Maybe>,
  first: ArrayLike<Maybe>,
  second: ArrayLike<Maybe>,
): AreaDifference | null {
  const known = Array.from(labels, (label, row) => (isKnown(first[row]) && isKnown(second[row]) ? label : null));
  const [a, b] = [labelledScores(known, first, false), labelledScores(known, second, false)];
  const negatives = a.n - a.positives;
  if (a.positives < 2 || negatives < 2) return null;
  const [was, is] = [placementsOf(a), placementsOf(b)];
  const apart = was.map((placement, row) => is[row]! - placement);
  const [ones, zeros] = [1, 0].map((label) => apart.filter((_, row) => a.labels[row] === label));
  const variance = varianceOfMean(ones!) + varianceOfMean(zeros!);
  return differenceOf(meanOf(ones!), Math.sqrt(variance), Math.min(a.positives, negatives));
}

/** The share of the other class that each row is on the right side of, ties half. */
function placementsOf({ labels, scores, n, positives }: LabelledScores): Float64Array {
  const steps = orderedScores(labels, scores);
  const negatives = n - positives;
  const places = new Map<number, readonly [zero: number, one: number]>();
  let [below, above] = [0, positives];
  for (let step = 0; step < steps.size; step += 1) {
    const [ones, zeros] = [steps.positives[step]!, steps.negatives[step]!];
    above -= ones;
    places.set(steps.values[step]!, [(above + ones / 2) / positives, (below + zeros / 2) / negatives]);
    below += zeros;
  }
  return Float64Array.from({ length: n }, (_, row) => places.get(scores[row]!)![labels[row] as 0 | 1]);
}

/** @param least rows of the smallest class: without spread that many are alike by chance at most half to their power */
function differenceOf(value: number, standardError: number, least: number): AreaDifference {
  const alike = value < 0 ? 0.5 ** least : 1;
  return { value, standardError, pLess: standardError === 0 ? alike : normalSurvival(-value / standardError) };
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOfMean(values: Float64Array): number {
  const mean = meanOf(values);
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return squares / (values.length - 1) / values.length;
}

function isKnown(score: Maybe): boolean {
  return typeof score === 'number' && Number.isFinite(score);
}
