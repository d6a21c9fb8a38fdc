import { unpackBytes, unpackNumbers, pack } from './columns';
import { arrangeFeature, keepBytes, keepDigests, keepNumbers } from './kept-rows';
import { noLabels, outcomeOf, setOutcome } from './label-state';
import type { LabelState } from './label-state';
import { NO_PREDICTION } from './prediction';
import type { PredictionSegment } from './prediction';

/** A segment some rows of which were erased. */
export type ErasableSegment = PredictionSegment & {
  /** Rows that hold nothing any more, where rows are known by their place. */
  readonly erased?: readonly number[];
};

/** A segment without some of its rows, and its labels likewise; null when no row is left. */
export interface ErasedSegment {
  readonly segment: ErasableSegment;
  readonly labels: LabelState | null;
}

/**
 * A segment without rows. Where rows are known by ids of their callers', they are gone; where their place is their id,
 * they are emptied in place, so that the ids of the others stay what they are, and keep their time, so that the order
 * does.
 */
export function eraseRows(
  segment: ErasableSegment,
  labels: LabelState | null,
  rows: readonly number[],
): ErasedSegment | null {
  const gone = new Set([...(segment.erased ?? []), ...rows]);
  const kept = Array.from({ length: segment.n }, (_, row) => row).filter((row) => !gone.has(row));
  if (kept.length === 0) return null;
  return segment.ids === undefined ? emptied(segment, labels, kept, gone) : without(segment, labels, kept);
}

function emptied(
  segment: ErasableSegment,
  labels: LabelState | null,
  kept: readonly number[],
  gone: ReadonlySet<number>,
): ErasedSegment {
  const { prediction, predicted, score, units, features } = segment;
  const at = unpackNumbers(segment.at);
  const arranged = Array.from({ length: segment.n }, (_, row) => (gone.has(row) ? null : row));
  const numbers = (column: typeof score) =>
    pack(unpackNumbers(column).map((value, row) => (gone.has(row) ? NaN : value)));
  return {
    segment: {
      ...segment,
      from: new Date(at[kept[0]!]!),
      to: new Date(at[kept.at(-1)!]!),
      prediction: pack(unpackBytes(prediction).map((code, row) => (gone.has(row) ? NO_PREDICTION : code))),
      ...(predicted === undefined ? {} : { predicted: numbers(predicted) }),
      score: numbers(score),
      units: units?.map((unit, row) => (gone.has(row) ? null : unit)) ?? null,
      features: features.map((column) => arrangeFeature(column, arranged)),
      erased: [...gone].sort((a, b) => a - b),
    },
    labels: labels && arrangeLabels(labels, arranged),
  };
}

function without(segment: ErasableSegment, labels: LabelState | null, kept: readonly number[]): ErasedSegment {
  const { ids, digests, predicted, score, prediction, units, features } = segment;
  const at = unpackNumbers(segment.at);
  return {
    segment: {
      ...segment,
      ids: kept.map((row) => ids![row]!),
      digests: keepDigests(digests!, kept),
      n: kept.length,
      from: new Date(at[kept[0]!]!),
      to: new Date(at[kept.at(-1)!]!),
      at: keepNumbers(segment.at, kept),
      prediction: keepBytes(prediction, kept),
      ...(predicted === undefined ? {} : { predicted: keepNumbers(predicted, kept) }),
      score: keepNumbers(score, kept),
      units: units === null ? null : kept.map((row) => units[row]!),
      features: features.map((column) => arrangeFeature(column, kept)),
    },
    labels: labels && arrangeLabels(labels, kept),
  };
}

function arrangeLabels(labels: LabelState, rows: readonly (number | null)[]): LabelState {
  const arranged = noLabels(rows.length);
  rows.forEach((from, row) => {
    if (from !== null) setOutcome(arranged, row, outcomeOf(labels, from));
  });
  return arranged;
}

/** Rows from `start` to before `end` as runs without the erased ones, for readers that take neighbours at once. */
export function runsOf(
  { erased }: Pick<ErasableSegment, 'erased'>,
  start: number,
  end: number,
): readonly (readonly [start: number, end: number])[] {
  const runs: [number, number][] = [];
  let from = start;
  for (const row of erased ?? []) {
    if (row < from || row >= end) continue;
    if (row > from) runs.push([from, row]);
    from = row + 1;
  }
  if (from < end) runs.push([from, end]);
  return runs;
}
