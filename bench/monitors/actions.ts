import { setTimeout as delay } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import type { History } from '@temporalio/common/lib/proto-utils';
import type { WorkflowHandle } from '@temporalio/client';
import type { ModelTarget } from '../../src/contracts';
import type { Bench, Loop } from './bench';
import { loadEngines } from './library';
import { atMost } from './result';
import type { Result } from './result';
import { HOUR, thoroughSpec, serve } from './traffic';

const MOST_ACTIONS = 60;

/** What is billed as an action, by the attributes of its event; an activity once more for each retry. */
const KINDS = {
  'workflow started': 'workflowExecutionStartedEventAttributes',
  'timers started': 'timerStartedEventAttributes',
  'activities scheduled': 'activityTaskScheduledEventAttributes',
  'signals received': 'workflowExecutionSignaledEventAttributes',
  'signals sent': 'signalExternalWorkflowExecutionInitiatedEventAttributes',
  'updates accepted': 'workflowExecutionUpdateAcceptedEventAttributes',
  'search attributes upserted': 'upsertWorkflowSearchAttributesEventAttributes',
  'memo upserted': 'workflowPropertiesModifiedEventAttributes',
  'children started': 'startChildWorkflowExecutionInitiatedEventAttributes',
  'continued as new': 'workflowExecutionContinuedAsNewEventAttributes',
} as const;

type HistoryEvent = NonNullable<History['events']>[number];
type Counts = Readonly<Record<string, number>>;

/** One simulated day of hourly monitors on the wall clock, by the server that skips time. */
export async function actionsOfADay(bench: Bench): Promise<Result[]> {
  const { path } = await loadEngines().findExecutable('temporal-test-server');
  const executable = { type: 'existing-path', path } as const;
  const place = await TestWorkflowEnvironment.createTimeSkipping({ server: { executable } });
  bench.atEnd(() => place.teardown());
  const loop = await bench.loop({ place: { address: place.address, temporal: place.client } });
  const { monitors } = loop.client;
  const start = Math.floor((await place.currentTimeMs()) / HOUR) * HOUR;
  // The first look judges the baseline and all that is due; then an hour's window and the next one's estimate at each.
  const baseline = { from: start - 50 * HOUR, to: start - 2 * HOUR };
  const targets = { whole: target('whole-hours'), half: target('half-hours') };
  for (const each of Object.values(targets))
    await serve(loop.client, each, { from: baseline.from, hours: 73, rowsPerHour: 100, seed: 3 });
  await monitors.start({ ...thoroughSpec(targets.whole, baseline), clock: 'wall' });
  await monitors.start({ ...thoroughSpec(targets.half, baseline), clock: 'wall', labelMaturity: '90m' });
  await place.sleep('24h');
  const [whole, half] = [await dayOf(loop, targets.whole), await dayOf(loop, targets.half)];
  await loop.close();
  const work = 'Temporal actions of a monitor on its first day, hourly windows on the wall clock, everything judged';
  return [
    atMost(work, { value: whole.total, unit: 'actions', goal: MOST_ACTIONS }, whole.counts, [whole.note]),
    atMost(
      '– with labels that mature half an hour off the windows’ ends, so that an hour has two looks',
      { value: half.total, unit: 'actions', goal: null },
      half.counts,
      [half.note],
    ),
  ];
}

function target(model: string): ModelTarget {
  return { model, environment: 'production' };
}

async function dayOf(loop: Loop, of: ModelTarget): Promise<{ total: number; counts: Counts; note: string }> {
  const { monitors } = loop.client;
  const counts = countActions(await quietHistory(monitors.handle(of)));
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const parts = Object.entries(counts).filter(([, count]) => count > 0);
  const { recent, alerts } = await monitors.status(of);
  const windows = recent.filter(({ status }) => status === 'ok').length;
  const listed = parts.map(([kind, count]) => `${kind} ${count}`).join(', ');
  const note = `actions of ${of.model}: ${listed}; sum ${total}; ${windows} of the last ${recent.length} windows ok, ${alerts.length} alerts`;
  return { total, counts, note };
}

/** The history once nothing is under way; time does not pass any more. */
async function quietHistory(handle: WorkflowHandle): Promise<History> {
  for (;;) {
    const history = await handle.fetchHistory();
    const count = (kind: keyof HistoryEvent): number => history.events!.filter((event) => event[kind] != null).length;
    const tasks = count('workflowTaskScheduledEventAttributes') - count('workflowTaskCompletedEventAttributes');
    const activities = count('activityTaskScheduledEventAttributes') - count('activityTaskCompletedEventAttributes');
    if (tasks === 0 && activities === 0) return history;
    await delay(500);
  }
}

function countActions({ events }: History): Counts {
  const counted = Object.entries(KINDS).map(([kind, attributes]) => {
    return [kind, events!.filter((event) => event[attributes] != null).length] as const;
  });
  const attempts = events!.map(({ activityTaskStartedEventAttributes: started }) => started?.attempt ?? 1);
  const retries = attempts.reduce((sum, attempt) => sum + attempt - 1, 0);
  return { ...Object.fromEntries(counted), 'activities retried': retries };
}
