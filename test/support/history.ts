import type { Client } from '@temporalio/client';

/** One run of a workflow, as its history tells it. */
export interface Run {
  readonly events: number;
  /** When each signal came, in milliseconds, with its name. */
  readonly signals: readonly { readonly name: string; readonly at: number }[];
}

/** Every run of a workflow that continues as new, oldest first. */
export async function runsOf(client: Client, workflowId: string): Promise<Run[]> {
  const runs: Run[] = [];
  let runId: string | null | undefined = (await client.workflow.getHandle(workflowId).describe()).runId;
  while (runId) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    const signals = events!.flatMap(({ eventTime, workflowExecutionSignaledEventAttributes: signal }) =>
      signal == null
        ? []
        : [{ name: signal.signalName!, at: Number(eventTime!.seconds) * 1_000 + eventTime!.nanos! / 1e6 }],
    );
    runs.unshift({ events: events!.length, signals });
    runId = events![0]!.workflowExecutionStartedEventAttributes!.continuedExecutionRunId;
  }
  return runs;
}
