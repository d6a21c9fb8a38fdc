import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { LoopwrightClient } from '../../src/client';
import { Nudges } from '../../src/client/nudges';
import { workflowIds } from '../../src/contracts';
import type { ModelTarget } from '../../src/contracts';
import { eventually, openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many, outcome } from '../support/rows';

let opened: TestStores;
let connection: Connection;
let temporal: Client;
const started: string[] = [];
beforeAll(async () => {
  opened = await openTestStores();
  connection = await Connection.connect({ address: process.env.LOOPWRIGHT_TEST_TEMPORAL! });
  temporal = new Client({ connection });
});
afterAll(async () => {
  for (const id of started) await temporal.workflow.getHandle(id).terminate('the test is over');
  await connection.close();
  await opened.close();
});

/** A workflow that takes signals and that no worker runs. */
async function mailbox(): Promise<ModelTarget> {
  const target = { model: `m${randomUUID().slice(0, 8)}`, environment: 'production' };
  const workflowId = workflowIds.monitor(target);
  await temporal.workflow.start('nobody', { workflowId, taskQueue: 'nobody' });
  started.push(workflowId);
  return target;
}

/** When each signal came, in milliseconds. */
async function signals(target: ModelTarget): Promise<number[]> {
  const { events } = await temporal.workflow.getHandle(workflowIds.monitor(target)).fetchHistory();
  return events!
    .filter((event) => event.workflowExecutionSignaledEventAttributes?.signalName === 'outcomesRecorded')
    .map(({ eventTime }) => Number(eventTime!.seconds) * 1_000 + eventTime!.nanos! / 1e6);
}

const processes = (n: number) => many(n, () => new Nudges(opened.stores.nudges, temporal));

test('a monitor that is not eager is not nudged', async () => {
  const target = await mailbox();
  const [nudges] = processes(1);
  nudges!.nudge(target);
  await nudges!.flush();
  expect(await signals(target)).toEqual([]);
});

test('many writes of several processes are one nudge per interval, and one after the last of them', async () => {
  const target = await mailbox();
  await opened.stores.nudges.enable(target);
  const services = processes(4);
  let last = 0;
  for (let k = 0; k < 40; k += 1) {
    services[k % 4]!.nudge(target);
    last = Date.now();
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await Promise.all(services.map((service) => service.flush()));
  const times = await signals(target);
  const seconds = (times.at(-1)! - times[0]!) / 1_000;
  expect(times.length).toBeGreaterThanOrEqual(2);
  expect(times.length).toBeLessThanOrEqual(seconds + 1.1);
  expect(times.at(-1)).toBeGreaterThanOrEqual(last);
});

test('who finds the turn held nudges when it is free again', async () => {
  const target = await mailbox();
  await opened.stores.nudges.enable(target);
  const [one, other] = processes(2);
  one!.nudge(target);
  await eventually(async () => (await signals(target)).length === 1);
  other!.nudge(target);
  await other!.flush();
  expect(await signals(target)).toHaveLength(2);
  await one!.flush();
});

test('a nudge that cannot be given is no failure', async () => {
  const nowhere = { model: `m${randomUUID().slice(0, 8)}`, environment: 'production' };
  await opened.stores.nudges.enable(nowhere);
  const away = new Client({ connection: Connection.lazy({ address: '127.0.0.1:1' }) });
  const closed = await openTestStores();
  await closed.close();
  const services = [
    ...processes(1),
    new Nudges(opened.stores.nudges, away),
    new Nudges(closed.stores.nudges, temporal),
  ];
  for (const service of services) {
    service.nudge(nowhere);
    await service.flush();
  }
  await away.connection.close();
});

test('logged outcomes nudge; closing the client sees to it', async () => {
  const target = await mailbox();
  await opened.stores.nudges.enable(target);
  const client = new LoopwrightClient({ temporal, mongo: opened.mongo, db: opened.db });
  await client.outcomes.log(target, many(10, outcome));
  await client.close();
  expect(await signals(target)).toHaveLength(1);
});
