import { Double } from 'mongodb';
import type { Collection, Db } from 'mongodb';
import type { ExperimentDesign, Interval, MetricEvent, TrackResult } from '../contracts';
import { chunksOf } from './chunks';
import { inParallel } from './in-parallel';
import { ensureIndex } from './indexes';
import { insertNew } from './insert-new';
import { baselinesOf } from './metric-event-baselines';
import type { Baselines } from './metric-event-baselines';
import type { MetricEventDocument } from './metric-event-document';
import { trackResult } from './tracked';
import type { TrackStatus } from './tracked';

const CHUNK = 5_000;

/** What units did, by event id: written once, never changed. */
export class MetricEventStore {
  private readonly events: Collection<MetricEventDocument>;

  constructor(db: Db) {
    this.events = db.collection('metricEvents');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    // With `_id` in it a unit's events come in one order, whatever came first.
    await ensureIndex(this.events, { unit: 1, event: 1, at: 1, _id: 1 }, { name: 'unit' });
    await ensureIndex(this.events, { at: 1 }, { name: 'at' });
    await ensureIndex(this.events, { folded: 1 }, { name: 'unfolded', partialFilterExpression: { folded: false } });
  }

  /**
   * Stores events, which must have passed the schema; durable when it resolves. A known id is a duplicate, a known id
   * with another content a conflict: what was stored first stands.
   */
  async track(events: readonly MetricEvent[]): Promise<TrackResult> {
    return trackResult(await this.write(events));
  }

  /** The same, with what became of each. */
  async write(events: readonly MetricEvent[]): Promise<TrackStatus[]> {
    const statuses = events.map((): TrackStatus => 'accepted');
    await inParallel(chunksOf([...events.entries()], CHUNK), async (chunk) => {
      const there = await insertNew(
        this.events,
        chunk.map(([, event]) => documentOf(event)),
      );
      const met = there.map((position) => chunk[position]!);
      const known = await this.known(met.map(([, { eventId }]) => eventId));
      for (const [place, event] of met)
        statuses[place] = isSame(event, known.get(event.eventId)) ? 'duplicate' : 'conflicting-id';
    });
    return statuses;
  }

  /**
   * What history tells of a design: units per day that did anything, and mean and standard deviation of a unit over
   * one conversion window, by event metric. A metric without events is not in it.
   */
  async baselines(design: ExperimentDesign, history: Interval): Promise<Baselines> {
    return baselinesOf(this.events, design, history);
  }

  private async known(ids: readonly string[]): Promise<ReadonlyMap<string, MetricEventDocument>> {
    if (ids.length === 0) return new Map();
    const found = await this.events.find({ _id: { $in: [...ids] } }).toArray();
    return new Map(found.map((document) => [document._id, document]));
  }
}

function documentOf({ eventId, unit, event, value, at }: MetricEvent): MetricEventDocument {
  // As a double: whole numbers would be kept as integers, whose sums overflow.
  return { _id: eventId, unit, event, value: new Double(value), at: new Date(at), folded: false };
}

function isSame({ unit, event, value, at }: MetricEvent, known: MetricEventDocument | undefined): boolean {
  return (
    known?.unit === unit &&
    known.event === event &&
    Number(known.value) === value &&
    known.at.getTime() === Date.parse(at)
  );
}

export type { Baselines } from './metric-event-baselines';
