import type { AnyBulkWriteOperation, Collection, Db } from 'mongodb';
import type {
  Conversion,
  ImpactGroup,
  ImpactWriteResult,
  RecommendationClick,
  RecommendationEvent,
} from '../contracts';
import { monthOf } from '../domain/impact';
import { chunksOf } from './chunks';
import { ensureIndex } from './indexes';
import { refusedPlaces } from './insert-new';
import { isDuplicateKey } from './insert-once';
import { digestRow } from './row-digest';

/** A recommendation event with the group that its user was in. */
export interface GroupedEvent extends RecommendationEvent {
  readonly group: ImpactGroup;
  readonly rotation: string;
}

/** A click may come before what was clicked: then there is nothing but `clicks` until that comes. */
interface EventDocument {
  readonly _id: string;
  readonly model: string;
  readonly eventId?: string;
  readonly userId?: string;
  readonly items?: readonly string[];
  readonly at?: Date;
  readonly modelVersion?: number | null;
  readonly group?: ImpactGroup;
  readonly rotation?: string;
  readonly digest?: string;
  /** When it was clicked, earliest first. */
  readonly clicks?: readonly Date[];
}

interface ConversionDocument {
  readonly _id: string;
  readonly model: string;
  readonly userId: string;
  readonly recommendationId: string | null;
  readonly revenue: number;
  readonly at: Date;
  readonly clicked: boolean;
  readonly revision: number;
  readonly digest: string;
  /** Every month that it ever stood in: a correction may move it. */
  readonly months: readonly string[];
}

/** Of one recommendation: nobody clicks more often, and a document may not grow without end. */
const MOST_CLICKS = 100;

/** Ids in one command: it holds 16 MB, and so does its answer, which names each id that is there already twice. */
const IDS_AT_ONCE = 5_000;

/** How often something of a month was written: a report of the same counts is still right. */
interface ChangesDocument {
  readonly _id: string;
  readonly model: string;
  readonly month: string;
  readonly count: number;
}

/** What became of events in the database. */
export type Written = Omit<ImpactWriteResult, 'rejected'>;

/** An event as it is to stand: its key, and the same digest for the same content. */
interface Keyed {
  readonly key: string;
  readonly digest: string;
}

/** What users were shown and what they did: one document per id, written once, whatever the order. */
export class ImpactEventStore {
  private readonly events: Collection<EventDocument>;
  private readonly conversions: Collection<ConversionDocument>;
  private readonly changes: Collection<ChangesDocument>;

  constructor(db: Db) {
    this.events = db.collection('recommendationEvents');
    this.conversions = db.collection('conversions');
    this.changes = db.collection('impactChanges');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.events, { model: 1, at: 1, _id: 1 }, { name: 'time' });
    await ensureIndex(this.conversions, { model: 1, at: 1, _id: 1 }, { name: 'time' });
    await ensureIndex(this.changes, { model: 1, month: 1 }, { name: 'month' });
  }

  /** Stores what users were shown; the first of an id stands. */
  async recommend(model: string, given: readonly GroupedEvent[]): Promise<Written> {
    const rows = given.map((event) => {
      const { eventId, userId, items, at, modelVersion, group, rotation } = event;
      const digest = digestRow([userId, items, at, modelVersion, group, rotation]);
      const time = new Date(at);
      const document = { model, eventId, userId, items, at: time, modelVersion, group, rotation, digest };
      return { key: `${model}/${eventId}`, digest, document };
    });
    const written = await write(
      this.events,
      rows,
      rows.map(({ key, document }) => ({
        updateOne: { filter: { _id: { $eq: key }, at: { $exists: false } }, update: { $set: document }, upsert: true },
      })),
    );
    await this.mark(model, given);
    return written;
  }

  /** Stores clicks, the earliest of a recommendation: which of them count is known when it is there. */
  async click(model: string, given: readonly RecommendationClick[]): Promise<Written> {
    const operations = given.map(({ recommendationId, at }) => {
      const all = { $setUnion: [{ $ifNull: ['$clicks', []] }, [new Date(at)]] };
      const clicks = { $slice: [{ $sortArray: { input: all, sortBy: 1 } }, MOST_CLICKS] };
      const filter = { _id: { $eq: `${model}/${recommendationId}` } };
      return { updateOne: { filter, update: [{ $set: { model: { $literal: model }, clicks } }], upsert: true } };
    });
    const { upsertedCount, modifiedCount } =
      operations.length === 0
        ? { upsertedCount: 0, modifiedCount: 0 }
        : await this.events.bulkWrite(operations, { ordered: false });
    await this.mark(model, given);
    const recorded = upsertedCount + modifiedCount;
    return { recorded, duplicates: given.length - recorded, conflicts: 0 };
  }

  /** Stores orders; of an id the highest revision stands. */
  async convert(model: string, given: readonly Conversion[]): Promise<Written> {
    const rows = given.map((conversion) => {
      const { conversionId, userId, recommendationId = null, revenue, at, clicked = false, revision = 0 } = conversion;
      const digest = digestRow([userId, recommendationId, revenue, at, clicked, revision]);
      const time = new Date(at);
      const document = { model, userId, recommendationId, revenue, at: time, clicked, revision, digest };
      return { key: `${model}/${conversionId}`, digest, revision, document, month: monthOf(at) };
    });
    const written = await write(
      this.conversions,
      rows,
      rows.map(({ key, revision, document, month }) => ({
        updateOne: {
          filter: { _id: { $eq: key }, revision: { $lt: revision } },
          update: { $set: document, $addToSet: { months: month } },
          upsert: true,
        },
      })),
    );
    await this.markMonths(model, await this.monthsOf(rows));
    return written;
  }

  /**
   * Every month that orders ever stood in. Read after the write, so that of two corrections at once the last knows what
   * the other left behind, and so does whoever sends again what was cut off.
   */
  private async monthsOf(rows: readonly Keyed[]): Promise<ReadonlySet<string>> {
    const months = new Set<string>();
    for (const part of chunksOf(rows, IDS_AT_ONCE)) {
      const keys = part.map(({ key }) => key);
      const found = this.conversions.find({ _id: { $in: keys } }).project<{ months: string[] }>({ months: 1 });
      for await (const one of found) for (const month of one.months) months.add(month);
    }
    return months;
  }

  /** How often something of each month was written. */
  async changesOf(model: string): Promise<ReadonlyMap<string, number>> {
    const found = await this.changes.find({ model: { $eq: model } }).toArray();
    return new Map(found.map(({ month, count }) => [month, count]));
  }

  private mark(model: string, given: readonly { readonly at: string }[]): Promise<void> {
    return this.markMonths(model, new Set(given.map(({ at }) => monthOf(at))));
  }

  /**
   * After the write and before the caller hears of it: whoever was told that an event stands can rely on its month
   * being computed again, and whoever was not told sends it again.
   */
  private async markMonths(model: string, months: ReadonlySet<string>): Promise<void> {
    for (const month of months) {
      const _id = { $eq: `${model}/${month}` };
      await upsert(() =>
        this.changes.updateOne({ _id }, { $inc: { count: 1 }, $set: { model, month } }, { upsert: true }),
      );
    }
  }
}

