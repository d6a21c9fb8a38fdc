import { randomUUID } from 'node:crypto';
import { ServiceError, WorkflowNotFoundError } from '@temporalio/client';
import type { UpdateDefinition, WorkflowHandle } from '@temporalio/client';
import * as contracts from '../contracts';
import type {
  PersonDecision,
  PipelineResult,
  PipelineStatus,
  ResolveCompensation,
  RunPipelineInput,
  WorkerPlan,
} from '../contracts';
import { parseWith } from '../schemas';
import type { PipelineSpecInput } from '../schemas';
import { actorSchema, planPipelineSchema, runPipelineSchema } from '../schemas/pipeline-command';
import type {
  BackfillOptions,
  PlanPipelineOptions,
  RunPipelineOptions,
  ScheduleChange,
} from '../schemas/pipeline-command';
import type { PipelineDocument, Stores } from '../stores';
import { planOf } from './pipeline-plan';
import type { PipelinePlan } from './pipeline-plan';
import { PipelineRecords, statusOf } from './pipeline-records';
import type { PipelineHistory, PipelineRecord } from './pipeline-records';
import { PipelineSchedules } from './pipeline-schedules';
import type { PipelineSchedule, ScheduleStep } from './pipeline-schedules';
import {
  checkDocument,
  checkPipeline,
  checkReturns,
  parametersFor,
  pipelineOf,
  refuseUnknown,
  runName,
  targetOf,
} from './pipeline-spec';
import type { CheckedPipeline } from './pipeline-spec';
import { ask, decide, reasonOf } from './start';
import type { Starter } from './start';

const TYPE = 'loopwright.runPipeline';
/** So long an answer is waited for; the server itself would wait for half a minute. */
const ANSWER_MS = 5_000;

/** What `apply` did. */
export interface AppliedPipeline {
  readonly name: string;
  readonly digest: string;
  /** Counts what was applied under the name, from 1. */
  readonly version: number | null;
  /** False where the name stood for the same already. */
  readonly changed: boolean;
  readonly schedule: ScheduleStep;
}

/** A run that was started. */
export interface StartedRun {
  readonly workflowId: string;
  readonly pipeline: string;
  readonly digest: string;
  readonly run: string;
}

