import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { PerformanceRule, RolloutStrategy } from './rollout';
import type { ExperimentPolicy } from './experiment';
import type { ModelTarget } from './ids';
import type { GateMetric, Performance } from './metrics';
import type { TrainingRows } from './model';
import type { ArtifactRef } from './artifact';
import type { PipelineValue } from './pipeline';
import type { ClockKind, Duration, Instant, Settled, Watermark } from './time';

/** How a challenger is trained and gated; part of a monitor's spec. */
export interface RetrainPolicy {
  /** A stage given to the plugin; default the logistic regression that ships. */
  readonly trainer: string;
  /** A pipeline that trains instead of the trainer; what it leaves must be a model of a format that we can score with. */
  readonly pipeline?: TrainingPipeline | undefined;
  /** Rows with ts ≥ watermark − lookback, labelled by the watermark. */
  readonly lookback: Duration;
  /** Of these, rows with ts ≥ watermark − holdout judge the challenger. */
  readonly holdout: Duration;
  /** After an end without promotion, windows starting sooner than this trigger nothing. */
  readonly cooldown: Duration;
  /** Whether a person must approve the challenger before it meets traffic, and how long that is waited for. */
  readonly approval: boolean | ApprovalPolicy;
  /** What the challenger must be; default: at least as good as the champion by point estimate. */
  readonly gate?: GatePolicy | undefined;
  /** How the challenger comes to serve; default: by an experiment. */
  readonly strategy?: RolloutStrategy | { readonly kind: 'experiment' } | undefined;
  /** How long the new champion is watched before the retraining is done; default: not at all. */
  readonly bake?: BakePolicy | undefined;
  /** A step that has not ended by then is given up, and everything is undone. Default 24h. */
  readonly stepTimeout?: Duration | undefined;
}

/** A pipeline as a trainer: it is run on the rows without the hold-out, and again on all of them. */
export interface TrainingPipeline {
  readonly name: string;
  /** The path at which its stages find the rows: CSV, the column `label` first, then the features; empty where missing. */
  readonly rows: string;
  /** The output that is the model: `stage.output`. */
  readonly model: string;
  readonly params?: Readonly<Record<string, PipelineValue>> | undefined;
}

/** How long a person is waited for. */
export interface ApprovalPolicy {
  readonly timeout: Duration;
  /** An alert reminds after so long. */
  readonly reminder?: Duration | undefined;
  readonly onTimeout: 'approve' | 'reject';
}

/** What a challenger must be on the hold-out. */
export interface GatePolicy {
  /**
   * `point-estimate`: at least as good. `mcnemar`: right significantly more often on the same rows (exact).
   * `paired-loss`: a significantly smaller log loss on the same rows (paired z).
   */
  readonly test: 'point-estimate' | 'mcnemar' | 'paired-loss';
  /** One-sided level of a paired test. */
  readonly alpha: number;
  readonly rules: readonly PerformanceRule[];
}

/** How a new champion is watched. */
export interface BakePolicy {
  readonly duration: Duration;
  /** What it must be on the rows it served; a broken rule rolls it back. */
  readonly rules: readonly PerformanceRule[];
  /** Labelled rows below which nothing is judged. */
  readonly minimumRows: number;
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
export type RetrainingDecision = (typeof RETRAINING_DECISIONS)[number];

/** Every way in which a retraining ends; all but `promoted` leave what served before. */
export const RETRAINING_DECISIONS = [
  'promoted',
  'not-better',
  'inconclusive',
  'rolled-back',
  'failed',
  'rejected',
  'cancelled',
  'timed-out',
] as const;

/** Where a retraining stands. */
export type RetrainingPhase =
  | 'opening'
  | 'snapshot'
  | 'quality'
  | 'training'
  | 'gate'
  | 'approval'
  | 'registering'
  | 'experiment'
  | 'deploying'
  | 'baking'
  | 'undoing'
  | 'compensation-failed'
  | 'closed';

/** What a retraining waits for that no watermark of its monitor brings at once. */
export type RetrainingWait = 'approval' | 'compensation' | 'rollout' | 'bake';

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
  /** The paired test that the policy asks for. */
  readonly paired?: PairedTest | undefined;
  /** The champion's interval and the challenger's, 95 %, where the metric has one. */
  readonly intervals?: Readonly<Record<'champion' | 'challenger', readonly [number, number] | null>> | undefined;
}

