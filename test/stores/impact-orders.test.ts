import type { Conversion, RecommendationClick, RecommendationEvent } from '../../src/contracts';
import { groupAt } from '../../src/domain/impact';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { firstGroups, impactSpec, order, shown, usersOf } from '../support/impact';
import { seeded } from '../support/streams';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const JANUARY = { from: '2026-01-01T00:00:00.000Z', to: '2026-02-01T00:00:00.000Z' };
const FEBRUARY = { from: '2026-02-01T00:00:00.000Z', to: '2026-03-01T00:00:00.000Z' };
let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

interface Traffic {
  readonly events: readonly RecommendationEvent[];
  readonly orders: readonly Conversion[];
  readonly clicks?: readonly RecommendationClick[];
}

async function write(traffic: Traffic, model = `m${(counter += 1)}`): Promise<string> {
  const groups = firstGroups(impactSpec(model, { start: '2025-12-01' }));
  const events = traffic.events.map((event) => ({ ...event, ...groupAt(groups, model, event.userId, event.at)! }));
  await opened.stores.impactEvents.recommend(model, events);
  await opened.stores.impactEvents.convert(model, traffic.orders);
  await opened.stores.impactEvents.click(model, traffic.clicks ?? []);
  return model;
}

const sumsOf = (model: string, windowMs = DAY, within = JANUARY) =>
  opened.stores.impactSums.read({ model, shown: within, windowMs, covariate: null });

/** Of all users, whatever their group. */
async function totalsOf(traffic: Traffic, windowMs = DAY, within = JANUARY) {
  const { control, treatment } = await sumsOf(await write(traffic), windowMs, within);
  const names = Object.keys(control.totals) as (keyof typeof control.totals)[];
  return Object.fromEntries(names.map((name) => [name, control.totals[name] + treatment.totals[name]]));
}

const user = 'u1';

describe('an order that names nothing', () => {
  const events = [shown('e1', user, '2026-01-02T10:00')];

  test('at the very instant of the recommendation counts to it, with no wait', async () => {
    const orders = [order('o1', user, '2026-01-02T10:00', 20)];
    expect(await totalsOf({ events, orders })).toMatchObject({ orders: 1, secondsToConversion: 0, conversions: 1 });
  });

  test('exactly one window later does not count, and not to another recommendation either', async () => {
    const orders = [order('o1', user, '2026-01-03T10:00', 20)];
    expect(await totalsOf({ events, orders })).toMatchObject({ orders: 0, conversions: 0, buyers: 0 });
    const before = [shown('e0', user, '2026-01-02T09:00'), ...events];
    expect(await totalsOf({ events: before, orders })).toMatchObject({ orders: 0 });
  });

  test('of two recommendations at one instant the one with the greater id has it', async () => {
    const at = '2026-01-02T10:00';
    const two = [shown('b', user, at), shown('a', user, at)];
    const orders = [order('o1', user, '2026-01-02T11:00', 20), order('o2', user, at, 5)];
    const click = (recommendationId: string) => [{ recommendationId, at: '2026-01-02T10:30:00.000Z' }];
    expect(await totalsOf({ events: two, orders })).toMatchObject({ conversions: 1, orders: 2, revenue: 25 });
    // The order was clicked: so was what it counts to, once.
    const clicked = orders.map((each) => ({ ...each, clicked: true }));
    expect(await totalsOf({ events: two, orders: clicked, clicks: click('b') })).toMatchObject({ clicks: 1 });
    expect(await totalsOf({ events: two, orders: clicked, clicks: click('a') })).toMatchObject({ clicks: 2 });
  });

  test('an order before everything that was shown counts nowhere; one after goes to what came before it', async () => {
    const three = [...events, shown('e2', user, '2026-01-02T12:00'), shown('e3', user, '2026-01-02T14:00')];
    const orders = [
      order('o0', user, '2026-01-02T09:59:59.999', 1),
      order('o1', user, '2026-01-02T11:59:59.999', 10),
      order('o2', user, '2026-01-02T12:00', 100),
    ];
    expect(await totalsOf({ events: three, orders })).toMatchObject({
      orders: 2,
      revenue: 110,
      conversions: 2,
      secondsToConversion: 7_199.999,
    });
  });

  test('what was shown in the next month takes the order out of this one', async () => {
    const across = [shown('e1', user, '2026-01-31T23:00'), shown('e2', user, '2026-02-01T00:00')];
    const orders = [order('o1', user, '2026-02-01T00:00', 10)];
    expect(await totalsOf({ events: across, orders })).toMatchObject({ events: 1, orders: 0 });
    expect(await totalsOf({ events: across, orders }, DAY, FEBRUARY)).toMatchObject({ events: 1, orders: 1 });
  });

  test('a refund is an order below 0', async () => {
    const orders = [order('o1', user, '2026-01-02T11:00', 30), order('o2', user, '2026-01-02T12:00', -30)];
    expect(await totalsOf({ events, orders })).toMatchObject({ orders: 2, revenue: 0, repeatBuyers: 1 });
  });
});