/** Pipelines: declared, applied, run by hand or by a schedule, run again where they failed. */
export class PipelinesClient {
  private readonly starter: Starter;
  private readonly stores: Stores;
  private readonly schedules: PipelineSchedules;
  private readonly records: PipelineRecords;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
    this.schedules = new PipelineSchedules(starter, stores);
    this.records = new PipelineRecords(stores);
  }

  /**
   * Makes a declaration the one that its name stands for, and its schedule what it says. The same again changes
   * nothing.
   * @throws SchemaError with path, value and what is accepted
   */
  async apply(input: PipelineSpecInput, options: { who?: string | undefined } = {}): Promise<AppliedPipeline> {
    const { spec, pipeline, digest } = checkPipeline(input);
    const { who } = parseWith(actorSchema, options, 'apply');
    const { name } = pipeline;
    const { document, changed } = await this.stores.pipelines.apply(spec, digest, who ?? null);
    let schedule = await this.schedules.sync(document);
    // Whoever applies another one at the same time may have set the schedule first.
    for (let last = document; ;) {
      const current = (await this.stores.pipelines.current(name)) ?? last;
      if (current._id === last._id) break;
      last = current;
      schedule = await this.schedules.sync(current);
    }
    return { name, digest, version: document.version, changed, schedule };
  }

  /**
   * Starts a run of what was applied under a name, or of a declaration; one that is open under the same id is taken
   * as it is.
   * @throws SchemaError for parameters and outputs that the pipeline does not have; NoWorkerError
   * @example await client.pipelines.run('bike', { params: { days: 28 }, who: 'ann' })
   */
  async run(nameOrSpec: string | PipelineSpecInput, options: RunPipelineOptions = {}): Promise<StartedRun> {
    const { run, ...asked } = parseWith(runPipelineSchema, options, 'run');
    const checked = await pipelineOf(this.stores, nameOrSpec);
    const { pipeline, digest, spec } = checked;
    parametersFor(pipeline, asked.params);
    checkReturns(pipeline, asked.returns);
    // A history carries the digest, not the declaration.
    if (typeof nameOrSpec !== 'string') await this.stores.pipelines.keep(spec, digest);
    const id = run ?? runName(asked.at ?? new Date().toISOString());
    return this.begin(checked, id, { ...asked, pipeline: pipeline.name, digest });
  }

  /** Waits for a run's end. @throws what it failed with */
  async result(workflowId: string): Promise<PipelineResult> {
    try {
      return (await this.handle(workflowId).result()) as PipelineResult;
    } catch (error) {
      if (!(error instanceof WorkflowNotFoundError)) throw reasonOf(error);
      const { result } = (await this.records.run(workflowId)) ?? { result: null };
      if (result === null) throw error;
      if (result.decision === 'failed')
        throw new Error(`pipeline ${result.pipeline} failed: ${result.reasons.join('; ')}`, { cause: error });
      return result;
    }
  }

  /** What a run would do, with what a worker says of it: executors and cached results. Nothing is run. */
  async plan(nameOrSpec: string | PipelineSpecInput, options: PlanPipelineOptions = {}): Promise<PipelinePlan> {
    const { params, at = new Date().toISOString() } = parseWith(planPipelineSchema, options, 'plan');
    const checked = await pipelineOf(this.stores, nameOrSpec);
    const { pipeline, digest, spec } = checked;
    const plan = planOf(checked, at, parametersFor(pipeline, params));
    const handle = await this.starter.start({
      type: TYPE,
      workflowId: contracts.workflowIds.pipeline(pipeline.name, `plan-${runName(at)}`),
      target: targetOf(spec),
      input: {
        ...(typeof nameOrSpec === 'string' ? { pipeline: pipeline.name, digest } : { spec: nameOrSpec }),
        ...{ params, at, planOnly: true },
      },
      summary: `what a run of ${pipeline.name} would do`,
    });
    try {
      return { ...plan, worker: (await handle.result()) as WorkerPlan };
    } catch (error) {
      throw reasonOf(error);
    }
  }

  /**
   * Starts a run in the place of one that did not succeed: what succeeded there is taken as it is.
   * @param id of the run, or of its workflow
   * @throws Error for one that is open, that succeeded, or that is retried already
   */
  async retry(id: string, options: { who?: string | undefined } = {}): Promise<StartedRun> {
    const { who } = parseWith(actorSchema, options, 'retry');
    const { failed, document, run } = await this.records.toRetry(id);
    const { _id: retryOf, pipeline, digest } = failed;
    return this.begin(checkDocument(document), run, { pipeline, digest, retryOf, who }, false);
  }

  /** Every time of the schedule from one instant to another, as if it passed by now; the runs' nominal times. */
  async backfill(name: string, options: BackfillOptions): Promise<contracts.Instant[]> {
    return this.schedules.backfill(name, options);
  }

  /** The schedule as the server has it. */
  async schedule(name: string): Promise<PipelineSchedule> {
    return this.schedules.describe(name);
  }

  /** Changes what happens when runs overlap, how late one may still begin, and by how much starts are spread. */
  async setSchedule(name: string, change: ScheduleChange): Promise<PipelineSchedule> {
    return this.schedules.change(name, change);
  }

  /** The schedule starts nothing until it is resumed. */
  async pause(name: string, decision: PersonDecision): Promise<PipelineSchedule> {
    return this.schedules.pause(name, decision);
  }

  /** The schedule goes on. */
  async resume(name: string, decision: PersonDecision): Promise<PipelineSchedule> {
    return this.schedules.resume(name, decision);
  }

  /** Starts a run as the schedule would, now. */
  async trigger(name: string): Promise<void> {
    return this.schedules.trigger(name);
  }

  /** Where a run stands, by its workflow; by its record where it has ended, or where no worker answers. */
  async status(workflowId: string): Promise<PipelineStatus> {
    const record = await this.records.record(workflowId);
    if (record !== null && record.run.endedAt !== null) return statusOf(record);
    const handle = this.handle(record?.run.workflowId ?? workflowId);
    try {
      const until = Date.now() + ANSWER_MS;
      return await this.starter.client.withDeadline(until, () => ask(handle, contracts.pipelineStatusQuery));
    } catch (error) {
      if (record === null || !(error instanceof WorkflowNotFoundError || error instanceof ServiceError)) throw error;
      if (error instanceof ServiceError)
        this.starter.warn(`no worker answers for ${workflowId}: what follows is what it recorded last`);
      return statusOf(record);
    }
  }

  /** A run and its stages, the intended beside the actual; null for an unknown id. */
  async record(id: string): Promise<PipelineRecord | null> {
    return this.records.record(id);
  }

  /** What was applied under a name, and the runs of it. */
  async history(name: string): Promise<PipelineHistory> {
    return this.records.history(name);
  }

  /** What every name stands for, by name. */
  async list(): Promise<PipelineDocument[]> {
    return this.stores.pipelines.list();
  }

  /** What a name stands for. @throws Error that says which there are */
  async find(name: string): Promise<PipelineDocument> {
    return (await this.stores.pipelines.current(name)) ?? refuseUnknown(this.stores.pipelines, name);
  }

  /** The log of a stage's last attempt. @param unit of a stage with `forEach`, from 0 */
  async log(id: string, stage: string, unit?: number): Promise<string> {
    return this.records.log(id, stage, unit);
  }

  /** A stage that waits for a person may run. */
  async approve(workflowId: string, decision: PersonDecision & { stage: string }): Promise<PipelineStatus> {
    const args: [contracts.ApproveStage] = [{ ...decision, approved: true }];
    return this.decide(workflowId, contracts.approveStageUpdate, { args });
  }

  /** A stage that waits for a person fails. */
  async reject(workflowId: string, decision: PersonDecision & { stage: string }): Promise<PipelineStatus> {
    const args: [contracts.ApproveStage] = [{ ...decision, approved: false }];
    return this.decide(workflowId, contracts.approveStageUpdate, { args });
  }

  /** Ends an open run and undoes what it has done. */
  async cancel(workflowId: string, decision: PersonDecision): Promise<PipelineStatus> {
    return this.decide(workflowId, contracts.cancelPipelineUpdate, { args: [decision] });
  }

  /** Closes a compensation that failed: tries it again, or says that it was done by hand. */
  async resolveCompensation(workflowId: string, decision: ResolveCompensation): Promise<PipelineStatus> {
    // One id for all retries of this call: the next compensation that fails is resolved by a call of its own.
    return this.decide(workflowId, contracts.resolvePipelineUpdate, { args: [decision], updateId: randomUUID() });
  }

  /** The run's workflow, for whatever is not here. */
  handle(workflowId: string): WorkflowHandle {
    return this.starter.client.workflow.getHandle(workflowId.replace(/~\d+$/, ''));
  }

  /** @throws Error that says how a run ended, where it is not open any more */
  private async decide<A extends unknown[]>(
    workflowId: string,
    update: UpdateDefinition<PipelineStatus, A>,
    request: { readonly args: A; readonly updateId?: string },
  ): Promise<PipelineStatus> {
    try {
      return await decide(this.handle(workflowId), update, request);
    } catch (error) {
      throw error instanceof WorkflowNotFoundError ? await this.records.closed(workflowId, error) : error;
    }
  }

  private async begin(
    { pipeline, digest, spec }: CheckedPipeline,
    run: string,
    input: RunPipelineInput,
    useExisting = true,
  ): Promise<StartedRun> {
    await this.starter.requireWorker();
    if (pipeline.stages.some(({ resources }) => resources.gpu > 0)) await this.starter.requireGpuWorker();
    const workflowId = contracts.workflowIds.pipeline(pipeline.name, run);
    const retried = input.retryOf === undefined ? '' : `, again after ${input.retryOf}`;
    await this.starter.start({
      type: TYPE,
      workflowId,
      target: targetOf(spec),
      input,
      summary: `${pipeline.name}${retried}`,
      useExisting,
    });
    return { workflowId, pipeline: pipeline.name, digest, run };
  }
}
