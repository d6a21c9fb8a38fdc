import type { ChangeStream, Collection, Db } from 'mongodb';
import type { Instant, LedgerEntry, ModelTarget, Serving } from '../contracts';
import { servingOf } from '../domain/deployment';
import { isDuplicateKey, targetFilter } from './unique-batch';
import { ensureIndex } from './indexes';

type ServingDocument = Serving & { readonly _id: string };
type LedgerDocument = LedgerEntry & { readonly _id: string };

/** Someone with a newer fencing token has written. */
export class StaleWriterError extends Error {
  override readonly name = 'StaleWriterError';
}

/** What serves, and the append-only ledger of every decision about it. */
export class DeploymentStore {
  private readonly deployments: Collection<ServingDocument>;
  private readonly ledger: Collection<LedgerDocument>;

  constructor(db: Db) {
    this.deployments = db.collection('deployments');
    this.ledger = db.collection('deploymentLedger');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.ledger, { model: 1, environment: 1, key: 1 }, { unique: true, name: 'key' });
    await ensureIndex(this.ledger, { model: 1, environment: 1, token: 1 }, { unique: true, name: 'token' });
  }

  /**
   * Appends an entry and moves what serves. The same key again returns the recorded entry and mends a move that a
   * crash left undone.
   * @throws StaleWriterError when the token was taken by another decision
   */
  async write(entry: Omit<LedgerEntry, 'recordedAt'>): Promise<LedgerEntry> {
    const recorded = await this.append({ ...entry, recordedAt: new Date().toISOString() });
    const _id = idOf(recorded);
    const serving = servingOf(recorded);
    try {
      // Replaced whole: what the entry does not say, such as a rollout that has ended, is gone.
      await this.deployments.replaceOne({ _id: { $eq: _id }, token: { $lt: recorded.token } }, serving, {
        upsert: true,
      });
    } catch (error) {
      // The upsert met a document with this or a newer token: it is moved already.
      if (!isDuplicateKey(error)) throw error;
    }
    return recorded;
  }

  /** What serves now, or null. */
  async current(target: ModelTarget): Promise<Serving | null> {
    const found = await this.deployments.findOne({ _id: { $eq: idOf(target) } });
    if (found === null) return null;
    const { _id, ...serving } = found;
    return serving;
  }

  /** What serves, of every target. */
  async all(): Promise<Serving[]> {
    const found = await this.deployments.find().sort({ _id: 1 }).toArray();
    return found.map(({ _id, ...serving }) => serving);
  }

  /** Every target that a decision or a deployment document names, in order. */
  async targets(): Promise<ModelTarget[]> {
    const groups = [{ $group: { _id: { model: '$model', environment: '$environment' } } }];
    const [decided, served] = await Promise.all([
      this.ledger.aggregate<{ _id: ModelTarget }>(groups).toArray(),
      this.deployments.aggregate<{ _id: ModelTarget }>(groups).toArray(),
    ]);
    const targets = new Map([...decided, ...served].map(({ _id }) => [idOf(_id), _id]));
    return [...targets.keys()].sort().map((key) => targets.get(key)!);
  }

  /** Changes of what serves a target, as hints: what has changed is read, not taken from here. */
  changes(target: ModelTarget): ChangeStream {
    return this.deployments.watch([{ $match: { 'documentKey._id': { $eq: idOf(target) } } }]);
  }

  /**
   * Makes the deployment document what it must be, unless a decision has moved it on since it was seen.
   * @param seen the token of the document as it was seen; null where it was missing
   * @returns whether it was rewritten
   */
  async rewrite(serving: Serving, seen: number | null): Promise<boolean> {
    const _id = idOf(serving);
    if (seen !== null) {
      const { matchedCount } = await this.deployments.replaceOne({ _id: { $eq: _id }, token: { $eq: seen } }, serving);
      return matchedCount > 0;
    }
    try {
      await this.deployments.insertOne({ _id, ...serving });
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return false;
    }
  }

  /** The entry recorded under a key, or null. */
  async findByKey(target: ModelTarget, key: string): Promise<LedgerEntry | null> {
    const found = await this.ledger.findOne({ ...targetFilter(target), key: { $eq: key } });
    return found === null ? null : withoutId(found);
  }

  /** The entry with a fencing token, or null. */
  async findEntry(target: ModelTarget, token: number): Promise<LedgerEntry | null> {
    const found = await this.ledger.findOne({ ...targetFilter(target), token: { $eq: token } });
    return found === null ? null : withoutId(found);
  }

  /** What the newest decision says; the ledger leads, the deployment document follows. */
  async newest(target: ModelTarget): Promise<Serving | null> {
    const found = await this.newestEntry(target);
    return found === null ? null : servingOf(found);
  }

  /** The newest decision, or null. */
  async newestEntry(target: ModelTarget): Promise<LedgerEntry | null> {
    const found = await this.ledger.find(targetFilter(target)).sort({ token: -1 }).limit(1).next();
    return found === null ? null : withoutId(found);
  }

  /** Whether a version has been champion before. */
  async hasServed(target: ModelTarget, version: number): Promise<boolean> {
    const filter = { ...targetFilter(target), champion: { $eq: version } };
    return (await this.ledger.findOne(filter, { projection: { _id: 1 } })) !== null;
  }

  /** What served at an event time: the newest decision effective by then. */
  async at(target: ModelTarget, instant: Instant): Promise<LedgerEntry | null> {
    const found = await this.ledger
      .find({ ...targetFilter(target), effectiveAt: { $lte: instant } })
      .sort({ effectiveAt: -1, token: -1 })
      .limit(1)
      .next();
    return found === null ? null : withoutId(found);
  }

  /** Every decision, oldest first. */
  async history(target: ModelTarget): Promise<LedgerEntry[]> {
    const found = await this.ledger.find(targetFilter(target)).sort({ token: 1 }).toArray();
    return found.map(withoutId);
  }

  private async append(entry: LedgerEntry): Promise<LedgerEntry> {
    try {
      await this.ledger.insertOne({ _id: `${idOf(entry)}/${entry.token}`, ...entry });
      return entry;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
    const known = await this.findByKey(entry, entry.key);
    if (known !== null) return known;
    throw new StaleWriterError(
      `token ${entry.token} of ${entry.model} in ${entry.environment} was taken by another decision`,
    );
  }
}

function idOf(target: ModelTarget): string {
  return `${target.model}:${target.environment}`;
}

function withoutId(document: LedgerDocument): LedgerEntry {
  const { _id, ...entry } = document;
  return entry;
}
