import type { Conversion, RecommendationEvent } from '../../src/contracts';
import { groupAt } from '../../src/domain/impact';
import type { ImpactSumsQuery } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { firstGroups, impactSpec, order, shown, usersOf } from '../support/impact';
import { seeded } from '../support/streams';

const DAY = 86_400_000;
let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

function fresh() {
  const spec = impactSpec(`m${(counter += 1)}`);
  const [control] = usersOf(spec, 'control', 1) as [string];
  const [treated, other] = usersOf(spec, 'treatment', 2) as [string, string];
  const query = (change: Partial<ImpactSumsQuery> = {}): ImpactSumsQuery => ({
    model: spec.model,
    shown: { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' },
    windowMs: DAY,
    covariate: null,
    ...change,
  });
  const recommend = (...events: RecommendationEvent[]) =>
    opened.stores.impactEvents.recommend(
      spec.model,
      events.map((event) => ({ ...event, ...groupAt(firstGroups(spec), spec.model, event.userId, event.at)! })),
    );
  const convert = (...orders: Conversion[]) => opened.stores.impactEvents.convert(spec.model, orders);
  const click = (recommendationId: string, at: string) =>
    opened.stores.impactEvents.click(spec.model, [{ recommendationId, at: new Date(`${at}Z`).toISOString() }]);
  const read = (change?: Partial<ImpactSumsQuery>) => opened.stores.impactSums.read(query(change));
  return { spec, control, treated, other, query, recommend, convert, click, read };
}

const RECORDED = { recorded: 1, duplicates: 0, conflicts: 0 };

test('users, events, clicks, orders and waits are summed by group', async () => {
  const { control, treated, other, recommend, convert, click, read } = fresh();
  await recommend(
    shown('e1', treated, '2026-01-02T10:00'),
    shown('e2', treated, '2026-01-03T10:00'),
    shown('e3', other, '2026-01-03T10:00'),
    shown('e4', control, '2026-01-03T10:00'),
  );
  await convert(
    order('o1', treated, '2026-01-02T10:01', 20, { clicked: true }),
    order('o2', treated, '2026-01-03T11:00', 30),
    order('o3', treated, '2026-01-03T12:00', 5),
    order('o4', control, '2026-01-03T10:30', 7),
  );
  await click('e2', '2026-01-03T10:05');
  await click('e3', '2026-01-03T10:05');
  const found = await read();
  expect(found.treatment.totals).toEqual({
    users: 2,
    events: 3,
    clicks: 3,
    conversions: 2,
    orders: 3,
    revenue: 55,
    secondsToConversion: 60 + 3_600,
    buyers: 1,
    repeatBuyers: 1,
  });
  expect(found.control.totals).toMatchObject({ users: 1, events: 1, clicks: 0, orders: 1, revenue: 7 });
  expect(found.treatment.metrics.averageOrderValue).toEqual({ y: 55, yy: 55 ** 2, x: 3, xx: 9, xy: 165 });
  expect(found.treatment.metrics.conversionRate).toEqual({ y: 2, yy: 4, x: 3, xx: 5, xy: 4 });
});

test.each([
  ['at the recommendation', '2026-01-02T10:00', 1],
  ['a millisecond before the window ends', '2026-01-03T09:59:59.999', 1],
  ['at the end of the window', '2026-01-03T10:00', 0],
  ['before the recommendation', '2026-01-02T09:59:59.999', 0],
])('an order %s', async (_, at, orders) => {
  const { treated, recommend, convert, click, read } = fresh();
  await recommend(shown('e1', treated, '2026-01-02T10:00'));
  await convert(order('o1', treated, at, 20));
  await click('e1', at);
  expect((await read()).treatment.totals).toMatchObject({ orders, revenue: orders * 20, clicks: orders });
});

test.each([
  ['in the first instant of the month', '2026-01-01T00:00', 1],
  ['in the last', '2026-01-31T23:59:59.999', 1],
  ['in the first of the next', '2026-02-01T00:00', 0],
  ['in the last of the one before', '2025-12-31T23:59:59.999', 0],
])('a recommendation %s', async (_, at, events) => {
  const { treated, recommend, convert, read } = fresh();
  await recommend(shown('e1', treated, at));
  await convert(order('o1', treated, at, 20));
  expect((await read()).treatment.totals).toMatchObject({ events, orders: events });
});

test('an order counts once, to the last recommendation, across the end of a month', async () => {
  const { treated, recommend, convert, read } = fresh();
  await recommend(shown('e1', treated, '2026-01-31T20:00'), shown('e2', treated, '2026-02-01T01:00'));
  await convert(order('o1', treated, '2026-02-01T00:30', 10), order('o2', treated, '2026-02-01T02:00', 100));
  const february = { from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' };
  expect((await read()).treatment.totals.revenue).toBe(10);
  expect((await read({ shown: february })).treatment.totals.revenue).toBe(100);
});

test('a named recommendation takes the order, if it is the user’s and its window is open', async () => {
  const { treated, other, recommend, convert, read } = fresh();
  await recommend(
    shown('e1', treated, '2026-01-02T10:00'),
    shown('e2', treated, '2026-01-02T11:00'),
    shown('e3', other, '2026-01-02T11:00'),
  );
  await convert(
    order('o1', treated, '2026-01-02T12:00', 10, { recommendationId: 'e1' }),
    order('o2', treated, '2026-01-02T12:00', 100, { recommendationId: 'e3' }),
    order('o3', treated, '2026-01-03T10:30', 1_000, { recommendationId: 'e1' }),
  );
  expect((await read()).treatment.totals).toMatchObject({ revenue: 10, secondsToConversion: 7_200 });
});

test('orders of users nobody recommended anything to are not counted, nor those of other models', async () => {
  const { treated, recommend, convert, read } = fresh();
  const stranger = fresh();
  await recommend(shown('e1', treated, '2026-01-02T10:00'));
  await convert(order('o1', 'nobody', '2026-01-02T10:00', 10));
  await stranger.convert(order('o1', treated, '2026-01-02T10:00', 10));
  expect((await read()).treatment.totals).toMatchObject({ users: 1, revenue: 0 });
});

test('the covariate is what users brought in before', async () => {
  const { treated, control, recommend, convert, read } = fresh();
  await recommend(shown('e1', treated, '2026-01-02T10:00'), shown('e2', control, '2026-01-02T10:00'));
  await convert(
    order('o1', treated, '2025-12-30T10:00', 10),
    order('o2', treated, '2025-12-31T23:59:59.999', 5),
    order('o3', treated, '2026-01-01T00:00', 1_000),
    order('o4', 'absent', '2025-12-31T10:00', 1_000),
  );
  const covariate = { from: '2025-12-30T10:00:00.000Z', to: '2026-01-01T00:00:00.000Z' };
  const found = await read({ covariate });
  expect(found.treatment.metrics.revenuePerUser).toMatchObject({ x: 15, xx: 225, y: 0 });
  expect(found.control.metrics.revenuePerUser).toMatchObject({ x: 0 });
});

test('late and corrected revenue counts once', async () => {
  const { treated, recommend, convert, read } = fresh();
  await recommend(shown('e1', treated, '2026-01-02T10:00'));
  const first = order('o1', treated, '2026-01-02T12:00', 10);
  expect(await convert(first)).toEqual(RECORDED);
  expect(await convert(first, first)).toEqual({ recorded: 0, duplicates: 2, conflicts: 0 });
  expect(await convert({ ...first, revenue: 11 })).toEqual({ recorded: 0, duplicates: 0, conflicts: 1 });
  expect(await convert({ ...first, revenue: 12, revision: 2 })).toEqual(RECORDED);
  expect(await convert({ ...first, revenue: 13, revision: 1 })).toEqual({ recorded: 0, duplicates: 1, conflicts: 0 });
  expect((await read()).treatment.totals).toMatchObject({ orders: 1, revenue: 12 });
});

test('any order of arrival, with repeats, gives the same to the last bit', async () => {
  const random = seeded(3);
  const users = Array.from({ length: 40 }, (_, k) => `user ${k} ✓`);
  const pick = () => users[Math.floor(random() * users.length)]!;
  const time = () => new Date(Date.UTC(2026, 0, 1) + Math.floor(random() * 31 * DAY)).toISOString().slice(0, -1);
  const events = Array.from({ length: 300 }, (_, k) => shown(`e${k}`, pick(), time()));
  const orders = Array.from({ length: 300 }, (_, k) => order(`o${k}`, pick(), time(), random() * 100 - 5));
  const clicks = Array.from({ length: 100 }, (_, k) => ({ id: `e${k}`, at: time() }));
  const results: string[] = [];
  for (const seed of [1, 2, 3]) {
    // The same model, so that the groups are the same; another database.
    const another = await openTestStores();
    const { stores } = another;
    const spec = impactSpec('same');
    const jobs = [
      ...[...events, ...events.slice(0, 50)].map(
        (event) => () =>
          stores.impactEvents.recommend('same', [
            { ...event, ...groupAt(firstGroups(spec), 'same', event.userId, event.at)! },
          ]),
      ),
      ...[...orders, ...orders.slice(0, 50)].map((one) => () => stores.impactEvents.convert('same', [one])),
      ...clicks.map(
        ({ id, at }) =>
          () =>
            stores.impactEvents.click('same', [{ recommendationId: id, at: new Date(`${at}Z`).toISOString() }]),
      ),
    ];
    const shuffle = seeded(seed);
    const mixed = jobs.map((job) => [shuffle(), job] as const).sort(([a], [b]) => a - b);
    for (let k = 0; k < mixed.length; k += 50) await Promise.all(mixed.slice(k, k + 50).map(([, job]) => job()));
    const shownIn = { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' };
    const covariate = { from: '2026-01-01T00:00:00.000Z', to: '2026-01-09T00:00:00.000Z' };
    const found = await stores.impactSums.read({ model: 'same', shown: shownIn, windowMs: DAY, covariate });
    results.push(JSON.stringify(found));
    await another.close();
  }
  expect(JSON.parse(results[0]!).treatment.totals.orders).toBeGreaterThan(10);
  expect(results[1]).toBe(results[0]);
  expect(results[2]).toBe(results[0]);
});

test('versions that recommended are counted', async () => {
  const { treated, recommend, query } = fresh();
  const event = shown('e1', treated, '2026-01-02T10:00');
  await recommend(event, { ...event, eventId: 'e2', modelVersion: 2 }, { ...event, eventId: 'e3', modelVersion: 2 });
  expect(await opened.stores.impactSums.versions(query())).toEqual([
    { version: 2, events: 2 },
    { version: 1, events: 1 },
  ]);
});

test('every write changes the month it belongs to, and the one that a corrected order leaves', async () => {
  const { spec, treated, recommend, convert } = fresh();
  await recommend(shown('e1', treated, '2026-01-02T10:00'));
  await convert(order('o1', treated, '2026-01-02T12:00', 10));
  const before = await opened.stores.impactEvents.changesOf(spec.model);
  expect([...before.keys()]).toEqual(['2026-01']);
  await convert(order('o1', treated, '2026-02-02T12:00', 10, { revision: 1 }));
  const after = await opened.stores.impactEvents.changesOf(spec.model);
  expect(after.get('2026-01')).toBe(before.get('2026-01')! + 1);
  expect(after.get('2026-02')).toBe(1);
});
