import type { Collection, Db } from 'mongodb';
import { HISTORY_VERSION } from '../contracts';
import type { Instant, Interval, ModelTarget } from '../contracts';
import { unpackNumbers } from './columns';
import { ensureIndex } from './indexes';
import type { PredictionSegment } from './prediction';
import { targetFilter } from './unique-batch';

/** When predictions came, whatever they said. */
export class TrafficStore {
  private readonly segments: Collection<PredictionSegment>;

  constructor(db: Db) {
    this.segments = db.collection('predictionSegments');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    // With all that a count needs: it reads no segment whole.
    const keys = { model: 1, environment: 1, to: 1, from: 1, version: 1, n: 1 } as const;
    await ensureIndex(this.segments, keys, { name: 'traffic' });
  }

  /** How many rows were served in an interval, by one version or by any. */
  async countServed(target: ModelTarget, interval: Interval, version?: number): Promise<number> {
    const [from, to] = [new Date(interval.from), new Date(interval.to)];
    const served = {
      ...targetFilter(target),
      version: version === undefined ? { $ne: HISTORY_VERSION } : { $eq: version },
    };
    const within = { ...served, from: { $gte: from }, to: { $gte: from, $lt: to } };
    const [whole] = await this.segments
      .aggregate<{ readonly n: number }>([{ $match: within }, { $group: { _id: null, n: { $sum: '$n' } } }])
      .toArray();
    const across = {
      ...served,
      from: { $lt: to },
      to: { $gte: from },
      $or: [{ from: { $lt: from } }, { to: { $gte: to } }],
    };
    let n = whole?.n ?? 0;
    for await (const { at } of this.segments.find(across).project<Pick<PredictionSegment, 'at'>>({ at: 1 })) {
      for (const time of unpackNumbers(at)) if (time >= from.getTime() && time < to.getTime()) n += 1;
    }
    return n;
  }

  /** When the newest prediction up to an instant was served; null when there is none. Imported history is not served. */
  async lastServedAt(target: ModelTarget, at: Instant): Promise<Instant | null> {
    const until = new Date(at);
    const served = { ...targetFilter(target), version: { $ne: HISTORY_VERSION } };
    const past = await this.segments
      .find({ ...served, to: { $lte: until } })
      .project<Pick<PredictionSegment, 'to'>>({ to: 1 })
      .sort({ to: -1 })
      .limit(1)
      .next();
    let newest = past?.to.getTime() ?? Number.NEGATIVE_INFINITY;
    // On a data clock rows may be there that are later than the look.
    const straddling = this.segments
      .find({ ...served, to: { $gt: until }, from: { $lte: until } })
      .project<Pick<PredictionSegment, 'at'>>({ at: 1 });
    for await (const segment of straddling) {
      for (const time of unpackNumbers(segment.at)) if (time <= until.getTime()) newest = Math.max(newest, time);
    }
    return newest === Number.NEGATIVE_INFINITY ? null : new Date(newest).toISOString();
  }
}
