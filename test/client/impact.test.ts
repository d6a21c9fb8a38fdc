import { WorkflowNotFoundError } from '@temporalio/client';
import { NotTrackedError } from '../../src/client';
import { SchemaError } from '../../src/schemas';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { impactSpec, order, shown, usersOf } from '../support/impact';

let loop: TestLoop;
let model: string;
let user: string;
beforeAll(async () => {
  loop = await startTestLoop();
  ({ model } = loop);
  const spec = await loop.client.impact.start(impactSpec(model));
  [user] = usersOf(spec, 'control', 1) as [string];
});
afterAll(() => loop.close());

const event = (id: string, at = '2026-01-02T10:00') => shown(id, user, at);

test('what is started again is the tracker that runs', async () => {
  await loop.client.impact.start(impactSpec(model, { controlGroupSize: 0.2 }));
  expect((await loop.client.impact.status(model)).spec.controlGroupSize).toBe(0.5);
});

test('the group of a user is what the event is recorded with', async () => {
  expect(await loop.client.impact.groupOf(model, user, '2026-01-02')).toEqual({ group: 'control', rotation: 'first' });
  await loop.client.impact.recommend(model, [event('g1')]);
  expect(await loop.db.collection('recommendationEvents').findOne({ eventId: 'g1' })).toMatchObject({
    model,
    userId: user,
    group: 'control',
    rotation: 'first',
  });
  await expect(loop.client.impact.groupOf(model, user, '2025-01-02')).rejects.toThrow(NotTrackedError);
});

test('events are taken once, by id; bad ones are rejected and counted', async () => {
  const { impact } = loop.client;
  const ahead = new Date(Date.now() + 2 * 86_400_000).toISOString();
  const given = [
    event('e1'),
    { ...event('e2'), at: ahead },
    event('e3', '2025-12-31T23:59'),
    { ...event('e4'), userId: '' },
    event('e5'),
  ];
  const result = await impact.recommend(model, given);
  expect(result).toMatchObject({ recorded: 2, duplicates: 0, conflicts: 0 });
  expect(result.rejected.map(({ index, reason, path }) => [index, reason, path])).toEqual([
    [1, 'future-timestamp', 'at'],
    [2, 'before-start', 'at'],
    [3, 'invalid-value', 'userId'],
  ]);
  expect(await impact.recommend(model, [event('e1'), { ...event('e5'), items: ['z'] }])).toMatchObject({
    recorded: 0,
    duplicates: 1,
    conflicts: 1,
  });
});

test('clicks and orders too', async () => {
  const { impact } = loop.client;
  const click = { recommendationId: 'e1', at: '2026-01-02T11:00:00.000Z' };
  expect(await impact.click(model, [click, { ...click, recommendationId: '' }])).toMatchObject({
    recorded: 1,
    rejected: [{ index: 1, path: 'recommendationId' }],
  });
  expect(await impact.click(model, [click])).toMatchObject({ recorded: 0, duplicates: 1 });
  const bad = [{ ...order('o2', user, '2026-01-02T12:00', 1), revenue: Number.NaN }];
  const result = await impact.convert(model, [order('o1', user, '2026-01-02T12:00', 10), ...bad]);
  expect(result).toMatchObject({ recorded: 1, rejected: [{ index: 1, path: 'revenue', reason: 'invalid-value' }] });
});

test('a click that comes before what was clicked stays', async () => {
  const { impact } = loop.client;
  await impact.click(model, [{ recommendationId: 'early', at: '2026-01-02T10:30:00.000Z' }]);
  expect(await impact.recommend(model, [event('early')])).toMatchObject({ recorded: 1 });
  expect(await impact.recommend(model, [event('early')])).toMatchObject({ recorded: 0, duplicates: 1 });
  const found = await loop.db.collection('recommendationEvents').findOne({ eventId: 'early' });
  expect(found).toMatchObject({ clicks: [new Date('2026-01-02T10:30:00.000Z')], userId: user });
});

test('a model that nobody tracks, or a name that is none', async () => {
  await expect(loop.client.impact.recommend('unknown', [event('e9')])).rejects.toThrow('nothing tracks unknown');
  await expect(loop.client.impact.reports('a b')).rejects.toThrow('model');
  await expect(loop.client.impact.revisions(model, 'May')).rejects.toThrow('expected a month such as 2026-10');
  await expect(loop.client.impact.recommend({ $gt: '' } as never, [])).rejects.toThrow('model');
});

test('too many at once are refused before anything is written', async () => {
  const many = new Array(100_001).fill(event('many'));
  await expect(loop.client.impact.recommend(model, many)).rejects.toThrow('expected a list of at most 100000');
  await expect(loop.client.impact.recommend(model, 'e1' as never)).rejects.toThrow('expected a list');
});

