import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ModelTarget } from './ids';
import type { ClockKind, Duration, Instant, Settled, Watermark } from './time';

/** What an experiment may be decided on. */
export type SuccessMetric = 'accuracy' | 'logLoss';

/** How a challenger meets the champion; part of a monitor's spec. */
export interface ExperimentPolicy {
  /** Exposure; the decision falls one label maturity later. */
  readonly duration: Duration;
  /** The challenger's share of traffic, in (0, 1). */
  readonly allocation: number;
  /** The k-th experiment of a model is seeded `{salt}-{k}`. */
  readonly salt: string;
  readonly successMetric: SuccessMetric;
  /** Two-sided false-alarm probability over all looks. */
  readonly alpha: number;
  /** Whether a look before the last may decide. */
  readonly earlyStop: boolean;
  readonly unit: 'predictionId' | 'unit';
}

/** One experiment. */
export interface ExperimentSpec extends ModelTarget, ExperimentPolicy {
  readonly id: string;
  readonly clock: ClockKind;
  readonly champion: number;
  readonly challenger: number;
  /** First instant of exposure. */
  readonly start: Instant;
  readonly labelMaturity: Duration;
  /** Seed of the assignment hash. */
  readonly seed: string;
  /** The workflow that is told how far this one has acted, if any. */
  readonly reportTo?: string | undefined;
}

/** Labelled rows of one arm. */
export interface Arm {
  readonly name: 'champion' | 'challenger';
  readonly version: number;
  /** Labelled rows. */
  readonly n: number;
  /** Served rows, labelled or not. */
  readonly exposed: number;
  readonly successes: number;
  readonly accuracy: number | null;
  readonly logLoss: number | null;
}

/** What a look says on its own. */
export type LookStatus = 'ok' | 'no-data' | 'no-new-information' | 'below-minimum';

/** One analysis at a planned time. */
export interface Look {
  /** 1, 2, …, K. */
  readonly k: number;
  /** The event time of the analysis. */
  readonly at: Instant;
  /** Rows with ts before this count. */
  readonly exposedTo: Instant;
  readonly status: LookStatus;
  readonly n: number;
  /** Positive when the challenger is better; null unless there is something to compare. */
  readonly z: number | null;
  /** The group-sequential bound |z| must reach; null when no α is spent at this look. */
  readonly bound: number | null;
  /** Two-sided, unadjusted for looks; null with z. */
  readonly pValue: number | null;
  /** Challenger − champion in the metric's unit, with its 95 % interval. */
  readonly difference: number | null;
  readonly interval: readonly [number, number] | null;
  /** Running minimum of the sequential sample-ratio p-value. */
  readonly sampleRatioP: number;
  readonly arms: readonly [Arm, Arm];
  readonly decision: ExperimentDecision | 'continue';
}

/** How an experiment ends. */
export type ExperimentDecision = 'ship' | 'rollback' | 'stop' | 'invalid' | 'inconclusive';

/** What the plan needs and what the time gives, said before the start. */
export interface ExperimentPlan {
  readonly looks: number;
  /** Smallest absolute difference found with power .8, given the expected rows; null without a baseline. */
  readonly minimumDetectableEffect: number | null;
  readonly baseline: number | null;
  /** Labelled rows per arm needed for a difference of .05, power .8; null without a baseline. */
  readonly samplePerArm: number | null;
  /** Rows per arm expected from recent traffic. */
  readonly expectedPerArm: number;
  readonly warnings: readonly string[];
}

/** A decided experiment. */
export interface ExperimentResult {
  readonly id: string;
  readonly from: Instant;
  /** End of exposure. */
  readonly to: Instant;
  readonly decidedAt: Instant;
  readonly decision: ExperimentDecision;
  readonly reasons: readonly string[];
  readonly champion: number;
  readonly challenger: number;
  readonly plan: ExperimentPlan | null;
  readonly looks: readonly Look[];
}

/** An operator ends it. */
export interface StopExperiment {
  readonly reason: string;
  readonly who: string;
  /** `stop` by default; `inconclusive` when nobody judged it, e.g. the stream ended. */
  readonly decision?: 'stop' | 'inconclusive' | undefined;
}

/** A longer exposure, only before the last planned look. */
export interface ExtendExperiment {
  readonly duration: Duration;
  readonly reason: string;
  readonly who: string;
}

/** A larger or smaller share for the challenger; nobody changes arm who need not. */
export interface RampExperiment {
  readonly allocation: number;
  readonly reason: string;
  readonly who: string;
}

/** Where an experiment stands. */
export type ExperimentPhase = 'planning' | 'running' | 'decided' | 'archived';

/** What `experimentStatus` answers. */
export interface ExperimentStatus extends Settled {
  readonly spec: ExperimentSpec;
  readonly phase: ExperimentPhase;
  readonly end: Instant;
  readonly plan: ExperimentPlan | null;
  readonly looks: readonly Look[];
  readonly decision: ExperimentDecision | null;
  readonly reasons: readonly string[];
}

/** What an experiment carries from run to run. */
export interface ExperimentState {
  readonly phase: ExperimentPhase;
  readonly plan: ExperimentPlan | null;
  readonly end: Instant;
  readonly allocation: number;
  readonly looks: readonly Look[];
  readonly watermark: Instant | null;
  readonly settledThrough: Instant | null;
}

/** The input of `runExperiment` for a champion and a challenger; `state` is set by continue-as-new only. */
export interface RunExperimentInput {
  readonly spec: ExperimentSpec;
  readonly state?: ExperimentState | undefined;
}

export const experimentAdvanceUpdate = defineUpdate<Settled, [Watermark]>('advance');
export const stopExperimentUpdate = defineUpdate<ExperimentResult, [StopExperiment]>('stop');
export const extendExperimentUpdate = defineUpdate<ExperimentStatus, [ExtendExperiment]>('extend');
export const rampExperimentUpdate = defineUpdate<ExperimentStatus, [RampExperiment]>('ramp');
export const experimentWatermarkSignal = defineSignal<[Watermark]>('watermarkAdvanced');
export const exposuresRecordedSignal = defineSignal('exposuresRecorded');
export const experimentStatusQuery = defineQuery<ExperimentStatus>('experimentStatus');

/** What a look needs to know. */
export interface LookInput {
  readonly spec: ExperimentSpec;
  readonly k: number;
  readonly planned: number;
  readonly at: Instant;
  readonly exposedTo: Instant;
  readonly allocation: number;
  readonly previous: readonly Pick<Look, 'k' | 'n'>[];
  readonly previousSampleRatioP: number;
}

/** Activities behind `runExperiment`. */
export interface ExperimentActivities {
  /** Records the experiment and what the plan needs; the same id again returns the recorded plan. */
  openExperiment(input: { readonly spec: ExperimentSpec }): Promise<ExperimentPlan>;
  /** Folds outcomes, sums both arms, tests, computes the bound. The decision on it is the workflow's. */
  takeLook(input: LookInput): Promise<Omit<Look, 'decision'>>;
  /** Records a look; the first result for (id, k) stands. */
  recordLook(input: { readonly id: string; readonly look: Look }): Promise<void>;
  /** Records the end. */
  closeExperiment(input: { readonly result: ExperimentResult }): Promise<void>;
}
