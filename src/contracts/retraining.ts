import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { TrafficSplit } from './deployment';
import type { ExperimentPolicy } from './experiment';
import type { ModelTarget } from './ids';
import type { GateMetric, Performance } from './metrics';
import type { ClockKind, Duration, Instant, Settled, Watermark } from './time';

/** How a challenger is trained and gated; part of a monitor's spec. */
export interface RetrainPolicy {
  /** A stage given to the plugin; default the logistic regression that ships. */
  readonly trainer: string;
  /** Rows with ts ≥ watermark − lookback, labelled by the watermark. */
  readonly lookback: Duration;
  /** Of these, rows with ts ≥ watermark − holdout judge the challenger. */
  readonly holdout: Duration;
  /** After an end without promotion, windows starting sooner than this trigger nothing. */
  readonly cooldown: Duration;
  /** Whether a person must approve the challenger before it meets traffic. */
  readonly approval: boolean;
}

/** One retraining. */
export interface RetrainSpec extends ModelTarget {
  /** Idempotency key: the same key is the same retraining. */
  readonly key: string;
  readonly clock: ClockKind;
  /** The watermark that caused it. */
  readonly at: Instant;
  readonly reasons: readonly string[];
  readonly metric: GateMetric;
  readonly labelMaturity: Duration;
  readonly policy: RetrainPolicy;
  readonly experiment: ExperimentPolicy;
  /** The workflow that is told how far this one has come, if any. */
  readonly reportTo?: string | undefined;
}

/** How a retraining ends. */
export type RetrainingDecision = 'promoted' | 'not-better' | 'inconclusive' | 'rolled-back' | 'failed';

/** Where a retraining stands. */
export type RetrainingPhase =
  | 'opening'
  | 'snapshot'
  | 'training'
  | 'gate'
  | 'approval'
  | 'registering'
  | 'experiment'
  | 'undoing'
  | 'compensation-failed'
  | 'closed';

/** The rows a retraining learns from, by reference: the same query gives the same rows. */
export interface Snapshot {
  /** `{model}-{digest}`: content-addressed. */
  readonly dataset: string;
  readonly rows: number;
  readonly positives: number;
  readonly from: Instant;
  readonly to: Instant;
  readonly asOf: Instant;
  /** Rows with ts from here on are the hold-out. */
  readonly holdoutFrom: Instant;
}

/** Champion and challenger on the same hold-out. */
export interface GateResult {
  readonly metric: GateMetric;
  readonly championVersion: number;
  readonly champion: Performance;
  readonly challenger: Performance;
}

/** A decided retraining. */
export interface RetrainingResult {
  readonly key: string;
  readonly at: Instant;
  readonly closedAt: Instant;
  readonly decision: RetrainingDecision;
  readonly reasons: readonly string[];
  readonly rows: number;
  readonly championVersion: number | null;
  readonly challengerVersion: number | null;
  readonly gate: GateResult | null;
  readonly experiment: string | null;
}

/** What `retrainingStatus` answers. */
export interface RetrainingStatus extends Settled {
  readonly spec: RetrainSpec;
  readonly phase: RetrainingPhase;
  readonly reasons: readonly string[];
  readonly snapshot: Snapshot | null;
  readonly gate: GateResult | null;
  readonly challenger: number | null;
  readonly experiment: string | null;
  readonly result: RetrainingResult | null;
  /** Compensations that failed, newest last; each waits for `resolveCompensation`. */
  readonly failedCompensations: readonly string[];
}

/** The input of `retrainModel`. */
export interface RetrainModelInput {
  readonly spec: RetrainSpec;
}

/** A person's word on a challenger or on a retraining. */
export interface PersonDecision {
  readonly who: string;
  readonly reason: string;
}

/** A failed compensation was mended by hand, or should be tried again. */
export interface ResolveCompensation extends PersonDecision {
  readonly action: 'retry' | 'done-by-hand';
}

export const retrainingRequestedSignal =
  defineSignal<[{ readonly key: string; readonly reasons: readonly string[] }]>('retrainingRequested');
export const retrainingWatermarkSignal = defineSignal<[Watermark]>('watermarkAdvanced');
export const approveUpdate = defineUpdate<RetrainingStatus, [PersonDecision]>('approve');
export const rejectUpdate = defineUpdate<RetrainingStatus, [PersonDecision]>('reject');
export const cancelRetrainingUpdate = defineUpdate<RetrainingStatus, [PersonDecision]>('cancel');
export const resolveCompensationUpdate = defineUpdate<RetrainingStatus, [ResolveCompensation]>('resolveCompensation');
export const retrainingStatusQuery = defineQuery<RetrainingStatus>('retrainingStatus');

/** Activities behind `retrainModel`. */
export interface RetrainingActivities {
  /** Records the retraining; a key that has ended already returns its result, which then stands. */
  openRetraining(input: { readonly spec: RetrainSpec }): Promise<RetrainingResult | null>;
  /** Folds outcomes, fixes the rows as a dataset version. */
  takeSnapshot(input: { readonly spec: RetrainSpec }): Promise<Snapshot>;
  /** Trains on all but the hold-out; the artifact is stored by digest. */
  trainChallenger(input: { readonly spec: RetrainSpec; readonly snapshot: Snapshot }): Promise<{ artifact: string }>;
  /** Scores champion and candidate on the same hold-out. */
  evaluateGate(input: {
    readonly spec: RetrainSpec;
    readonly snapshot: Snapshot;
    readonly artifact: string;
  }): Promise<GateResult>;
  /** Refits on the whole snapshot and registers that fit as a challenger; idempotent by the retraining's key. */
  registerChallenger(input: {
    readonly spec: RetrainSpec;
    readonly snapshot: Snapshot;
    readonly gate: GateResult;
  }): Promise<{ version: number }>;
  /** Archives whatever version the retraining registered, if it got so far. */
  archiveChallenger(input: { readonly spec: RetrainSpec; readonly reason: string }): Promise<void>;
  /** Gives the model's k-th experiment its id and seed; idempotent by the retraining's key. */
  planExperiment(input: { readonly spec: RetrainSpec }): Promise<{ id: string; seed: string }>;
  /** Records the end. */
  closeRetraining(input: { readonly spec: RetrainSpec; readonly result: RetrainingResult }): Promise<void>;
}

/** Decisions asked of a deployment workflow by another workflow, through an activity. */
export interface DecisionActivities {
  /** Update-with-start on the deployment, with the key as update id. It only accepts; it never waits for work. */
  decideDeployment(input: DeploymentRequest): Promise<void>;
  /** Signal-with-start of the retraining. */
  requestRetraining(input: { readonly spec: RetrainSpec; readonly searchable: boolean }): Promise<void>;
}

/** A decision for the deployment of a target. */
export interface DeploymentRequest {
  readonly target: ModelTarget;
  readonly key: string;
  readonly reason: string;
  readonly who: string;
  readonly effectiveAt: Instant;
  /** Whether our search attributes are registered. */
  readonly searchable: boolean;
  readonly action:
    | { readonly kind: 'split'; readonly challenger: number; readonly split: TrafficSplit }
    | { readonly kind: 'unsplit' }
    | { readonly kind: 'promote'; readonly version: number }
    | { readonly kind: 'roll-back' };
}
