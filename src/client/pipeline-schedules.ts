import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client';
import type { ScheduleDescription, ScheduleHandle, ScheduleOverlapPolicy } from '@temporalio/client';
import * as contracts from '../contracts';
import type { Duration, Instant, PersonDecision, PipelineDecision, PipelineSpec, RunPipelineInput } from '../contracts';
import { nextFires, parseCron } from '../domain/cron';
import { durationMs, iso } from '../domain/time';
import { parseWith } from '../schemas';
import { backfillSchema, pipelineDecisionSchema, scheduleChangeSchema } from '../schemas/pipeline-command';
import type { BackfillOptions, PipelineOverlap, ScheduleChange } from '../schemas/pipeline-command';
import type { PipelineDocument, Stores } from '../stores';
import { refuseUnknown, targetOf } from './pipeline-spec';
import type { Starter } from './start';

const TYPE = 'loopwright.runPipeline';
/** So many next times are told. */
const NEXT = 5;
/** The server keeps no more times of one schedule waiting. */
const BACKFILLED = 1_000;
/** What holds until somebody says otherwise. The server's own would make up for a whole year. */
const POLICIES = { overlap: 'SKIP', catchupWindow: '1h' } as const;

/** What became of a schedule. */
export type ScheduleStep = 'none' | 'created' | 'updated' | 'unchanged' | 'deleted';

/** A schedule as the server has it. */
export interface PipelineSchedule {
  readonly pipeline: string;
  /** Of the declaration that its runs run. */
  readonly digest: string;
  readonly cron: string;
  readonly timezone: string;
  readonly overlap: string;
  readonly catchUp: Duration;
  readonly jitter: Duration;
  readonly paused: boolean;
  /** Who paused or resumed it, and why. */
  readonly note: string | null;
  /** The next times, as the server has them. */
  readonly next: readonly Instant[];
  /** Newest last; `decision` is null while a run is open or unknown. */
  readonly recent: readonly {
    readonly workflowId: string;
    readonly startedAt: Instant;
    readonly decision: PipelineDecision | null;
  }[];
  /** Times at which no run was started: another still ran; the server was away for longer than `catchUp`. */
  readonly skipped: { readonly overlap: number; readonly catchUp: number };
}

