import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { ArtifactRef } from './artifact';
import type { PipelineValue } from './pipeline';
import type { Expression } from './pipeline-plan';
import type { PersonDecision, ResolveCompensation } from './retraining';
import type { RolloutEnd, RolloutStrategy } from './rollout';
import type { Instant } from './time';

/** What a run may have at most. */
export const PIPELINE_RUN_LIMITS = {
  /** Events of a history at which no new stage starts; what runs ends, then the run goes on in a new history. */
  events: 1_500,
  reasons: 20,
  /** Outputs that a run returns to whoever started it. */
  returns: 20,
  /** Files that a run is given. */
  files: 20,
} as const;

/** The input of `runPipeline`: a pipeline that was applied, by its name or digest, or the declaration itself. */
export interface RunPipelineInput {
  readonly pipeline?: string | undefined;
  /** Of what was applied; without it the newest. */
  readonly digest?: string | undefined;
  /** A declaration instead, as in `schemas/ml-v1.json`. */
  readonly spec?: unknown;
  /** Parameters in the place of their defaults. */
  readonly params?: Readonly<Record<string, PipelineValue>> | undefined;
  /** The run's nominal time; default: that of its schedule, else its start. */
  readonly at?: Instant | undefined;
  /** A run, by its id, whose succeeded stages are taken as they are. */
  readonly retryOf?: string | undefined;
  /** What lies at a path for the stages whose inputs name it, instead of what the worker has there. */
  readonly files?: Readonly<Record<string, ArtifactRef>> | undefined;
  /** Outputs (`stage.output`) whose references the result carries. */
  readonly returns?: readonly string[] | undefined;
  /** Says what would happen and does nothing. */
  readonly planOnly?: boolean | undefined;
  readonly who?: string | undefined;
  /** What an earlier history of this run has done. */
  readonly state?: PipelineRunState | undefined;
}

/** How a stage ended: `skipped` has its reason. */
export type StageEnd = 'succeeded' | 'failed' | 'skipped';

/** Where a result came from: this run, a cache, or the run that this one retries. */
export type StageSource = 'run' | 'cache' | 'retry';

/** A stage that has ended, as the workflow keeps it. */
export interface EndedStage {
  readonly outcome: StageEnd;
  /** Why it failed or was skipped. */
  readonly reason?: string | undefined;
  readonly source?: StageSource | undefined;
  /** What conditions ask of it. */
  readonly metrics?: Readonly<Record<string, number>> | undefined;
  readonly outputs?: Readonly<Record<string, string>> | undefined;
  /** Of a deployment: what it registered. */
  readonly version?: number | undefined;
}

/** A run between two histories. */
export interface PipelineRunState {
  readonly run: string;
  /** Stages that have ended, by name. */
  readonly ended: Readonly<Record<string, EndedStage>>;
  /** Stages that began in this run, in that order: what is undone if it fails. */
  readonly begun: readonly string[];
  /** When approvals were first asked for, by stage. */
  readonly asked: Readonly<Record<string, Instant>>;
  readonly words: Readonly<Record<string, StageWord>>;
  readonly rollouts: readonly RolloutEnd[];
}

/** What the workflow has to know of a stage: names and numbers, no data. */
export interface RunStage {
  readonly name: string;
  readonly needs: readonly string[];
  readonly condition: Expression | null;
  /** How often it is run: once, or once for each item. */
  readonly units: number;
  readonly gpu: boolean;
  readonly timeoutMs: number;
  readonly retry: { readonly attempts: number; readonly intervalMs: number; readonly backoff: number };
  readonly allowFailure?: true | undefined;
  readonly approval?: { readonly message: string; readonly timeoutMs?: number | undefined } | undefined;
  /** How long what undoes it may take. */
  readonly compensateMs?: number | undefined;
  readonly deployment?:
    { readonly model: string; readonly environment: string; readonly strategy: RolloutStrategy } | undefined;
}

/** A run that may begin. */
export interface OpenedRun {
  /** The id of its record. */
  readonly run: string;
  readonly pipeline: string;
  readonly digest: string;
  /** What `.Date` is. */
  readonly day: string;
  readonly params: Readonly<Record<string, PipelineValue>>;
  readonly parallelism: number;
  /** In the order of the plan. */
  readonly stages: readonly RunStage[];
  readonly onFailureMs: number | null;
  /** Stages that are taken from the run that this one retries. */
  readonly reused: Readonly<Record<string, EndedStage>>;
  /** How it ended, where it has. */
  readonly ended: PipelineResult | null;
}

/** Who claims the artifacts of a run, by its id. */
export function pipelineOwner(run: string): string {
  return `pipeline/${run}`;
}

/**
 * The unit under which a handler is recorded beside the stages: what undoes a stage, or with null what is run when the
 * run has failed. No stage has an `@` in its name.
 */
export function handlerUnit(run: string, stage: string | null): StageUnit {
  return { run, stage: stage === null ? '@onFailure' : `@compensate/${stage}`, unit: 0 };
}

/** How a run ended. */
export type PipelineDecision = 'succeeded' | 'failed' | 'cancelled';

