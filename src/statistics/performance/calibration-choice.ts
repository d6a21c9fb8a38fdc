import { RandomStream } from '../random-stream';
import { calibrated, fitIsotonic, fitPlatt } from './calibration';
import type { Calibration } from './calibration';
import { expectedCalibrationError } from './calibration-error';
import { orderedScores } from './ordered-scores';
import type { ScoreSteps } from './ordered-scores';

/** How a choice is judged. */
export interface ChoiceOptions {
  readonly folds: number;
  readonly seed: number;
  readonly bins: number;
}

/** Calibration errors on rows that were not fitted on. */
export interface HeldOutErrors {
  readonly none: number;
  readonly platt: number;
  readonly isotonic: number;
}

/** A calibration with what it was chosen by. */
export interface ChosenCalibration {
  readonly calibration: Calibration;
  readonly heldOut: HeldOutErrors;
}

/** A calibration must be better in so many of the folds, not only on the whole. */
const CLEAR_SHARE = 0.8;
const CURVES = ['platt', 'isotonic'] as const;
const FIT = { none: (): Calibration => ({ kind: 'none' }), platt: fitPlatt, isotonic: fitIsotonic };

/**
 * The calibration with the lowest calibration error (bins of equal mass) on rows that it was not fitted on, by
 * cross-validation over folds that hold equal shares of either label. One that does not lower the error of the raw
 * scores, on all held-out rows together and in four of five folds, is not used: on the rows it was fitted on, any
 * isotonic curve looks calibrated. What is chosen is fitted again on all rows.
 */
export function chooseCalibration(
  labels: Uint8Array,
  scores: Float64Array,
  { folds, seed, bins }: ChoiceOptions,
): ChosenCalibration {
  const steps = orderedScores(labels, scores);
  const rows = dealtOut(steps, labels.length, folds, seed);
  const outside = { none: rows.scores, platt: new Float64Array(rows.n), isotonic: new Float64Array(rows.n) };
  const wins = { platt: 0, isotonic: 0 };
  for (let held = 0; held < folds; held += 1) {
    const [inside, test] = [partOf(rows, (fold) => fold !== held), partOf(rows, (fold) => fold === held)];
    const fittedOn = orderedScores(inside.labels, inside.scores);
    const raw = errorOver(test.labels, test.scores, bins);
    for (const kind of CURVES) {
      const calibration = FIT[kind](fittedOn);
      const probabilities = test.scores.map((score) => calibrated(calibration, score));
      test.places.forEach((place, row) => {
        outside[kind][place] = probabilities[row]!;
      });
      if (errorOver(test.labels, probabilities, bins) < raw) wins[kind] += 1;
    }
  }
  const heldOut = {
    none: errorOver(rows.labels, outside.none, bins),
    platt: errorOver(rows.labels, outside.platt, bins),
    isotonic: errorOver(rows.labels, outside.isotonic, bins),
  };
  const better = CURVES.filter((kind) => heldOut[kind] < heldOut.none && wins[kind] >= CLEAR_SHARE * folds);
  const best = better.length === 2 && heldOut.isotonic < heldOut.platt ? 'isotonic' : (better[0] ?? 'none');
  return { calibration: FIT[best](steps), heldOut };
}

function errorOver(labels: Uint8Array, probabilities: Float64Array, bins: number): number {
  const result = expectedCalibrationError(labels, probabilities, { bins, binning: 'equal-mass' });
  return result.status === 'ok' ? result.value : 0;
}

interface Dealt {
  readonly n: number;
  readonly labels: Uint8Array;
  readonly scores: Float64Array;
  readonly folds: Uint16Array;
}

/**
 * Rows in the order of their scores with a fold each: of either label every fold gets as many, which ones a seeded
 * shuffle says. Starting from the order makes the folds those of the sample, not of the order it came in.
 */
function dealtOut(steps: ScoreSteps, n: number, folds: number, seed: number): Dealt {
  const rows = { n, labels: new Uint8Array(n), scores: new Float64Array(n), folds: new Uint16Array(n) };
  const [ones, zeros] = [new Uint32Array(n), new Uint32Array(n)];
  let [row, positives] = [0, 0];
  for (let step = 0; step < steps.size; step += 1) {
    const [up, count] = [steps.positives[step]!, steps.positives[step]! + steps.negatives[step]!];
    for (let k = 0; k < count; k += 1, row += 1) {
      rows.scores[row] = steps.values[step]!;
      rows.labels[row] = k < up ? 1 : 0;
      if (k < up) ones[positives++] = row;
      else zeros[row - positives] = row;
    }
  }
  const random = new RandomStream(seed);
  for (const places of [zeros.subarray(0, n - positives), ones.subarray(0, positives)]) {
    for (let left = places.length - 1; left > 0; left -= 1) {
      const other = Math.floor(random.next() * (left + 1));
      const place = places[left]!;
      places[left] = places[other]!;
      places[other] = place;
    }
    for (let k = 0; k < places.length; k += 1) rows.folds[places[k]!] = k % folds;
  }
  return rows;
}

/** The rows of some folds, with their places among all. */
function partOf({ n, labels, scores, folds }: Dealt, wanted: (fold: number) => boolean) {
  const [y, s, places] = [new Uint8Array(n), new Float64Array(n), new Uint32Array(n)];
  let kept = 0;
  for (let row = 0; row < n; row += 1) {
    if (!wanted(folds[row]!)) continue;
    y[kept] = labels[row]!;
    s[kept] = scores[row]!;
    places[kept++] = row;
  }
  return { labels: y.subarray(0, kept), scores: s.subarray(0, kept), places: places.subarray(0, kept) };
}