describe('an order that names a recommendation', () => {
  const events = [shown('e1', user, '2026-01-02T10:00'), shown('e2', user, '2026-01-02T12:00')];
  const named = (at: string, recommendationId: string) => [order('o1', user, at, 20, { recommendationId })];

  test.each([
    ['at its instant', '2026-01-02T10:00', 'e1', 1],
    ['a millisecond before', '2026-01-02T09:59:59.999', 'e1', 0],
    ['a millisecond before its window ends', '2026-01-03T09:59:59.999', 'e1', 1],
    ['at the end of its window', '2026-01-03T10:00', 'e1', 0],
    ['that is not there', '2026-01-02T13:00', 'e9', 0],
    ['that was shown later', '2026-01-02T11:00', 'e2', 0],
  ])('%s', async (_, at, id, orders) => {
    expect(await totalsOf({ events, orders: named(at, id) })).toMatchObject({ orders, revenue: 20 * orders });
  });

  test('of another model by the same id does not count', async () => {
    const elsewhere = await write({ events: [shown('e9', user, '2026-01-02T10:00')], orders: [] });
    const model = await write({ events, orders: named('2026-01-02T13:00', 'e9') });
    expect(elsewhere).not.toBe(model);
    const { control, treatment } = await sumsOf(model);
    expect(control.totals.orders + treatment.totals.orders).toBe(0);
  });

  test('of a click alone, whose recommendation never came, does not count', async () => {
    const clicks = [{ recommendationId: 'e9', at: '2026-01-02T10:00:00.000Z' }];
    expect(await totalsOf({ events, orders: named('2026-01-02T13:00', 'e9'), clicks })).toMatchObject({
      orders: 0,
      clicks: 0,
    });
  });

  test('by a name that is an expression elsewhere is only a name', async () => {
    const odd = [shown('$userId', user, '2026-01-02T10:00')];
    const orders = [...named('2026-01-02T13:00', '$userId')];
    expect(await totalsOf({ events: odd, orders })).toMatchObject({ orders: 1 });
  });

  test('and one that names nothing are added to the same recommendation', async () => {
    const orders = [
      order('o1', user, '2026-01-02T13:00', 1, { recommendationId: 'e2' }),
      order('o2', user, '2026-01-02T12:30', 2),
    ];
    expect(await totalsOf({ events, orders })).toMatchObject({
      conversions: 1,
      orders: 2,
      revenue: 3,
      secondsToConversion: 1_800,
    });
  });
});

describe('clicks', () => {
  const events = [shown('e1', user, '2026-01-02T10:00')];
  const click = (at: string) => ({ recommendationId: 'e1', at: new Date(`${at}Z`).toISOString() });

  test('one that is dated before its recommendation hides none that comes after', async () => {
    const clicks = [click('2026-01-02T09:59'), click('2026-01-02T10:05')];
    expect(await totalsOf({ events, orders: [], clicks })).toMatchObject({ clicks: 1 });
    expect(await totalsOf({ events, orders: [], clicks: clicks.toReversed() })).toMatchObject({ clicks: 1 });
    expect(await totalsOf({ events, orders: [], clicks: [clicks[0]!] })).toMatchObject({ clicks: 0 });
  });

  test('many on one recommendation are one', async () => {
    const clicks = [click('2026-01-02T10:00'), click('2026-01-02T10:05'), click('2026-01-05T10:00')];
    const orders = [order('o1', user, '2026-01-02T11:00', 1, { clicked: true })];
    expect(await totalsOf({ events, orders, clicks })).toMatchObject({ clicks: 1, events: 1 });
  });

  test('an order that says so is a click, if it counts to the recommendation', async () => {
    const inTime = [order('o1', user, '2026-01-02T11:00', 1, { clicked: true })];
    const late = [order('o1', user, '2026-01-03T10:00', 1, { clicked: true })];
    expect(await totalsOf({ events, orders: inTime })).toMatchObject({ clicks: 1 });
    expect(await totalsOf({ events, orders: late })).toMatchObject({ clicks: 0 });
  });
});

