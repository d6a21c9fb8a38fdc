import type { ClientSession, Document, Filter } from 'mongodb';
import type { ModelTarget, SummarySettings } from '../../contracts';
import { unpackNumbers } from '../columns';
import type { LabelWriter } from '../label-writer';
import type { PredictionSegment, PredictionStore } from '../prediction';
import { targetFilter } from '../unique-batch';
import { HOUR_MS, SegmentRows } from './segment-sums';
import type { SummedRange, SummedSegment, SumsByHour } from './segment-sums';

/** Segments unpacked at once. */
const BATCH = 50;

/** Reads segments for their sums. */
export class SegmentReader {
  private readonly predictions: PredictionStore;
  private readonly labels: LabelWriter;

  constructor(predictions: PredictionStore, labels: LabelWriter) {
    this.predictions = predictions;
    this.labels = labels;
  }

  /** Segments with the columns that are summed up. */
  async segments(
    which: Filter<PredictionSegment>,
    columns: Document,
    session?: ClientSession,
  ): Promise<SummedSegment[]> {
    return this.predictions.segments
      .find(which, session ? { session } : {})
      .project<SummedSegment>(columns)
      .sort({ _id: 1 })
      .toArray();
  }

  /** Adds the rows of a range, a few segments at a time. */
  async addRows(
    sums: SumsByHour,
    target: ModelTarget,
    settings: SummarySettings,
    range: SummedRange,
    which: { readonly version?: number; readonly folded?: boolean },
    session?: ClientSession,
  ): Promise<void> {
    const filter = { ...overlapping(target, range.from, range.to), ...equal(which) };
    const found = await this.predictions.segments
      .find(filter, session ? { session } : {})
      .project<{ _id: string }>({ _id: 1 })
      .sort({ _id: 1 })
      .toArray();
    const columns = range.subjects ? columnsOf() : columnsOf(settings.keys);
    for (let start = 0; start < found.length; start += BATCH) {
      const ids = found.slice(start, start + BATCH).map(({ _id }) => _id);
      const labels = await this.labels.read(ids, session);
      for (const segment of await this.segments({ _id: { $in: ids } }, columns, session)) {
        new SegmentRows(segment, settings).addTo(sums, labels.get(segment._id) ?? null, range);
      }
    }
  }

  /** When the newest standing label of an hour's folded rows became known; −∞ without any. */
  async newestLabel(target: ModelTarget, version: number, hour: number, session: ClientSession): Promise<number> {
    const [from, to] = [hour * HOUR_MS, (hour + 1) * HOUR_MS];
    const which = { ...overlapping(target, from, to), ...equal({ version, folded: true }) };
    const segments = await this.segments(which, { at: 1, n: 1, erased: 1 }, session);
    const labels = await this.labels.read(
      segments.map(({ _id }) => _id),
      session,
    );
    let newest = -Infinity;
    for (const segment of segments) {
      const known = labels.get(segment._id)?.at;
      const at = unpackNumbers(segment.at);
      for (let row = 0; known !== undefined && row < segment.n; row += 1) {
        if (at[row]! >= from && at[row]! < to && known[row]! > newest && !segment.erased?.includes(row))
          newest = known[row]!;
      }
    }
    return newest;
  }
}

/** The columns that are summed up: of features, all of them or those of the given names. */
export function columnsOf(features?: readonly string[]): Document {
  const named = { $filter: { input: '$features', cond: { $in: ['$$this.name', { $literal: features }] } } };
  const rows = { version: 1, n: 1, at: 1, prediction: 1, predicted: 1, score: 1, erased: 1 };
  return { ...rows, features: features === undefined ? 1 : named };
}

function overlapping(target: ModelTarget, from: number, to: number): Filter<PredictionSegment> {
  return { ...targetFilter(target), from: { $lt: new Date(to) }, to: { $gte: new Date(from) } };
}

function equal(which: { readonly version?: number; readonly folded?: boolean }): Filter<PredictionSegment> {
  return Object.fromEntries(Object.entries(which).map(([name, value]) => [name, { $eq: value }]));
}
