import type { WorkflowHandle } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import * as contracts from '../contracts';
import type {
  ClockKind,
  DeploymentStatus,
  Instant,
  LedgerEntry,
  ModelTarget,
  Origin,
  RolloutEnd,
  RolloutStrategy,
  Serving,
} from '../contracts';
import * as schemas from '../schemas';
import type { RolloutStrategyInput, TrafficInput } from '../schemas';
import type { Stores } from '../stores';
import { DeploymentDecisions } from './deployment-decisions';
import type { TargetInput } from './ingestion';
import { ServingWatch } from './serving-watch';
import type { ServingHandle, ServingHandler } from './serving-watch';
import { ask } from './start';
import type { Starter } from './start';

/** What a decision needs; the key is derived from the facts unless given, the time is now. */
export interface DecisionInput {
  readonly who: string;
  readonly reason: string;
  readonly key?: string | undefined;
  readonly effectiveAt?: Instant | undefined;
  /** What it rests on: alerts, experiments, findings with their numbers. */
  readonly evidence?: readonly string[] | undefined;
}

/** The same with the way in which the version comes to serve; default: at once. */
export interface DeployDecisionInput extends DecisionInput {
  readonly strategy?: RolloutStrategy | RolloutStrategyInput | undefined;
  /** The clock that the strategy's times are on. Default `wall`. */
  readonly clock?: ClockKind | undefined;
}

/** A model, and the environments that it is promoted from and to. */
export interface Promotion {
  readonly model: string;
  readonly from: string;
  readonly to: string;
}

/** How a watch looks, and whom it tells of failures; they do not stop it. */
export interface WatchOptions {
  /** How often it looks by itself, in milliseconds: at most 250, the default. */
  readonly pollMs?: number | undefined;
  /** Default: the client's `warn`. */
  readonly onError?: ((error: unknown) => void) | undefined;
}