/** Champion and challenger on the same rows. */
export interface PairedTest {
  readonly test: 'mcnemar' | 'paired-loss';
  /** Rows in both. */
  readonly n: number;
  /** Rows that only the challenger got right, less those that only the champion did; or the mean loss saved per row. */
  readonly gain: number;
  /** One-sided: the chance of such a gain if there were none; null where nothing differs. */
  readonly pValue: number | null;
}

/** What a quality gate says of a snapshot. */
export interface QualityVerdict {
  readonly pass: boolean;
  readonly reasons: readonly string[];
}

/** A gate of the user's own on the rows that a challenger would be trained on. */
export type QualityGate = (snapshot: Snapshot, rows: TrainingRows) => Promise<QualityVerdict>;

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
  readonly approval?: Approval | undefined;
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
  /** What is waited for next, if anything: a reminder, a time-out, the end of the bake. */
  readonly waitsUntil?: Instant | undefined;
  readonly approval?: Approval | undefined;
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

/** A person's word on a challenger; one that names another version than the one that waits is refused. */
export interface ApprovalDecision extends PersonDecision {
  readonly challenger?: number | undefined;
}

/** What was decided about a challenger: by whom, or by the time-out. */
export interface Approval extends PersonDecision {
  readonly approved: boolean;
  readonly at: Instant;
}

/** A failed compensation was mended by hand, or should be tried again. */
export interface ResolveCompensation extends PersonDecision {
  readonly action: 'retry' | 'done-by-hand';
}

export const retrainingRequestedSignal =
  defineSignal<[{ readonly key: string; readonly reasons: readonly string[] }]>('retrainingRequested');
export const retrainingWatermarkSignal = defineSignal<[Watermark]>('watermarkAdvanced');
export const approveUpdate = defineUpdate<RetrainingStatus, [ApprovalDecision]>('approve');
export const rejectUpdate = defineUpdate<RetrainingStatus, [ApprovalDecision]>('reject');
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
    /** What a pipeline has trained on all rows; without it the trainer does. */
    readonly artifact?: string | undefined;
  }): Promise<{ version: number }>;
  /** The snapshot's rows as CSV for a pipeline: all of them, or those before the hold-out. */
  exportRows(input: {
    readonly spec: RetrainSpec;
    readonly snapshot: Snapshot;
    readonly rows: 'training' | 'all';
  }): Promise<ArtifactRef>;
  /** Asks the quality gate of the worker, or the default: two classes on either side of the hold-out. */
  checkQuality(input: { readonly spec: RetrainSpec; readonly snapshot: Snapshot }): Promise<QualityVerdict>;
  /** Forgets the dataset version unless a registered version or another retraining names it. */
  discardSnapshot(input: { readonly spec: RetrainSpec }): Promise<void>;
  /** Deletes the artifacts that the retraining stored, unless a registered version names them. */
  discardArtifacts(input: { readonly spec: RetrainSpec }): Promise<void>;
  /** How the new champion did on the labelled rows it served between two times. */
  judgeBake(input: {
    readonly spec: RetrainSpec;
    readonly version: number;
    readonly from: Instant;
    readonly to: Instant;
  }): Promise<Performance>;
  /** Archives whatever version the retraining registered, if it got so far. */
  archiveChallenger(input: { readonly spec: RetrainSpec; readonly reason: string }): Promise<void>;
  /** Gives the model's k-th experiment its id and seed; idempotent by the retraining's key. */
  planExperiment(input: { readonly spec: RetrainSpec }): Promise<{ id: string; seed: string }>;
  /** Records the end. */
  closeRetraining(input: { readonly spec: RetrainSpec; readonly result: RetrainingResult }): Promise<void>;
}
