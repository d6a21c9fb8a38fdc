import { MongoClient } from 'mongodb';
import type { Conversion, RecommendationEvent } from '../../src/contracts';
import { MONGO_OPTIONS, openStores } from '../../src/stores';
import type { GroupedEvent } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { order, shown } from '../support/impact';

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const fresh = () => `m${(counter += 1)}`;
const grouped = (event: RecommendationEvent, change: Partial<GroupedEvent> = {}): GroupedEvent => ({
  ...event,
  group: 'treatment',
  rotation: 'first',
  ...change,
});
const events = () => opened.stores.impactEvents;
const stored = (collection: string, _id: string) => opened.db.collection<{ _id: string }>(collection).findOne({ _id });
const result = (recorded: number, duplicates: number, conflicts: number) => ({ recorded, duplicates, conflicts });

describe('recommendations', () => {
  const event = grouped(shown('e1', 'u1', '2026-01-02T10:00'));

  test('the first of an id stands, whatever else comes under it', async () => {
    const model = fresh();
    expect(await events().recommend(model, [event])).toEqual(result(1, 0, 0));
    for (const change of [
      { userId: 'u2' },
      { items: ['b', 'a'] },
      { at: '2026-01-02T10:00:00.001Z' },
      { modelVersion: null },
      { group: 'control' as const },
      { rotation: 'second' },
    ])
      expect(await events().recommend(model, [{ ...event, ...change }])).toEqual(result(0, 0, 1));
    expect(await events().recommend(model, [event])).toEqual(result(0, 1, 0));
    expect(await stored('recommendationEvents', `${model}/e1`)).toMatchObject({
      userId: 'u1',
      items: ['a', 'b'],
      at: new Date('2026-01-02T10:00:00.000Z'),
      modelVersion: 1,
      group: 'treatment',
    });
  });

  test('an id twice in one call is one event; with another content it is a conflict', async () => {
    const model = fresh();
    const another = { ...event, items: ['c'] };
    expect(await events().recommend(model, [event, event, another])).toEqual(result(1, 1, 1));
    expect(await stored('recommendationEvents', `${model}/e1`)).toMatchObject({ items: ['a', 'b'] });
  });

  test('the same id under two models is two events', async () => {
    const [one, two] = [fresh(), fresh()];
    expect(await events().recommend(one, [event])).toEqual(result(1, 0, 0));
    expect(await events().recommend(two, [{ ...event, userId: 'u9' }])).toEqual(result(1, 0, 0));
  });

  test('many processes that send the same at once store it once', async () => {
    const model = fresh();
    const batch = Array.from({ length: 50 }, (_, k) => grouped(shown(`e${k}`, `u${k}`, '2026-01-02T10:00')));
    const all = await Promise.all(Array.from({ length: 6 }, () => events().recommend(model, batch)));
    expect(all.reduce((sum, { recorded }) => sum + recorded, 0)).toBe(50);
    expect(all.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(250);
    expect(await opened.db.collection('recommendationEvents').countDocuments({ model })).toBe(50);
  });

  test('nothing given writes nothing', async () => {
    const model = fresh();
    expect(await events().recommend(model, [])).toEqual(result(0, 0, 0));
    expect(await events().click(model, [])).toEqual(result(0, 0, 0));
    expect(await events().convert(model, [])).toEqual(result(0, 0, 0));
    expect(await events().changesOf(model)).toEqual(new Map());
  });
});

describe('clicks', () => {
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 2, 10, minute)).toISOString();
  const clicksOf = async (model: string) =>
    ((await stored('recommendationEvents', `${model}/e1`)) as unknown as { clicks: Date[] }).clicks;

  test('each is kept once, earliest first, in whatever order they come', async () => {
    const model = fresh();
    const click = (minute: number) => events().click(model, [{ recommendationId: 'e1', at: at(minute) }]);
    expect(await click(7)).toEqual(result(1, 0, 0));
    expect(await click(3)).toEqual(result(1, 0, 0));
    expect(await click(7)).toEqual(result(0, 1, 0));
    expect(await events().recommend(model, [grouped(shown('e1', 'u1', '2026-01-02T10:00'))])).toEqual(result(1, 0, 0));
    expect(await click(5)).toEqual(result(1, 0, 0));
    expect((await clicksOf(model)).map((each) => each.toISOString())).toEqual([at(3), at(5), at(7)]);
  });

  test('clicks without end do not let a document grow without end: the earliest hundred stand', async () => {
    const model = fresh();
    const clicks = Array.from({ length: 130 }, (_, k) => ({ recommendationId: 'e1', at: at(130 - k) }));
    await events().click(model, clicks);
    const found = await clicksOf(model);
    expect(found).toHaveLength(100);
    expect(found.map((each) => each.toISOString())).toEqual(Array.from({ length: 100 }, (_, k) => at(k + 1)));
  });

  test('a click alone is no recommendation: the event still counts as new', async () => {
    const model = fresh();
    await events().click(model, [{ recommendationId: 'e1', at: at(1) }]);
    expect(await stored('recommendationEvents', `${model}/e1`)).not.toHaveProperty('userId');
    expect(await events().recommend(model, [grouped(shown('e1', 'u1', '2026-01-02T10:00'))])).toEqual(result(1, 0, 0));
    expect(await stored('recommendationEvents', `${model}/e1`)).toMatchObject({ model, userId: 'u1' });
  });
});

