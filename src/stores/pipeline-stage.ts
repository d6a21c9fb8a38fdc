import type { Collection, Db } from 'mongodb';
import type { ArtifactRef, PipelineValue, StageEnd, StageSource, StageUnit } from '../contracts';
import { ensureIndex } from './indexes';
import { isDuplicateKey } from './unique-batch';

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
  /** The last one that began, from 1; 0 where none did, as of a result that was taken. */
  readonly attempt: number;
  readonly intended: IntendedStage | null;
  /** Of the attempt that got to its end: final, whatever attempts say later. Where it breaks a rule, the state is `failed`. */
  readonly outcome: StageOutcome | null;
  /** Why it failed or was skipped. */
  readonly reason: string | null;
  /** Of the last attempt that ended. */
  readonly log: ArtifactRef | null;
  readonly undone: boolean;
  /** Of a deployment. */
  readonly version: number | null;
  /** Of the first attempt. */
  readonly beganAt: Date;
  readonly endedAt: Date | null;
}

/** The unit of a stage as a whole. */
const WHOLE = -1;

type Change = Partial<Omit<PipelineStageDocument, '_id' | keyof StageUnit>>;

/** What became of each unit of each stage of each run. */
export class PipelineStageStore {
  private readonly stages: Collection<PipelineStageDocument>;

  constructor(db: Db) {
    // An optional field that is undefined is missing, not null.
    this.stages = db.collection('pipelineStages', { ignoreUndefined: true });
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.stages, { run: 1, stage: 1, unit: 1 }, { unique: true, name: 'unit' });
  }

  /** Records that an attempt begins; one that has got to its end stands, and its outcome is returned instead. */
  async begin(unit: StageUnit, attempt: number, intended: IntendedStage): Promise<StageOutcome | null> {
    const change = { state: 'running', attempt, intended, reason: null, endedAt: null } as const;
    return this.unlessEnded(unit, change);
  }

  /**
   * Records how an attempt ended, or the result that was taken in its place; the first outcome stands and is returned.
   * One that breaks a rule is an outcome too: the stage has failed by it, and is not tried again.
   */
  async succeed(unit: StageUnit, outcome: StageOutcome): Promise<StageOutcome> {
    const { broken, log } = outcome;
    const judged =
      broken.length === 0
        ? ({ state: 'succeeded', reason: null } as const)
        : ({ state: 'failed', reason: broken.join('; ') } as const);
    return (await this.unlessEnded(unit, { ...judged, outcome, log, endedAt: new Date() })) ?? outcome;
  }

  /** Records how an attempt failed; another may follow. What has got to its end stays so. */
  async fail(unit: StageUnit, reason: string, log: ArtifactRef | null): Promise<void> {
    await this.unlessEnded(unit, { state: 'failed', reason, log, endedAt: new Date() });
  }

  /** Records what the workflow decided of a stage as a whole. */
  async decide(
    run: string,
    stage: string,
    what: Partial<Pick<PipelineStageDocument, 'state' | 'reason' | 'undone' | 'version'>>,
  ): Promise<void> {
    const { state, reason, undone, version } = what;
    const ended = state === undefined ? undefined : state === 'running' ? null : new Date();
    const given = Object.entries({ state, reason, undone, version, endedAt: ended });
    const change: Change = Object.fromEntries(given.filter(([, value]) => value !== undefined));
    while (!(await this.write({ run, stage, unit: WHOLE }, {}, change)));
  }

  /** One unit, or null. */
  async find(unit: StageUnit): Promise<PipelineStageDocument | null> {
    return this.stages.findOne({ _id: { $eq: idOf(unit) } });
  }

  /** All of a run, or of one of its stages, by stage and unit. */
  async of(run: string, stage?: string): Promise<PipelineStageDocument[]> {
    return this.stages
      .find({ run: { $eq: run }, ...(stage === undefined ? {} : { stage: { $eq: stage } }) })
      .sort({ stage: 1, unit: 1 })
      .toArray();
  }

  /** Writes a change, or returns the outcome that stands. */
  private async unlessEnded(unit: StageUnit, change: Change): Promise<StageOutcome | null> {
    for (;;) {
      if (await this.write(unit, { outcome: { $eq: null } }, change)) return null;
      const standing = (await this.find(unit))?.outcome ?? null;
      if (standing !== null) return standing;
    }
  }

  /** Writes a change on a condition; false when it does not hold, or somebody else wrote the first one just now. */
  private async write(unit: StageUnit, condition: object, change: Change): Promise<boolean> {
    const { run, stage } = unit;
    const fields = Object.entries({ ...BLANK, beganAt: new Date() }).filter(([name]) => !(name in change));
    try {
      await this.stages.updateOne(
        { _id: { $eq: idOf(unit) }, ...condition },
        { $set: change, $setOnInsert: { run, stage, unit: unit.unit, ...Object.fromEntries(fields) } },
        { upsert: true },
      );
      return true;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      return false;
    }
  }
}

/** What nobody has said anything of. */
const BLANK: Change = {
  state: 'running',
  attempt: 0,
  intended: null,
  outcome: null,
  reason: null,
  log: null,
  undone: false,
  version: null,
  endedAt: null,
};

function idOf({ run, stage, unit }: StageUnit): string {
  return `${run}/${stage}/${unit}`;
}
