import { createHash } from 'node:crypto';
import { WithStartWorkflowOperation } from '@temporalio/client';
import type { UpdateDefinition } from '@temporalio/client';
import * as contracts from '../contracts';
import type { Decision, Instant, ModelTarget } from '../contracts';
import { InFlight } from './in-flight';
import { again } from './start';
import type { Starter } from './start';

/** Decisions about one target that one client has under way, at most: the server takes ten, whoever sends them. */
const IN_FLIGHT = 4;
/** A derived key that would be longer is shortened by its digest. */
const LONGEST_KEY = 200;

/** A decision that was checked; key and time are made where they are not given. */
export interface CheckedDecision {
  readonly who: string;
  readonly reason: string;
  readonly key?: string | undefined;
  readonly effectiveAt?: Instant | undefined;
  readonly evidence?: readonly string[] | undefined;
  readonly origin?: contracts.Origin | undefined;
}

/** Sends decisions to the workflow that makes them, a few at a time. */
export class DeploymentDecisions {
  private readonly starter: Starter;
  private readonly inFlight = new InFlight(IN_FLIGHT);

  constructor(starter: Starter) {
    this.starter = starter;
  }

  /**
   * Starts the deployment of a target if it does not run, and asks it to decide.
   * @throws ApplicationFailure that the workflow refused with, by its `type`
   */
  async send<C extends Decision, R>(
    target: ModelTarget,
    update: UpdateDefinition<R, [C]>,
    decision: CheckedDecision,
    fields: Omit<C, keyof Decision>,
  ): Promise<R> {
    await this.starter.requireWorker();
    const effectiveAt = decision.effectiveAt ?? new Date().toISOString();
    const key = decision.key ?? keyOf(update.name, fields, effectiveAt, decision.who);
    const command = { ...decision, ...fields, key, effectiveAt } as unknown as C;
    const attributes = await this.starter.attributesFor(target);
    const workflowId = contracts.workflowIds.deployment(target);
    const start = () =>
      new WithStartWorkflowOperation('loopwright.deployModel', {
        workflowId,
        taskQueue: this.starter.taskQueue,
        workflowIdConflictPolicy: 'USE_EXISTING',
        args: [{ target }],
        staticDetails: contracts.WORKFLOW_DETAILS['loopwright.deployModel'],
        staticSummary: `what serves ${target.model} in ${target.environment}`,
        ...attributes,
      });
    const { workflow } = this.starter.client;
    return this.inFlight.run(workflowId, () =>
      again(() => {
        const options = { args: [command], updateId: key, startWorkflowOperation: start() } as never;
        return workflow.executeUpdateWithStart<() => Promise<void>, R, [C]>(update, options);
      }),
    );
  }
}

/** The facts of a decision: the same again is the same decision. */
function keyOf(name: string, fields: object, effectiveAt: Instant, who: string): string {
  const facts = `${name}/${JSON.stringify(fields)}/${effectiveAt}/${who}`;
  if (facts.length <= LONGEST_KEY) return facts;
  return `${name}/${createHash('sha256').update(facts).digest('hex')}`;
}
