import type { MonitorSpecInput } from '../../src/schemas';
import { inProcesses } from '../support/burst';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { runsOf } from '../support/history';
import { hour, many } from '../support/rows';

jest.setTimeout(300_000);

let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const PROCESSES = 4;
const EACH = 600;

test('a monitor that is flooded by signals ends its runs early, and is controlled all the while', async () => {
  const { model, client } = loop;
  const spec: MonitorSpecInput = {
    model,
    clock: 'data',
    window: '1d',
    labelMaturity: '1d',
    baselineDrop: 0.1,
    baseline: { from: hour(0), to: hour(24) },
    retrain: { lookback: '10d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
  };
  await client.monitors.start(spec);
  await client.monitors.status({ model });
  const task = { database: loop.db.databaseName, model, senders: 1, nudges: { each: EACH, pauseMs: 5 } };
  let over = false;
  const flood = inProcesses(many(PROCESSES, () => task)).finally(() => (over = true));
  let decisions = 0;
  for (; !over; decisions += 1) {
    await client.monitors.pause({ model }, { who: 'ops', reason: 'flood' });
    expect((await client.monitors.status({ model })).state).toBe('paused');
    await client.monitors.resume({ model }, { who: 'ops' });
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  const reports = await flood;
  expect(reports.flatMap(({ errors }) => errors)).toEqual([]);
  expect(decisions).toBeGreaterThan(3);
  const runs = await runsOf(loop.temporal, client.monitors.handle({ model }).workflowId);
  expect(runs.flatMap(({ signals }) => signals)).toHaveLength(PROCESSES * EACH);
  // A run ends at 500 signals, or a few hundred later if the server has to put the senders off first.
  expect(runs.length).toBeGreaterThanOrEqual(3);
  for (const { signals } of runs) expect(signals.length).toBeLessThan(2_000);
});