/** What serves, and the ledger of every decision about it. */
export class DeploymentsClient {
  private readonly starter: Starter;
  private readonly stores: Stores;
  private readonly decisions: DeploymentDecisions;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
    this.decisions = new DeploymentDecisions(starter);
  }

  /** What serves now; null before the first deploy. */
  async current(target: TargetInput): Promise<Serving | null> {
    return this.stores.deployments.current(checked(target));
  }

  /** What served at an event time: since when, why, decided by whom or by which run, on which evidence. */
  async at(target: TargetInput, at: Instant): Promise<LedgerEntry | null> {
    return this.stores.deployments.at(checked(target), schemas.parseWith(schemas.instant, at, 'instant'));
  }

  /** Every decision, oldest first. */
  async history(target: TargetInput): Promise<LedgerEntry[]> {
    return this.stores.deployments.history(checked(target));
  }

  /** What serves and the rollout under way, by the workflow that decides. */
  async status(target: TargetInput): Promise<DeploymentStatus> {
    return ask(this.handle(target), contracts.deploymentStatusQuery);
  }

  /** How the last rollout ended; null when none has. */
  async lastRollout(target: TargetInput): Promise<RolloutEnd | null> {
    return (await this.status(target)).lastRollout ?? null;
  }

  /**
   * Serves a registered version alone: at once, or by a strategy that begins now and goes on by itself.
   * @throws ApplicationFailure with a `type` of `failureTypes` when it is refused
   * @example await client.deployments.deploy({ model: 'bike' }, 3, { who: 'ann', reason: 'better on the hold-out' })
   */
  async deploy(target: TargetInput, version: number, decision: DeployDecisionInput): Promise<LedgerEntry> {
    const to = checked(target);
    const wanted = versionOf(version);
    const { strategy, clock, ...rest } = schemas.parseWith(schemas.deployDecisionSchema, decision, 'deploy');
    await this.requireVersion(to.model, wanted);
    const fields = { version: wanted, ...howOf(strategy, clock) };
    const entry = await this.decisions.send(to, contracts.deployUpdate, rest, fields);
    // What a strategy makes of the version is known when it ends.
    if (!isStaged(strategy)) await this.stores.registry.setState(to.model, wanted, 'champion', rest.reason);
    return entry;
  }

  /**
   * Serves in one environment what serves, or has served, in another; the ledger names the entry it came from.
   * @throws ApplicationFailure with a `type` of `failureTypes` when it is refused
   * @example await client.deployments.promote({ model: 'bike', from: 'staging', to: 'production' }, { who: 'ann', reason: 'a good week' })
   */
  async promote(
    promotion: Promotion,
    decision: DeployDecisionInput & { readonly version?: number | undefined },
  ): Promise<LedgerEntry> {
    const { model, from, to } = schemas.parseWith(schemas.promotionSchema, promotion, 'promotion');
    const given = schemas.parseWith(schemas.promoteDecisionSchema, decision, 'promote');
    const { strategy, clock, version: named, ...rest } = given;
    const { version, origin } = await this.originOf({ model, environment: from }, named);
    const target = { model, environment: to };
    const sent = { ...rest, origin };
    // Only a champion is followed by another: the first version is deployed.
    const isFirst = (await this.stores.deployments.newest(target)) === null;
    return isStaged(strategy) || isFirst
      ? this.decisions.send(target, contracts.deployUpdate, sent, { version, ...howOf(strategy, clock) })
      : this.decisions.send(target, contracts.promoteUpdate, sent, { version });
  }

  /**
   * Divides traffic between the champion and another version, or gives all of it to the champion.
   * @throws SchemaError when the shares do not sum to 1, ApplicationFailure when they do not fit what serves
   * @example await client.deployments.setTraffic({ model: 'bike' }, { shares: { 1: 0.9, 2: 0.1 } }, { who: 'ann', reason: 'a try' })
   */
  async setTraffic(target: TargetInput, traffic: TrafficInput, decision: DecisionInput): Promise<LedgerEntry> {
    const to = checked(target);
    const rest = schemas.parseWith(schemas.decisionSchema, decision, 'set-traffic');
    const { shares, seed, unit } = schemas.parseWith(schemas.trafficSchema, traffic, 'traffic');
    const serving = await this.stores.deployments.current(to);
    if (serving === null) throw conflict(`nothing serves ${to.model} in ${to.environment}: deploy a version first`);
    const { champion } = serving;
    const [other, ...more] = Object.keys(shares)
      .map(Number)
      .filter((version) => version !== champion);
    if (more.length > 0 || (other !== undefined && shares[champion] === undefined)) {
      const names = Object.keys(shares).join(', ');
      throw conflict(`shares are of ${names}: expected the champion, version ${champion}, to be among them`);
    }
    if (other === undefined) {
      return this.decisions.send(to, contracts.setTrafficUpdate, rest, { champion, challenger: null, split: null });
    }
    await this.requireVersion(to.model, other);
    const split = {
      experiment: contracts.MANUAL_SPLIT,
      // The same seed for every share: another share moves only those who change.
      seed: seed ?? `${to.model}/${to.environment}`,
      unit,
      allocation: shares[other]!,
    };
    return this.decisions.send(to, contracts.setTrafficUpdate, rest, { champion, challenger: other, split });
  }

  /**
   * Goes back to the previous champion, to the named version, or to what served by an earlier entry, in one call.
   * @throws ApplicationFailure with a `type` of `failureTypes` when it is refused
   */
  async rollBack(
    target: TargetInput,
    decision: DecisionInput & { readonly version?: number | undefined; readonly toToken?: number | undefined },
  ): Promise<LedgerEntry> {
    const to = checked(target);
    const given = schemas.parseWith(schemas.rollBackDecisionSchema, decision, 'roll-back');
    const { version, toToken, ...rest } = given;
    if (version !== undefined) await this.requireVersion(to.model, version);
    const fields = { ...(version === undefined ? {} : { version }), ...(toToken === undefined ? {} : { toToken }) };
    return this.decisions.send(to, contracts.rollBackUpdate, rest, fields);
  }

  /** Makes sure that a version does not serve; null when there was nothing to withdraw. */
  async withdraw(target: TargetInput, version: number, decision: DecisionInput): Promise<LedgerEntry | null> {
    const to = checked(target);
    const wanted = versionOf(version);
    const rest = schemas.parseWith(schemas.decisionSchema, decision, 'withdraw');
    await this.requireVersion(to.model, wanted);
    return this.decisions.send(to, contracts.withdrawUpdate, rest, { version: wanted });
  }

  /**
   * Tells a serving process what serves: now, and within `pollMs` of every change, mostly sooner. Tokens come in
   * increasing order, each once; what was overtaken before it was seen is left out.
   * @example
   * const watch = await client.deployments.watch({ model: 'bike' }, ({ champion }) => load(champion));
   * await watch.close();
   */
  async watch(target: TargetInput, onChange: ServingHandler, options: WatchOptions = {}): Promise<ServingHandle> {
    const to = checked(target);
    const { onError, ...rest } = options;
    const { pollMs } = schemas.parseWith(schemas.watchOptionsSchema, rest, 'watch options');
    return ServingWatch.start({
      read: () => this.stores.deployments.current(to),
      openStream: () => this.stores.deployments.changes(to),
      pollMs,
      onChange,
      onError: onError ?? ((error) => this.starter.warn(`watching what serves ${to.model}: ${String(error)}`)),
    });
  }

  /** The deployment's workflow, for whatever is not here. */
  handle(target: TargetInput): WorkflowHandle {
    return this.starter.client.workflow.getHandle(contracts.workflowIds.deployment(checked(target)));
  }

  /** The newest entry by which a version served somewhere; of what serves there now unless one is named. */
  private async originOf(from: ModelTarget, named?: number): Promise<{ version: number; origin: Origin }> {
    const history = await this.stores.deployments.history(from);
    const version = named ?? history.at(-1)?.champion;
    if (version === undefined) throw conflict(`nothing serves ${from.model} in ${from.environment}`);
    const entry = history.findLast(({ champion }) => champion === version);
    const name = contracts.versionName(from.model, version);
    if (entry === undefined) throw conflict(`${name} has never served in ${from.environment}`);
    return { version, origin: { environment: from.environment, token: entry.token } };
  }

  private async requireVersion(model: string, version: number): Promise<void> {
    if ((await this.stores.registry.find(model, version)) !== null) return;
    const message = `${contracts.versionName(model, version)} is not registered`;
    throw ApplicationFailure.nonRetryable(message, contracts.failureTypes.notFound);
  }
}

function checked(target: TargetInput): ModelTarget {
  return schemas.parseWith(schemas.targetSchema, target, 'target');
}

function versionOf(version: number): number {
  return schemas.parseWith(schemas.servedVersionSchema, { version }, 'deployment').version;
}

function isStaged(strategy: RolloutStrategy | undefined): boolean {
  return strategy !== undefined && strategy.kind !== 'direct';
}

function howOf(strategy: RolloutStrategy | undefined, clock: ClockKind | undefined) {
  return { ...(strategy === undefined ? {} : { strategy }), ...(clock === undefined ? {} : { clock }) };
}

function conflict(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, contracts.failureTypes.conflict);
}
