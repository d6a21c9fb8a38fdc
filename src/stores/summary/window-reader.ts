import type { Filter } from 'mongodb';
import type { ModelTarget, SummaryQuery, SummarySettings, WindowSummary } from '../../contracts';
import { targetFilter } from '../unique-batch';
import { SUBJECT_KINDS } from './bucket';
import type { BucketKind, MonitorBucket } from './bucket';
import type { BucketStore } from './bucket-store';
import { rangesOf } from './ranges';
import type { SegmentReader } from './segment-reader';
import { HOUR_MS } from './segment-sums';
import type { SumsByHour } from './segment-sums';
import { Window } from './window';

/** Milliseconds; half-open. */
type Range = readonly [from: number, to: number];

/** Documents in one answer of the server. */
const BATCH = { batchSize: 10_000 };

/** Merges hours into windows. */
export class WindowReader {
  private readonly store: BucketStore;
  private readonly rows: SegmentReader;

  constructor(store: BucketStore, rows: SegmentReader) {
    this.store = store;
    this.rows = rows;
  }

  /**
   * @param dropped when rows may be gone that were served before, in milliseconds; it is awaited beside the first read,
   * and where it rejects, so does this
   */
  async read(
    target: ModelTarget,
    settings: SummarySettings,
    query: SummaryQuery,
    dropped: Promise<number>,
  ): Promise<WindowSummary> {
    const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
    // The first whole hour and the one after the last; none where the window lies within an hour.
    const [first, last] = [Math.ceil(from / HOUR_MS), Math.floor(to / HOUR_MS)];
    const subjects = query.seasonOf !== undefined;
    const find = (kinds: readonly BucketKind[]): Promise<MonitorBucket[]> =>
      first < last
        ? this.store.buckets.find(filterOf(target, query, kinds, first, last), BATCH).toArray()
        : Promise.resolve([]);
    const [traffic, distributions, droppedBefore] = await Promise.all([
      find(query.slices === true ? ['all', 'slice', 'rest'] : ['all']),
      subjects ? find(SUBJECT_KINDS) : [],
      dropped,
    ]);
    const late = lateHours(traffic, Date.parse(query.asOf), droppedBefore);
    const window = new Window(query);
    for (const bucket of traffic) {
      if (!late.has(bucket.at.getTime())) window.addTraffic(bucket);
      if (subjects && bucket.kind === 'all') window.addServed(bucket);
    }
    for (const bucket of distributions) window.addSubject(bucket);
    for (const range of raggedEnds(from, to, first, last)) {
      window.addRows(await this.sums(target, settings, query, range, subjects), subjects);
    }
    const hours = [...late].map((at) => at / HOUR_MS).sort((a, b) => a - b);
    for (const [start, end] of rangesOf(hours)) {
      const range = [start * HOUR_MS, (end + 1) * HOUR_MS] as const;
      window.addRows(await this.sums(target, settings, query, range, false), false);
    }
    return window.summary(settings);
  }

  private async sums(
    target: ModelTarget,
    settings: SummarySettings,
    query: SummaryQuery,
    [from, to]: Range,
    subjects: boolean,
  ): Promise<SumsByHour> {
    const sums: SumsByHour = new Map();
    const range = { from, to, asOf: Date.parse(query.asOf), subjects };
    const which = query.version === undefined ? {} : { version: query.version };
    await this.rows.addRows(sums, target, settings, range, which);
    return sums;
  }
}

function filterOf(
  target: ModelTarget,
  { version }: SummaryQuery,
  kinds: readonly BucketKind[],
  first: number,
  last: number,
): Filter<MonitorBucket> {
  const at = { $gte: new Date(first * HOUR_MS), $lt: new Date(last * HOUR_MS) };
  const one = version === undefined ? {} : { version: { $eq: version } };
  return { ...targetFilter(target), kind: { $in: [...kinds] }, at, ...one };
}

/** Starts of hours of which a label became known too late; where rows may be gone, hours are used as they are. */
function lateHours(traffic: readonly MonitorBucket[], asOf: number, droppedBefore: number): ReadonlySet<number> {
  const late = traffic.filter(({ at, newestLabel }) => {
    return newestLabel !== undefined && newestLabel.getTime() > asOf && at.getTime() >= droppedBefore;
  });
  return new Set(late.map(({ at }) => at.getTime()));
}

/** What of a window is not made of whole hours. */
function raggedEnds(from: number, to: number, first: number, last: number): Range[] {
  const ends: Range[] =
    last < first
      ? [[from, to]]
      : [
          [from, first * HOUR_MS],
          [last * HOUR_MS, to],
        ];
  return ends.filter(([start, end]) => start < end);
}
