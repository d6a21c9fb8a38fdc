import { Worker } from '@temporalio/worker';
import { RUN_LIMITS, workflowIds } from '../../src/contracts';
import type { ImpactReport } from '../../src/contracts';
import type { ImpactSpecInput } from '../../src/schemas';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { impactSpec, order, shown, usersOf } from '../support/impact';

jest.setTimeout(240_000);

/** Every workflow is replayed from its first event at every activation, as after a restart of the worker. */
let loop: TestLoop;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
beforeAll(async () => {
  loop = await startTestLoop({ maxCachedWorkflows: 0 });
});
afterAll(() => loop.close());

const advance = (model: string, at: string) =>
  loop.client.impact.advance(model, { source: 'test', at: new Date(at).toISOString() });
const last = async (model: string) => (await loop.client.impact.reports(model)).at(-1)!;

async function start(model: string, change: Partial<ImpactSpecInput> = {}) {
  const spec = impactSpec(model, { minimumUsers: 20, ...change });
  await loop.client.impact.start(spec);
  return spec;
}

/** In a month treated users spend 20 to 29, control users 10 to 19; each is shown one recommendation. */
async function trade(model: string, month: string, spec: ReturnType<typeof impactSpec>) {
  const { impact } = loop.client;
  for (const [group, base] of [
    ['treatment', 20],
    ['control', 10],
  ] as const) {
    const users = usersOf(spec, group, 30);
    const events = users.map((user) => shown(`${month}-${user}`, user, `${month}-05T10:00`));
    const orders = users.map((user, k) => order(`${month}-${user}`, user, `${month}-05T12:00`, base + (k % 10)));
    expect(await impact.recommend(model, events)).toMatchObject({ recorded: 30, rejected: [] });
    expect(await impact.convert(model, orders)).toMatchObject({ recorded: 30, rejected: [] });
  }
}

test('a day closes windows; a month is reported so far, then for good, then again after late revenue', async () => {
  const model = fresh();
  const spec = await start(model, { businessCase: [{ from: '2026-01', monthlyValue: 1_000 }] });
  await trade(model, '2026-01', spec);
  expect(await advance(model, '2026-01-05T23:59')).toMatchObject({ settledThrough: '2026-01-05T00:00:00.000Z' });
  expect((await last(model)).groups.treatment.users).toBe(0);
  await advance(model, '2026-01-06');
  expect((await last(model)).groups.treatment.users).toBe(0);
  await advance(model, '2026-01-07');
  expect(await last(model)).toMatchObject({ revision: 0, closedTo: '2026-01-06T00:00:00.000Z' });
  expect((await last(model)).additionalRevenue!.value).toBeCloseTo(300, 9);
  expect((await last(model)).value.expected).toBeCloseTo((1_000 * 5) / 31, 9);
  await advance(model, '2026-02-01T23:00');
  expect((await last(model)).revision).toBe(0);
  await advance(model, '2026-02-02');
  const final = await last(model);
  expect(final).toMatchObject({ month: '2026-01', revision: 1, value: { expected: 1_000, status: 'below' } });
  expect(final.additionalRevenue).toMatchObject({ treatedUsers: 30, value: 300 });
  expect(final.metrics[0]).toMatchObject({ metric: 'revenuePerUser', status: 'ok', significant: true, better: true });

  const [late] = usersOf(spec, 'treatment', 1) as [string];
  await loop.client.impact.convert(model, [order('late', late, '2026-01-05T13:00', 30)]);
  await loop.client.impact.refresh(model);
  await eventually(async () => (await last(model)).revision === 2);
  expect((await last(model)).additionalRevenue!.value).toBeCloseTo(330, 9);
  await loop.client.impact.convert(model, [order('late', late, '2026-01-05T13:00', 30)]);
  await advance(model, '2026-02-03');
  const revisions = await loop.client.impact.revisions(model, '2026-01');
  expect(revisions.map(({ revision }) => revision)).toEqual([0, 1, 2]);
  expect(revisions[1]).toEqual(final);
});

test('months go by in one leap, with a rotation declared for one of them', async () => {
  const model = fresh();
  const spec = await start(model);
  await advance(model, '2026-01-02');
  const rotate = { rotation: 'second', controlGroupSize: 0.3, from: '2026-03-01T00:00:00.000Z' };
  await loop.client.impact.configure(model, { rotate });
  const [first] = (await loop.client.impact.list()).filter((record) => record.spec.model === model);
  expect(first!.groups).toEqual([
    { rotation: 'first', controlGroupSize: 0.5, from: '2026-01-01T00:00:00.000Z' },
    rotate,
  ]);
  const users = Array.from({ length: 200 }, (_, k) => `u${k}`);
  const divided = await Promise.all(
    users.map(async (user) => [
      (await loop.client.impact.groupOf(model, user, '2026-02-28T23:59:59.999Z')).group,
      (await loop.client.impact.groupOf(model, user, '2026-03-01')).group,
    ]),
  );
  const control = (index: number) => divided.filter((pair) => pair[index] === 'control').length;
  expect(control(0)).toBeGreaterThan(80);
  expect(control(1)).toBeLessThan(80);
  expect(divided.filter(([a, b]) => a !== b).length).toBeGreaterThan(50);
  for (const month of ['2026-01', '2026-02', '2026-03']) await trade(model, month, spec);
  const settled = await advance(model, '2026-05-01');
  expect(settled).toEqual({ settledThrough: '2026-05-01T00:00:00.000Z', nextDueAt: '2026-05-02T00:00:00.000Z' });
  const reports = await loop.client.impact.reports(model);
  expect(reports.map(({ month, revision }) => [month, revision])).toEqual([
    ['2026-01', 1],
    ['2026-02', 1],
    ['2026-03', 1],
  ]);
  expect(reports.map(({ controlGroup }) => controlGroup.rotation)).toEqual(['first', 'first', 'second']);
  expect(reports[1]!.groups.treatment.users).toBe(30);
  expect(reports[2]!.groups.treatment.users).not.toBe(30);
  const { months } = await loop.client.impact.status(model);
  expect(months.map(({ users: each }) => each[0] + each[1])).toEqual([60, 60, 60]);
});

