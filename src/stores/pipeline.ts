import type { Collection, Db } from 'mongodb';
import type { PipelineSpec } from '../contracts';

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

/** Pipelines by the digest of their declaration; immutable. A name stands for what was applied last under it. */
export class PipelineStore {
  protected readonly pipelines: Collection<PipelineDocument>;

  constructor(db: Db) {
    this.pipelines = db.collection('pipelines');
  }

  /** Creates the indexes; safe to repeat. */
  migrate(): Promise<void> {
    throw new Error('not built yet');
  }

  /** Keeps a declaration without applying it; safe to repeat. */
  keep(_spec: PipelineSpec, _digest: string): Promise<void> {
    throw new Error('not built yet');
  }

  /** Makes a declaration the one that its name stands for; `changed` is false where it was already. */
  apply(
    _spec: PipelineSpec,
    _digest: string,
    _who: string | null,
  ): Promise<{ readonly document: PipelineDocument; readonly changed: boolean }> {
    throw new Error('not built yet');
  }

  find(_digest: string): Promise<PipelineDocument | null> {
    throw new Error('not built yet');
  }

  /** What a name stands for, or null. */
  current(_name: string): Promise<PipelineDocument | null> {
    throw new Error('not built yet');
  }

  /** What was applied under a name, oldest version first. */
  versions(_name: string): Promise<PipelineDocument[]> {
    throw new Error('not built yet');
  }

  /** What every name stands for, by name. */
  list(): Promise<PipelineDocument[]> {
    throw new Error('not built yet');
  }
}
