/** Distinct scores in ascending order with how many rows of either class have each. */
export interface ScoreSteps {
  /** How many of the entries below are in use. */
  readonly size: number;
  readonly values: Float64Array;
  readonly positives: Uint32Array;
  readonly negatives: Uint32Array;
}

/** Rows up to which insertion is faster than anything else. */
const FEW = 40;
/** Rows in a bucket on average. */
const FILL = 8;
const MOST_BUCKETS = 1 << 17;
/** Splits of a range within a range; scores that need more lie 17 orders of magnitude apart. */
const DEEPEST = 4;

/**
 * Scores in ascending order, equal ones counted by class: one pass into monotone buckets of the range, then insertion
 * within each; a crowded bucket is split by its own range, and what four splits do not part goes to the native sort.
 * @param labels 0 or 1
 * @param scores finite
 */
export function orderedScores(labels: Uint8Array, scores: Float64Array): ScoreSteps {
  const n = scores.length;
  const work = {
    scores: scores.slice(),
    labels: labels.slice(),
    spareScores: new Float64Array(n),
    spareLabels: new Uint8Array(n),
    ids: new Uint32Array(n),
  };
  sortRange(work, 0, n, 0);
  return countSteps(work.scores, work.labels);
}

interface Work {
  readonly scores: Float64Array;
  readonly labels: Uint8Array;
  readonly spareScores: Float64Array;
  readonly spareLabels: Uint8Array;
  readonly ids: Uint32Array;
}

function countSteps(scores: Float64Array, labels: Uint8Array): ScoreSteps {
  const n = scores.length;
  const [values, positives, negatives] = [new Float64Array(n), new Uint32Array(n), new Uint32Array(n)];
  let size = 0;
  for (let row = 0; row < n;) {
    const value = scores[row]!;
    const from = row;
    let ones = 0;
    while (row < n && scores[row] === value) ones += labels[row++]!;
    values[size] = value;
    positives[size] = ones;
    negatives[size] = row - from - ones;
    size += 1;
  }
  return { size, values, positives, negatives };
}

function sortRange(work: Work, from: number, to: number, depth: number): void {
  if (to - from <= FEW) {
    insertionSort(work.scores, work.labels, from, to);
    return;
  }
  const { scores, labels, spareScores, spareLabels, ids } = work;
  let [min, max] = [Infinity, -Infinity];
  for (let row = from; row < to; row += 1) {
    const score = scores[row]!;
    if (score < min) min = score;
    if (score > max) max = score;
  }
  if (min === max) return;
  let buckets = 1;
  while (buckets < MOST_BUCKETS && buckets * FILL < to - from) buckets *= 2;
  const scale = (buckets - 1) / (max - min);
  if (depth === DEEPEST || !(scale > 0 && scale < Infinity)) {
    sortByClass(work, from, to);
    return;
  }
  const ends = new Uint32Array(buckets + 1);
  for (let row = from; row < to; row += 1) {
    const id = ((scores[row]! - min) * scale) >>> 0;
    ids[row] = id;
    ends[id] = ends[id]! + 1;
  }
  for (let id = 0, end = from; id <= buckets; id += 1) {
    const count = ends[id]!;
    ends[id] = end;
    end += count;
  }
  for (let row = from; row < to; row += 1) {
    const id = ids[row]!;
    const at = ends[id]!;
    ends[id] = at + 1;
    spareScores[at] = scores[row]!;
    spareLabels[at] = labels[row]!;
  }
  scores.set(spareScores.subarray(from, to), from);
  labels.set(spareLabels.subarray(from, to), from);
  // After the scatter each entry is the end of its bucket.
  for (let id = 0, start = from; id < buckets; id += 1) {
    const end = ends[id]!;
    if (end - start > 1) sortRange(work, start, end, depth + 1);
    start = end;
  }
}

function insertionSort(scores: Float64Array, labels: Uint8Array, from: number, to: number): void {
  for (let row = from + 1; row < to; row += 1) {
    const [score, label] = [scores[row]!, labels[row]!];
    let at = row;
    for (; at > from && scores[at - 1]! > score; at -= 1) {
      scores[at] = scores[at - 1]!;
      labels[at] = labels[at - 1]!;
    }
    scores[at] = score;
    labels[at] = label;
  }
}

/** Each class by the native sort, then both merged. */
function sortByClass({ scores, labels }: Work, from: number, to: number): void {
  const classOf = (wanted: number) =>
    scores
      .slice(from, to)
      .filter((_, k) => labels[from + k] === wanted)
      .sort();
  const [zeros, ones] = [classOf(0), classOf(1)];
  let [i, j] = [0, 0];
  for (let row = from; row < to; row += 1) {
    const takeOne = i === zeros.length || (j < ones.length && ones[j]! < zeros[i]!);
    scores[row] = takeOne ? ones[j++]! : zeros[i++]!;
    labels[row] = takeOne ? 1 : 0;
  }
}
