import type { ClientSession, Db, Filter } from 'mongodb';
import type { ModelTarget, SummarySettings } from '../../contracts';
import { canonicalJson, targetFilter } from '../unique-batch';
import { activeSettings, foldKey, plainSettings } from '../fold-state';
import type { FoldStates } from '../fold-state';
import type { ChangedSegment, LabelWriter } from '../label-writer';
import type { LabelState } from '../label-state';
import type { LeaseStore } from '../lease';
import type { PredictionSegment, PredictionStore } from '../prediction';
import { BucketStore } from './bucket-store';
import { columnsOf, SegmentReader } from './segment-reader';
import { rangesOf } from './ranges';
import { HOUR_MS, SegmentRows, WHOLE } from './segment-sums';
import type { SummedSegment, SumsByHour } from './segment-sums';

/** Documents dropped in one transaction when settings change, and segments to be folded anew. */
const DROPPED_BUCKETS = 5_000;
const UNFOLDED_SEGMENTS = 200;
/** Hours rebuilt in one transaction. */
const REBUILT_HOURS = 24;

/** For sums whose newest label never goes away. */
const KEPT = (): Promise<number> => Promise.resolve(Number.NEGATIVE_INFINITY);

/** What summaries are written with. */
export interface WriterParts {
  readonly predictions: PredictionStore;
  readonly leases: LeaseStore;
  readonly states: FoldStates;
  readonly labels: LabelWriter;
}

/** Writes summaries: each change within the transaction of the fold that brings it. */
export class SummaryWriter {
  readonly store: BucketStore;
  private readonly reader: SegmentReader;
  private readonly parts: WriterParts;

  constructor(db: Db, parts: WriterParts) {
    this.parts = parts;
    this.store = new BucketStore(db);
    this.reader = new SegmentReader(parts.predictions, parts.labels);
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await this.store.migrate();
  }

  /** Says what is summed up from now on. Summaries of other settings are dropped and folded anew. */
  async configure(target: ModelTarget, settings: SummarySettings): Promise<void> {
    const wanted = plainSettings(settings);
    const isSame = (known: SummarySettings | null): boolean => canonicalJson(known) === canonicalJson(wanted);
    if (isSame((await this.parts.states.read(target)).settings)) return;
    await this.parts.leases.transaction(foldKey(target), async (session) => {
      const state = await this.parts.states.claim(target, session);
      if (!isSame(state.settings)) await this.parts.states.set(target, { settings: wanted, ready: false }, session);
    });
  }

  /** Goes on with dropping summaries of other settings where that was begun; until then nothing is added to any. */
  async finish(target: ModelTarget): Promise<void> {
    let from = new Date(-8.64e15);
    for (;;) {
      if ((await this.parts.states.read(target)).ready) return;
      from = await this.parts.leases.transaction(foldKey(target), (session) => this.drop(target, from, session));
    }
  }

  /** Adds segments with their labels. */
  async addSegments(
    target: ModelTarget,
    settings: SummarySettings,
    segments: readonly SummedSegment[],
    session: ClientSession,
  ): Promise<void> {
    const sums: SumsByHour = new Map();
    const labels = await this.parts.labels.read(
      segments.map(({ _id }) => _id),
      session,
    );
    for (const segment of segments) {
      new SegmentRows(segment, settings).addTo(sums, labels.get(segment._id) ?? null, WHOLE);
    }
    await this.store.add(target, sums, { subjects: true, newestLabel: KEPT }, session);
  }

  /** Puts new outcomes in the place of those that stood. */
  async relabel(
    target: ModelTarget,
    settings: SummarySettings,
    changed: readonly ChangedSegment[],
    session: ClientSession,
  ): Promise<void> {
    const changes = new Map(changed.map((segment) => [segment._id, segment.changes]));
    const sums: SumsByHour = new Map();
    const which = { ...targetFilter(target), _id: { $in: [...changes.keys()] } };
    for (const segment of await this.reader.segments(which, columnsOf(settings.keys), session)) {
      const rows = new SegmentRows(segment, settings);
      for (const { row, before, after } of changes.get(segment._id)!) rows.relabel(sums, row, before, after);
    }
    const newestLabel = (version: number, hour: number) => this.reader.newestLabel(target, version, hour, session);
    await this.store.add(target, sums, { subjects: false, newestLabel }, session);
  }

