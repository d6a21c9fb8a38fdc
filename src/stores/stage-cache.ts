import type { Collection, Db, Document } from 'mongodb';
import type { StageOutcome } from './pipeline-stage';
import { isDuplicateKey } from './unique-batch';

/** What a cache keeps. */
export type CachedOutcome = Pick<StageOutcome, 'outputs' | 'metrics' | 'log'> & {
  /** The run that made it. */
  readonly run: string;
  /** When it was put, by the server's clock: what `commit` is given is not kept. */
  readonly at: Date;
};

/** Mine to make; made already; or somebody is making it. */
export type CacheClaim =
  { readonly state: 'mine' } | { readonly state: 'made'; readonly outcome: CachedOutcome } | { readonly state: 'held' };

/** A holder that has shown no life for so long is taken for dead, in milliseconds. */
export const CACHE_PATIENCE_MS = 20_000;

interface CacheEntry {
  /** The key. */
  readonly _id: string;
  /** Who makes it now, and when that one last showed life. */
  readonly holder: string | null;
  readonly beatAt: Date | null;
  /** What was made last; it stays while somebody makes it anew. */
  readonly outcome: Omit<CachedOutcome, 'at'> | null;
  readonly at: Date | null;
}

/**
 * Results of stages by what they depend on; of those who want the same one makes it and the others wait. Every time is
 * the server's (`$$NOW`), so that workers whose clocks disagree agree on what is old and who is dead.
 */
export class StageCacheStore {
  private readonly entries: Collection<CacheEntry>;
  private readonly patienceMs: number;

  /** @param options how long a holder may be silent; default 20 s */
  constructor(db: Db, options: { readonly patienceMs?: number | undefined } = {}) {
    this.entries = db.collection('stageCache', { ignoreUndefined: true });
    this.patienceMs = options.patienceMs ?? CACHE_PATIENCE_MS;
  }

  /** What is there now that is not older than `maxAgeMs`, without claiming anything. */
  async peek(key: string, maxAgeMs: number): Promise<CachedOutcome | null> {
    const found = await this.entries.findOne({ _id: { $eq: key }, $expr: isFresh(maxAgeMs) });
    return found === null ? null : { ...found.outcome!, at: found.at! };
  }

  /** Which of these keys have a result, however old. */
  async made(keys: readonly string[]): Promise<Set<string>> {
    const found = await this.entries
      .find({ _id: { $in: [...keys] }, outcome: { $ne: null } })
      .project<{ readonly _id: string }>({ _id: 1 })
      .toArray();
    return new Set(found.map(({ _id }) => _id));
  }

  /**
   * Takes what is there, or the right to make it. A holder that has shown no life for a while has lost that right; the
   * same holder may claim again.
   */
  async claim(key: string, holder: string, maxAgeMs: number): Promise<CacheClaim> {
    for (;;) {
      const entry = await this.take(key, holder, maxAgeMs);
      if (entry?.holder === holder) return { state: 'mine' };
      // Nobody makes it, or somebody does for whom it is too old.
      const outcome = await this.peek(key, maxAgeMs);
      if (outcome !== null) return { state: 'made', outcome };
      if (entry !== null && entry.holder !== null) return { state: 'held' };
    }
  }

  /** Shows that a holder lives; false when it has lost its right. */
  async beat(key: string, holder: string): Promise<boolean> {
    const { matchedCount } = await this.entries.updateOne({ _id: { $eq: key }, holder: { $eq: holder } }, [
      { $set: { beatAt: '$$NOW' } },
    ]);
    return matchedCount > 0;
  }

  /** Puts what a holder has made in the place of what was there, unless it has lost its right. */
  async commit(key: string, holder: string, outcome: CachedOutcome): Promise<void> {
    const { outputs, metrics, log, run } = outcome;
    await this.entries.updateOne({ _id: { $eq: key }, holder: { $eq: holder } }, [
      // As it is: a text that begins with a dollar would be read as a field otherwise.
      { $set: { holder: null, beatAt: null, outcome: { $literal: { outputs, metrics, log, run } }, at: '$$NOW' } },
    ]);
  }

  /** Gives the right up: a failure is never kept. */
  async release(key: string, holder: string): Promise<void> {
    await this.entries.updateOne(
      { _id: { $eq: key }, holder: { $eq: holder } },
      { $set: { holder: null, beatAt: null } },
    );
  }

  /** Gives the right to a holder where nothing fresh is there and nobody who lives has it, in one write. */
  private async take(key: string, holder: string, maxAgeMs: number): Promise<CacheEntry | null> {
    const me = { $literal: holder };
    const dead = { $lt: ['$beatAt', ago(this.patienceMs)] };
    const free = { $or: [{ $eq: [{ $ifNull: ['$holder', null] }, null] }, { $eq: ['$holder', me] }, dead] };
    const mine = { $and: [{ $not: [isFresh(maxAgeMs)] }, free] };
    const given = (to: Document | string, field: string): Document => ({
      $cond: [mine, to, { $ifNull: [`$${field}`, null] }],
    });
    const kept = { outcome: { $ifNull: ['$outcome', null] }, at: { $ifNull: ['$at', null] } };
    try {
      return await this.entries.findOneAndUpdate(
        { _id: { $eq: key } },
        [{ $set: { holder: given(me, 'holder'), beatAt: given('$$NOW', 'beatAt'), ...kept } }],
        { upsert: true, returnDocument: 'after' },
      );
    } catch (error) {
      // Somebody else wrote the first one just now: look again.
      if (!isDuplicateKey(error)) throw error;
      return null;
    }
  }
}

/** A moment so long before now. */
function ago(milliseconds: number): Document {
  return { $subtract: ['$$NOW', milliseconds] };
}

/** Whether a result is there and not older; what was never put is older than anything. */
function isFresh(maxAgeMs: number): Document {
  return { $gte: [{ $ifNull: ['$at', null] }, ago(maxAgeMs)] };
}
