import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { ModelTarget } from '../../src/contracts';
import { logWithNudges, oneSignalEach } from '../ingestion-signals';
import { newPredictions, outcomesOf } from '../ingestion/rows';
import type { Bench, Loop } from './bench';
import { atLeast, inTurn, shown } from './result';
import type { Result } from './result';
import { hourlySpec } from './traffic';

const ROUNDS = 3;
/** Outcomes of a round. */
const OUTCOMES = { logged: 200_000, signalled: 300 };
const GOAL = 600;
const START = Date.parse('2011-08-01T00:00:00.000Z');
const LOGGED: ModelTarget = { model: 'logged', environment: 'production' };
const SIGNALLED: ModelTarget = { model: 'signalled', environment: 'production' };

/** Outcomes into a monitor that looks as they come: logged, with a nudge a second; and by a signal for each. */
export async function outcomes(bench: Bench): Promise<Result[]> {
  const loop = await bench.loop();
  const { client } = loop;
  for (const target of [LOGGED, SIGNALLED]) {
    // Its windows end far in the future: what is measured is how outcomes come in.
    const spec = hourlySpec(target, { from: START, to: START + 1 });
    const eager = target === LOGGED;
    await client.monitors.start({ ...spec, window: '10000d', clock: 'wall', eager });
    await client.monitors.status(target);
  }
  const before = await nudges(loop);
  const accepted: number[] = [];
  let seconds = 0;
  const rates = await inTurn(
    ROUNDS,
    async () => {
      const { ids } = await client.predictions.log(LOGGED, newPredictions(OUTCOMES.logged));
      const rate = await logWithNudges(client, LOGGED, outcomesOf(ids as string[]));
      seconds += OUTCOMES.logged / rate;
      // A nudge is owed after the last write; it belongs to this round.
      await delay(2_000);
      return rate;
    },
    async () => {
      const { ids } = await client.predictions.log(SIGNALLED, newPredictions(OUTCOMES.signalled));
      const rate = await oneSignalEach(client, loop.stores, SIGNALLED, outcomesOf(ids as string[]));
      accepted.push(rate.accepted);
      return rate.stored;
    },
  );
  const signals = (await nudges(loop)) - before;
  await loop.close();
  const note = `${signals} nudges for ${shown(ROUNDS * OUTCOMES.logged)} outcomes logged in ${shown(seconds)} s and ${ROUNDS} times 2 s after`;
  const work = 'outcomes into one monitor that looks as they come, until durable, at most one signal a second';
  return [
    atLeast(work, 'outcomes/s', 'a signal for each, until stored', rates, GOAL, [note]),
    atLeast('– the same', 'outcomes/s', 'a signal for each, accepted', { ...rates, theirs: accepted }, null),
  ];
}

/** Signals that the monitor of logged outcomes has had, over all its runs. */
async function nudges({ client, temporal }: Loop): Promise<number> {
  const { workflowId } = client.monitors.handle(LOGGED);
  let count = 0;
  let runId: string | null | undefined = (await temporal.workflow.getHandle(workflowId).describe()).runId;
  while (runId) {
    const run: WorkflowHandle = temporal.workflow.getHandle(workflowId, runId);
    const { events } = await run.fetchHistory();
    count += events!.filter((event) => event.workflowExecutionSignaledEventAttributes != null).length;
    runId = events![0]!.workflowExecutionStartedEventAttributes!.continuedExecutionRunId;
  }
  return count;
}
