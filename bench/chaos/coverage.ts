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
  readonly recovery: {
    /** Of workflows that the dead worker had in its cache: another takes them after the sticky queue's time-out. */
    readonly cached: Recovery;
    /** Of tasks that it had begun: the server waits for their end first, ten seconds. */
    readonly begun: Recovery;
  };
}

/** How many, and how long at the 99th percentile. */
export interface Recovery {
  readonly n: number;
  readonly p99: number;
}

/** `TimeoutType`: nobody began the task. */
const SCHEDULE_TO_START = 2;

/** Reads every saga's history: a retry after an error is no kill, only an attempt that timed out was lost. */
export async function coverageOf(temporal: Client, sagas: readonly Saga[]): Promise<Coverage> {
  const activities: Record<string, number> = {};
  const recoveries: { cached: number[]; begun: number[] } = { cached: [], begun: [] };
  let [workflowTasks, hit] = [0, 0];
  for (const { model } of sagas) {
    const id = workflowIds.retraining({ model, environment: 'production' });
    const { events } = await temporal.workflow.getHandle(id).fetchHistory();
    const names = new Map<string, string>();
    let [lost, since, kind] = [0, null as number | null, 'cached' as 'cached' | 'begun'];
    for (const event of events ?? []) {
      const time = Number(event.eventTime?.seconds ?? 0) + (event.eventTime?.nanos ?? 0) / 1e9;
      if (event.eventType === EVENTS.activityScheduled) {
        const type = event.activityTaskScheduledEventAttributes?.activityType?.name ?? '';
        names.set(String(event.eventId), type.replace(TYPE_PREFIX, ''));
      }
      if (event.eventType === EVENTS.taskTimedOut) {
        workflowTasks += 1;
        lost += 1;
        // What the time-out was added to by a second death counts as the longer of the two.
        if (event.workflowTaskTimedOutEventAttributes?.timeoutType !== SCHEDULE_TO_START) kind = 'begun';
        since ??= time;
      }
      if (event.eventType === EVENTS.taskCompleted && since !== null) {
        recoveries[kind].push(time - since);
        [since, kind] = [null, 'cached'];
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
    recovery: { cached: recoveryOf(recoveries.cached), begun: recoveryOf(recoveries.begun) },
  };
}

function recoveryOf(seconds: readonly number[]): Recovery {
  return { n: seconds.length, p99: seconds.length === 0 ? 0 : quantile(seconds, 0.99) };
}