test('a control group that is too small is said, not divided by', async () => {
  const model = fresh();
  const spec = await start(model, { minimumUsers: 31 });
  await trade(model, '2026-01', spec);
  await advance(model, '2026-02-02');
  const report = await last(model);
  expect(report.additionalRevenue).toBeNull();
  expect(report.metrics.map(({ status }) => status)).toEqual(Array(6).fill('control-too-small'));
  expect(report.recommendations[0]!.kind).toBe('enlarge-control');
  await loop.client.impact.configure(model, { minimumUsers: 30 });
  await eventually(async () => (await last(model)).additionalRevenue !== null);
  expect((await last(model)).revision).toBe(2);
});

test('bad changes, watermarks and specs are refused with path, value and what is accepted', async () => {
  const model = fresh();
  await start(model);
  await advance(model, '2026-01-15');
  const rotate = (change: object) =>
    loop.client.impact.configure(model, {
      rotate: { rotation: 'second', from: '2026-02-01T00:00:00.000Z', ...change },
    });
  await expect(rotate({ from: '2026-02-02' })).rejects.toThrow(
    'rotate.from is "2026-02-02T00:00:00.000Z": expected the first instant of a month, 2026-02-01T00:00:00.000Z or later',
  );
  await expect(rotate({ from: '2026-01-01' })).rejects.toThrow('2026-02-01T00:00:00.000Z or later');
  await expect(rotate({ rotation: 'first' })).rejects.toThrow('expected a new name; used are first');
  await expect(loop.client.impact.configure(model, { colour: 'red' } as never)).rejects.toThrow('colour');
  const handle = loop.client.impact.handle(model);
  await expect(handle.executeUpdate('configure', { args: [{ attributionWindow: '1h' }] })).rejects.toMatchObject({
    cause: { message: expect.stringContaining('attributionWindow is "attributionWindow": expected one of') },
  });
  await expect(handle.executeUpdate('configure', { args: [{ minimumUsers: 0 }] })).rejects.toThrow();
  await expect(handle.executeUpdate('advance', { args: [{ at: 'soon' }] })).rejects.toThrow();
  expect((await loop.client.impact.status(model)).spec.minimumUsers).toBe(20);
  await expect(start(fresh(), { attributionWindow: '2y' })).rejects.toThrow('attributionWindow');
});

test('a run goes on as new, and nothing is lost', async () => {
  const model = fresh();
  const spec = await start(model);
  await trade(model, '2026-01', spec);
  const handle = loop.client.impact.handle(model);
  const { runId } = await handle.describe();
  await advance(model, '2026-01-20');
  await Promise.all(Array.from({ length: RUN_LIMITS.signals }, () => loop.client.impact.refresh(model)));
  await eventually(async () => (await handle.describe()).runId !== runId);
  await advance(model, '2026-02-02');
  expect(await last(model)).toMatchObject({ month: '2026-01', revision: 1 });
  expect((await last(model)).additionalRevenue!.value).toBeCloseTo(300, 9);
  expect((await loop.client.impact.status(model)).months).toHaveLength(1);
  const history = await loop.temporal.workflow.getHandle(workflowIds.impact(model), runId).fetchHistory();
  const workflowBundle = { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! };
  await Worker.runReplayHistory({ workflowBundle }, history, workflowIds.impact(model));
});

test('a person ends it; then services are refused, and it may begin again', async () => {
  const model = fresh();
  const spec = await start(model);
  await trade(model, '2026-01', spec);
  await advance(model, '2026-01-10');
  const closed = await loop.client.impact.close(model, { who: 'ann', reason: 'the shop closes' });
  expect(closed).toMatchObject({ state: 'closed', nextDueAt: null, closed: { who: 'ann' } });
  expect(await last(model)).toMatchObject({ revision: 0 });
  await eventually(async () => (await loop.client.impact.handle(model).describe()).status.name === 'COMPLETED');
  await expect(loop.client.impact.recommend(model, [])).rejects.toThrow(`the tracking of ${model} was closed by ann`);
  await loop.client.impact.start(spec);
  expect(await loop.client.impact.recommend(model, [])).toMatchObject({ recorded: 0 });
  await advance(model, '2026-02-02');
  const report: ImpactReport = await last(model);
  expect(report).toMatchObject({ revision: 1, additionalRevenue: { treatedUsers: 30 } });
});

test('on the wall clock one timer a day waits', async () => {
  const model = fresh();
  const today = new Date().toISOString().slice(0, 10);
  await start(model, { clock: 'wall', start: today });
  const status = await loop.client.impact.status(model);
  expect(status).toMatchObject({ state: 'tracking', months: [] });
  expect(status.nextDueAt).toBe(new Date(Date.parse(today) + 86_400_000).toISOString());
  await expect(advance(model, '2026-01-10')).rejects.toThrow('clock is "wall": expected a tracker on the data clock');
  await eventually(async () => {
    const { events } = await loop.client.impact.handle(model).fetchHistory();
    return events!.filter((event) => event.timerStartedEventAttributes != null).length === 1;
  });
});