  /**
   * Sums up hours anew from the segments that are folded: the same documents, unless something was wrong. Hours of which
   * predictions were dropped stay as they are.
   * @param hours starts of hours
   */
  async rebuild(target: ModelTarget, hours: readonly Date[]): Promise<void> {
    const all = [...new Set(hours.map((hour) => Math.floor(hour.getTime() / HOUR_MS)))].sort((a, b) => a - b);
    for (let start = 0; start < all.length; start += REBUILT_HOURS) {
      const group = all.slice(start, start + REBUILT_HOURS);
      await this.parts.leases.transaction(foldKey(target), (session) => this.rebuildWithin(target, group, session));
    }
  }

  /** The same for hours since 1970, within a transaction. */
  async rebuildWithin(target: ModelTarget, hours: readonly number[], session: ClientSession): Promise<void> {
    const state = await this.parts.states.claim(target, session);
    const settings = activeSettings(state);
    const kept = hours.filter((hour) => hour * HOUR_MS >= (state.droppedBefore?.getTime() ?? -Infinity));
    if (settings === null || kept.length === 0) return;
    const sums: SumsByHour = new Map();
    for (const [first, last] of rangesOf(kept)) {
      const range = { ...WHOLE, from: first * HOUR_MS, to: (last + 1) * HOUR_MS };
      await this.reader.addRows(sums, target, settings, range, { folded: true }, session);
    }
    await this.store.replace(target, kept, sums, session);
  }

  /**
   * Takes rows of a folded segment out of hours that cannot be rebuilt, because predictions of them were dropped; call it
   * while the rows are still there.
   */
  async subtractDropped(
    target: ModelTarget,
    settings: SummarySettings,
    segment: SummedSegment,
    labels: LabelState | null,
    { rows, dropped }: { readonly rows: readonly number[]; readonly dropped: number },
    session: ClientSession,
  ): Promise<void> {
    const others = Array.from({ length: segment.n }, (_, row) => row).filter((row) => !rows.includes(row));
    const alone = new SegmentRows({ ...segment, erased: [...(segment.erased ?? []), ...others] }, settings);
    // An hour that began before is one that is not rebuilt.
    const range = { ...WHOLE, to: Math.ceil(dropped / HOUR_MS) * HOUR_MS };
    const sums: SumsByHour = new Map();
    alone.addTo(sums, labels, range);
    await this.store.add(target, sums, { subjects: true, sign: -1, newestLabel: KEPT }, session);
  }

  private async drop(target: ModelTarget, from: Date, session: ClientSession): Promise<Date> {
    const state = await this.parts.states.claim(target, session);
    if (state.ready) return from;
    const { buckets } = this.store;
    const found = await buckets
      .find(targetFilter(target), { session, projection: { _id: 1 } })
      .limit(DROPPED_BUCKETS)
      .toArray();
    if (found.length > 0) {
      await buckets.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, { session });
      return from;
    }
    const folded: Filter<PredictionSegment> = { ...targetFilter(target), from: { $gte: from }, folded: { $ne: false } };
    const segments = await this.parts.predictions.segments
      .find(folded, { session })
      .project<Pick<PredictionSegment, '_id' | 'from'>>({ from: 1 })
      .sort({ from: 1 })
      .limit(UNFOLDED_SEGMENTS)
      .toArray();
    if (segments.length === 0) {
      await this.parts.states.set(target, { ready: true }, session);
      return from;
    }
    const ids = segments.map(({ _id }) => _id);
    await this.parts.predictions.segments.updateMany({ _id: { $in: ids } }, { $set: { folded: false } }, { session });
    return segments.at(-1)!.from;
  }
}
