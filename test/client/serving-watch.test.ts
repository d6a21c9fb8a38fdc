import type { ChangeStream } from 'mongodb';
import { LoopwrightClient } from '../../src/client';
import { ServingWatch } from '../../src/client/serving-watch';
import type { ServingWatchParts } from '../../src/client/serving-watch';
import type { LedgerEntry, ModelTarget, Serving } from '../../src/contracts';
import { eventually, openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { serving } from '../support/specs';

/** Longer than any test: what is seen by then is seen by the stream. */
const NEVER_MS = 3_600_000;

let opened: TestStores;
let counter = 0;
const open: { close(): Promise<void> }[] = [];
beforeAll(async () => {
  opened = await openTestStores();
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.close()));
});
afterAll(() => opened.close());

const newTarget = (): ModelTarget => ({ model: `m${(counter += 1)}`, environment: 'production' });

/** Writes what serves from now on, as the workflow does. */
function decide(target: ModelTarget, token: number, { stores } = opened): Promise<LedgerEntry> {
  const what = { action: 'deploy', reason: 'because', who: 'ops', key: `k${token}` } as const;
  return stores.deployments.write({ ...serving({ token, champion: token }), ...what, ...target });
}

async function watch(target: ModelTarget, change: Partial<ServingWatchParts> = {}) {
  const seen: number[] = [];
  const errors: unknown[] = [];
  const handle = await ServingWatch.start({
    read: () => opened.stores.deployments.current(target),
    openStream: null,
    pollMs: 20,
    onChange: ({ token }) => {
      seen.push(token);
    },
    onError: (error) => errors.push(error),
    ...change,
  });
  open.push(handle);
  return { handle, seen, errors };
}

test('what serves is told at once, and every change after it by the poll alone', async () => {
  const target = newTarget();
  await decide(target, 1);
  const { handle, seen } = await watch(target);
  expect(seen).toEqual([1]);
  expect(handle.current()).toMatchObject({ ...target, token: 1, champion: 1 });
  await decide(target, 2);
  await eventually(() => seen.length === 2);
  await decide(target, 3);
  await eventually(() => seen.length === 3);
  expect(seen).toEqual([1, 2, 3]);
  expect(handle.current()!.champion).toBe(3);
});

test('nothing is told before the first deploy', async () => {
  const target = newTarget();
  const { handle, seen } = await watch(target);
  expect(handle.current()).toBeNull();
  await decide(target, 1);
  await eventually(() => seen.length === 1);
  expect(handle.current()!.token).toBe(1);
});

test('the stream tells of a change long before the poll would, and not of other targets', async () => {
  const [target, other] = [newTarget(), newTarget()];
  let reads = 0;
  const { seen, errors } = await watch(target, {
    pollMs: NEVER_MS,
    openStream: () => opened.stores.deployments.changes(target),
    read: () => {
      reads += 1;
      return opened.stores.deployments.current(target);
    },
  });
  // A stream that is still opening does not tell of what was before it: it is asked until it does.
  let token = 0;
  await eventually(async () => {
    await decide(target, (token += 1));
    return seen.length > 0;
  });
  await eventually(() => seen.at(-1) === token);
  const before = reads;
  await decide(other, 1);
  await decide(target, token + 1);
  await eventually(() => seen.at(-1) === token + 1);
  expect(reads).toBe(before + 1);
  expect(errors).toEqual([]);
});

test('a stream that the server ends leaves it to the poll', async () => {
  const own = await openTestStores();
  open.push(own);
  const target = newTarget();
  await decide(target, 1, own);
  let stream: ChangeStream | null = null;
  let told = 0;
  const { seen, errors } = await watch(target, {
    read: () => own.stores.deployments.current(target),
    openStream: () => (stream = own.stores.deployments.changes(target).on('change', () => (told += 1))),
  });
  let token = 1;
  // One that has told of a change is open on both sides; what happens before that may be before its beginning.
  await eventually(async () => {
    await decide(target, (token += 1), own);
    return told > 0;
  });
  // What happens to a collection as a whole is beyond what the driver resumes.
  await own.db.collection('deployments').rename('elsewhere');
  await eventually(() => stream!.closed);
  await decide(target, token + 1, own);
  await eventually(() => seen.at(-1) === token + 1);
  expect(seen).toEqual(seen.toSorted((a, b) => a - b));
  expect(errors.length).toBeLessThanOrEqual(1);
});

