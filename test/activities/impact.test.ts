import { createImpactActivities } from '../../activities/impact';
import type { ControlGroup, ImpactActivities, ImpactSpec } from '../../src/contracts';
import { groupAt } from '../../src/domain/impact';
import type { ImpactSpecInput } from '../../src/schemas';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { firstGroups, impactSpec, order, shown, tradeOf, usersOf } from '../support/impact';

let opened: TestStores;
let activities: ImpactActivities;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
  activities = createImpactActivities(opened.stores);
});
afterAll(() => opened.close());

const fresh = (change: Partial<ImpactSpecInput> = {}) => impactSpec(`m${(counter += 1)}`, change);

const close = (spec: ImpactSpec, at: string, groups: readonly ControlGroup[] = firstGroups(spec)) =>
  activities.closeImpactWindows({ spec, groups, at: new Date(at).toISOString() });

/** Twenty users of each group, each shown one recommendation and with one order. */
async function trade(spec: ImpactSpec, month: string): Promise<void> {
  const { impactEvents } = opened.stores;
  for (const { group, events, orders } of tradeOf(spec, month, 20)) {
    await impactEvents.recommend(
      spec.model,
      events.map((event) => ({ ...event, group, rotation: 'first' })),
    );
    await impactEvents.convert(spec.model, orders);
  }
}

const treated = (spec: ImpactSpec) => usersOf(spec, 'treatment', 1)[0]!;
const late = (spec: ImpactSpec, id: string, revenue: number, day = '2026-01-05') =>
  opened.stores.impactEvents.convert(spec.model, [order(id, treated(spec), `${day}T13:00`, revenue)]);
const revisionsOf = async (spec: ImpactSpec, month = '2026-01') =>
  (await opened.stores.impact.revisions(spec.model, month)).map(({ revision }) => revision);

describe('windows', () => {
  test('without an event nothing is reported, however much time passes', async () => {
    const spec = fresh();
    expect(await close(spec, '2026-06-01')).toEqual([]);
    expect(await opened.stores.impact.history(spec.model)).toEqual([]);
  });

  test('a month is reported when its first window is over, and not before', async () => {
    const spec = fresh();
    await trade(spec, '2026-01');
    expect(await close(spec, '2026-01-02')).toEqual([]);
    const [first] = await close(spec, '2026-01-03');
    expect(first).toEqual({
      month: '2026-01',
      revision: 0,
      closedTo: '2026-01-02T00:00:00.000Z',
      users: [0, 0],
      additionalRevenue: null,
    });
    const [seventh] = await close(spec, '2026-01-07');
    expect(seventh).toMatchObject({ revision: 0, closedTo: '2026-01-06T00:00:00.000Z', users: [20, 20] });
    expect(seventh!.additionalRevenue).toBeCloseTo(200, 9);
    expect(await revisionsOf(spec)).toEqual([0]);
  });

  test('it is final one window after its end, and stays so', async () => {
    const spec = fresh();
    await trade(spec, '2026-01');
    expect(await close(spec, '2026-02-01')).toMatchObject([{ revision: 0, closedTo: '2026-01-31T00:00:00.000Z' }]);
    const final = await close(spec, '2026-02-02');
    expect(final).toMatchObject([{ revision: 1, closedTo: '2026-02-01T00:00:00.000Z' }]);
    const [, report] = await opened.stores.impact.revisions(spec.model, '2026-01');
    expect(await close(spec, '2026-02-02')).toEqual(final);
    await close(spec, '2026-03-20');
    expect((await opened.stores.impact.revisions(spec.model, '2026-01'))[1]).toEqual(report);
    expect(await revisionsOf(spec)).toEqual([0, 1]);
  });

  test('a leap over months reports each for good, oldest first', async () => {
    const spec = fresh();
    for (const month of ['2026-01', '2026-02', '2026-03']) await trade(spec, month);
    const months = await close(spec, '2026-04-02');
    expect(months.slice(0, 3).map(({ month, revision }) => [month, revision])).toEqual([
      ['2026-01', 1],
      ['2026-02', 1],
      ['2026-03', 1],
    ]);
    expect(await revisionsOf(spec)).toEqual([1]);
  });

  test('an answer holds two years, the database all', async () => {
    const spec = fresh();
    await trade(spec, '2026-01');
    const names = Array.from({ length: 29 }, (_, k) => new Date(Date.UTC(2026, k, 5)).toISOString().slice(0, 7));
    for (const month of names) await trade(spec, month);
    const months = await close(spec, '2028-06-10');
    expect(months).toHaveLength(24);
    expect(months.at(-1)!.month >= '2028-05').toBe(true);
    expect((await opened.stores.impact.history(spec.model)).length).toBeGreaterThanOrEqual(29);
  });
});

