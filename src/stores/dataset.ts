import { createHash } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import type { ModelTarget, Snapshot } from '../contracts';
import type { Rows } from './rows';

interface DatasetDocument extends ModelTarget, Omit<Snapshot, 'dataset'> {
  readonly _id: string;
  readonly digest: string;
  readonly features: readonly string[];
  readonly createdAt: Date;
}

/** Dataset versions: named by the content of their rows, never changed. */
export class DatasetStore {
  private readonly datasets: Collection<DatasetDocument>;

  constructor(db: Db) {
    this.datasets = db.collection('datasets');
  }

  /** Records the rows of a snapshot as a version; the same rows give the same version. */
  async record(target: ModelTarget, rows: Rows, facts: Omit<Snapshot, 'dataset' | 'rows'>): Promise<Snapshot> {
    const digest = digestRows(rows);
    const dataset = `${target.model}-${digest.slice(0, 16)}`;
    const snapshot: Snapshot = { dataset, rows: rows.n, ...facts };
    const { dataset: _id, ...fields } = snapshot;
    await this.datasets.updateOne(
      { _id: { $eq: _id } },
      {
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
