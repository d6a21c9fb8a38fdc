import { Worker } from '@temporalio/worker';
import type { Bench } from './bench';
import { atMost, median, shown, timed } from './result';
import type { Result } from './result';
import { HOUR, thoroughSpec, iso, serve } from './traffic';

const GOALS = { ms: 500, events: 2_000 };
const ROUNDS = 7;
const START = Date.parse('2011-08-01T00:00:00.000Z');
const BASELINE_HOURS = 48;
/** More than a run has looks. */
const HOURS = 300;
const TARGET = { model: 'longest', environment: 'production' };

/**
 * The longest run there is: a monitor is advanced hour by hour until it continues as new, with four bad hours in
 * every twelve, so that alerts open and close all the time. Then its history is replayed.
 */
export async function replayOfTheLongestRun(bench: Bench): Promise<Result[]> {
  const loop = await bench.loop();
  const { monitors } = loop.client;
  const baseline = { from: START, to: START + BASELINE_HOURS * HOUR };
  const isBad = (hour: number): boolean => hour >= BASELINE_HOURS && hour % 12 < 4;
  await serve(loop.client, TARGET, { from: START, hours: HOURS, rowsPerHour: 60, seed: 5, isBad });
  await monitors.start({ ...thoroughSpec(TARGET, baseline), clock: 'data' });
  const handle = monitors.handle(TARGET);
  const { runId } = await handle.describe();
  let looks = 0;
  for (let hour = BASELINE_HOURS + 2; hour < HOURS; hour += 1) {
    await monitors.advance(TARGET, { source: 'default', at: iso(START + hour * HOUR) });
    if ((await handle.describe()).runId !== runId) break;
    looks += 1;
  }
  const history = await loop.temporal.workflow.getHandle(handle.workflowId, runId).fetchHistory();
  const events = history.events!.length;
  if (history.events!.at(-1)!.workflowExecutionContinuedAsNewEventAttributes == null)
    throw new Error(`the monitor had not continued as new after ${events} events of ${HOURS} hours`);
  const alerts = (await loop.stores.alerts.list(TARGET)).length;
  await loop.close();
  const times: number[] = [];
  const workflowBundle = { codePath: await bench.bundle() };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.push((await timed(() => Worker.runReplayHistory({ workflowBundle }, history, handle.workflowId))).ms);
  }
  const note = `replays, worker made and bundle loaded each time: ${times.map((ms) => `${shown(ms)} ms`).join(', ')}`;
  const about = `${looks} looks, ${alerts} alerts`;
  return [
    atMost(
      `replay of a run that has continued as new (${about})`,
      { value: median(times), unit: 'ms', goal: GOALS.ms },
      times,
      [note],
    ),
    atMost('– its events', { value: events, unit: 'events', goal: GOALS.events }),
  ];
}