describe('late events', () => {
  test('each change of a month that is over is one revision more; those before stay', async () => {
    const spec = fresh();
    await trade(spec, '2026-01');
    await close(spec, '2026-02-02');
    const before = await opened.stores.impact.revisions(spec.model, '2026-01');
    await late(spec, 'l1', 100);
    await close(spec, '2026-02-02');
    await late(spec, 'l2', 10);
    await close(spec, '2026-02-03');
    const after = await opened.stores.impact.revisions(spec.model, '2026-01');
    expect(after.map(({ revision }) => revision)).toEqual([1, 2, 3]);
    expect(after[0]).toEqual(before[0]);
    const revenues = after.map(({ groups }) => groups.treatment.revenue);
    expect(revenues).toEqual([revenues[0], revenues[0]! + 100, revenues[0]! + 110]);
    expect(after.map(({ at }) => at.slice(0, 10))).toEqual(['2026-02-02', '2026-02-02', '2026-02-03']);
  });

  test('what changes no number confirms the report that stands, and is not computed again', async () => {
    const spec = fresh();
    await trade(spec, '2026-01');
    await close(spec, '2026-02-02');
    const first = (await opened.stores.impact.standing(spec.model))[0]!.inputs;
    await opened.stores.impactEvents.convert(spec.model, [order('stray', 'nobody', '2026-01-05T13:00', 30)]);
    await close(spec, '2026-02-03');
    const [standing] = await opened.stores.impact.standing(spec.model);
    expect(standing!.report.revision).toBe(1);
    expect(standing!.inputs).not.toBe(first);
    const read = jest.spyOn(opened.stores.impactSums, 'read');
    await close(spec, '2026-02-03');
    expect(read.mock.calls.filter(([query]) => query.shown.to === '2026-02-01T00:00:00.000Z')).toEqual([]);
    read.mockRestore();
  });

  test('an order that is corrected into another month leaves the one and enters the other', async () => {
    const spec = fresh();
    for (const month of ['2026-01', '2026-02']) await trade(spec, month);
    await late(spec, 'moved', 500);
    await close(spec, '2026-03-02');
    const correction = order('moved', treated(spec), '2026-02-05T13:00', 500, { revision: 1 });
    await opened.stores.impactEvents.convert(spec.model, [correction]);
    await close(spec, '2026-03-02');
    const [january, february] = await opened.stores.impact.history(spec.model);
    expect([january!.revision, february!.revision]).toEqual([2, 2]);
    expect(january!.groups.treatment.orders).toBe(20);
    expect(february!.groups.treatment.orders).toBe(21);
  });

  test('an order of the covariate’s time changes every month of that rotation', async () => {
    const spec = fresh({ lookBack: '28d' });
    for (const month of ['2026-01', '2026-02']) await trade(spec, month);
    await close(spec, '2026-03-02');
    await late(spec, 'before', 70, '2025-12-20');
    const months = await close(spec, '2026-03-02');
    expect(months.map(({ month, revision }) => [month, revision]).slice(0, 2)).toEqual([
      ['2026-01', 2],
      ['2026-02', 2],
    ]);
  });

  test('a tracker that was begun again comes past months that were reported before, and leaves them', async () => {
    const spec = fresh();
    await trade(spec, '2026-01');
    await close(spec, '2026-02-02');
    expect(await close(spec, '2026-01-20')).toMatchObject([{ month: '2026-01', revision: 1 }]);
    expect(await revisionsOf(spec)).toEqual([1]);
  });
});

describe('settings', () => {
  test('another metric, minimum or promise makes a month another report', async () => {
    const spec = fresh();
    await trade(spec, '2026-01');
    await close(spec, '2026-02-02');
    await close({ ...spec, impactMetrics: ['revenuePerUser'] }, '2026-02-02');
    await close({ ...spec, impactMetrics: ['revenuePerUser'], minimumUsers: 21 }, '2026-02-02');
    const all = await opened.stores.impact.revisions(spec.model, '2026-01');
    expect(all.map(({ metrics }) => metrics.length)).toEqual([6, 1, 1]);
    expect(all.map(({ additionalRevenue }) => additionalRevenue === null)).toEqual([false, false, true]);
    const promised = { ...spec, businessCase: [{ from: '2026-01', monthlyValue: 150 }] };
    await close(promised, '2026-02-02');
    const last = (await opened.stores.impact.revisions(spec.model, '2026-01')).at(-1)!;
    expect(last).toMatchObject({ revision: 4, value: { expected: 150, status: 'above' } });
    expect(last.value.share).toBeCloseTo(200 / 150, 9);
  });

  test('a month is divided by the rotation it began with', async () => {
    const spec = fresh();
    const second = { rotation: 'second', controlGroupSize: 0.5, from: '2026-02-01T00:00:00.000Z' };
    const groups = [...firstGroups(spec), second];
    await trade(spec, '2026-01');
    const users = Array.from({ length: 40 }, (_, k) => `u${k}`);
    await opened.stores.impactEvents.recommend(
      spec.model,
      users.map((user) => {
        const event = shown(`f${user}`, user, '2026-02-05T10:00');
        return { ...event, ...groupAt(groups, spec.model, user, event.at)! };
      }),
    );
    await close(spec, '2026-03-02', groups);
    const [january, february] = await opened.stores.impact.history(spec.model);
    expect([january!.controlGroup.rotation, february!.controlGroup]).toEqual(['first', second]);
    const expected = users.filter((user) => groupAt(groups, spec.model, user, second.from)!.group === 'control');
    expect(february!.groups.control.users).toBe(expected.length);
  });
});

test('the record of a tracker: opened, changed, ended and opened again with its groups', async () => {
  const spec = fresh();
  const first = firstGroups(spec);
  expect(await activities.openImpact({ spec })).toEqual(first);
  const groups = [...first, { rotation: 'second', controlGroupSize: 0.2, from: '2026-03-01T00:00:00.000Z' }];
  await activities.recordImpact({ spec: { ...spec, minimumUsers: 7 }, groups });
  expect(await opened.stores.impact.find(spec.model)).toMatchObject({ spec: { minimumUsers: 7 }, groups });
  const closed = { who: 'ann', reason: 'over', at: '2026-04-01T00:00:00.000Z' };
  await activities.endImpact({ model: spec.model, closed });
  expect(await opened.stores.impact.find(spec.model)).toMatchObject({ closed });
  expect(await activities.openImpact({ spec })).toEqual(groups);
  expect(await opened.stores.impact.find(spec.model)).toMatchObject({ closed: null });
  expect(await opened.stores.impact.find('nobody')).toBeNull();
});
