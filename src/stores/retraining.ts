import type { Collection, Db } from 'mongodb';
import type { ModelTarget, RetrainingResult, RetrainSpec } from '../contracts';
import { targetFilter } from './unique-batch';
import { ensureIndex } from './indexes';

/** One retraining as recorded. */
export interface RetrainingDocument extends ModelTarget {
  readonly _id: string;
  readonly spec: RetrainSpec;
  readonly result: RetrainingResult | null;
  /** The wall clock; missing in what an earlier release recorded. */
  readonly beganAt?: Date | undefined;
}

/** Retrainings by their idempotency key. */
export class RetrainingStore {
  private readonly retrainings: Collection<RetrainingDocument>;

  constructor(db: Db) {
    this.retrainings = db.collection('retrainings');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.retrainings, { model: 1, environment: 1, 'spec.at': 1 }, { name: 'target' });
  }

  /** Records a start; a retraining that has ended under this key returns its result. */
  async begin(spec: RetrainSpec): Promise<RetrainingResult | null> {
    const found = await this.retrainings.findOneAndUpdate(
      { _id: { $eq: spec.key } },
      { $setOnInsert: { model: spec.model, environment: spec.environment, spec, result: null, beganAt: new Date() } },
      { upsert: true, returnDocument: 'after' },
    );
    return found?.result ?? null;
  }

  /** Records the end; the first result stands. */
  async close(key: string, result: RetrainingResult): Promise<void> {
    await this.retrainings.updateOne({ _id: { $eq: key }, result: null }, { $set: { result } });
  }

  /** Retrainings without a result, of every target. */
  async open(): Promise<RetrainingDocument[]> {
    return this.retrainings.find({ result: null }).sort({ _id: 1 }).toArray();
  }

  /** Every retraining of a target, oldest first. */
  async list(target: ModelTarget): Promise<RetrainingDocument[]> {
    return this.retrainings.find(targetFilter(target)).sort({ 'spec.at': 1, _id: 1 }).toArray();
  }
}
