import { readFileSync } from 'node:fs';
import { LoopwrightClient } from '../../src/client';
import type { ExperimentDesign } from '../../src/contracts';
import { compareArms } from '../../src/statistics';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';
import { designOf, ended, eventOf, exposureOf, hours, metricOf, running } from '../support/tracking';

let opened: TestStores;
let client: LoopwrightClient;
beforeAll(async () => {
  opened = await openTestStores();
  client = new LoopwrightClient({ temporal: {} as never, mongo: opened.mongo, db: opened.db, warn: () => undefined });
});
afterAll(async () => {
  await client.close();
  await opened.close();
});

const sumsOf = (design: ExperimentDesign) =>
  opened.stores.unitSums.read({ design, from: hours(0), exposedTo: hours(500), epochs: [], detailed: false });
const assigned = (unit: string) => opened.db.collection('assignments').findOne({ unit: { $eq: unit } });

test('exposures and events are in the sums without anybody folding', async () => {
  const design = await running(opened.stores, designOf());
  await client.tracking.track(eventOf('inline', -1, 3));
  expect(await client.tracking.expose(exposureOf(design, 'inline'))).toEqual({
    accepted: 1,
    duplicates: 0,
    rejected: {},
  });
  await client.tracking.track([eventOf('inline', 1, 4), eventOf('inline', 2, 5)]);
  expect((await sumsOf(design)).variants[0]!.metrics[0]).toMatchObject({ n: 1, meanY: 9, meanX: 3 });
  expect(await assigned('inline')).toMatchObject({ dirty: false });
});

test('what one process has logged is not written again; earlier, elsewhere or refused it is', async () => {
  const design = await running(opened.stores, designOf());
  const write = jest.spyOn(Reflect.get(client.tracking, 'stores').assignments, 'write');
  const once = exposureOf(design, 'once', { at: hours(5) });
  await client.tracking.expose(once);
  expect(await client.tracking.expose([once, { ...once, at: hours(6) }])).toMatchObject({ accepted: 0, duplicates: 2 });
  expect(write).toHaveBeenCalledTimes(1);
  await client.tracking.expose({ ...once, at: hours(4) });
  await client.tracking.expose({ ...once, variant: 'new' });
  expect(await assigned('once')).toMatchObject({ exposedAt: new Date(hours(4)), crossed: 1, variant: 'control' });
  for (const _ of [1, 2])
    expect(await client.tracking.expose({ ...once, variant: 'third' })).toMatchObject({
      accepted: 0,
      rejected: { 'unknown-variant': 1 },
    });
  expect(write).toHaveBeenCalledTimes(5);
  write.mockRestore();
});

test('many callers with one row each write together, and each is answered for its own', async () => {
  const design = await running(opened.stores, designOf());
  const write = jest.spyOn(Reflect.get(client.tracking, 'stores').metricEvents, 'write');
  await Promise.all(many(30, (k) => client.tracking.expose(exposureOf(design, `g${k}`))));
  const event = eventOf('g0', 1, 1);
  await client.tracking.track(event);
  const results = await Promise.all([
    ...many(30, (k) => client.tracking.track(eventOf(`g${k}`, 1, 2))),
    client.tracking.track(event),
    client.tracking.track({ ...event, value: 9 }),
  ]);
  expect(results.slice(0, 30)).toEqual(many(30, () => ({ accepted: 1, duplicates: 0, rejected: {} })));
  expect(results[30]).toEqual({ accepted: 0, duplicates: 1, rejected: {} });
  expect(results[31]).toEqual({ accepted: 0, duplicates: 0, rejected: { 'conflicting-id': 1 } });
  expect(write).toHaveBeenCalledTimes(2);
  expect((await sumsOf(design)).variants[0]!.metrics[0]!.meanY).toBeCloseTo(61 / 30, 12);
  write.mockRestore();
});

