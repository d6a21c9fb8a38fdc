import { WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/client';
import * as contracts from '../contracts';
import type { DeployCommand, Instant, LedgerEntry, RollBackCommand, Serving } from '../contracts';
import { instant, parseWith, targetSchema } from '../schemas';
import type { Stores } from '../stores';
import type { TargetInput } from './ingestion';
import { again } from './start';
import type { Starter } from './start';

/** What a decision needs; the key is derived from the facts unless given, the time is now. */
export interface DecisionInput {
  readonly who: string;
  readonly reason: string;
  readonly key?: string | undefined;
  readonly effectiveAt?: Instant | undefined;
}

/** What serves, and the ledger of every decision about it. */
export class DeploymentsClient {
  private readonly starter: Starter;
  private readonly stores: Stores;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
  }

  /** What serves now; null before the first deploy. */
  async current(target: TargetInput): Promise<Serving | null> {
    return this.stores.deployments.current(parseWith(targetSchema, target, 'target'));
  }

  /** What served at an event time, and why. */
  async at(target: TargetInput, at: Instant): Promise<LedgerEntry | null> {
    const checked = parseWith(targetSchema, target, 'target');
    return this.stores.deployments.at(checked, parseWith(instant, at, 'instant'));
  }

  /** Every decision, oldest first. */
  async history(target: TargetInput): Promise<LedgerEntry[]> {
    return this.stores.deployments.history(parseWith(targetSchema, target, 'target'));
  }

  /** Serves a registered version alone. */
  async deploy(target: TargetInput, version: number, decision: DecisionInput): Promise<LedgerEntry> {
    if ((await this.stores.registry.find(target.model, version)) === null) {
      throw new Error(`${contracts.versionName(target.model, version)} is not registered`);
    }
    const entry = await this.decide<DeployCommand>(target, contracts.deployUpdate, decision, { version });
    await this.stores.registry.setState(target.model, version, 'champion', decision.reason);
    return entry;
  }

  /** Goes back to the previous champion, or to the named version, in one call. */
  rollBack(target: TargetInput, decision: DecisionInput & { version?: number | undefined }): Promise<LedgerEntry> {
    const { version, ...rest } = decision;
    return this.decide<RollBackCommand>(
      target,
      contracts.rollBackUpdate,
      rest,
      version === undefined ? {} : { version },
    );
  }

  private async decide<C extends contracts.Decision>(
    target: TargetInput,
    update: UpdateDefinition<LedgerEntry, [C]>,
    decision: DecisionInput,
    fields: Omit<C, keyof contracts.Decision>,
  ): Promise<LedgerEntry> {
    const checked = parseWith(targetSchema, target, 'target');
    await this.starter.requireWorker();
    const effectiveAt = parseWith(instant, decision.effectiveAt ?? new Date().toISOString(), 'effectiveAt');
    const key = decision.key ?? `${update.name}/${JSON.stringify(fields)}/${effectiveAt}/${decision.who}`;
    const command = { ...fields, key, who: decision.who, reason: decision.reason, effectiveAt } as unknown as C;
    const attributes = await this.starter.attributesFor(checked);
    return again(() => {
      const startWorkflowOperation = new WithStartWorkflowOperation('loopwright.deployModel', {
        workflowId: contracts.workflowIds.deployment(checked),
        taskQueue: this.starter.taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ target: checked }],
        staticDetails: contracts.WORKFLOW_DETAILS['loopwright.deployModel'],
        staticSummary: `what serves ${checked.model} in ${checked.environment}`,
        ...attributes,
      });
      const options = { args: [command], updateId: key, startWorkflowOperation } as never;
      return this.starter.client.workflow.executeUpdateWithStart<() => Promise<void>, LedgerEntry, [C]>(
        update,
        options,
      );
    });
  }
}
