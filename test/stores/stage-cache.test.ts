import { setTimeout as delay } from 'node:timers/promises';
import type { CachedOutcome } from '../../src/stores';
import { StageCacheStore } from '../../src/stores/stage-cache';
import { eventually, openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const HOUR = 3_600_000;
const fresh = () => `key${(counter += 1)}`;
const sha256 = 'a'.repeat(64);
const outcomeOf = (run: string): CachedOutcome => ({
  outputs: { model: { sha256, bytes: 1, uri: `artifact:file/${sha256}` } },
  metrics: { auc: 0.91, '$odd.name': 1 },
  log: null,
  run,
  // Of a clock that goes wrong: it is not kept.
  at: new Date(0),
});
const cache = () => opened.stores.stageCache;
const entries = () => opened.db.collection<{ _id: string; at: Date }>('stageCache');
const age = (key: string, ms: number) => entries().updateOne({ _id: key }, { $set: { at: new Date(Date.now() - ms) } });

async function made(key: string, run: string): Promise<void> {
  expect(await cache().claim(key, run, HOUR)).toEqual({ state: 'mine' });
  await cache().commit(key, run, outcomeOf(run));
}

test('what was made is taken by everybody else', async () => {
  const key = fresh();
  expect(await cache().peek(key, HOUR)).toBeNull();
  await made(key, '$a');
  const outcome = (await cache().peek(key, HOUR))!;
  expect(outcome).toEqual({ ...outcomeOf('$a'), at: expect.any(Date) });
  expect(outcome.at.getTime()).toBeGreaterThan(Date.now() - HOUR);
  expect(await cache().claim(key, 'b', HOUR)).toEqual({ state: 'made', outcome });
  expect(await cache().claim(key, '$a', HOUR)).toEqual({ state: 'made', outcome });
});

test('of all who want the same at once one makes it', async () => {
  const both = [opened.stores.stageCache, new StageCacheStore(opened.db)];
  for (let round = 0; round < 10; round += 1) {
    const key = fresh();
    const claims = await Promise.all(many(12, (k) => both[k % 2]!.claim(key, `h${k}`, HOUR)));
    expect(claims.map(({ state }) => state).sort()).toEqual([...many(11, () => 'held'), 'mine']);
    const holder = `h${claims.findIndex(({ state }) => state === 'mine')}`;
    expect(await cache().claim(key, holder, HOUR)).toEqual({ state: 'mine' });
    await cache().commit(key, holder, outcomeOf(holder));
    const after = await Promise.all(many(12, (k) => both[k % 2]!.claim(key, `h${k}`, HOUR)));
    for (const claim of after) expect(claim).toMatchObject({ state: 'made', outcome: { run: holder } });
  }
});

test('while many try again, each result is made once', async () => {
  const key = fresh();
  let makers = 0;
  const runs = await Promise.all(
    many(10, async (k) => {
      for (;;) {
        const claim = await cache().claim(key, `h${k}`, HOUR);
        if (claim.state === 'made') return claim.outcome.run;
        if (claim.state === 'held') continue;
        makers += 1;
        // The first one fails: the next one makes it.
        if (makers === 1) await cache().release(key, `h${k}`);
        else await cache().commit(key, `h${k}`, outcomeOf(`h${k}`));
      }
    }),
  );
  expect(makers).toBe(2);
  expect(new Set(runs).size).toBe(1);
});

test('a result that is too old is made anew, and stays until it is replaced', async () => {
  const key = fresh();
  await made(key, 'old');
  await age(key, 2 * HOUR);
  expect(await cache().peek(key, HOUR)).toBeNull();
  expect(await cache().claim(key, 'new', HOUR)).toEqual({ state: 'mine' });
  expect(await cache().claim(key, 'third', HOUR)).toEqual({ state: 'held' });
  // Whoever is content with more takes what is there and does not wait.
  expect(await cache().claim(key, 'fourth', 3 * HOUR)).toMatchObject({ state: 'made', outcome: { run: 'old' } });
  await cache().release(key, 'new');
  expect(await cache().peek(key, 3 * HOUR)).toMatchObject({ run: 'old' });
  expect(await cache().claim(key, 'third', HOUR)).toEqual({ state: 'mine' });
  await cache().commit(key, 'third', outcomeOf('third'));
  expect(await cache().peek(key, HOUR)).toMatchObject({ run: 'third' });
  expect(await entries().countDocuments({ _id: key })).toBe(1);
});

test('a holder that gave up, or was never one, has no right', async () => {
  const key = fresh();
  await cache().claim(key, 'a', HOUR);
  expect(await cache().beat(key, 'a')).toBe(true);
  expect(await cache().beat(key, 'b')).toBe(false);
  await cache().commit(key, 'b', outcomeOf('b'));
  await cache().release(key, 'b');
  expect(await cache().peek(key, HOUR)).toBeNull();
  expect(await cache().claim(key, 'c', HOUR)).toEqual({ state: 'held' });
  await cache().release(key, 'a');
  expect(await cache().beat(key, 'a')).toBe(false);
  await cache().commit(key, 'a', outcomeOf('a'));
  expect(await cache().peek(key, HOUR)).toBeNull();
  expect(await cache().claim(key, 'c', HOUR)).toEqual({ state: 'mine' });
  expect(await cache().beat('no such', 'c')).toBe(false);
});

test('a holder that is silent loses its right to the next one, and no other does', async () => {
  const key = fresh();
  const hasty = new StageCacheStore(opened.db, { patienceMs: 300 });
  expect(await hasty.claim(key, 'silent', HOUR)).toEqual({ state: 'mine' });
  expect(await hasty.claim(key, 'next', HOUR)).toEqual({ state: 'held' });
  await eventually(async () => (await hasty.claim(key, 'next', HOUR)).state === 'mine');
  expect(await hasty.beat(key, 'silent')).toBe(false);
  await hasty.commit(key, 'silent', outcomeOf('silent'));
  expect(await hasty.peek(key, HOUR)).toBeNull();
  await hasty.commit(key, 'next', outcomeOf('next'));
  expect(await hasty.peek(key, HOUR)).toMatchObject({ run: 'next' });
});

test('a holder that shows life keeps its right', async () => {
  const key = fresh();
  const hasty = new StageCacheStore(opened.db, { patienceMs: 2_000 });
  await hasty.claim(key, 'a', HOUR);
  for (let beats = 0; beats < 5; beats += 1) {
    await delay(600);
    expect(await hasty.beat(key, 'a')).toBe(true);
    expect(await hasty.claim(key, 'b', HOUR)).toEqual({ state: 'held' });
  }
});

test('the clock of a worker does not matter', async () => {
  const key = fresh();
  await cache().claim(key, 'a', HOUR);
  // A worker whose clock is a day ahead would take every holder for dead and every result for old.
  jest.useFakeTimers({
    now: Date.now() + 24 * HOUR,
    doNotFake: [
      'nextTick',
      'setImmediate',
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'queueMicrotask',
      'performance',
      'hrtime',
    ],
  });
  try {
    expect(await cache().claim(key, 'b', HOUR)).toEqual({ state: 'held' });
    await cache().commit(key, 'a', outcomeOf('a'));
    expect((await cache().peek(key, HOUR))!.at.getTime()).toBeLessThan(Date.now() - 23 * HOUR);
    expect(await cache().claim(key, 'b', HOUR)).toMatchObject({ state: 'made' });
  } finally {
    jest.useRealTimers();
  }
});

test('which keys have a result is told, however old it is', async () => {
  const keys = [fresh(), fresh(), fresh()];
  await made(keys[0]!, 'a');
  await age(keys[0]!, 1_000 * HOUR);
  await cache().claim(keys[1]!, 'a', HOUR);
  expect(await cache().made(keys)).toEqual(new Set([keys[0]]));
});
