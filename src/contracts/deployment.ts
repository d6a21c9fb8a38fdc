import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ModelTarget } from './ids';
import type { Rollout, RolloutEnd, RolloutStrategy } from './rollout';
import type { ClockKind, Instant, Settled, Watermark } from './time';

/** The experiment that a division of traffic by a person goes by: no workflow stands behind it. */
export const MANUAL_SPLIT = 'manual';

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
  /** A version that scores what the champion serves, off the response path. */
  readonly shadow?: number | null | undefined;
  /** The rollout under way, by its id. */
  readonly rollout?: string | null | undefined;
  /** From which event time on (the model's clock). */
  readonly effectiveAt: Instant;
}

/** What a version is called by what it does in an environment. */
export type ModelAlias = 'champion' | 'challenger' | 'previous';

/** The kinds of decision. `abort` ends a rollout or withdraws a version; what served before serves on. */
export type DeploymentAction = 'deploy' | 'set-traffic' | 'promote' | 'roll-back' | 'begin-rollout' | 'abort';

/** The run that decided, where it was a workflow. */
export interface DecidedBy {
  readonly workflowId: string;
  readonly runId: string;
}

/** Where a promotion came from: the entry of another environment's ledger. */
export interface Origin {
  readonly environment: string;
  readonly token: number;
}

/** One line of the append-only ledger. */
export interface LedgerEntry extends Serving {
  readonly action: DeploymentAction;
  readonly reason: string;
  readonly who: string;
  /** The idempotency key of the decision. */
  readonly key: string;
  readonly by?: DecidedBy | undefined;
  /** What it rests on: alerts, experiments, findings with their numbers. */
  readonly evidence?: readonly string[] | undefined;
  readonly origin?: Origin | undefined;
  /** The clock that a rollout's times are on. */
  readonly clock?: ClockKind | undefined;
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
  readonly by?: DecidedBy | undefined;
  readonly evidence?: readonly string[] | undefined;
  readonly origin?: Origin | undefined;
}

/** Serve this version alone, at once or by a strategy. */
export interface DeployCommand extends Decision {
  readonly version: number;
  /** Default: at once. Any other is accepted now and goes on by itself. */
  readonly strategy?: RolloutStrategy | undefined;
  /** The clock that the strategy's times are on, default `wall`. */
  readonly clock?: ClockKind | undefined;
  /** The workflow that is told how the rollout ends. */
  readonly reportTo?: string | undefined;
}

/** Make sure that a version does not serve: its rollout ends, its traffic goes to the champion, as champion it is rolled back. */
export interface WithdrawCommand extends Decision {
  readonly version: number;
}

/** Divide traffic between the champion and a challenger; `split: null` gives it all to the champion. */
export interface SetTrafficCommand extends Decision {
  readonly challenger: number | null;
  readonly split: TrafficSplit | null;
  /** The champion that whoever decides takes for granted; refused when another serves by then. */
  readonly champion?: number | undefined;
}

/** Make the challenger (or the named version) the champion. */
export interface PromoteCommand extends Decision {
  readonly version: number;
}

/** Go back to the previous champion, to the named version, or to what an earlier entry of the ledger says. */
export interface RollBackCommand extends Decision {
  readonly version?: number | undefined;
  /** Fencing token of the entry whose champion is to serve again. */
  readonly toToken?: number | undefined;
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
  readonly rollout?: Rollout | null | undefined;
  /** How the last rollout ended. */
  readonly lastRollout?: RolloutEnd | null | undefined;
}

/** What `deploymentStatus` answers. */
export interface DeploymentStatus extends Settled {
  readonly serving: Serving | null;
  readonly rollout?: Rollout | null | undefined;
  readonly lastRollout?: RolloutEnd | null | undefined;
}

export const deployUpdate = defineUpdate<LedgerEntry, [DeployCommand]>('deploy');
export const setTrafficUpdate = defineUpdate<LedgerEntry, [SetTrafficCommand]>('setTraffic');
export const promoteUpdate = defineUpdate<LedgerEntry, [PromoteCommand]>('promote');
export const rollBackUpdate = defineUpdate<LedgerEntry, [RollBackCommand]>('rollBack');
/** Null when there was nothing to withdraw. */
export const withdrawUpdate = defineUpdate<LedgerEntry | null, [WithdrawCommand]>('withdraw');
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
  /** Why a version cannot serve a target: unknown, deleted, artifact gone, other signature, environment unknown; or null. */
  checkDeployable(input: { readonly target: ModelTarget; readonly version: number }): Promise<string | null>;
  /** The entry with a token, or null. */
  findEntry(input: { readonly target: ModelTarget; readonly token: number }): Promise<LedgerEntry | null>;
  /** What may serve in the place of a version: the newest champion before it that was not rolled back from, or null. */
  findFallback(input: { readonly target: ModelTarget; readonly version: number }): Promise<number | null>;
}
