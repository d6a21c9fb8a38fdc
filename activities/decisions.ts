import { Context } from '@temporalio/activity';
import { WithStartWorkflowOperation } from '@temporalio/client';
import { TypedSearchAttributes } from '@temporalio/common';
import * as contracts from '../src/contracts';
import type { DecisionActivities, DeploymentRequest, LoopwrightWorkflows, ModelTarget } from '../src/contracts';

/**
 * Decisions that one workflow asks of another. Workflow code can signal but not update, so an activity does it, on
 * the worker's client. Such an update only accepts: an activity that waited for another's work could wait for its
 * own slot.
 */
export function createDecisionActivities(): DecisionActivities {
  return {
    decideDeployment: (request) => decideDeployment(request),
    requestRetraining: async ({ spec, searchable }) => {
      const { client, info } = Context.current();
      const request = { key: spec.key, reasons: spec.reasons };
      await client.workflow.signalWithStart<LoopwrightWorkflows['loopwright.retrainModel'], [typeof request]>(
        'loopwright.retrainModel',
        {
          workflowId: contracts.workflowIds.retraining(spec),
          taskQueue: info.taskQueue,
          args: [{ spec }],
          signal: contracts.retrainingRequestedSignal,
          signalArgs: [request],
          staticDetails: contracts.WORKFLOW_DETAILS['loopwright.retrainModel'],
          staticSummary: `retrain ${spec.model} in ${spec.environment}`,
          ...attributes(spec, searchable),
        },
      );
    },
  };
}

async function decideDeployment(request: DeploymentRequest): Promise<number | null> {
  const { client, info } = Context.current();
  const { target } = request;
  const startWorkflowOperation = new WithStartWorkflowOperation<LoopwrightWorkflows['loopwright.deployModel']>(
    'loopwright.deployModel',
    {
      workflowId: contracts.workflowIds.deployment(target),
      taskQueue: info.taskQueue,
      workflowIdConflictPolicy: 'USE_EXISTING',
      args: [{ target }],
      staticDetails: contracts.WORKFLOW_DETAILS['loopwright.deployModel'],
      staticSummary: `what serves ${target.model} in ${target.environment}`,
      ...attributes(target, request.searchable),
    },
  );
  const { update, args } = commandOf(request);
  const entry: { readonly token: number } | null = await client.workflow.executeUpdateWithStart(update as never, {
    args: args as never,
    updateId: request.key,
    startWorkflowOperation,
  });
  return entry?.token ?? null;
}

function commandOf(request: DeploymentRequest): { update: unknown; args: unknown[] } {
  const { action, key, reason, who, effectiveAt, evidence } = request;
  const { workflowExecution: by } = Context.current().info;
  const decision = { key, reason, who, effectiveAt, ...(evidence ? { evidence } : {}), ...(by ? { by } : {}) };
  switch (action.kind) {
    case 'split':
      return {
        update: contracts.setTrafficUpdate,
        args: [{ ...decision, challenger: action.challenger, split: action.split }],
      };
    case 'unsplit':
      return { update: contracts.setTrafficUpdate, args: [{ ...decision, challenger: null, split: null }] };
    case 'promote':
      return { update: contracts.promoteUpdate, args: [{ ...decision, version: action.version }] };
    case 'roll-back':
      return { update: contracts.rollBackUpdate, args: [decision] };
    case 'deploy': {
      const { kind: _, ...fields } = action;
      return { update: contracts.deployUpdate, args: [{ ...decision, ...fields }] };
    }
    case 'withdraw':
      return { update: contracts.withdrawUpdate, args: [{ ...decision, version: action.version }] };
  }
}

function attributes(target: ModelTarget, searchable: boolean): { typedSearchAttributes?: TypedSearchAttributes } {
  if (!searchable) return {};
  const { model, environment } = contracts.searchAttributes;
  const pairs = [
    { key: model, value: target.model },
    { key: environment, value: target.environment },
  ];
  return { typedSearchAttributes: new TypedSearchAttributes(pairs) };
}
