import type { Client } from '@temporalio/client';
import { TYPE_PREFIX, workflowIds } from './library';
import { quantile } from '../deployments/figures';
import type { Saga } from './sagas';

/** Event types of a history. */
const EVENTS = {
  taskScheduled: 5,
  taskCompleted: 7,
  taskTimedOut: 8,
  activityScheduled: 10,
  activityStarted: 11,
} as const;

/** What the histories say the kills hit. */
export interface Coverage {
  /** Attempts of activities that were lost with a worker, by activity. */
  readonly activities: Readonly<Record<string, number>>;
  /** Workflow tasks that were lost. */
  readonly workflowTasks: number;
  /** Sagas with at least one of either. */
  readonly sagas: number;
  /** Seconds from a workflow task that was lost to the next that was done, at the 99th percentile. */
  readonly recoveryP99: number;
}

/** Reads every saga's history: a retry after an error is no kill, only an attempt that timed out was lost. */
export async function coverageOf(temporal: Client, sagas: readonly Saga[]): Promise<Coverage> {
  const activities: Record<string, number> = {};
  const recoveries: number[] = [];
  let [workflowTasks, hit] = [0, 0];
  for (const { model } of sagas) {
    const id = workflowIds.retraining({ model, environment: 'production' });
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    const names = new Map<string, string>();
    let [lost, since] = [0, null as number | null];
    for (const event of events ?? []) {
      const time = Number(event.eventTime?.seconds ?? 0) + (event.eventTime?.nanos ?? 0) / 1e9;
      if (event.eventType === EVENTS.activityScheduled) {
        const type = event.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
        names.set(String(event.eventId), type.replace(TYPE_PREFIX, ''));
      }
      if (event.eventType === EVENTS.taskTimedOut) {
        workflowTasks += 1;
        lost += 1;
        since ??= time;
      }
      if (event.eventType === EVENTS.taskCompleted && since !== null) {
        recoveries.push(time - since);
        since = null;
      }
      const started = event.eventType === EVENTS.activityStarted ? event.activityTaskStartedEventAttributes : null;
      if (started?.lastFailure?.timeoutFailureInfo == null) continue;
      const attempts = (started.attempt ?? 1) - 1;
      const name = names.get(String(started.scheduledEventId)) ?? 'unknown';
      activities[name] = (activities[name] ?? 0) + attempts;
      lost += attempts;
    }
    if (lost > 0) hit += 1;
  }
  return {
    activities,
    workflowTasks,
    sagas: hit,
    recoveryP99: recoveries.length === 0 ? 0 : quantile(recoveries, 0.99),
  };
}
