import type { Client } from '@temporalio/client';
import { TYPE_PREFIX } from '../../src/contracts';
import type { Death } from './mortal-child';

/** Event types of a history. */
const EVENTS = { taskCompleted: 7, taskTimedOut: 8, activityScheduled: 10, activityStarted: 11, activityCompleted: 12 };
/** A task that somebody had taken and never answered. */
const START_TO_CLOSE = 1;

/** What a workflow's history says of one run of an activity. */
export interface Loss {
  /** Attempts that timed out: only a worker that died loses one. */
  readonly attempts: number;
  /** Whether the workflow task that read its answer was taken and never answered. */
  readonly reader: boolean;
}

/** What was lost over the n-th run of an activity in a workflow; its undo counts as a run of its own. */
export async function lossOver(temporal: Client, workflowId: string, death: Omit<Death, 'moment'>): Promise<Loss> {
  const { events } = await temporal.workflow.getHandle(workflowId).fetchHistory();
  const scheduled = events!.filter(
    ({ eventType, activityTaskScheduledEventAttributes: activity }) =>
      eventType === EVENTS.activityScheduled && activity?.activityType?.name === `${TYPE_PREFIX}${death.activity}`,
  );
  const id = String(scheduled[death.visit - 1]?.eventId);
  const started = events!
    .map(({ activityTaskStartedEventAttributes: start }) => start)
    .find((start) => String(start?.scheduledEventId) === id);
  const answered = events!.findIndex(
    ({ activityTaskCompletedEventAttributes: end }) => String(end?.scheduledEventId) === id,
  );
  const task = events!
    .slice(answered)
    .find(({ eventType }) => eventType === EVENTS.taskCompleted || eventType === EVENTS.taskTimedOut);
  const lost = task?.workflowTaskTimedOutEventAttributes?.timeoutType === START_TO_CLOSE;
  return {
    attempts: started?.lastFailure?.timeoutFailureInfo == null ? 0 : (started.attempt ?? 1) - 1,
    reader: answered >= 0 && lost,
  };
}