test('where no stream can be opened the poll does it alone', async () => {
  const target = newTarget();
  const { seen, errors } = await watch(target, {
    // A stage that no stream knows: the server refuses it when the first event is asked for.
    openStream: () => opened.db.collection('deployments').watch([{ $out: 'elsewhere' }]),
  });
  await decide(target, 1);
  await eventually(() => seen.length === 1 && errors.length === 1);
  expect(String(errors[0])).toMatch(/\$out/);
  const thrown = await watch(target, {
    openStream: () => {
      throw new Error('no streams here');
    },
  });
  expect([thrown.seen, thrown.errors.map(String)]).toEqual([[1], ['Error: no streams here']]);
});

test('an older or a known token is never told, whatever is read', async () => {
  const target = newTarget();
  const tokens = [2, 1, null, 2, 4, 3, 4, 5];
  let reads = 0;
  const { handle, seen } = await watch(target, {
    pollMs: 1,
    read: async (): Promise<Serving | null> => {
      const token = tokens[Math.min(reads, tokens.length - 1)]!;
      reads += 1;
      return token === null ? null : serving({ token });
    },
  });
  await eventually(() => reads > tokens.length);
  expect(seen).toEqual([2, 4, 5]);
  expect(handle.current()!.token).toBe(5);
});

test('a read that is overtaken by a hint is made again, and none runs beside another', async () => {
  const answers: ((value: Serving | null) => void)[] = [];
  let hint: () => void = () => undefined;
  const stream = {
    on: (name: string, listener: () => void) => name === 'change' && (hint = listener),
    close: async () => undefined,
  };
  const starting = watch(newTarget(), {
    pollMs: NEVER_MS,
    read: () => new Promise((resolve) => answers.push(resolve)),
    openStream: () => stream as never,
  });
  hint();
  hint();
  expect(answers).toHaveLength(1);
  answers[0]!(serving({ token: 1 }));
  await eventually(() => answers.length === 2);
  answers[1]!(serving({ token: 2 }));
  const { seen } = await starting;
  expect([seen, answers.length]).toEqual([[1, 2], 2]);
});

test('neither a handler that throws or rejects nor a failed read stops it', async () => {
  const target = newTarget();
  await decide(target, 1);
  let down = false;
  const seen: number[] = [];
  const { errors } = await watch(target, {
    read: async () => {
      if (down) throw new Error('mongo is away');
      return opened.stores.deployments.current(target);
    },
    onChange: async ({ token }) => {
      seen.push(token);
      if (token === 2) throw new Error('rejected');
    },
  });
  const loud = await watch(target, {
    onChange: ({ token }) => {
      throw new Error(`thrown at ${token}`);
    },
    onError: () => {
      throw new Error('and the one who is told as well');
    },
  });
  await decide(target, 2);
  await eventually(() => seen.length === 2);
  down = true;
  await eventually(() => errors.length >= 3);
  down = false;
  await decide(target, 3);
  await eventually(() => seen.length === 3);
  expect(new Set(errors.map(String))).toEqual(new Set(['Error: rejected', 'Error: mongo is away']));
  await eventually(() => loud.handle.current()!.token === 3);
});

test('a closed watch tells nothing and leaves nothing open', async () => {
  const target = newTarget();
  await decide(target, 1);
  let stream: ChangeStream | null = null;
  const { handle, seen } = await watch(target, {
    openStream: () => (stream = opened.stores.deployments.changes(target)),
  });
  await handle.close();
  expect(stream!.closed).toBe(true);
  await decide(target, 2);
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(seen).toEqual([1]);
  expect(handle.current()!.token).toBe(1);
  await handle.close();
});

test('the client watches; a poll that is too slow, or a target that is none, is refused', async () => {
  const target = newTarget();
  const warnings: string[] = [];
  const client = new LoopwrightClient({
    temporal: {} as never,
    mongo: opened.mongo,
    db: opened.db,
    warn: (line) => warnings.push(line),
  });
  await decide(target, 1);
  const seen: Serving[] = [];
  const handle = await client.deployments.watch({ model: target.model }, (what) => {
    seen.push(what);
    throw new Error('not loaded');
  });
  open.push(handle);
  await decide(target, 2);
  await eventually(() => seen.length === 2);
  expect(seen).toMatchObject([{ champion: 1 }, { champion: 2 }]);
  expect(warnings[0]).toBe(`watching what serves ${target.model}: Error: not loaded`);
  const nothing = () => undefined;
  await expect(client.deployments.watch(target, nothing, { pollMs: 251 })).rejects.toThrow('pollMs is 251');
  await expect(client.deployments.watch({ model: 'a b' }, nothing)).rejects.toThrow('model is "a b"');
});
