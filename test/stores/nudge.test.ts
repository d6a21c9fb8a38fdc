import { NUDGE_INTERVAL_MS } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';

let opened: TestStores;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
const documentOf = async ({ model }: { model: string }) =>
  opened.db.collection<{ _id: string; nextAt: Date }>('nudges').findOne({ _id: `monitor:${model}:production` });
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());
afterEach(() => jest.useRealTimers());

test('a monitor that is not eager has no turns', async () => {
  const target = fresh();
  expect(await opened.stores.nudges.take(target)).toBe('off');
  expect(await documentOf(target)).toBeNull();
});

test('of any number that ask at once one takes the turn', async () => {
  const target = fresh();
  await opened.stores.nudges.enable(target);
  const turns = await Promise.all(many(30, () => opened.stores.nudges.take(target)));
  expect(turns.filter((turn) => turn === 'taken')).toHaveLength(1);
  expect(turns.filter((turn) => turn === 'held')).toHaveLength(29);
});

test('the next turn is free one interval later', async () => {
  const target = fresh();
  await opened.stores.nudges.enable(target);
  await opened.stores.nudges.take(target);
  const { nextAt } = (await documentOf(target))!;
  const now = ((await opened.db.command({ hello: 1 })) as { localTime: Date }).localTime;
  expect(nextAt.getTime() - now.getTime()).toBeGreaterThan(0);
  expect(nextAt.getTime() - now.getTime()).toBeLessThanOrEqual(NUDGE_INTERVAL_MS);
  await opened.db
    .collection<{ _id: string }>('nudges')
    .updateOne({ _id: `monitor:${target.model}:production` }, { $set: { nextAt: now } });
  expect(await opened.stores.nudges.take(target)).toBe('taken');
});

test('a process whose clock is an hour ahead waits as well, and keeps nobody waiting', async () => {
  const target = fresh();
  await opened.stores.nudges.enable(target);
  await opened.stores.nudges.take(target);
  const now = Date.now();
  const doNotFake = ['nextTick', 'setImmediate', 'setInterval', 'setTimeout', 'performance', 'hrtime'] as const;
  jest.useFakeTimers({ now: now + 3_600_000, doNotFake: [...doNotFake, 'queueMicrotask'] });
  expect(await opened.stores.nudges.take(target)).toBe('held');
  const other = fresh();
  await opened.stores.nudges.enable(other);
  expect(await opened.stores.nudges.take(other)).toBe('taken');
  expect((await documentOf(other))!.nextAt.getTime()).toBeLessThan(now + 60_000);
});

test('enabling again does not free a turn; disabling ends all of them', async () => {
  const target = fresh();
  await opened.stores.nudges.enable(target);
  await opened.stores.nudges.take(target);
  await opened.stores.nudges.enable(target);
  expect(await opened.stores.nudges.take(target)).toBe('held');
  await opened.stores.nudges.disable(target);
  await opened.stores.nudges.disable(target);
  expect(await opened.stores.nudges.take(target)).toBe('off');
});

test('targets do not share turns', async () => {
  const [one, other] = [fresh(), fresh()];
  await opened.stores.nudges.enable(one);
  await opened.stores.nudges.enable(other);
  await opened.stores.nudges.enable({ ...one, environment: 'staging' });
  expect(await opened.stores.nudges.take(one)).toBe('taken');
  expect(await opened.stores.nudges.take(other)).toBe('taken');
  expect(await opened.stores.nudges.take({ ...one, environment: 'staging' })).toBe('taken');
});
