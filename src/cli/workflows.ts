import { literal } from '../client/visibility';
import { searchAttributes } from '../contracts';
import type { LoopwrightWorkflowName } from '../contracts';
import type { OperatorContext } from './context';

/** A workflow as Temporal lists it. */
export type ListedWorkflow = Readonly<Record<'workflowId' | 'run' | 'state' | 'started', string>>;

/** Every workflow of a type in the namespace, with its state. */
export async function listWorkflows(
  { temporal }: OperatorContext,
  type: LoopwrightWorkflowName,
): Promise<ListedWorkflow[]> {
  const rows: ListedWorkflow[] = [];
  for await (const found of temporal.workflow.list({ query: `WorkflowType = ${literal(type)}` })) {
    const { workflowId, status: run, startTime, memo } = found;
    const fallback = memo?.LoopwrightState;
    const state =
      found.typedSearchAttributes.get(searchAttributes.state) ?? (typeof fallback === 'string' ? fallback : '');
    rows.push({ workflowId, run: run.name, state, started: startTime.toISOString() });
  }
  return rows;
}
