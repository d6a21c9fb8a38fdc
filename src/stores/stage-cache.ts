import type { Collection, Db, Document } from 'mongodb';
import type { StageOutcome } from './pipeline-stage';

/** What a cache keeps. */
export type CachedOutcome = Pick<StageOutcome, 'outputs' | 'metrics' | 'log'> & {
  /** The run that made it. */
  readonly run: string;
  readonly at: Date;
};

/** Mine to make; made already; or somebody is making it. */
export type CacheClaim =
  { readonly state: 'mine' } | { readonly state: 'made'; readonly outcome: CachedOutcome } | { readonly state: 'held' };

/** Results of stages by what they depend on; of those who want the same one makes it and the others wait. */
export class StageCacheStore {
  protected readonly entries: Collection<Document>;

  constructor(db: Db) {
    this.entries = db.collection('stageCache');
  }

  /** Creates the indexes; safe to repeat. */
  migrate(): Promise<void> {
    throw new Error('not built yet');
  }

  /** What is there now that is not older than `maxAgeMs`, without claiming anything. */
  peek(_key: string, _maxAgeMs: number): Promise<CachedOutcome | null> {
    throw new Error('not built yet');
  }

  /**
   * Takes what is there, or the right to make it. A holder that has shown no life for a while has lost that right; the
   * same holder may claim again.
   */
  claim(_key: string, _holder: string, _maxAgeMs: number): Promise<CacheClaim> {
    throw new Error('not built yet');
  }

  /** Shows that a holder lives; false when it has lost its right. */
  beat(_key: string, _holder: string): Promise<boolean> {
    throw new Error('not built yet');
  }

  /** Puts what a holder has made, unless it has lost its right. */
  commit(_key: string, _holder: string, _outcome: CachedOutcome): Promise<void> {
    throw new Error('not built yet');
  }

  /** Gives the right up: a failure is never kept. */
  release(_key: string, _holder: string): Promise<void> {
    throw new Error('not built yet');
  }
}
