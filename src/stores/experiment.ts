import type { Collection, Db } from 'mongodb';
import { experimentId } from '../contracts';
import type { ExperimentPlan, ExperimentResult, ExperimentSpec, Look, ModelTarget } from '../contracts';
import { isDuplicateKey, targetFilter } from './unique-batch';
import { ensureIndex } from './indexes';

/** One experiment as recorded; `looks` are keyed by k, the first result for a look stands. */
export interface ExperimentDocument extends ModelTarget {
  readonly _id: string;
  readonly number: number;
  /** Idempotency key of what asked for it. */
  readonly key: string;
  readonly spec: ExperimentSpec | null;
  readonly plan: ExperimentPlan | null;
  readonly looks: Readonly<Record<string, Look>>;
  readonly result: ExperimentResult | null;
}

/** Experiments: numbered per model and environment, with every look. */
export class ExperimentStore {
  private readonly experiments: Collection<ExperimentDocument>;

  constructor(db: Db) {
    this.experiments = db.collection('experiments');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.experiments, { model: 1, environment: 1, number: 1 }, { unique: true, name: 'number' });
    await ensureIndex(this.experiments, { model: 1, environment: 1, key: 1 }, { unique: true, name: 'key' });
  }

  /** The number and id of the next experiment; the same key again gives the same. @param named an id to take instead */
  async reserve(target: ModelTarget, key: string, named?: string): Promise<{ id: string; number: number }> {
    for (;;) {
      const known =
        (named === undefined ? null : await this.find(named)) ??
        (await this.experiments.findOne({ ...targetFilter(target), key: { $eq: key } }));
      if (known !== null) return { id: known._id, number: known.number };
      const last = await this.experiments.find(targetFilter(target)).sort({ number: -1 }).limit(1).next();
      const number = (last?.number ?? 0) + 1;
      const id = named ?? experimentId(target, number);
      const { model, environment } = target;
      try {
        await this.experiments.insertOne({
          _id: id,
          model,
          environment,
          number,
          key,
          spec: null,
          plan: null,
          looks: {},
          result: null,
        });
        return { id, number };
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  /** Records what was planned; the first plan stands and is returned. */
  async open(spec: ExperimentSpec, plan: ExperimentPlan): Promise<ExperimentPlan> {
    await this.experiments.updateOne({ _id: { $eq: spec.id }, plan: null }, { $set: { spec, plan } });
    return (await this.find(spec.id))?.plan ?? plan;
  }

  /** Records a look; the first result stands. */
  async recordLook(id: string, look: Look): Promise<void> {
    const field = `looks.${look.k}`;
    await this.experiments.updateOne({ _id: { $eq: id }, [field]: { $exists: false } }, { $set: { [field]: look } });
  }

  /** Records the end; the first result stands. */
  async close(result: ExperimentResult): Promise<void> {
    await this.experiments.updateOne({ _id: { $eq: result.id }, result: null }, { $set: { result } });
  }

  /** One experiment, or null. */
  async find(id: string): Promise<ExperimentDocument | null> {
    return this.experiments.findOne({ _id: { $eq: id } });
  }

  /** Every experiment of a target, by number. */
  async list(target: ModelTarget): Promise<ExperimentDocument[]> {
    return this.experiments.find(targetFilter(target)).sort({ number: 1 }).toArray();
  }
}
