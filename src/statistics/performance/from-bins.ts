import type { ScoreHistogram } from '../../contracts';
import { noResult } from '../result';
import type { MetricResult, NoResult } from '../result';
import { oneClass, rocOfSteps } from './auroc';
import { precisionOfSteps } from './average-precision';
import type { ScoreSteps } from './ordered-scores';

/** A metric of binned scores. */
type Binned = (MetricResult & { readonly errorBound: number }) | NoResult<'insufficient-data' | 'one-class'>;

interface Labelled {
  readonly steps: ScoreSteps;
  readonly n: number;
  readonly positives: number;
}

/**
 * Area under the ROC curve where rows of one bin count as ties. A pair of different labels in one bin may count 0, ½ or
 * 1 in truth and counts ½ here, so the value is off by half the share of such pairs at most.
 */
export function areaUnderRocFromBins(scores: ScoreHistogram, alpha: number): Binned {
  const rows = labelledBins('AUROC, ties averaged', scores);
  if ('status' in rows) return rows;
  const { steps, n, positives } = rows;
  let together = 0;
  for (let bin = 0; bin < steps.size; bin += 1) together += steps.positives[bin]! * steps.negatives[bin]!;
  const errorBound = together / (2 * positives * (n - positives));
  return { ...rocOfSteps(steps, n, positives, { alpha, notes: noteOf(scores) }), errorBound };
}

/**
 * Average precision where rows of one bin enter together. In whatever order they really enter, the i-th positive of a
 * bin meets at least i positives of it and at most all, and at most all negatives of it and at least none.
 */
export function averagePrecisionFromBins(scores: ScoreHistogram, alpha: number): Binned {
  const rows = labelledBins('average precision', scores);
  if ('status' in rows) return rows;
  const { steps, n, positives } = rows;
  let [found, seen, least, most] = [0, 0, 0, 0];
  for (let bin = steps.size - 1; bin >= 0; bin -= 1) {
    const [ones, zeros] = [steps.positives[bin]!, steps.negatives[bin]!];
    for (let place = 1; place <= ones; place += 1) least += (found + place) / (seen + place + zeros);
    if (ones > 0) most += (ones * (found + ones)) / (seen + ones);
    found += ones;
    seen += ones + zeros;
  }
  const result = precisionOfSteps(steps, n, positives, { alpha, notes: noteOf(scores) });
  const errorBound = Math.max(0, most / positives - result.value, result.value - least / positives);
  return { ...result, errorBound };
}

function labelledBins(
  method: string,
  { count, rows }: ScoreHistogram,
): Labelled | NoResult<'insufficient-data' | 'one-class'> {
  const [negatives, positives] = [new Uint32Array(count), new Uint32Array(count)];
  const values = new Float64Array(count);
  let [size, n, ones] = [0, 0, 0];
  for (let bin = 0; bin < count; bin += 1) {
    const of = (label: 0 | 1) => rows[label].reduce((sum, counts) => sum + counts[bin]!, 0);
    const [zerosHere, onesHere] = [of(0), of(1)];
    if (zerosHere + onesHere === 0) continue;
    values[size] = (bin + 0.5) / count;
    negatives[size] = zerosHere;
    positives[size] = onesHere;
    size += 1;
    n += zerosHere + onesHere;
    ones += onesHere;
  }
  if (n === 0) return noResult('insufficient-data', method, [0], 'no row has a label and a score');
  if (ones === 0 || ones === n) return noResult('one-class', method, [n - ones, ones], oneClass(n - ones, ones));
  return { steps: { size, values, positives, negatives }, n, positives: ones };
}

function noteOf({ count }: ScoreHistogram): string[] {
  return [`from ${count} bins of the score`];
}