/** What the store does in one pass, order by order as the guide says it. */
function byHand({ events, orders, clicks }: Required<Traffic>, windowMs: number, within = JANUARY) {
  const reached = (from: string, at: string) => from <= at && Date.parse(at) - Date.parse(from) < windowMs;
  const counted = new Map<string, Conversion[]>();
  for (const each of orders) {
    const mine = events.filter(({ userId, at }) => userId === each.userId && reached(at, each.at));
    const fitting = mine.filter(({ eventId }) => (each.recommendationId ?? eventId) === eventId);
    const last = fitting.toSorted((a, b) => (a.at < b.at || (a.at === b.at && a.eventId < b.eventId) ? 1 : -1))[0];
    if (last !== undefined) counted.set(last.eventId, [...(counted.get(last.eventId) ?? []), each]);
  }
  const inside = events.filter(({ at }) => at >= within.from && at < within.to);
  const of = (eventId: string) => counted.get(eventId) ?? [];
  const buys = new Map<string, number>();
  for (const { eventId, userId } of inside) buys.set(userId, (buys.get(userId) ?? 0) + of(eventId).length);
  const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
  const isClicked = ({ eventId, at }: RecommendationEvent) =>
    clicks.some((click) => click.recommendationId === eventId && reached(at, click.at)) ||
    of(eventId).some(({ clicked }) => clicked);
  const wait = ({ eventId, at }: RecommendationEvent) =>
    of(eventId).length === 0 ? 0 : Math.min(...of(eventId).map((each) => Date.parse(each.at) - Date.parse(at)));
  return {
    users: buys.size,
    events: inside.length,
    clicks: inside.filter(isClicked).length,
    conversions: inside.filter(({ eventId }) => of(eventId).length > 0).length,
    orders: sum(inside.map(({ eventId }) => of(eventId).length)),
    // Whole numbers: any order of addition gives the same.
    revenue: sum(inside.flatMap(({ eventId }) => of(eventId).map(({ revenue }) => revenue))),
    secondsToConversion: sum(inside.map(wait)) / 1_000,
    buyers: [...buys.values()].filter((count) => count > 0).length,
    repeatBuyers: [...buys.values()].filter((count) => count > 1).length,
  };
}

test.each([1, 2, 3, 4])('whatever happens, it is what counting order by order gives (seed %i)', async (seed) => {
  const random = seeded(seed);
  const whole = (below: number) => Math.floor(random() * below);
  // Few users and whole hours around the month: many ties, at every edge.
  const time = () => new Date(Date.UTC(2025, 11, 30) + whole(36 * 24) * HOUR).toISOString().slice(0, -1);
  const people = usersOf(impactSpec('any'), 'control', 6);
  const events = Array.from({ length: 400 }, (_, k) => shown(`e${k}`, people[whole(6)]!, time()));
  const orders = Array.from({ length: 400 }, (_, k) => {
    const recommendationId = random() < 0.3 ? `e${whole(420)}` : undefined;
    return order(`o${k}`, people[whole(6)]!, time(), whole(200) - 20, { recommendationId, clicked: random() < 0.2 });
  });
  // Orders that fit what they name: by chance there are few.
  const fitting = events.slice(0, 100).map(({ eventId, userId, at }, k) => {
    const later = new Date(Date.parse(at) + whole(30) * HOUR).toISOString().slice(0, -1);
    return order(`f${k}`, userId, later, whole(200), { recommendationId: eventId });
  });
  const clicks = Array.from({ length: 200 }, (_, k) => ({
    recommendationId: `e${k}`,
    at: new Date(Date.parse(events[k]!.at) + (whole(36) - 6) * HOUR).toISOString(),
  }));
  const traffic = { events, orders: [...orders, ...fitting], clicks };
  for (const [windowMs, within] of [
    [DAY, JANUARY],
    [6 * HOUR, JANUARY],
    [DAY, FEBRUARY],
  ] as const) {
    const found = await totalsOf(traffic, windowMs, within);
    expect(found).toEqual(byHand(traffic, windowMs, within));
    if (within === JANUARY) expect(found.orders).toBeGreaterThan(80);
  }
});
