import type { Collection, Db } from 'mongodb';
import type { ArtifactRef, PipelineValue, StageEnd, StageSource, StageUnit } from '../contracts';

/** What an attempt is about to do: the intended, beside which the actual is put. */
export interface IntendedStage {
  readonly image: string;
  /** What carries it out and what its result depends on: `process`, `sha256:…`. */
  readonly executor: string;
  readonly version: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** A value, or the address of what it is given. */
  readonly inputs: Readonly<Record<string, PipelineValue>>;
  readonly hyperparameters: Readonly<Record<string, PipelineValue | readonly PipelineValue[]>>;
  /** The cache's key. */
  readonly key: string;
}

/** What an attempt came to. */
export interface StageOutcome {
  readonly outputs: Readonly<Record<string, ArtifactRef>>;
  readonly metrics: Readonly<Record<string, number>>;
  readonly broken: readonly string[];
  readonly source: StageSource;
  /** The run that it was taken from, where it was. */
  readonly from?: string | undefined;
  readonly log: ArtifactRef | null;
}

/** One unit of a stage in a run; unit -1 is the stage as a whole where no unit was run: skipped, undone, a deployment. */
export interface PipelineStageDocument extends StageUnit {
  /** `{run}/{stage}/{unit}`. */
  readonly _id: string;
  readonly state: 'running' | StageEnd;
  readonly attempt: number;
  readonly intended: IntendedStage | null;
  readonly outcome: StageOutcome | null;
  /** Why it failed or was skipped. */
  readonly reason: string | null;
  readonly undone: boolean;
  /** Of a deployment. */
  readonly version: number | null;
  readonly beganAt: Date;
  readonly endedAt: Date | null;
}

/** What became of each unit of each stage of each run. */
export class PipelineStageStore {
  protected readonly stages: Collection<PipelineStageDocument>;

  constructor(db: Db) {
    this.stages = db.collection('pipelineStages');
  }

  /** Creates the indexes; safe to repeat. */
  migrate(): Promise<void> {
    throw new Error('not built yet');
  }

  /** Records that an attempt begins; one that has ended well stands and is returned instead. */
  begin(_unit: StageUnit, _attempt: number, _intended: IntendedStage): Promise<StageOutcome | null> {
    throw new Error('not built yet');
  }

  /** Records how an attempt ended well; the first outcome stands and is returned. */
  succeed(_unit: StageUnit, _outcome: StageOutcome): Promise<StageOutcome> {
    throw new Error('not built yet');
  }

  /** Records how an attempt failed; another may follow. What has succeeded stays so. */
  fail(_unit: StageUnit, _reason: string, _log: ArtifactRef | null): Promise<void> {
    throw new Error('not built yet');
  }

  /** Records what the workflow decided of a stage as a whole. */
  decide(
    _run: string,
    _stage: string,
    _what: Partial<Pick<PipelineStageDocument, 'state' | 'reason' | 'undone' | 'version'>>,
  ): Promise<void> {
    throw new Error('not built yet');
  }

  find(_unit: StageUnit): Promise<PipelineStageDocument | null> {
    throw new Error('not built yet');
  }

  /** All of a run, or of one of its stages, by stage and unit. */
  of(_run: string, _stage?: string): Promise<PipelineStageDocument[]> {
    throw new Error('not built yet');
  }
}
