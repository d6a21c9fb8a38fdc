import { requireSameLength } from '../arguments';

/** A value that may be missing. */
export type Maybe = number | null | undefined;

/** Labels and scores without the rows that lack either. */
export interface LabelledScores {
  readonly labels: Uint8Array;
  readonly scores: Float64Array;
  readonly n: number;
  readonly positives: number;
  readonly dropped: number;
}

/** Two quantities of the same rows, without the rows that lack either. */
export interface Pairs {
  readonly first: Float64Array;
  readonly second: Float64Array;
  readonly n: number;
  readonly dropped: number;
}

function isMissing(value: unknown): boolean {
  return value === null || value === undefined || (typeof value === 'number' && !Number.isFinite(value));
}

function refuseValue(name: string, value: unknown, expected: string): never {
  const message = `${name} is ${JSON.stringify(value)}: expected ${expected}`;
  throw typeof value === 'number' ? new RangeError(message) : new TypeError(message);
}

/**
 * Labels with their scores; a pair with a missing or infinite side is left out and counted.
 * @param probabilities whether scores must lie in [0, 1]
 * @param name of the labels, for what is refused
 * @throws RangeError on unequal lengths, a label other than 0 or 1, a score outside [0, 1] where one is asked for
 * @throws TypeError on what is no array of numbers
 */
export function labelledScores(
  labels: ArrayLike<Maybe>,
  scores: ArrayLike<Maybe>,
  probabilities: boolean,
  name = 'labels',
): LabelledScores {
  requireSameLength(name, labels, 'scores', scores);
  const { length } = labels;
  const [y, s] = [new Uint8Array(length), new Float64Array(length)];
  let [n, positives] = [0, 0];
  for (let row = 0; row < length; row += 1) {
    const label = labels[row];
    const score = scores[row];
    const inRange = probabilities ? score! >= 0 && score! <= 1 : Math.abs(score!) < Infinity;
    // The common row first: everything that needs a word is told apart below.
    if ((label === 0 || label === 1) && typeof score === 'number' && inRange) {
      y[n] = label;
      s[n] = score;
      positives += label;
      n += 1;
    } else refuseOrDrop(name, row, label, score);
  }
  return { labels: y.subarray(0, n), scores: s.subarray(0, n), n, positives, dropped: length - n };
}

function refuseOrDrop(name: string, row: number, label: Maybe, score: Maybe): void {
  if (!isMissing(label) && label !== 0 && label !== 1) refuseValue(`${name}[${row}]`, label, '0 or 1');
  if (isMissing(score)) return;
  if (typeof score !== 'number') refuseValue(`scores[${row}]`, score, 'a number or null');
  if (!isMissing(label)) refuseValue(`scores[${row}]`, score, 'a probability from 0 to 1');
}

/**
 * Two quantities of the same rows; a pair with a missing or infinite side is left out and counted.
 * @throws RangeError on unequal lengths
 * @throws TypeError on what is no array of numbers
 */
export function pairsOf(nameA: string, a: ArrayLike<Maybe>, nameB: string, b: ArrayLike<Maybe>): Pairs {
  requireSameLength(nameA, a, nameB, b);
  const [first, second] = [new Float64Array(a.length), new Float64Array(a.length)];
  let n = 0;
  for (let row = 0; row < a.length; row += 1) {
    const [x, y] = [a[row], b[row]];
    if (typeof x === 'number' && typeof y === 'number' && x - x === 0 && y - y === 0) {
      first[n] = x;
      second[n] = y;
      n += 1;
    } else {
      if (!isMissing(x) && typeof x !== 'number') refuseValue(`${nameA}[${row}]`, x, 'a number or null');
      if (!isMissing(y) && typeof y !== 'number') refuseValue(`${nameB}[${row}]`, y, 'a number or null');
    }
  }
  return { first: first.subarray(0, n), second: second.subarray(0, n), n, dropped: a.length - n };
}

/** The note about pairs that were left out, if any were. */
export function droppedPairsNote(dropped: number): string[] {
  return dropped === 0 ? [] : [`${dropped} pair${dropped === 1 ? '' : 's'} with a missing or infinite value left out`];
}