describe('errors have types', () => {
  const at = '2026-01-02T11:00:00.000Z';

  test.each([
    ['recommend', () => loop.client.impact.recommend('unknown', [])],
    ['click', () => loop.client.impact.click('unknown', [{ recommendationId: 'e1', at }])],
    ['convert', () => loop.client.impact.convert('unknown', [order('o1', user, '2026-01-02T12:00', 1)])],
    ['groupOf', () => loop.client.impact.groupOf('unknown', user)],
  ])('%s of a model that nobody tracks', async (_, call) => {
    await expect(call()).rejects.toThrow(NotTrackedError);
    await expect(call()).rejects.toThrow('nothing tracks unknown: start it by impact.start');
  });

  test.each([
    ['status', () => loop.client.impact.status('unknown')],
    ['refresh', () => loop.client.impact.refresh('unknown')],
    ['configure', () => loop.client.impact.configure('unknown', { minimumUsers: 5 })],
    ['close', () => loop.client.impact.close('unknown', { who: 'ann', reason: 'over' })],
  ])('%s of a model that nobody tracks', async (_, call) => {
    await expect(call()).rejects.toThrow(WorkflowNotFoundError);
  });

  test.each([
    ['a spec', 'controlGroupSize', () => loop.client.impact.start(impactSpecOf({ controlGroupSize: 2 }))],
    ['a change', 'minimumUsers', () => loop.client.impact.configure(model, { minimumUsers: 0 })],
    ['a change of what stays', 'currency', () => loop.client.impact.configure(model, { currency: 'USD' } as never)],
    ['a decision', 'who', () => loop.client.impact.close(model, { who: '', reason: 'over' })],
    ['a decision without a reason', 'reason', () => loop.client.impact.close(model, { who: 'ann' } as never)],
    ['a user', 'expected', () => loop.client.impact.groupOf(model, '')],
    ['a user that is no text', 'expected', () => loop.client.impact.groupOf(model, { $ne: '' } as never)],
    ['a time', 'expected', () => loop.client.impact.groupOf(model, user, 'soon')],
    ['a month', 'expected a month', () => loop.client.impact.revisions(model, '2026-13')],
    ['a model', 'model', () => loop.client.impact.revisions('a b', '2026-01')],
  ])('%s that does not hold', async (_, said, call) => {
    await expect(call()).rejects.toThrow(SchemaError);
    await expect(call()).rejects.toThrow(said);
  });

  test('clicks and orders, too many or no list at all', async () => {
    const many = new Array(100_001).fill({});
    await expect(loop.client.impact.click(model, many)).rejects.toThrow(SchemaError);
    await expect(loop.client.impact.convert(model, many)).rejects.toThrow('100001 of them');
    await expect(loop.client.impact.convert(model, { length: 1 } as never)).rejects.toThrow(SchemaError);
  });

  function impactSpecOf(change: object) {
    return { model, start: '2026-01-01', attributionWindow: '1d', currency: 'EUR', ...change };
  }
});

test('events of all kinds are rejected one by one, each with its place, path and value', async () => {
  const { impact } = loop.client;
  const bad = [
    null,
    'text',
    { ...event('x1'), items: 'a' },
    { ...event('x2'), items: [''] },
    { ...event('x3'), modelVersion: 1.5 },
    { ...event('x4'), at: 'soon' },
    { ...event('x5'), colour: 'red' },
  ] as never[];
  const { recorded, rejected } = await impact.recommend(model, bad);
  expect(recorded).toBe(0);
  expect(rejected.map(({ index, path }) => [index, path])).toEqual([
    [0, '(root)'],
    [1, '(root)'],
    [2, 'items'],
    [3, 'items.0'],
    [4, 'modelVersion'],
    [5, 'at'],
    [6, 'colour'],
  ]);
  expect(rejected[4]!.message).toContain('modelVersion is 1.5');
  expect(await loop.db.collection('recommendationEvents').countDocuments({ eventId: { $regex: '^x' } })).toBe(0);
});

test('a correction is recorded, an older one is a duplicate, another content a conflict', async () => {
  const { impact } = loop.client;
  const first = order('c1', user, '2026-01-02T12:00', 10);
  const counts = async (change: object) => {
    const { recorded, duplicates, conflicts } = await impact.convert(model, [{ ...first, ...change }]);
    return [recorded, duplicates, conflicts];
  };
  expect(await counts({})).toEqual([1, 0, 0]);
  expect(await counts({ revision: 2, revenue: 12 })).toEqual([1, 0, 0]);
  expect(await counts({ revision: 1, revenue: 11 })).toEqual([0, 1, 0]);
  expect(await counts({ revision: 2, revenue: 13 })).toEqual([0, 0, 1]);
});
