import { requireCount, requireOneOf } from '../arguments';
import { noResult } from '../result';
import type { MetricResult, NoResult } from '../result';
import { orderedScores } from './ordered-scores';
import type { ScoreSteps } from './ordered-scores';
import { droppedPairsNote, labelledScores } from './pairs';
import type { LabelledScores, Maybe } from './pairs';

/** How scores are put into bins. */
export interface CalibrationErrorOptions {
  /** At most so many; empty ones are left out. */
  readonly bins?: number;
  /** `equal-width` parts of [0, 1], the last one closed, or `equal-mass`: as many rows each as equal scores allow. */
  readonly binning?: 'equal-width' | 'equal-mass';
}

/** One bin of a reliability diagram. */
export interface CalibrationBin {
  readonly n: number;
  readonly meanScore: number;
  readonly shareOfPositives: number;
}

/** The calibration error with its bins. */
export type CalibrationError =
  | (MetricResult & {
      readonly bins: readonly CalibrationBin[];
      /** What a perfectly calibrated model of these scores would show on so many rows, on average. */
      readonly expectedIfCalibrated: number;
    })
  | NoResult<'insufficient-data'>;

const METHOD = 'expected calibration error';

/**
 * Expected calibration error: Σ (nᵦ/n) · |share of positives − mean score| over bins, in [0, 1]. It is never 0 by
 * chance alone, so `expectedIfCalibrated` says how large pure noise makes it: Σ √(2/π · Σ p(1 − p))/n. For the same
 * reason it has no normal interval, and none is given.
 * @param labels 0 or 1
 * @param scores probability of label 1; pairs with a missing value are left out and counted
 * @throws RangeError on unequal lengths, a label other than 0 or 1, a score outside [0, 1], bins below 1
 * @see Naeini, Cooper, Hauskrecht (2015); Nixon et al. (2019) for bins of equal mass
 * @example expectedCalibrationError([0, 1, 1, 1], [0.1, 0.3, 0.9, 0.9]) // { value: 0.25, expectedIfCalibrated: 0.2359 }
 */
export function expectedCalibrationError(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  options: CalibrationErrorOptions = {},
): CalibrationError {
  const { bins = 10, binning = 'equal-width' } = options;
  requireCount('bins', bins);
  if (bins < 1) throw new RangeError(`bins is ${bins}: expected at least 1`);
  requireOneOf('binning', binning, ['equal-width', 'equal-mass']);
  const rows = labelledScores(labels, scores, true);
  const { n } = rows;
  const notes = droppedPairsNote(rows.dropped);
  if (n === 0) return noResult('insufficient-data', METHOD, [0], 'no row has a label and a score', notes);
  const sums = binning === 'equal-width' ? equalWidth(rows, bins) : equalMass(rows, bins);
  let [value, noise] = [0, 0];
  for (const bin of sums) {
    value += Math.abs(bin.positives - bin.scores);
    noise += Math.sqrt((2 / Math.PI) * bin.spread);
  }
  return {
    status: 'ok',
    method: `${METHOD}, ${sums.length} ${binning} bins`,
    value: value / n,
    interval: null,
    n,
    direction: 'lower-is-better',
    notes: [...notes, 'biased upwards by chance: no interval, see expectedIfCalibrated'],
    bins: sums.map((bin) => ({
      n: bin.n,
      meanScore: bin.scores / bin.n,
      shareOfPositives: bin.positives / bin.n,
    })),
    expectedIfCalibrated: noise / n,
  };
}

interface BinSums {
  n: number;
  positives: number;
  scores: number;
  /** Σ p(1 − p): the variance of the positives, were the scores right. */
  spread: number;
}

const emptyBin = (): BinSums => ({ n: 0, positives: 0, scores: 0, spread: 0 });

function add(bin: BinSums, n: number, positives: number, score: number): void {
  bin.n += n;
  bin.positives += positives;
  bin.scores += n * score;
  bin.spread += n * score * (1 - score);
}

function equalWidth({ labels, scores, n }: LabelledScores, bins: number): BinSums[] {
  const found = new Map<number, BinSums>();
  for (let row = 0; row < n; row += 1) {
    const id = Math.min(bins - 1, Math.floor(scores[row]! * bins));
    let bin = found.get(id);
    if (bin === undefined) found.set(id, (bin = emptyBin()));
    add(bin, 1, labels[row]!, scores[row]!);
  }
  return [...found].sort(([a], [b]) => a - b).map(([, bin]) => bin);
}

function equalMass({ labels, scores, n }: LabelledScores, bins: number): BinSums[] {
  const steps: ScoreSteps = orderedScores(labels, scores);
  const found: BinSums[] = [];
  let [bin, seen] = [emptyBin(), 0];
  for (let step = 0; step < steps.size; step += 1) {
    const [ones, count] = [steps.positives[step]!, steps.positives[step]! + steps.negatives[step]!];
    add(bin, count, ones, steps.values[step]!);
    seen += count;
    // Equal scores stay together, so a bin may pass several boundaries at once.
    if (Math.floor((seen * bins) / n) > Math.floor(((seen - bin.n) * bins) / n) || step === steps.size - 1) {
      found.push(bin);
      bin = emptyBin();
    }
  }
  return found;
}
