import { workflowIds } from '../contracts';
import type { PipelineSpec, PipelineStatus, StageStanding } from '../contracts';
import type { PipelineDocument, PipelineRunDocument, PipelineStageDocument, Stores } from '../stores';

/** So many runs are told, newest first. */
const RUNS = 100;

/** A run as it was recorded: what each stage was to do, and what it came to. */
export interface PipelineRecord {
  readonly run: PipelineRunDocument;
  /** Every unit of every stage that began or was decided on. */
  readonly stages: readonly PipelineStageDocument[];
  /** What was run; null where its declaration is not kept any more. */
  readonly spec: PipelineSpec | null;
}

/** What became of a pipeline. */
export interface PipelineHistory {
  /** What was applied, oldest first. */
  readonly versions: readonly PipelineDocument[];
  /** At most a hundred, newest first. */
  readonly runs: readonly PipelineRunDocument[];
}

/** What is recorded of pipelines and their runs, also long after their workflows. */
export class PipelineRecords {
  private readonly stores: Stores;

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /** A run by its own id, or the newest of a workflow's; null for an unknown one. */
  async run(id: string): Promise<PipelineRunDocument | null> {
    const { pipelineRuns } = this.stores;
    return id.includes('~') ? pipelineRuns.find(id) : pipelineRuns.newest(id);
  }

  async record(id: string): Promise<PipelineRecord | null> {
    const run = await this.run(id);
    if (run === null) return null;
    const [stages, document] = await Promise.all([
      this.stores.pipelineStages.of(run._id),
      this.stores.pipelines.find(run.digest),
    ]);
    return { run, stages, spec: document?.spec ?? null };
  }

  async history(pipeline: string): Promise<PipelineHistory> {
    const [versions, runs] = await Promise.all([
      this.stores.pipelines.versions(pipeline),
      this.stores.pipelineRuns.list({ pipeline, limit: RUNS }),
    ]);
    return { versions, runs };
  }

  /**
   * What a retry is of, and what it is called.
   * @throws Error for a run that is open, that succeeded, or that is being retried
   */
  async toRetry(id: string): Promise<{ failed: PipelineRunDocument; document: PipelineDocument; run: string }> {
    const failed = await this.known(id);
    if (failed.result === null) throw new Error(`${failed._id} is open: it is retried once it has failed`);
    if (failed.result.decision === 'succeeded') throw new Error(`${failed._id} succeeded: there is nothing to retry`);
    const document = await this.stores.pipelines.find(failed.digest);
    if (document === null) throw new Error(`${failed._id} ran ${failed.digest}, which is not kept any more`);
    const { workflowId, pipeline } = failed;
    const base = workflowId.slice(workflowIds.pipeline(pipeline, '').length).replace(/\.r\d+$/, '');
    for (let n = 1; ; n += 1) {
      const run = `${base}.r${n}`;
      const before = await this.run(workflowIds.pipeline(pipeline, run));
      if (before === null) return { failed, document, run };
      if (before.endedAt === null) throw new Error(`${before._id} is open: it retries ${base} already`);
    }
  }

  /**
   * The log of the last attempt at a stage that has ended.
   * @param stage its name; `@compensate/NAME` for what undid it, `@onFailure`
   * @param unit of a stage with `forEach`, from 0
   * @returns nothing for a stage that wrote nothing
   * @throws Error that says which stages and units have one
   */
  async log(id: string, stage: string, unit?: number): Promise<string> {
    const run = await this.known(id);
    const units = (await this.stores.pipelineStages.of(run._id)).filter((one) => one.unit >= 0);
    const of = units.filter((one) => one.stage === stage);
    if (of.length === 0) throw new Error(`${run._id} has run no stage ${JSON.stringify(stage)}: ${namesOf(units)}`);
    const one = of.length === 1 && unit === undefined ? of[0] : of.find((each) => each.unit === unit);
    if (one === undefined) {
      const found = unit === undefined ? 'has run for several items' : `has run no unit ${unit}`;
      throw new Error(`${stage} ${found}: expected a unit, ${placesOf(of)}`);
    }
    const { log, state, outcome } = one;
    if (log === null && state === 'running') throw new Error(`${stage} has no log yet: it runs`);
    if (log === null && outcome?.from !== undefined)
      throw new Error(`${stage} ran nothing here: its result was taken from ${outcome.from}`);
    if (log === null) return '';
    return Buffer.from(await this.stores.artifacts.get(log.sha256)).toString('utf8');
  }

  /** Why nothing is decided of a run whose workflow is not open. */
  async closed(id: string, cause: Error): Promise<Error> {
    const run = await this.known(id);
    const how = run.result === null ? 'its workflow is not open any more' : `it has ended, ${run.result.decision}`;
    return new Error(`nothing is decided of ${run._id}: ${how}`, { cause });
  }

  /** @throws Error for an unknown run */
  private async known(id: string): Promise<PipelineRunDocument> {
    const run = await this.run(id);
    if (run === null)
      throw new Error(`there is no run ${JSON.stringify(id)}: expected the id of a workflow, as in pipeline:NAME:RUN`);
    return run;
  }
}

/** Where a run stands by what is recorded, where its workflow cannot be asked any more. */
export function statusOf({ run, stages, spec }: PipelineRecord): PipelineStatus {
  const names = spec?.spec.stages.map(({ name }) => name) ?? [...new Set(stages.map(({ stage }) => stage))];
  return {
    run: run._id,
    pipeline: run.pipeline,
    digest: run.digest,
    day: run.day,
    phase: run.endedAt === null ? 'running' : 'closed',
    stages: names.map((name) => {
      const of = stages.filter(({ stage }) => stage === name);
      const reason = of.find((one) => one.reason !== null)?.reason;
      const source = of.find((one) => one.outcome !== null)?.outcome?.source;
      return {
        name,
        standing: standingOf(of),
        ...(source === undefined ? {} : { source }),
        ...(reason == null ? {} : { reason }),
      };
    }),
    approvals: [],
    failedCompensations: [],
    result: run.result,
  };
}

/** Of a stage by its units: what was decided of it as a whole comes first, then the worst. */
export function standingOf(units: readonly PipelineStageDocument[]): StageStanding {
  const whole = units.find(({ unit }) => unit < 0);
  if (whole !== undefined && whole.state !== 'running') return whole.state;
  const states = new Set(units.map(({ state }) => state));
  return (['failed', 'running', 'skipped', 'succeeded'] as const).find((state) => states.has(state)) ?? 'waiting';
}

function namesOf(units: readonly PipelineStageDocument[]): string {
  const names = [...new Set(units.map(({ stage }) => stage))];
  return names.length === 0 ? 'none has run yet' : `expected one of ${names.join(', ')}`;
}

function placesOf(units: readonly PipelineStageDocument[]): string {
  const places = units.map(({ unit }) => unit).sort((a, b) => a - b);
  return places.length === 1 ? `${places[0]}` : `${places[0]} to ${places.at(-1)}`;
}