/** Two processes that upsert the same document at once: the second finds it. */
async function upsert(work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isDuplicateKey(error)) throw error;
    await work();
  }
}

/** What every document with an id of the caller's has. */
interface Standing {
  readonly _id: string;
  readonly digest?: string;
  readonly revision?: number;
}

/** Writes what is not there yet; what is refused by its id is there already, with the same content or another. */
async function write<D extends Standing>(
  collection: Collection<D>,
  rows: readonly (Keyed & { readonly revision?: number })[],
  operations: readonly AnyBulkWriteOperation<D>[],
): Promise<Written> {
  let [known, conflicts] = [0, 0];
  const commands = chunksOf(operations, IDS_AT_ONCE);
  for (const [k, part] of chunksOf(rows, IDS_AT_ONCE).entries()) {
    const there = await refusedTwice(collection, commands[k]!);
    known += there.length;
    conflicts += await conflicting(
      collection,
      there.map((index) => part[index]!),
    );
  }
  return { recorded: rows.length - known, duplicates: known - conflicts, conflicts };
}

/** How many of those whose id is there have another content, and are not merely older. */
async function conflicting<D extends Standing>(
  collection: Collection<D>,
  rows: readonly (Keyed & { readonly revision?: number })[],
): Promise<number> {
  const keys = rows.map(({ key }) => key);
  const there = await standing(collection as unknown as Collection<Standing>, keys);
  return rows.filter(({ key, digest, revision = 0 }) => {
    const found = there.get(key);
    return found !== undefined && found.digest !== digest && (found.revision ?? 0) <= revision;
  }).length;
}

/**
 * The places of those operations whose id is there for good. The first refusal may come from an older revision, or from
 * a click, that was written at the same moment: it does not tell, so each is tried once more.
 */
async function refusedTwice<D extends Standing>(
  collection: Collection<D>,
  operations: readonly AnyBulkWriteOperation<D>[],
): Promise<number[]> {
  const first = await refused(collection, operations);
  if (first.length === 0) return first;
  const again = await refused(
    collection,
    first.map((index) => operations[index]!),
  );
  return again.map((index) => first[index]!);
}

/** The places of those operations whose id is there. */
async function refused<D extends Standing>(
  collection: Collection<D>,
  operations: readonly AnyBulkWriteOperation<D>[],
): Promise<number[]> {
  try {
    await collection.bulkWrite(operations, { ordered: false });
    return [];
  } catch (error) {
    return refusedPlaces(error);
  }
}

async function standing(
  collection: Collection<Standing>,
  keys: readonly string[],
): Promise<ReadonlyMap<string, Standing>> {
  const found = await collection
    .find({ _id: { $in: [...keys] } })
    .project<Standing>({ digest: 1, revision: 1 })
    .toArray();
  return new Map(found.map((document) => [document._id, document]));
}
