import { randomUUID } from 'node:crypto';
import * as contracts from '../contracts';
import type {
  ApprovalDecision,
  PersonDecision,
  ResolveCompensation,
  RetrainingStatus,
  RetrainSpec,
} from '../contracts';
import { parseWith, retrainSpecSchema, targetSchema } from '../schemas';
import type { RetrainSpecInput } from '../schemas';
import type { RetrainingDocument, Stores } from '../stores';
import type { TargetInput } from './ingestion';
import { ask, decide } from './start';
import type { Starter } from './start';

/** Retrainings: one open at a time per model and environment. */
export class RetrainingClient {
  private readonly starter: Starter;
  private readonly stores: Stores;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
  }

  /** Asks for a retraining; while one is open the request joins it with its reasons. */
  async start(spec: RetrainSpecInput): Promise<RetrainSpec> {
    const checked: RetrainSpec = parseWith(retrainSpecSchema, spec, 'retraining spec');
    await this.starter.requireWorker();
    const request = { key: checked.key, reasons: checked.reasons };
    await this.starter.client.workflow.signalWithStart('loopwright.retrainModel' as string, {
      workflowId: contracts.workflowIds.retraining(checked),
      taskQueue: this.starter.taskQueue,
      args: [{ spec: checked }],
      signal: contracts.retrainingRequestedSignal,
      signalArgs: [request],
      staticDetails: contracts.WORKFLOW_DETAILS['loopwright.retrainModel'],
      staticSummary: `retrain ${checked.model} in ${checked.environment}`,
      ...(await this.starter.attributesFor(checked)),
    });
    return checked;
  }

  /** Where the newest stands. */
  async status(target: TargetInput): Promise<RetrainingStatus> {
    return ask(this.handle(target), contracts.retrainingStatusQuery);
  }

  /** Ends the open one and undoes what it has done. */
  async cancel(target: TargetInput, decision: PersonDecision): Promise<RetrainingStatus> {
    return decide(this.handle(target), contracts.cancelRetrainingUpdate, { args: [decision] });
  }

  /** The challenger may meet traffic. */
  async approve(target: TargetInput, decision: ApprovalDecision): Promise<RetrainingStatus> {
    return decide(this.handle(target), contracts.approveUpdate, { args: [decision] });
  }

  /** The challenger is dropped. */
  async reject(target: TargetInput, decision: ApprovalDecision): Promise<RetrainingStatus> {
    return decide(this.handle(target), contracts.rejectUpdate, { args: [decision] });
  }

  /**
   * Closes a compensation that failed: tries it again, or says that it was done by hand.
   * @example await client.retraining.resolveCompensation({ model: 'bike' }, { who: 'ann', reason: 'Mongo is back', action: 'retry' })
   */
  async resolveCompensation(target: TargetInput, decision: ResolveCompensation): Promise<RetrainingStatus> {
    const handle = this.handle(target);
    // One id for all retries of this call: the next compensation that fails is resolved by a call of its own.
    return decide(handle, contracts.resolveCompensationUpdate, { args: [decision], updateId: randomUUID() });
  }

  /** Every retraining, oldest first. */
  async list(target: TargetInput): Promise<RetrainingDocument[]> {
    return this.stores.retrainings.list(parseWith(targetSchema, target, 'target'));
  }

  /** The retraining's workflow, for whatever is not here. */
  handle(target: TargetInput) {
    return this.starter.client.workflow.getHandle(
      contracts.workflowIds.retraining(parseWith(targetSchema, target, 'target')),
    );
  }
}