/** Schedules of pipelines: Temporal's own, one for each pipeline that asks for one. */
export class PipelineSchedules {
  private readonly starter: Starter;
  private readonly stores: Stores;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
  }

  /** Makes the schedule what a declaration says; policies, jitter and a pause that stand are kept. */
  async sync(document: PipelineDocument): Promise<ScheduleStep> {
    const { name, spec } = document;
    const handle = this.handle(name);
    const standing = await found(() => handle.describe());
    if (spec.spec.schedule === undefined) {
      if (standing === null) return 'none';
      await found(() => handle.delete());
      return 'deleted';
    }
    const action = await this.actionOf(document);
    if (standing === null) return this.create(document, action);
    if (inputOf(standing).digest === document._id && standing.action.taskQueue === action.taskQueue) return 'unchanged';
    await handle.update((before) => ({
      ...kept(before),
      spec: { ...timesOf(spec), jitter: before.spec.jitter },
      action,
    }));
    return 'updated';
  }

  /** What the server knows of a schedule. @throws Error where there is none */
  async describe(name: string): Promise<PipelineSchedule> {
    const standing = await this.of(name, (handle) => handle.describe());
    const { policies, state, info } = standing;
    const { digest } = inputOf(standing);
    const { schedule, timezone } = (await this.declared(name, digest)).spec;
    return {
      pipeline: name,
      digest,
      cron: schedule!,
      timezone,
      overlap: (policies.overlap ?? 'SKIP').toLowerCase().replaceAll('_', '-'),
      catchUp: durationOf(policies.catchupWindow),
      jitter: durationOf(standing.spec.jitter ?? 0),
      paused: state.paused,
      note: state.note === undefined || state.note === '' ? null : state.note,
      next: info.nextActionTimes.slice(0, NEXT).map((time) => time.toISOString()),
      recent: await Promise.all(
        info.recentActions.map(async ({ action, takenAt }) => {
          const { workflowId } = action.workflow;
          const run = await this.stores.pipelineRuns.find(workflowId);
          return { workflowId, startedAt: takenAt.toISOString(), decision: run?.result?.decision ?? null };
        }),
      ),
      skipped: { overlap: info.numActionsSkippedOverlap, catchUp: info.numActionsMissedCatchupWindow },
    };
  }

  /** Changes policies; what is not named stays. */
  async change(name: string, change: ScheduleChange): Promise<PipelineSchedule> {
    const { overlap, catchUp, jitter } = parseWith(scheduleChangeSchema, change, `schedule of ${name}`);
    const { digest } = inputOf(await this.of(name, (handle) => handle.describe()));
    const times = timesOf(await this.declared(name, digest));
    await this.of(name, (handle) =>
      handle.update((before) => {
        const { policies, ...rest } = kept(before);
        return {
          ...rest,
          action: before.action,
          spec: { ...times, jitter: jitter === undefined ? before.spec.jitter : durationMs(jitter) },
          policies: {
            ...policies,
            ...(overlap === undefined ? {} : { overlap: policyOf(overlap) }),
            ...(catchUp === undefined ? {} : { catchupWindow: durationMs(catchUp) }),
          },
        };
      }),
    );
    return this.describe(name);
  }

  /** Starts no run until it is resumed. */
  async pause(name: string, decision: PersonDecision): Promise<PipelineSchedule> {
    const note = noteOf(name, decision);
    await this.of(name, (handle) => handle.pause(note));
    return this.describe(name);
  }

  async resume(name: string, decision: PersonDecision): Promise<PipelineSchedule> {
    const note = noteOf(name, decision);
    await this.of(name, (handle) => handle.unpause(note));
    return this.describe(name);
  }

  /** Starts a run now, whatever else runs. */
  async trigger(name: string): Promise<void> {
    await this.starter.requireWorker();
    await this.of(name, (handle) => handle.trigger());
  }

  /**
   * Starts the runs of a time that is over, one after another unless `overlap` says otherwise.
   * @returns the nominal times, which their ids end with
   * @throws Error for a time that is not over, without a time of the schedule in it, or with more than a thousand
   */
  async backfill(name: string, options: BackfillOptions): Promise<Instant[]> {
    const { from, to, overlap } = parseWith(backfillSchema, options, `backfill of ${name}`);
    // A run that is ahead of its time would stand in the way of the one that comes then.
    const now = iso(Date.now());
    if (to > now) throw new Error(`backfill of ${name}: to is ${to}: expected a time that is over, at most ${now}`);
    const { digest } = inputOf(await this.of(name, (handle) => handle.describe()));
    const { schedule, timezone } = (await this.declared(name, digest)).spec;
    const before = iso(Date.parse(from) - 1);
    const times = nextFires(parseCron(schedule!), timezone, before, BACKFILLED + 1).filter((time) => time <= to);
    if (times.length === 0) throw new Error(`${name} has no time from ${from} to ${to}: "${schedule}" in ${timezone}`);
    if (times.length > BACKFILLED)
      throw new Error(`${name} has more than ${BACKFILLED} times from ${from} to ${to}: expected a shorter time`);
    await this.starter.requireWorker();
    const range = { start: new Date(from), end: new Date(to), overlap: policyOf(overlap) };
    await this.of(name, (handle) => handle.backfill(range));
    return times;
  }

  private handle(name: string): ScheduleHandle {
    return this.starter.client.schedule.getHandle(contracts.workflowIds.pipelineSchedule(name));
  }

  private async create(document: PipelineDocument, action: PipelineAction): Promise<ScheduleStep> {
    const { name, spec } = document;
    const scheduleId = contracts.workflowIds.pipelineSchedule(name);
    try {
      await this.starter.client.schedule.create({ scheduleId, spec: timesOf(spec), action, policies: POLICIES });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
      // Somebody else has created it since.
      return this.sync(document);
    }
    return 'created';
  }

  /** Does something with a schedule that has to be there. */
  private async of<R>(name: string, work: (handle: ScheduleHandle) => Promise<R>): Promise<R> {
    try {
      return await work(this.handle(name));
    } catch (error) {
      if (!(error instanceof ScheduleNotFoundError)) throw error;
      if ((await this.stores.pipelines.current(name)) === null) return refuseUnknown(this.stores.pipelines, name);
      throw new Error(`${name} has no schedule: apply it with spec.schedule`, { cause: error });
    }
  }

  private async declared(name: string, digest: string): Promise<PipelineSpec> {
    const document = await this.stores.pipelines.find(digest);
    if (document?.spec.spec.schedule === undefined)
      throw new Error(`the schedule of ${name} runs ${digest}, which this database does not have: apply it again`);
    return document.spec;
  }

  private async actionOf({ _id, name, spec }: PipelineDocument) {
    const input: RunPipelineInput = { pipeline: name, digest: _id, who: 'schedule' };
    return {
      type: 'startWorkflow' as const,
      workflowType: TYPE,
      workflowId: contracts.workflowIds.pipeline(name, 'scheduled'),
      taskQueue: this.starter.taskQueue,
      args: [input],
      staticSummary: `${name}, scheduled`,
      staticDetails: contracts.WORKFLOW_DETAILS[TYPE],
      ...(await this.starter.attributesFor(targetOf(spec))),
    };
  }
}

type PipelineAction = Awaited<ReturnType<PipelineSchedules['actionOf']>>;

function timesOf({ spec }: PipelineSpec): { cronExpressions: string[]; timezone: string } {
  return { cronExpressions: [spec.schedule!], timezone: spec.timezone };
}

/** What an update leaves as it is. */
function kept({ policies, state }: ScheduleDescription): Pick<ScheduleDescription, 'policies' | 'state'> {
  return { policies, state };
}

function inputOf({ action }: ScheduleDescription): { readonly digest: string } {
  const [input] = (action.args ?? []) as readonly (RunPipelineInput | undefined)[];
  return { digest: input?.digest ?? '' };
}

function policyOf(overlap: PipelineOverlap): ScheduleOverlapPolicy {
  return overlap.toUpperCase().replaceAll('-', '_') as ScheduleOverlapPolicy;
}

function noteOf(name: string, decision: PersonDecision): string {
  const { who, reason } = parseWith(pipelineDecisionSchema, decision, `schedule of ${name}`);
  return `${who}: ${reason}`;
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** In the largest unit that takes no fraction. */
function durationOf(length: number): Duration {
  const [unit, size] = UNITS.find(([, one]) => length >= one && length % one === 0) ?? ['ms', 1];
  return length === 0 ? '0s' : `${length / size}${unit}`;
}

async function found<R>(work: () => Promise<R>): Promise<R | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return null;
    throw error;
  }
}
