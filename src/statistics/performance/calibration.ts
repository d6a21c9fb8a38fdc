import { requireArray } from '../arguments';
import type { ScoreSteps } from './ordered-scores';
import type { Maybe } from './pairs';

/** A map from scores to probabilities, as JSON: frozen once fitted. */
export type Calibration =
  /** The scores are the probabilities. */
  | { readonly kind: 'none' }
  /** A logistic curve of the score's log odds (Platt). */
  | { readonly kind: 'platt'; readonly slope: number; readonly intercept: number }
  /** A curve that only rises, linear between its knots and flat beyond them (isotonic regression). */
  | { readonly kind: 'isotonic'; readonly scores: readonly number[]; readonly probabilities: readonly number[] };

/** Log odds of a score of 0 or 1 would be infinite. */
const EXTREME = 1e-9;
const MOST_ROUNDS = 100;

/**
 * Isotonic regression of the labels on the scores by pooling adjacent violators: the rising curve with the least
 * squared error.
 * @see Ayer et al. (1955); Zadrozny, Elkan (2002) for calibration; scikit-learn, `IsotonicRegression`
 */
export function fitIsotonic({ size, values, positives, negatives }: ScoreSteps): Calibration {
  const [weights, sums, starts] = [new Float64Array(size), new Float64Array(size), new Uint32Array(size)];
  let blocks = 0;
  for (let step = 0; step < size; step += 1) {
    weights[blocks] = positives[step]! + negatives[step]!;
    sums[blocks] = positives[step]!;
    starts[blocks] = step;
    // Means compared without a division: whole numbers, so equal ones are equal.
    while (blocks > 0 && sums[blocks - 1]! * weights[blocks]! >= sums[blocks]! * weights[blocks - 1]!) {
      weights[blocks - 1]! += weights[blocks]!;
      sums[blocks - 1]! += sums[blocks]!;
      blocks -= 1;
    }
    blocks += 1;
  }
  const [scores, probabilities]: [number[], number[]] = [[], []];
  for (let block = 0; block < blocks; block += 1) {
    const first = starts[block]!;
    const last = (block + 1 < blocks ? starts[block + 1]! : size) - 1;
    const probability = sums[block]! / weights[block]!;
    for (const step of first === last ? [first] : [first, last]) {
      scores.push(values[step]!);
      probabilities.push(probability);
    }
  }
  return { kind: 'isotonic', scores, probabilities };
}

/**
 * A logistic curve of the score's log odds by Newton's method with halved steps, its targets (positives + 1)/(positives
 * + 2) and 1/(negatives + 2), so that parted classes do not make it infinitely steep.
 * @see Platt (1999); Lin, Lin, Weng (2007), "A note on Platt's probabilistic outputs"
 */
export function fitPlatt(steps: ScoreSteps): Calibration {
  let [ones, zeros] = [0, 0];
  for (let step = 0; step < steps.size; step += 1) {
    ones += steps.positives[step]!;
    zeros += steps.negatives[step]!;
  }
  const targets = [(ones + 1) / (ones + 2), 1 / (zeros + 2)] as const;
  let [slope, intercept] = [0, Math.log((ones + 1) / (zeros + 1))];
  const odds = steps.values.subarray(0, steps.size).map(logOdds);
  let here = slopesOf(steps, odds, targets, slope, intercept);
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const determinant = here.aa * here.bb - here.ab * here.ab;
    if (!(determinant > 0) || Math.hypot(here.a, here.b) < 1e-10 * (ones + zeros)) break;
    const [da, db] = [
      (here.bb * here.a - here.ab * here.b) / determinant,
      (here.aa * here.b - here.ab * here.a) / determinant,
    ];
    let share = 1;
    const at = () => slopesOf(steps, odds, targets, slope - da * share, intercept - db * share);
    let next = at();
    while (next.loss > here.loss && share > 1e-6) {
      share /= 2;
      next = at();
    }
    if (!(next.loss < here.loss)) break;
    [slope, intercept, here] = [slope - da * share, intercept - db * share, next];
  }
  return { kind: 'platt', slope, intercept };
}

/** The loss of a logistic curve, its gradient and its second derivatives. */
function slopesOf(
  { size, positives, negatives }: ScoreSteps,
  odds: Float64Array,
  [high, low]: readonly [number, number],
  slope: number,
  intercept: number,
) {
  const sums = { loss: 0, a: 0, b: 0, aa: 1e-12, ab: 0, bb: 1e-12 };
  for (let step = 0; step < size; step += 1) {
    const count = positives[step]! + negatives[step]!;
    const target = positives[step]! * high + negatives[step]! * low;
    const x = odds[step]!;
    const z = slope * x + intercept;
    const small = Math.exp(-Math.abs(z));
    const p = (z < 0 ? small : 1) / (1 + small);
    sums.loss += count * (Math.max(0, z) + Math.log1p(small)) - target * z;
    const [gap, weight] = [count * p - target, count * p * (1 - p)];
    sums.a += gap * x;
    sums.b += gap;
    sums.aa += weight * x * x;
    sums.ab += weight * x;
    sums.bb += weight;
  }
  return sums;
}

function logOdds(score: number): number {
  const inside = Math.min(1 - EXTREME, Math.max(EXTREME, score));
  return Math.log(inside / (1 - inside));
}

/** The probability that a calibration gives a score. */
export function calibrated(calibration: Calibration, score: number): number {
  if (calibration.kind === 'none') return score;
  if (calibration.kind === 'platt')
    return 1 / (1 + Math.exp(-(calibration.slope * logOdds(score) + calibration.intercept)));
  const { scores, probabilities } = calibration;
  let [below, above] = [0, scores.length - 1];
  if (score <= scores[below]!) return probabilities[below]!;
  if (score >= scores[above]!) return probabilities[above]!;
  while (above - below > 1) {
    const middle = (below + above) >>> 1;
    if (scores[middle]! <= score) below = middle;
    else above = middle;
  }
  const share = (score - scores[below]!) / (scores[above]! - scores[below]!);
  return probabilities[below]! + share * (probabilities[above]! - probabilities[below]!);
}

/**
 * Scores as calibrated probabilities; NaN where a score is missing or infinite, so that rows keep their places.
 * @param calibration of a fitted estimator, or its copy from JSON
 * @param scores from 0 to 1
 * @throws RangeError on a score outside [0, 1]
 * @see Platt (1999); Zadrozny, Elkan (2002)
 * @example calibrateScores({ kind: 'isotonic', scores: [0.2, 0.6], probabilities: [0.1, 0.9] }, [0, 0.3, 1]) // [0.1, 0.3, 0.9]
 */
export function calibrateScores(calibration: Calibration, scores: ArrayLike<Maybe>): Float64Array {
  requireArray('scores', scores);
  const found = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row += 1) {
    const score = scores[row];
    if (score == null || !Number.isFinite(score)) found[row] = NaN;
    else if (score >= 0 && score <= 1) found[row] = calibrated(calibration, score);
    else throw new RangeError(`scores[${row}] is ${score}: expected a probability from 0 to 1`);
  }
  return found;
}
