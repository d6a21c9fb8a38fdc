import { HISTORY_VERSION } from '../../contracts';
import type { SummarySettings } from '../../contracts';
import { unpackBytes, unpackIntegers, unpackNumbers } from '../columns';
import type { PackedColumn } from '../columns';
import { NO_LABEL } from '../label-codes';
import { outcomeOf } from '../label-state';
import type { LabelState } from '../label-state';
import type { PredictionSegment } from '../prediction';
import { predictedOf } from '../row-segments';
import { countedText } from './bounded';
import { count } from './cells';
import { entry, HourSums } from './hour-sums';
import type { SubjectSums } from './hour-sums';
import { cellOf, scoreBin, scoreCell } from './number-bins';
import { sliceNamesOf } from './slice-names';
import type { SliceNames } from './slice-names';
import { termsOf } from './terms';
import type { StandingOutcome } from './terms';

export const HOUR_MS = 3_600_000;

/** What of a segment is summed up. */
export type SummedSegment = Pick<
  PredictionSegment,
  '_id' | 'version' | 'n' | 'at' | 'prediction' | 'predicted' | 'score' | 'features'
> & { readonly erased?: readonly number[] };

/** Sums by version and hour. */
export type SumsByHour = Map<number, Map<number, HourSums>>;

/** The sums of a version's hour. */
export function hourOf(sums: SumsByHour, version: number, hour: number): HourSums {
  return entry(
    entry(sums, version, () => new Map<number, HourSums>()),
    hour,
    () => new HourSums(),
  );
}

/** Which rows of a segment are summed up. */
export interface SummedRange {
  /** Milliseconds. */
  readonly from: number;
  readonly to: number;
  /** Labels known later count as unknown. */
  readonly asOf: number;
  /** Whether features, prediction and score are, too. */
  readonly subjects: boolean;
}

export const WHOLE: SummedRange = { from: -Infinity, to: Infinity, asOf: Infinity, subjects: true };

/** A segment, unpacked for its sums. */
export class SegmentRows {
  readonly segment: SummedSegment;
  readonly at: Float64Array;
  private readonly prediction: Uint8Array;
  private readonly predicted: Float64Array;
  private readonly score: Float64Array;
  private readonly names: readonly SliceNames[];
  private readonly erased: ReadonlySet<number>;
  private readonly settings: SummarySettings;

  constructor(segment: SummedSegment, settings: SummarySettings) {
    this.segment = segment;
    this.settings = settings;
    this.at = unpackNumbers(segment.at);
    this.prediction = unpackBytes(segment.prediction);
    this.predicted = predictedOf(segment);
    this.score = unpackNumbers(segment.score);
    this.names = settings.keys.map((key) => sliceNamesOf(segment.features, key, segment.n));
    this.erased = new Set(segment.erased);
  }

  /** Adds the rows of a range with their labels. */
  addTo(sums: SumsByHour, labels: LabelState | null, range: SummedRange): void {
    const { version, n } = this.segment;
    if (version === HISTORY_VERSION) return;
    for (let start = 0; start < n;) {
      const hour = Math.floor(this.at[start]! / HOUR_MS);
      let end = start + 1;
      while (end < n && Math.floor(this.at[end]! / HOUR_MS) === hour) end += 1;
      const rows = this.rowsBetween(start, end, range);
      if (rows.length > 0) this.addHour(hourOf(sums, version, hour), rows, labels, range);
      start = end;
    }
  }

  /** What a row's outcome adds, in place of what it added before. */
  relabel(sums: SumsByHour, row: number, before: StandingOutcome, after: StandingOutcome): void {
    const { version } = this.segment;
    if (version === HISTORY_VERSION || this.erased.has(row)) return;
    const hour = hourOf(sums, version, Math.floor(this.at[row]! / HOUR_MS));
    if (before.label !== NO_LABEL) {
      this.addOutcome(hour, row, before, -1);
      hour.newestTaken = Math.max(hour.newestTaken, before.at);
    }
    this.addOutcome(hour, row, after, 1);
    hour.all.newestLabel = Math.max(hour.all.newestLabel, after.at);
  }

  private rowsBetween(start: number, end: number, { from, to }: SummedRange): Uint32Array {
    const rows = new Uint32Array(end - start);
    let n = 0;
    for (let row = start; row < end; row += 1) {
      if (this.at[row]! >= from && this.at[row]! < to && !this.erased.has(row)) rows[n++] = row;
    }
    return rows.subarray(0, n);
  }

  private addHour(hour: HourSums, rows: Uint32Array, labels: LabelState | null, range: SummedRange): void {
    for (const row of rows) {
      for (const { sums } of this.partsOf(hour, row)) {
        sums.add(SERVED, 1);
        this.countScore(sums.scores, row, 2, 1);
      }
      if (labels === null || !(labels.at[row]! <= range.asOf)) continue;
      const outcome = outcomeOf(labels, row);
      this.addOutcome(hour, row, outcome, 1);
      hour.all.newestLabel = Math.max(hour.all.newestLabel, outcome.at);
    }
    if (!range.subjects) return;
    for (const column of this.segment.features) addColumn(hour, column, rows);
    for (const row of rows) {
      if (!Number.isNaN(this.predicted[row]!)) count(hour.prediction.numbers, cellOf(this.predicted[row]!), 1);
      if (!Number.isNaN(this.score[row]!)) count(hour.score.numbers, cellOf(this.score[row]!), 1);
    }
  }

  private addOutcome(hour: HourSums, row: number, outcome: StandingOutcome, sign: 1 | -1): void {
    const [prediction, predicted, score] = [this.prediction[row]!, this.predicted[row]!, this.score[row]!];
    const terms = termsOf(this.settings, { prediction, predicted, score }, outcome);
    if (terms === null) return;
    for (const { sums } of this.partsOf(hour, row)) {
      sums.add(terms, sign);
      if (outcome.label > 1) continue;
      this.countScore(sums.scores, row, 2, -sign);
      this.countScore(sums.scores, row, outcome.label, sign);
    }
  }

  private countScore(scores: Map<number, number>, row: number, label: number, by: number): void {
    const score = this.score[row]!;
    if (this.settings.task !== 'binary' || Number.isNaN(score)) return;
    count(scores, scoreCell(scoreBin(score), Math.min(2, this.prediction[row]!), label), by);
  }

  /** All traffic, and the parts that the row belongs to. */
  private *partsOf(hour: HourSums, row: number): Iterable<{ readonly sums: HourSums['all'] }> {
    yield { sums: hour.all };
    for (let k = 0; k < this.names.length; k += 1) {
      for (const name of this.names[k]!(row)) yield { sums: hour.key(this.settings.keys[k]!).slice(name) };
    }
  }
}

const SERVED = { counts: ['served'], sums: [] } as const;

function addColumn(hour: HourSums, column: PackedColumn, rows: Uint32Array): void {
  const subject = (): SubjectSums => hour.feature(column.name);
  if (column.kind === 'number') {
    const values = unpackNumbers(column.data!);
    for (const row of rows) if (!Number.isNaN(values[row]!)) count(subject().numbers, cellOf(values[row]!), 1);
  } else if (column.kind === 'text') {
    const codes = unpackIntegers(column.data!);
    const names = column.dictionary!.map(countedText);
    for (const row of rows) if (codes[row]! >= 0) subject().text(names[codes[row]!]!, 1);
  } else {
    for (const row of rows) {
      const value: unknown = JSON.parse(column.json![row] ?? 'null');
      if (typeof value === 'number') count(subject().numbers, cellOf(value), 1);
      else if (typeof value === 'string') subject().text(countedText(value), 1);
    }
  }
}
