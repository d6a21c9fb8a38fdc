import { defineQuery, defineUpdate } from '@temporalio/workflow';
import type { AssignableExperiment } from './assignment';
import type { DesignPlan, ExperimentAnalysis, Recommendation } from './experiment-analysis';
import type { ExperimentDesign } from './experiment-design';
import type { Duration, Instant, Settled, Watermark } from './time';

/** A decision of a person on an experiment. */
export interface ExperimentCommand {
  readonly who: string;
  readonly reason: string;
}

/** Begin exposure, now or at an instant. */
export interface StartDesign extends ExperimentCommand {
  readonly at?: Instant | undefined;
}

/** Go to the ramp's next step now, or to a coverage; never below the present one: no unit is moved. */
export interface RampDesign extends ExperimentCommand {
  readonly coverage?: number | undefined;
}

/** A longer exposure, only before the last planned look. */
export interface ExtendDesign extends ExperimentCommand {
  readonly duration: Duration;
}

/** A variant takes no new units; who is in it stays, the others keep theirs. */
export interface DropVariant extends ExperimentCommand {
  readonly variant: string;
}

/** End it without shipping. */
export interface StopDesign extends ExperimentCommand {
  readonly decision?: 'stop' | 'inconclusive' | undefined;
}

/** What happened to an experiment, in order: one document tells the whole story. */
export interface ExperimentEvent {
  readonly at: Instant;
  readonly kind:
    'created' | 'scheduled' | 'started' | 'ramped' | 'extended' | 'dropped' | 'decided' | 'acted' | 'archived';
  readonly who: string;
  readonly reason: string;
}

/** From an instant on, units are expected in these shares: dropping a variant begins a new epoch. */
export interface WeightsEpoch {
  readonly from: Instant;
  /** In the order of the variants; 0 for one that takes no new units. */
  readonly weights: readonly number[];
}

/** Where a designed experiment is. */
export type DesignPhase = 'draft' | 'scheduled' | 'running' | 'decided' | 'archived';

/** How a designed experiment ended. */
export interface DesignResult {
  readonly id: string;
  readonly decision: Exclude<Recommendation['decision'], 'continue'>;
  readonly variant: string | null;
  readonly reasons: readonly string[];
  readonly decidedAt: Instant;
  /** First instant of exposure, null if it never began. */
  readonly from: Instant | null;
  /** End of exposure. */
  readonly to: Instant | null;
  /** What was done about it. */
  readonly acted: 'promoted' | 'nothing';
}

/** One analysis as the history keeps it: what was decided on, without the tables. */
export interface DesignLook {
  readonly kind: 'look' | 'check';
  readonly k: number | null;
  readonly at: Instant;
  readonly exposedTo: Instant;
  readonly status: ExperimentAnalysis['status'];
  readonly units: number;
  /** In the order of the variants. */
  readonly byVariant: readonly number[];
  readonly sampleRatioP: number;
  readonly recommendation: Recommendation;
}

/** What `experimentStatus` answers for a designed experiment. */
export interface DesignStatus extends Settled {
  readonly design: ExperimentDesign;
  readonly phase: DesignPhase;
  readonly plan: DesignPlan | null;
  readonly start: Instant | null;
  readonly end: Instant | null;
  readonly coverage: number;
  readonly dropped: readonly string[];
  readonly looks: readonly DesignLook[];
  readonly result: DesignResult | null;
}

/** What a designed experiment carries from run to run. */
export interface DesignState {
  readonly phase: DesignPhase;
  readonly plan: DesignPlan | null;
  readonly start: Instant | null;
  readonly end: Instant | null;
  readonly coverage: number;
  /** The ramp's step and when it began. */
  readonly step: number;
  readonly stepAt: Instant | null;
  readonly dropped: readonly string[];
  readonly epochs: readonly WeightsEpoch[];
  /** Planned looks, and the last check. */
  readonly looks: readonly DesignLook[];
  readonly lastCheck: DesignLook | null;
  /** Of the sequential sample-ratio test, its running minimum. */
  readonly sampleRatioP: number;
  readonly watermark: Instant | null;
  readonly settledThrough: Instant | null;
  /** How many events the record has. */
  readonly events: number;
}

