import type { Collection, Db } from 'mongodb';
import type { Instant, ModelTarget } from '../contracts';
import { ensureIndex } from './indexes';
import { isDuplicateKey, targetFilter } from './unique-batch';

/** What drift is held against, and what was served in the baseline. */
export type BaselineKind = 'reference' | 'served';

/** A baseline that was accepted: numbered, immutable, its content under a digest of the artifact store. */
export interface BaselineDocument extends ModelTarget {
  /** `{model}/{environment}/{number}`; with `/served` before the number for what was served. */
  readonly _id: string;
  readonly kind: BaselineKind;
  /** 1, 2, 3 … per target and kind. */
  readonly number: number;
  /** What it was made of, in words: there is one baseline per source. */
  readonly source: string;
  readonly artifact: string;
  /** Rows it was made of. */
  readonly rows: number;
  /** On the model's clock. */
  readonly frozenAt: Instant;
  /** On the wall clock. */
  readonly createdAt: Date;
}

/** What freezing says. */
export type NewBaseline = Pick<BaselineDocument, 'kind' | 'source' | 'artifact' | 'rows' | 'frozenAt'>;

/** Frozen baselines: the first to freeze a source stands, and nothing changes it. */
export class BaselineStore {
  private readonly baselines: Collection<BaselineDocument>;

  constructor(db: Db) {
    this.baselines = db.collection('baselines');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    const target = { model: 1, environment: 1, kind: 1 } as const;
    await ensureIndex(this.baselines, { ...target, source: 1 }, { unique: true, name: 'source' });
    await ensureIndex(this.baselines, { ...target, number: 1 }, { unique: true, name: 'number' });
  }

  /** Whether a baseline has its content under a digest. */
  async names(digest: string): Promise<boolean> {
    return (await this.baselines.findOne({ artifact: { $eq: digest } }, { projection: { _id: 1 } })) !== null;
  }

  /** Freezes a baseline under the next number, and returns what stands: the first of its source. */
  async freeze(target: ModelTarget, entry: NewBaseline): Promise<BaselineDocument> {
    const { kind, source } = entry;
    for (;;) {
      const known = await this.find(target, kind, source);
      if (known !== null) return known;
      const last = await this.baselines
        .find({ ...targetFilter(target), kind: { $eq: kind } })
        .sort({ number: -1 })
        .limit(1)
        .next();
      const number = (last?.number ?? 0) + 1;
      const { model, environment } = target;
      const _id = `${model}/${environment}/${kind === 'served' ? 'served/' : ''}${number}`;
      const document = { _id, model, environment, number, ...entry, createdAt: new Date() };
      try {
        await this.baselines.insertOne(document);
        return document;
      } catch (error) {
        // Someone else took the number or froze the source: look again.
        if (!isDuplicateKey(error)) throw error;
      }
    }
  }

  /** The baseline of a source, or null. */
  async find(target: ModelTarget, kind: BaselineKind, source: string): Promise<BaselineDocument | null> {
    return this.baselines.findOne({ ...targetFilter(target), kind: { $eq: kind }, source: { $eq: source } });
  }

  /** All baselines of a kind, by number. */
  async list(target: ModelTarget, kind: BaselineKind): Promise<BaselineDocument[]> {
    return this.baselines
      .find({ ...targetFilter(target), kind: { $eq: kind } })
      .sort({ number: 1 })
      .toArray();
  }
}
