import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ModelTarget } from './ids';
import type { Instant, Settled, Watermark } from './time';

/** How traffic is divided while an experiment runs. */
export interface TrafficSplit {
  readonly experiment: string;
  /** Seed of the assignment hash. */
  readonly seed: string;
  /** What is assigned: `predictionId` or the `unit` of the row. */
  readonly unit: 'predictionId' | 'unit';
  /** The challenger's share, in (0, 1). The champion has [0, 1 − allocation). */
  readonly allocation: number;
}

/** What serves a model in an environment. */
export interface Serving extends ModelTarget {
  /** Fencing token: grows by one with every decision. */
  readonly token: number;
  readonly champion: number;
  readonly challenger: number | null;
  readonly split: TrafficSplit | null;
  /** The champion before, to roll back to. */
  readonly previous: number | null;
  /** From which event time on (the model's clock). */
  readonly effectiveAt: Instant;
}

/** The kinds of decision. */
export type DeploymentAction = 'deploy' | 'set-traffic' | 'promote' | 'roll-back';

/** One line of the append-only ledger. */
export interface LedgerEntry extends Serving {
  readonly action: DeploymentAction;
  readonly reason: string;
  readonly who: string;
  /** The idempotency key of the decision. */
  readonly key: string;
  /** When it was written (the wall clock). */
  readonly recordedAt: Instant;
}

/** What every decision carries. */
export interface Decision {
  /** Idempotency key: the same key again returns what was recorded. */
  readonly key: string;
  readonly reason: string;
  readonly who: string;
  /** From which event time on. */
  readonly effectiveAt: Instant;
}

/** Serve this version alone. */
export interface DeployCommand extends Decision {
  readonly version: number;
}

/** Divide traffic between the champion and a challenger; `split: null` gives it all to the champion. */
export interface SetTrafficCommand extends Decision {
  readonly challenger: number | null;
  readonly split: TrafficSplit | null;
}

/** Make the challenger (or the named version) the champion. */
export interface PromoteCommand extends Decision {
  readonly version: number;
}

/** Go back to the previous champion, or to the named version. */
export interface RollBackCommand extends Decision {
  readonly version?: number | undefined;
}

/** The input of `deployModel`; `state` is set by continue-as-new only. */
export interface DeployModelInput {
  readonly target: ModelTarget;
  readonly state?: DeploymentState | undefined;
}

/** What a deployment workflow carries from run to run. */
export interface DeploymentState {
  readonly serving: Serving | null;
  /** The last keys decided, oldest first: a repeated one is answered from the ledger. */
  readonly keys: readonly string[];
  readonly watermark: Instant | null;
}

/** What `deploymentStatus` answers. */
export interface DeploymentStatus extends Settled {
  readonly serving: Serving | null;
}

export const deployUpdate = defineUpdate<LedgerEntry, [DeployCommand]>('deploy');
export const setTrafficUpdate = defineUpdate<LedgerEntry, [SetTrafficCommand]>('setTraffic');
export const promoteUpdate = defineUpdate<LedgerEntry, [PromoteCommand]>('promote');
export const rollBackUpdate = defineUpdate<LedgerEntry, [RollBackCommand]>('rollBack');
export const deploymentWatermarkSignal = defineSignal<[Watermark]>('watermarkAdvanced');
export const deploymentStatusQuery = defineQuery<DeploymentStatus>('deploymentStatus');

/** Local activity: the store does the fencing. */
export interface DeploymentActivities {
  /** Appends the entry to the ledger and moves what serves; the same key again returns the recorded entry. */
  writeDeployment(input: { readonly entry: Omit<LedgerEntry, 'recordedAt'> }): Promise<LedgerEntry>;
  /** The entry recorded under a key, or null. */
  findDecision(input: { readonly target: ModelTarget; readonly key: string }): Promise<LedgerEntry | null>;
  /** The last entry of the ledger, for a workflow that starts over an existing deployment. */
  loadDeployment(input: ModelTarget): Promise<Serving | null>;
}