/** An experiment as it is recorded: the one document that tells its whole story. */
export interface DesignRecord extends AssignableExperiment {
  readonly plan: DesignPlan | null;
  readonly phase: DesignPhase;
  readonly start: Instant | null;
  readonly end: Instant | null;
  readonly events: readonly ExperimentEvent[];
  /** Planned looks and checks, in the order of their times. */
  readonly looks: readonly DesignLook[];
  readonly result: DesignResult | null;
}

export const startDesignUpdate = defineUpdate<DesignStatus, [StartDesign]>('start');
export const rampDesignUpdate = defineUpdate<DesignStatus, [RampDesign]>('ramp');
export const extendDesignUpdate = defineUpdate<DesignStatus, [ExtendDesign]>('extend');
export const dropVariantUpdate = defineUpdate<DesignStatus, [DropVariant]>('dropVariant');
export const stopDesignUpdate = defineUpdate<DesignResult, [StopDesign]>('stop');
/** An analysis now, between looks: spends nothing, decides nothing. */
export const analyseDesignUpdate = defineUpdate<DesignEvidence, [ExperimentCommand]>('analyse');
export const advanceDesignUpdate = defineUpdate<Settled, [Watermark]>('advance');
export const designStatusQuery = defineQuery<DesignStatus>('experimentStatus');

/** What an analysis needs to know. */
export interface AnalyseDesignInput {
  readonly design: ExperimentDesign;
  readonly kind: 'look' | 'check' | 'peek';
  /** Of a look, otherwise null. */
  readonly k: number | null;
  readonly planned: number;
  readonly at: Instant;
  readonly from: Instant;
  readonly exposedTo: Instant;
  readonly dropped: readonly string[];
  readonly epochs: readonly WeightsEpoch[];
  /** The looks before: what of α is spent. Units are those of variants that were not dropped since. */
  readonly previous: readonly { readonly k: number; readonly units: number }[];
  readonly previousSampleRatioP: number;
}

/** A change of what assigners see, with the event that tells of it. */
export interface PublishDesignInput {
  readonly id: string;
  readonly phase: DesignPhase;
  readonly start: Instant | null;
  readonly end: Instant | null;
  readonly coverage: number;
  readonly dropped: readonly string[];
  /** Its place in the record, from 1: the first at a place stands. */
  readonly number: number;
  readonly event: ExperimentEvent;
}

/** Activities behind a designed experiment. */
export interface DesignActivities {
  /** Records the design and, from what is known by `at`, its plan; the same id again returns the recorded plan. */
  openDesign(input: { readonly design: ExperimentDesign; readonly at: Instant }): Promise<DesignPlan>;
  /** What assigners see: written before the workflow says that it is so. */
  publishDesign(input: PublishDesignInput): Promise<void>;
  /** Sums, tests, bounds, recorded; the decision on it is the workflow's. The first result for (id, kind, at) stands. */
  analyseDesign(input: AnalyseDesignInput): Promise<DesignEvidence>;
  /** Records the decision with its reasons, as an event of the experiment. */
  recordDecision(input: { readonly id: string; readonly look: DesignLook }): Promise<void>;
  /** Records the end. */
  closeDesign(input: { readonly result: DesignResult }): Promise<void>;
}

/** What of an analysis a decision needs: small enough for a history. */
export type DesignEvidence = Pick<
  ExperimentAnalysis,
  'at' | 'exposedTo' | 'kind' | 'k' | 'status' | 'units' | 'sampleRatio' | 'crossed'
> & {
  readonly comparisons: readonly Pick<
    ExperimentAnalysis['comparisons'][number],
    | 'variant'
    | 'metric'
    | 'role'
    | 'status'
    | 'difference'
    | 'lift'
    | 'pValue'
    | 'z'
    | 'bound'
    | 'significant'
    | 'better'
    | 'breached'
  >[];
};

/** The input of `runExperiment` for a designed experiment; `state` is set by continue-as-new only. */
export interface RunDesignInput {
  readonly design: ExperimentDesign;
  readonly state?: DesignState | undefined;
}
