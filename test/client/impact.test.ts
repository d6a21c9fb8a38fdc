import { NotTrackedError } from '../../src/client';
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