test('bad rows are counted by reason, and an operator in the place of a unit reaches no filter', async () => {
  const design = await running(opened.stores, designOf());
  const over = await running(opened.stores, designOf());
  await ended(opened.stores, over);
  const injected = { $gt: '' } as unknown as string;
  const future = new Date(Date.now() + 2 * 86_400_000).toISOString();
  expect(
    await client.tracking.expose([
      exposureOf(design, injected),
      exposureOf(design, 'f', { at: future }),
      exposureOf(over, 'o'),
      exposureOf(design, 'fine'),
    ]),
  ).toEqual({ accepted: 1, duplicates: 0, rejected: { 'bad-unit': 1, 'in-the-future': 1, 'experiment-over': 1 } });
  expect(
    await client.tracking.track([
      eventOf('fine', 1),
      { ...eventOf('fine', 1), unit: injected },
      { ...eventOf('fine', 1), eventId: injected },
      { ...eventOf('fine', 1), at: future },
    ]),
  ).toEqual({ accepted: 1, duplicates: 0, rejected: { 'bad-unit': 1, 'bad-value': 1, 'in-the-future': 1 } });
});

test('a fold that fails does not fail what is stored; the next look makes it good', async () => {
  const design = await running(opened.stores, designOf());
  await client.tracking.expose(exposureOf(design, 'broken'));
  const mark = jest
    .spyOn(Reflect.get(client.tracking, 'stores').unitSums, 'mark')
    .mockRejectedValueOnce(new Error('down'));
  expect(await client.tracking.track(eventOf('broken', 1, 6))).toMatchObject({ accepted: 1 });
  mark.mockRestore();
  expect((await sumsOf(design)).variants[0]!.metrics[0]!.meanY).toBe(0);
  await opened.stores.unitSums.fold(design);
  expect((await sumsOf(design)).variants[0]!.metrics[0]!.meanY).toBe(6);
});

test('more than a million in one call are refused before anything is written', async () => {
  const rows = new Array<never>(1_000_001);
  await expect(client.tracking.track(rows)).rejects.toThrow('events: (root) is 1000001 rows: expected at most 1000000');
  await expect(client.tracking.expose(rows)).rejects.toThrow('exposures: (root) is');
});

test('LaLonde: earnings of 1978 with those of 1975 as the look-back, through MongoDB, give the known CUPED test', async () => {
  const metrics = [metricOf({ name: 'earnings' }), metricOf({ name: 'plain', lookBack: null })];
  const design = await running(opened.stores, designOf({ metrics }));
  const [head, ...lines] = readFileSync('data/ab/lalonde-nsw.csv', 'utf8').trim().split('\n');
  const place = (name: string) => head!.split(',').indexOf(name);
  const rows = lines.map((line) => line.split(','));
  const arm = (row: readonly string[]) => (row[place('treat')] === '1' ? 'new' : 'control');
  await client.tracking.expose(rows.map((row, k) => exposureOf(design, `man-${k}`, { variant: arm(row) })));
  await client.tracking.track(
    rows.flatMap((row, k) => [
      eventOf(`man-${k}`, -3, Number(row[place('re75')])),
      eventOf(`man-${k}`, 3, Number(row[place('re78')])),
    ]),
  );
  const { variants } = await sumsOf(design);
  const [control, trained] = variants.map(
    ({ metrics: [earnings] }) => ({ kind: 'adjusted-mean', ...earnings! }) as const,
  );
  const adjusted = compareArms(control!, trained!);
  if (adjusted.status !== 'ok') throw new Error(adjusted.status);
  expect(adjusted.n).toEqual([260, 185]);
  // The file is rounded, what these were computed from was not.
  expect(adjusted.statistic).toBeCloseTo(2.6117092135584175, 7);
  expect(adjusted.pValue).toBeCloseTo(0.009451950184783352, 9);
  expect(adjusted.adjustment!.theta).toBeCloseTo(0.1780465812024533, 7);
  const [plain, other] = variants.map(
    ({ metrics: [, one] }) => ({ kind: 'mean', n: one!.n, mean: one!.meanY, m2: one!.m2Y }) as const,
  );
  const unadjusted = compareArms(plain!, other!);
  expect(unadjusted.status === 'ok' && unadjusted.statistic).toBeCloseTo(2.6741454697826605, 7);
});
