import type { Collection, Db } from 'mongodb';
import type { ArtifactRef, Instant, PipelineResult, PipelineValue } from '../contracts';

/** What a run is, when it is opened. */
export interface PipelineRunFacts {
  readonly workflowId: string;
  readonly pipeline: string;
  readonly digest: string;
  readonly params: Readonly<Record<string, PipelineValue>>;
  /** The nominal time, and what `.Date` is. */
  readonly at: Instant;
  readonly day: string;
  readonly retryOf: string | null;
  readonly files: Readonly<Record<string, ArtifactRef>>;
  readonly who: string | null;
}

/** One run as recorded. */
export interface PipelineRunDocument extends PipelineRunFacts {
  /** The workflow's id; `{id}~2` and so on where a run that did not succeed is run again under the same id. */
  readonly _id: string;
  readonly generation: number;
  readonly beganAt: Date;
  readonly endedAt: Date | null;
  readonly result: PipelineResult | null;
}

/** Runs of pipelines. */
export class PipelineRunStore {
  protected readonly runs: Collection<PipelineRunDocument>;

  constructor(db: Db) {
    this.runs = db.collection('pipelineRuns');
  }

  /** Creates the indexes; safe to repeat. */
  migrate(): Promise<void> {
    throw new Error('not built yet');
  }

  /**
   * Records a run; the one that is open or has succeeded under the workflow's id stands, one that failed or was
   * cancelled is followed by a new one. Safe to repeat, also from two places at once.
   */
  open(_facts: PipelineRunFacts): Promise<PipelineRunDocument> {
    throw new Error('not built yet');
  }

  find(_run: string): Promise<PipelineRunDocument | null> {
    throw new Error('not built yet');
  }

  /** Records the end; the first one stands and is returned. */
  close(_run: string, _result: PipelineResult): Promise<PipelineResult> {
    throw new Error('not built yet');
  }

  /** Runs of a pipeline, or of all, newest first. */
  list(_query: { readonly pipeline?: string | undefined; readonly limit: number }): Promise<PipelineRunDocument[]> {
    throw new Error('not built yet');
  }
}
