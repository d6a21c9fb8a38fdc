const value = new Float64Array(1);
const words = new Uint32Array(value.buffer);

/** Sign, exponent and six bits of the mantissa lie in the upper 18 bits of a double. */
const DROPPED = 14;
const BELOW = 2 ** DROPPED - 1;
const MAGNITUDES = 1 << 17;
/** The cell of 0: those of negative numbers lie below it. */
const ZERO = 2 * (MAGNITUDES + 1);
/** Every cell is below this. */
export const NUMBER_CELLS = 2 * ZERO + 1;

/**
 * The cell of a finite number. Every octave has 64 bins of equal width, by sign; a bin is two cells, its end nearer to
 * 0, which numbers such as whole ones up to 128 fall on, and what lies beyond it; 0 has a cell of its own. Cells ascend
 * with their numbers, and their ends are doubles.
 */
export function cellOf(x: number): number {
  if (x === 0) return ZERO;
  value[0] = x;
  const [low, high] = [words[0]!, words[1]! & 0x7fffffff];
  const distance = 2 * (high >>> DROPPED) + (low === 0 && (high & BELOW) === 0 ? 1 : 2);
  return x < 0 ? ZERO - distance : ZERO + distance;
}

/** The ends of a cell: equal for a single number, else neither of them belongs to it. */
export function endsOf(cell: number): readonly [number, number] {
  if (cell === ZERO) return [0, 0];
  const distance = Math.abs(cell - ZERO);
  const magnitude = (distance - 1) >> 1;
  const near = endOf(magnitude);
  const far = distance % 2 === 1 ? near : endOf(magnitude + 1);
  return cell > ZERO ? [near, far] : [-far, -near];
}

function endOf(magnitude: number): number {
  words[0] = 0;
  words[1] = magnitude << DROPPED;
  return value[0]!;
}

/** Bins of a score from 0 to 1, of equal width; the last one is closed. */
export const SCORE_BINS = 1_024;

/** The bin of a score. */
export function scoreBin(score: number): number {
  return Math.min(SCORE_BINS - 1, Math.floor(score * SCORE_BINS));
}

/** Every cell of scores is below this. */
export const SCORE_CELLS = SCORE_BINS * 9;

/** The cell of rows in a bin of the score, by served class (2 for none) and label (2 for not known). */
export function scoreCell(bin: number, prediction: number, label: number): number {
  return bin * 9 + prediction * 3 + label;
}

/** The reverse. */
export function partsOfScoreCell(cell: number): {
  readonly bin: number;
  readonly prediction: 0 | 1 | 2;
  readonly label: 0 | 1 | 2;
} {
  const [prediction, label] = [Math.floor((cell % 9) / 3), cell % 3] as [0 | 1 | 2, 0 | 1 | 2];
  return { bin: Math.floor(cell / 9), prediction, label };
}

/** Parts of [0, 1] for the calibration error, as `expectedCalibrationError` has them. */
export const CALIBRATION_BINS = 10;

/** The part of a score. */
export function calibrationBin(score: number): number {
  return Math.min(CALIBRATION_BINS - 1, Math.floor(score * CALIBRATION_BINS));
}
