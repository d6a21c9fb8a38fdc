import type { Collection, Db } from 'mongodb';
import type { PipelineSpec } from '../contracts';
import { ensureIndex } from './indexes';
import { canonicalJson, isDuplicateKey } from './unique-batch';

/** A declaration as it is kept; `version` counts those of a name that were applied, from 1. */
export interface PipelineDocument {
  /** Digest of the declaration with its defaults. */
  readonly _id: string;
  readonly name: string;
  readonly spec: PipelineSpec;
  /** Null where it was only run, never applied. */
  readonly version: number | null;
  readonly who: string | null;
  /** When it last became the one that its name stands for; null where it never did. */
  readonly appliedAt: Date | null;
}

interface KeptPipeline extends Omit<PipelineDocument, 'spec'> {
  /** The very text that the digest is of: BSON would keep neither a missing key nor every text as it is. */
  readonly json: string;
  /** Counts what a name came to stand for, from 1; the highest is what it stands for. */
  readonly turn: number | null;
}

/** What the partial indexes hold: a filter without it does not use them. */
const APPLIED = { $gt: 0 };

/** Pipelines by the digest of their declaration; immutable. A name stands for what was applied last under it. */
export class PipelineStore {
  private readonly pipelines: Collection<KeptPipeline>;

  constructor(db: Db) {
    this.pipelines = db.collection('pipelines');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    for (const field of ['version', 'turn'] as const) {
      await ensureIndex(
        this.pipelines,
        { name: 1, [field]: -1 },
        { unique: true, name: field, partialFilterExpression: { [field]: APPLIED } },
      );
    }
  }

  /** Keeps a declaration without applying it; safe to repeat. */
  async keep(spec: PipelineSpec, digest: string): Promise<void> {
    const json = canonicalJson(spec);
    const unapplied = { version: null, turn: null, who: null, appliedAt: null };
    try {
      await this.pipelines.insertOne({ _id: digest, name: spec.metadata.name, json, ...unapplied });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }

  /**
   * Makes a declaration the one that its name stands for; `changed` is false where it was already. One that was applied
   * before keeps its version.
   */
  async apply(
    spec: PipelineSpec,
    digest: string,
    who: string | null,
  ): Promise<{ readonly document: PipelineDocument; readonly changed: boolean }> {
    await this.keep(spec, digest);
    for (;;) {
      const standing = await this.newest(spec.metadata.name, 'turn');
      if (standing?._id === digest) return { document: toDocument(standing), changed: false };
      const applied = await this.take(spec.metadata.name, digest, who, standing?.turn ?? 0);
      if (applied !== null) return { document: toDocument(applied), changed: true };
    }
  }

  /** One declaration, applied or not, or null. */
  async find(digest: string): Promise<PipelineDocument | null> {
    const found = await this.pipelines.findOne({ _id: { $eq: digest } });
    return found === null ? null : toDocument(found);
  }

  /** What a name stands for, or null. */
  async current(name: string): Promise<PipelineDocument | null> {
    const found = await this.newest(name, 'turn');
    return found === null ? null : toDocument(found);
  }

  /** What was applied under a name, oldest version first. */
  async versions(name: string): Promise<PipelineDocument[]> {
    const found = this.pipelines.find({ name: { $eq: name }, version: APPLIED }).sort({ version: 1 });
    return (await found.toArray()).map(toDocument);
  }

  /** What every name stands for, by name. */
  async list(): Promise<PipelineDocument[]> {
    const found = await this.pipelines
      .aggregate<{ readonly newest: KeptPipeline }>([
        { $match: { turn: APPLIED } },
        { $sort: { name: 1, turn: -1 } },
        { $group: { _id: '$name', newest: { $first: '$$ROOT' } } },
        { $sort: { _id: 1 } },
      ])
      .toArray();
    return found.map(({ newest }) => toDocument(newest));
  }

  private async newest(name: string, by: 'version' | 'turn'): Promise<KeptPipeline | null> {
    const found = this.pipelines.find({ name: { $eq: name }, [by]: APPLIED }).sort({ [by]: -1 });
    return found.limit(1).next();
  }

  /** Takes the turn after the one that was seen; null when somebody has taken it, or has applied this declaration. */
  private async take(name: string, digest: string, who: string | null, seen: number): Promise<KeptPipeline | null> {
    const kept = (await this.pipelines.findOne({ _id: { $eq: digest } }))!;
    if ((kept.turn ?? 0) > seen) return null;
    const version = kept.version ?? ((await this.newest(name, 'version'))?.version ?? 0) + 1;
    try {
      return await this.pipelines.findOneAndUpdate(
        { _id: { $eq: digest }, version: { $eq: kept.version }, turn: { $eq: kept.turn } },
        { $set: { version, turn: seen + 1, who, appliedAt: new Date() } },
        { returnDocument: 'after' },
      );
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return null;
    }
  }
}

function toDocument({ _id, name, json, version, who, appliedAt }: KeptPipeline): PipelineDocument {
  return { _id, name, spec: JSON.parse(json) as PipelineSpec, version, who, appliedAt };
}
