import { BSON } from 'mongodb';
import type { AnyBulkWriteOperation, ClientSession, Collection, Db } from 'mongodb';
import type { ModelTarget } from '../../contracts';
import { ensureIndex } from '../indexes';
import { targetFilter } from '../unique-batch';
import { bucketsOf, SUBJECT_KINDS, sumsOf, TRAFFIC_KINDS } from './bucket';
import type { BucketKind, MonitorBucket } from './bucket';
import type { HourSums } from './hour-sums';
import { HOUR_MS } from './segment-sums';
import type { SumsByHour } from './segment-sums';

/** The newest standing label of an hour, read from its rows; −∞ when there is none. */
export type NewestLabel = (version: number, hour: number) => Promise<number>;

/** The documents that sums are kept in. */
export class BucketStore {
  readonly buckets: Collection<MonitorBucket>;

  constructor(db: Db) {
    this.buckets = db.collection('monitorBuckets');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.buckets, { model: 1, environment: 1, kind: 1, at: 1 }, { name: 'window' });
  }

  /**
   * Adds sums to the buckets of their hours, or takes them away, within a transaction that has claimed the target.
   * @param subjects whether features, prediction and score change, too
   */
  async add(
    target: ModelTarget,
    sums: SumsByHour,
    how: { readonly subjects: boolean; readonly sign?: 1 | -1; readonly newestLabel: NewestLabel },
    session: ClientSession,
  ): Promise<void> {
    const kinds = how.subjects ? [...TRAFFIC_KINDS, ...SUBJECT_KINDS] : TRAFFIC_KINDS;
    const hours = new Set([...sums.values()].flatMap((byHour) => [...byHour.keys()]));
    if (hours.size === 0) return;
    const known = await this.load(target, [...hours], kinds, session);
    const changes: AnyBulkWriteOperation<MonitorBucket>[] = [];
    for (const [version, byHour] of sums) {
      for (const [hour, added] of byHour) {
        const before = known.get(`${version}/${hour}`) ?? [];
        const total = sumsOf(before);
        const newestBefore = total.all.newestLabel;
        total.merge(added, how.sign);
        // The newest label was taken away, and what came is older: only the rows know which is the newest now.
        if (added.newestTaken >= newestBefore && total.all.newestLabel === newestBefore)
          total.all.newestLabel = await how.newestLabel(version, hour);
        changes.push(...difference(before, bucketsOf({ ...target, version, hour }, total, kinds)));
      }
    }
    if (changes.length > 0) await this.buckets.bulkWrite(changes, { session, ordered: false });
  }

  /** Puts sums in the place of all buckets of the hours. */
  async replace(
    target: ModelTarget,
    hours: readonly number[],
    sums: SumsByHour,
    session: ClientSession,
  ): Promise<void> {
    const kinds = [...TRAFFIC_KINDS, ...SUBJECT_KINDS];
    const known = await this.load(target, hours, kinds, session);
    const before = [...known.values()].flat();
    const after = [...sums].flatMap(([version, byHour]) =>
      [...byHour].flatMap(([hour, added]) => bucketsOf({ ...target, version, hour }, bounded(added), kinds)),
    );
    const changes = difference(before, after);
    if (changes.length > 0) await this.buckets.bulkWrite(changes, { session, ordered: false });
  }

  private async load(
    target: ModelTarget,
    hours: readonly number[],
    kinds: readonly BucketKind[],
    session: ClientSession,
  ): Promise<Map<string, MonitorBucket[]>> {
    const at = hours.map((hour) => new Date(hour * HOUR_MS));
    const filter = { ...targetFilter(target), kind: { $in: [...kinds] }, at: { $in: at } };
    const known = new Map<string, MonitorBucket[]>();
    for await (const bucket of this.buckets.find(filter, { session })) {
      const key = `${bucket.version}/${bucket.at.getTime() / HOUR_MS}`;
      const group = known.get(key);
      if (group === undefined) known.set(key, [bucket]);
      else group.push(bucket);
    }
    return known;
  }
}

/** Sums of rows as if they had been added to nothing. */
function bounded(sums: HourSums): HourSums {
  for (const key of sums.keys.values()) key.bound();
  for (const feature of sums.features.values()) feature.bound();
  return sums;
}

function difference(
  before: readonly MonitorBucket[],
  after: readonly MonitorBucket[],
): AnyBulkWriteOperation<MonitorBucket>[] {
  const left = new Map(before.map((bucket) => [bucket._id, bucket]));
  const changed = after.filter((bucket) => {
    const known = left.get(bucket._id);
    left.delete(bucket._id);
    return known === undefined || Buffer.compare(BSON.serialize(known), BSON.serialize(bucket)) !== 0;
  });
  return [
    ...changed.map((bucket) => ({
      replaceOne: { filter: { _id: bucket._id }, replacement: bucket, upsert: true },
    })),
    ...[...left.keys()].map((_id) => ({ deleteOne: { filter: { _id } } })),
  ];
}