describe('orders', () => {
  const first = order('o1', 'u1', '2026-01-10T10:00', 10);
  const write = (model: string, ...orders: Conversion[]) => events().convert(model, orders);
  const standing = async (model: string) => stored('conversions', `${model}/o1`);

  test('a higher revision takes the place of the one before, a lower one is too late', async () => {
    const model = fresh();
    expect(await write(model, { ...first, revision: 5, revenue: 50 })).toEqual(result(1, 0, 0));
    expect(await write(model, { ...first, revision: 4, revenue: 40 })).toEqual(result(0, 1, 0));
    expect(await write(model, first)).toEqual(result(0, 1, 0));
    expect(await standing(model)).toMatchObject({ revenue: 50, revision: 5 });
    expect(await write(model, { ...first, revision: 6, revenue: -10, userId: 'u2' })).toEqual(result(1, 0, 0));
    expect(await standing(model)).toMatchObject({ revenue: -10, revision: 6, userId: 'u2' });
  });

  test('two contents of one revision: the first stands, the second is told', async () => {
    const model = fresh();
    await write(model, first);
    for (const change of [{ revenue: 11 }, { userId: 'u2' }, { clicked: true }, { recommendationId: 'e1' }])
      expect(await write(model, { ...first, ...change })).toEqual(result(0, 0, 1));
    expect(await write(model, { ...first, revision: 0, clicked: false })).toEqual(result(0, 1, 0));
    expect(await standing(model)).toMatchObject({ revenue: 10, clicked: false, recommendationId: null });
  });

  test('revisions in one call, and in any order of calls, end at the highest', async () => {
    const revisions = [0, 1, 2, 3].map((revision) => ({ ...first, revision, revenue: revision * 10 }));
    const orders = [revisions, revisions.toReversed(), [2, 0, 3, 1].map((k) => revisions[k]!)];
    // Often, because two that insert the same id at one moment are rare.
    for (const mixed of Array.from({ length: 10 }, () => orders).flat()) {
      const [together, apart] = [fresh(), fresh()];
      await write(together, ...mixed);
      await Promise.all(mixed.map((each) => write(apart, each)));
      expect(await standing(together)).toMatchObject({ revision: 3, revenue: 30 });
      expect(await standing(apart)).toMatchObject({ revision: 3, revenue: 30 });
    }
  });

  test('ids as long as they may be do not burst a command', async () => {
    const model = fresh();
    const long = '語'.repeat(190);
    const orders = Array.from({ length: 20_000 }, (_, k) => ({ ...first, conversionId: `${long}${k}` }));
    expect(await write(model, ...orders)).toEqual(result(20_000, 0, 0));
    expect(await write(model, ...orders)).toEqual(result(0, 20_000, 0));
  });
});

