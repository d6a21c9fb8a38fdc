import { Outbox } from '../../src/services/outbox';

interface Seen {
  readonly batches: number[][];
  readonly errors: unknown[];
  readonly lost: number[];
  fails: boolean;
}

const open: Outbox<number>[] = [];
afterEach(async () => {
  for (const outbox of open.splice(0)) await outbox.close().catch(() => undefined);
});

function outbox(capacity = 10_000): { box: Outbox<number>; seen: Seen } {
  const seen: Seen = { batches: [], errors: [], lost: [], fails: false };
  const box = new Outbox<number>({
    capacity,
    onError: (error) => seen.errors.push(error),
    onLost: (piece) => seen.lost.push(piece),
    send: async (batch) => {
      await Promise.resolve();
      if (seen.fails) throw new Error('down');
      seen.batches.push(batch);
    },
  });
  open.push(box);
  return { box, seen };
}

test('pieces go in order, at most 500 at once', async () => {
  const { box, seen } = outbox();
  for (let piece = 0; piece < 1_201; piece += 1) box.add(piece);
  await box.flush();
  expect(seen.batches.flat()).toEqual(Array.from({ length: 1_201 }, (_, piece) => piece));
  expect(Math.max(...seen.batches.map(({ length }) => length))).toBe(500);
});

test('a piece goes without being asked for', async () => {
  const sent = await new Promise<number[]>((resolve) => {
    const box = new Outbox<number>({
      capacity: 10,
      onError: () => undefined,
      send: async (batch) => resolve(batch),
    });
    open.push(box);
    box.add(7);
  });
  expect(sent).toEqual([7]);
});

test('what fails goes again, in its old place, before what came later', async () => {
  const { box, seen } = outbox();
  seen.fails = true;
  box.add(1);
  await expect(box.flush()).rejects.toThrow('1 pieces could not be sent and wait');
  box.add(2);
  seen.fails = false;
  await box.flush();
  expect(seen.batches).toEqual([[1, 2]]);
  expect(seen.errors).toHaveLength(1);
});

test('a failed flush names its cause', async () => {
  const { box, seen } = outbox();
  seen.fails = true;
  box.add(1);
  await expect(box.flush()).rejects.toMatchObject({ cause: new Error('down') });
});

test('where there is no room the oldest are given up, each is told, and how many', async () => {
  const { box, seen } = outbox(3);
  seen.fails = true;
  for (let piece = 1; piece <= 5; piece += 1) box.add(piece);
  expect(seen.lost).toEqual([1, 2]);
  await expect(box.flush()).rejects.toThrow();
  seen.fails = false;
  await box.flush();
  expect(seen.batches).toEqual([[3, 4, 5]]);
  expect(seen.errors.at(-1)).toEqual(new Error('2 pieces were given up: more than 3 waited'));
});

test('close sends what waits; what cannot be sent is given up and told', async () => {
  const one = outbox();
  one.box.add(1);
  await one.box.close();
  expect(one.seen.batches).toEqual([[1]]);
  const two = outbox();
  two.seen.fails = true;
  two.box.add(2);
  await expect(two.box.close()).rejects.toThrow('1 pieces could not be sent');
  expect(two.seen.lost).toEqual([2]);
});
