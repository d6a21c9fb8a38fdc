import type { Collection, Db } from 'mongodb';
import type { ModelTarget, QuarantinedRow } from '../contracts';
import { digestOf, targetFilter } from './unique-batch';
import { ensureIndex } from './indexes';

interface QuarantineDocument extends ModelTarget, QuarantinedRow {
  readonly _id: string;
  readonly recordedAt: Date;
}

/** Rows that were set aside, each with its reason; the same row for the same reason counts once. */
export class QuarantineStore {
  private readonly rows: Collection<QuarantineDocument>;

  constructor(db: Db) {
    this.rows = db.collection('quarantine');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.rows, { model: 1, environment: 1, reason: 1 }, { name: 'reason' });
  }

  /** Sets rows aside. */
  async add(target: ModelTarget, rows: readonly QuarantinedRow[]): Promise<void> {
    if (rows.length === 0) return;
    const { model, environment } = target;
    await this.rows.bulkWrite(
      rows.map((row) => ({
        updateOne: {
          filter: { _id: digestOf([model, environment, row]).toString('hex') },
          update: { $setOnInsert: { model, environment, ...row, recordedAt: new Date() } },
          upsert: true,
        },
      })),
      { ordered: false },
    );
  }

  /** How many rows were set aside, by reason. */
  async count(target: ModelTarget): Promise<Record<string, number>> {
    const groups = await this.rows
      .aggregate<{ _id: string; n: number }>([
        { $match: targetFilter(target) },
        { $group: { _id: '$reason', n: { $sum: 1 } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    return Object.fromEntries(groups.map(({ _id, n }) => [_id, n]));
  }
}
