import { createHash } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import type { ModelTarget, Snapshot } from '../contracts';
import { ensureIndex } from './indexes';
import type { Rows } from './rows';

interface DatasetDocument extends ModelTarget, Omit<Snapshot, 'dataset'> {
  readonly _id: string;
  readonly digest: string;
  readonly features: readonly string[];
  readonly createdAt: Date;
  /** Grows with every recording: tells whether anybody has recorded it since one looked. */
  readonly recordings: number;
  /** Who may discard it; missing in what an earlier release recorded, which stays until it is recorded again. */
  readonly owners?: readonly string[];
}

/** Claims for good: what is recorded without an owner is never discarded by one. */
const NOBODY = '';

/** Dataset versions: named by the content of their rows, never changed. */
export class DatasetStore {
  private readonly datasets: Collection<DatasetDocument>;

  constructor(db: Db) {
    this.datasets = db.collection('datasets');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.datasets, { owners: 1 }, { name: 'owners' });
  }

  /**
   * Records the rows of a snapshot as a version; the same rows give the same version.
   * @param owner who may discard it, such as the key of a retraining; without one it stays
   */
  async record(
    target: ModelTarget,
    rows: Rows,
    facts: Omit<Snapshot, 'dataset' | 'rows'>,
    owner = NOBODY,
  ): Promise<Snapshot> {
    const digest = digestRows(rows);
    const dataset = `${target.model}-${digest.slice(0, 16)}`;
    const snapshot: Snapshot = { dataset, rows: rows.n, ...facts };
    const { dataset: _id, ...fields } = snapshot;
    await this.datasets.updateOne(
      { _id: { $eq: _id } },
      {
        $inc: { recordings: 1 },
        $addToSet: { owners: owner },
        $setOnInsert: {
          model: target.model,
          environment: target.environment,
          ...fields,
          digest,
          features: [...rows.columns.keys()],
          createdAt: new Date(),
        },
      },
      { upsert: true },
    );
    return snapshot;
  }

  /**
   * Gives up an owner's claims and forgets the versions that nobody else claims or references; safe to repeat. Claims
   * and version are one document, and it goes only if nobody has recorded it since it was read.
   */
  async discard(owner: string, isReferenced: (dataset: string) => Promise<boolean>): Promise<void> {
    const claimed = await this.datasets
      .find({ owners: { $eq: owner } })
      .sort({ _id: 1 })
      .toArray();
    for (const { _id } of claimed) await this.release(_id, owner, isReferenced);
  }

  private async release(dataset: string, owner: string, isReferenced: (id: string) => Promise<boolean>): Promise<void> {
    for (;;) {
      const found = await this.datasets.findOne({ _id: { $eq: dataset }, owners: { $eq: owner } });
      if (found === null) return;
      const owners = found.owners!.filter((each) => each !== owner);
      const unchanged = {
        _id: { $eq: dataset },
        recordings: { $eq: found.recordings },
        owners: { $eq: found.owners! },
      };
      const stays = owners.length > 0 || (await isReferenced(dataset));
      const settled = stays
        ? (await this.datasets.updateOne(unchanged, { $set: { owners } })).matchedCount
        : (await this.datasets.deleteOne(unchanged)).deletedCount;
      if (settled > 0) return;
    }
  }
}

/** SHA-256 over ids, times, labels and numeric features, in row order. */
export function digestRows(rows: Rows): string {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(rows.ids));
  for (const array of [rows.at, rows.label, ...rows.columns.values()]) {
    hash.update(Buffer.from(array.buffer, array.byteOffset, array.byteLength));
  }
  hash.update(JSON.stringify([...rows.columns.keys()]));
  return hash.digest('hex');
}