describe('months that change', () => {
  const at = (month: number, revision: number) => order('o1', 'u1', `2026-0${month}-10T10:00`, 10, { revision });
  const counts = async (model: string) => Object.fromEntries(await events().changesOf(model));

  test('a click and a recommendation change their own month, once a call', async () => {
    const model = fresh();
    const given = ['2026-01-02T10:00', '2026-01-03T10:00', '2026-02-01T00:00'];
    await events().recommend(
      model,
      given.map((time, k) => grouped(shown(`e${k}`, 'u1', time))),
    );
    expect(await counts(model)).toEqual({ '2026-01': 1, '2026-02': 1 });
    await events().click(model, [{ recommendationId: 'e2', at: '2026-02-01T00:01:00.000Z' }]);
    expect(await counts(model)).toEqual({ '2026-01': 1, '2026-02': 2 });
  });

  test('a correction changes every month that the order ever stood in', async () => {
    const model = fresh();
    await events().convert(model, [at(1, 0)]);
    await events().convert(model, [at(2, 1)]);
    expect(await counts(model)).toEqual({ '2026-01': 2, '2026-02': 1 });
    await events().convert(model, [at(3, 2)]);
    expect(await counts(model)).toEqual({ '2026-01': 3, '2026-02': 2, '2026-03': 1 });
    const other = fresh();
    await events().convert(other, [at(1, 0), at(2, 1), at(3, 2)]);
    expect(Object.keys(await counts(other))).toEqual(['2026-01', '2026-02', '2026-03']);
  });

  test('a correction whose caller never heard of it is sent again: the month that it left changes then', async () => {
    const model = fresh();
    await events().convert(model, [at(1, 0)]);
    const before = await counts(model);
    const admin = opened.mongo.db('admin');
    await admin.command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['update'], namespace: `${opened.db.databaseName}.impactChanges`, errorCode: 2 },
    });
    try {
      await expect(events().convert(model, [at(2, 1)])).rejects.toThrow();
    } finally {
      await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
    }
    expect(await counts(model)).toEqual(before);
    expect(await events().convert(model, [at(2, 1)])).toEqual(result(0, 1, 0));
    expect(await counts(model)).toEqual({ '2026-01': before['2026-01']! + 1, '2026-02': 1 });
  });

  test('of two corrections at once the later tells of the month in between', async () => {
    const model = fresh();
    await events().convert(model, [at(1, 0)]);
    const slow = await MongoClient.connect(process.env.LOOPWRIGHT_TEST_MONGODB!, {
      ...MONGO_OPTIONS,
      appName: model,
      monitorCommands: true,
    });
    const admin = opened.mongo.db('admin');
    const block = { blockConnection: true, blockTimeMS: 1_500 };
    const namespace = `${opened.db.databaseName}.conversions`;
    await admin.command({
      configureFailPoint: 'failCommand',
      mode: { times: 1 },
      data: { failCommands: ['update'], namespace, appName: model, ...block },
    });
    try {
      const begun = new Promise<void>((resolve) =>
        slow.on('commandStarted', ({ commandName }) => {
          if (commandName === 'update') resolve();
        }),
      );
      const { impactEvents } = openStores(slow, slow.db(opened.db.databaseName, MONGO_OPTIONS));
      const last = impactEvents.convert(model, [at(3, 2)]);
      await begun;
      expect(await events().convert(model, [at(2, 1)])).toEqual(result(1, 0, 0));
      // A report of February that is written now holds the order.
      const between = await counts(model);
      expect(await last).toEqual(result(1, 0, 0));
      const after = await counts(model);
      expect(after['2026-02']).toBeGreaterThan(between['2026-02']!);
      expect(after['2026-03']).toBe(1);
    } finally {
      await admin.command({ configureFailPoint: 'failCommand', mode: 'off' });
      await slow.close();
    }
  });
});
