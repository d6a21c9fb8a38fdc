import { TestWorkflowEnvironment } from '@temporalio/testing';
import { DefaultLogger, Runtime, Worker } from '@temporalio/worker';
import { LoopwrightClient } from '../../src/client';
import { workflowIds } from '../../src/contracts';
import { findExecutable } from '../../src/engines';
import { LoopwrightPlugin } from '../../src/plugin';
import { eventually, openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { impactSpec, order, shown, usersOf } from '../support/impact';

jest.setTimeout(240_000);

const DAY = 86_400_000;
const MODEL = 'daily';

/** A server that skips the time in which nothing happens: days pass in a moment, and timers fire as they would. */
let place: TestWorkflowEnvironment;
let opened: TestStores;
let client: LoopwrightClient;
let stop: () => Promise<void>;
beforeAll(async () => {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  opened = await openTestStores();
  const { path } = await findExecutable('temporal-test-server');
  place = await TestWorkflowEnvironment.createTimeSkipping({
    server: { executable: { type: 'existing-path', path } },
  });
  const { mongo, db } = opened;
  const worker = await Worker.create({
    connection: place.nativeConnection,
    taskQueue: MODEL,
    plugins: [new LoopwrightPlugin({ mongodb: { client: mongo, database: db.databaseName } })],
    workflowBundle: { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! },
  });
  const running = worker.run();
  stop = async () => {
    worker.shutdown();
    await running;
  };
  client = new LoopwrightClient({ temporal: place.client, mongo, db, taskQueue: MODEL, warn: () => undefined });
});
afterAll(async () => {
  await stop();
  await place.teardown();
  await opened.close();
});

const iso = (time: number) => new Date(time).toISOString();
const minute = (time: number) => iso(time).slice(0, 16);

test('at every midnight a timer closes the windows that are over, with no message from anybody', async () => {
  const midnight = Math.floor((await place.currentTimeMs()) / DAY) * DAY;
  const shownAt = midnight - DAY / 2;
  const month = iso(shownAt).slice(0, 7);
  const spec = impactSpec(MODEL, { clock: 'wall', start: iso(midnight - 3 * DAY) });
  // This server answers a query that comes too early in words of its own: the client's start would not wait.
  const options = { workflowId: workflowIds.impact(MODEL), taskQueue: MODEL, args: [{ spec }] };
  await place.client.workflow.start('loopwright.trackImpact', options);
  await settled(midnight);
  const [user] = usersOf(spec, 'treatment', 1) as [string];
  await client.impact.recommend(MODEL, [shown('e1', user, minute(shownAt))]);
  await client.impact.convert(MODEL, [order('o1', user, minute(shownAt + DAY / 4), 30)]);
  // Yesterday's noon has its day only when today is over.
  expect(await ordersOf(month)).toBe(0);
  await place.sleep('24h');
  await settled(midnight + DAY);
  expect(await ordersOf(month)).toBe(1);
  await client.impact.convert(MODEL, [order('o2', user, minute(shownAt + DAY / 3), 30)]);
  expect(await ordersOf(month)).toBe(1);
  await place.sleep('24h');
  await settled(midnight + 2 * DAY);
  expect(await ordersOf(month)).toBe(2);

  const { events } = await client.impact.handle(MODEL).fetchHistory();
  const fired = events!.filter((event) => event.timerFiredEventAttributes != null);
  expect(fired).toHaveLength(2);
  expect(events!.filter((event) => event.timerStartedEventAttributes != null)).toHaveLength(3);
  expect(events!.filter((event) => event.workflowExecutionSignaledEventAttributes != null)).toEqual([]);
  const times = fired.map(({ eventTime }) => Number(eventTime!.seconds) * 1_000);
  for (const [day, time] of times.entries()) expect(time - (midnight + (day + 1) * DAY)).toBeLessThan(60_000);
});

/** Time stands still between the days: whatever a timer began is waited for. */
async function settled(at: number): Promise<void> {
  const through = () =>
    client.impact.status(MODEL).then(
      ({ settledThrough }) => settledThrough,
      () => null,
    );
  await eventually(async () => (await through()) === iso(at), 60);
}

async function ordersOf(month: string): Promise<number> {
  const report = (await client.impact.reports(MODEL)).find((each) => each.month === month);
  return report?.groups.treatment.orders ?? 0;
}