/** An ended run. */
export interface PipelineResult {
  readonly run: string;
  readonly pipeline: string;
  readonly digest: string;
  readonly decision: PipelineDecision;
  /** Which stage failed and why, who cancelled. */
  readonly reasons: readonly string[];
  readonly stages: { readonly succeeded: number; readonly failed: number; readonly skipped: number };
  /** Stages that were undone, newest first. */
  readonly undone: readonly string[];
  /** What was asked for by `returns`. */
  readonly outputs: Readonly<Record<string, ArtifactRef>>;
}

/** What only a worker knows of a pipeline before it runs. */
export interface WorkerPlan {
  /** What carries out each stage: `function`, `process`, `docker`, or `deployment` where no image is run. */
  readonly executors: Readonly<Record<string, string>>;
  /** Stages whose result is in the cache now, as far as their inputs are known. */
  readonly cached: readonly string[];
}

/** A person's word on a stage that waits for it. */
export interface StageWord extends PersonDecision {
  readonly approved: boolean;
}

/** The same, as it is sent. */
export interface ApproveStage extends StageWord {
  readonly stage: string;
}

/** Where a stage stands. */
export type StageStanding = 'waiting' | 'approval' | 'running' | StageEnd;

/** Where a run stands. */
export type PipelinePhase = 'opening' | 'running' | 'undoing' | 'compensation-failed' | 'closed';

/** What `pipelineStatus` answers. */
export interface PipelineStatus {
  readonly run: string | null;
  readonly pipeline: string | null;
  readonly digest: string | null;
  readonly day: string | null;
  readonly phase: PipelinePhase;
  readonly stages: readonly {
    readonly name: string;
    readonly standing: StageStanding;
    readonly source?: StageSource | undefined;
    readonly reason?: string | undefined;
  }[];
  /** Stages that wait for a person. */
  readonly approvals: readonly { readonly stage: string; readonly message: string; readonly until: Instant | null }[];
  /** Stages whose compensation failed and waits for `resolveCompensation`. */
  readonly failedCompensations: readonly string[];
  readonly result: PipelineResult | null;
}

export const approveStageUpdate = defineUpdate<PipelineStatus, [ApproveStage]>('approveStage');
export const cancelPipelineUpdate = defineUpdate<PipelineStatus, [PersonDecision]>('cancel');
export const resolvePipelineUpdate = defineUpdate<PipelineStatus, [ResolveCompensation]>('resolveCompensation');
export const pipelineStatusQuery = defineQuery<PipelineStatus>('pipelineStatus');

/** What an attempt at a stage says. */
export interface StageReport {
  readonly source: StageSource;
  /** What conditions ask of it. */
  readonly metrics: Readonly<Record<string, number>>;
  readonly outputs: Readonly<Record<string, string>>;
  /** Validation rules that it breaks, in words: then it has failed, and is neither cached nor tried again. */
  readonly broken: readonly string[];
}

/** One unit of a stage: the stage itself, or one item of its fan-out (from 0). */
export interface StageUnit {
  readonly run: string;
  readonly stage: string;
  readonly unit: number;
}

/** Activities behind `runPipeline`. */
export interface PipelineActivities {
  /**
   * Checks the input, compiles what it names, records the run and returns what the workflow decides on; a run that has
   * succeeded returns its result. Fails for good with path, value and what is accepted, also for an image, a secret or a
   * path that this worker does not know.
   */
  openPipelineRun(input: {
    readonly workflowId: string;
    readonly input: RunPipelineInput;
    /** The nominal time of the schedule, else the start. */
    readonly at: Instant;
  }): Promise<OpenedRun>;
  /** What only a worker knows. */
  planPipelineRun(input: { readonly input: RunPipelineInput; readonly at: Instant }): Promise<WorkerPlan>;
  /** Runs one unit, or takes the result that it has: of this run, of a cache, of the run that this one retries. */
  runStage(input: StageUnit): Promise<StageReport>;
  /** Runs what undoes a stage, or with `stage` null what is run when the run has failed; once it has succeeded, never again. */
  runHandler(input: {
    readonly run: string;
    readonly stage: string | null;
    readonly outcome: 'succeeded' | 'failed';
  }): Promise<void>;
  /** Registers the input `model` of a deployment stage as a version; idempotent by run and stage. */
  registerStageModel(input: { readonly run: string; readonly stage: string }): Promise<{ readonly version: number }>;
  /** What `registerStageModel` registered, or null where it did not get so far. */
  findStageModel(input: { readonly run: string; readonly stage: string }): Promise<{ readonly version: number } | null>;
  /** Archives what `registerStageModel` registered, if it got so far. */
  archiveStageModel(input: { readonly run: string; readonly stage: string; readonly reason: string }): Promise<void>;
  /** Records how stages ended that no attempt has recorded: skipped, failed for good, undone. */
  recordStages(input: {
    readonly run: string;
    readonly stages: Readonly<Record<string, EndedStage>>;
    readonly undone?: readonly string[] | undefined;
  }): Promise<void>;
  /** Records the end, with the outputs that were asked for. */
  closePipelineRun(input: {
    readonly run: string;
    readonly result: Omit<PipelineResult, 'outputs'>;
    readonly returns: readonly string[];
  }): Promise<PipelineResult>;
}
