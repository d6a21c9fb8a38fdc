import { createActivities } from '../../activities';
import type { LoopwrightActivities, ModelTarget, OutcomeRow } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, outcome, prediction } from '../support/rows';

jest.setTimeout(60_000);

let opened: TestStores;
let activities: LoopwrightActivities;
let counter = 0;
const fresh = (): ModelTarget => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  opened = await openTestStores();
  activities = createActivities({ stores: opened.stores });
});
afterAll(() => opened.close());

const bad = (k: number): OutcomeRow => ({ predictionId: `bad${k}`, label: 7 as never, labelTs: hour(k) });
const written = async ({ model }: ModelTarget) => ({
  outcomes: await opened.db.collection('outcomeSegments').countDocuments({ model }),
  predictions: await opened.db.collection('predictionSegments').countDocuments({ model }),
  quarantine: await opened.db.collection('quarantine').countDocuments({ model }),
});

test('a bad row is set aside with its reason and the others go in', async () => {
  const target = fresh();
  const outcomes = [outcome(1), bad(2), { ...outcome(3), labelTs: '2999-01-01' }, null as never, outcome(4)];
  expect(await activities.logOutcomes({ target, batch: { batchId: 'x', outcomes } })).toEqual({
    logged: 2,
    duplicates: 0,
    quarantined: [
      expect.objectContaining({ reason: 'invalid-value', path: 'label', predictionId: 'bad2' }),
      expect.objectContaining({ reason: 'future-timestamp', predictionId: 'p00003' }),
      expect.objectContaining({ reason: 'invalid-value', path: '(root)', predictionId: null }),
    ],
  });
  expect(await opened.stores.quarantine.count(target)).toEqual({ 'future-timestamp': 1, 'invalid-value': 2 });
});

test('the same batch again changes nothing; another body is a conflict', async () => {
  const target = fresh();
  const batch = { batchId: 'x', outcomes: many(5, outcome) };
  expect(await activities.logOutcomes({ target, batch })).toMatchObject({ logged: 5, duplicates: 0 });
  expect(await activities.logOutcomes({ target, batch })).toMatchObject({ logged: 0, duplicates: 5 });
  const other = { batchId: 'x', outcomes: [outcome(0, { label: 0 }), outcome(1)] };
  expect(await activities.logOutcomes({ target, batch: other })).toMatchObject({
    logged: 0,
    duplicates: 1,
    quarantined: [{ reason: 'conflict', predictionId: 'p00000' }],
  });
});

test('a batch above the limit of its way is refused whole', async () => {
  const target = fresh();
  const rows = (n: number) => ({ batchId: 'x', outcomes: many(n, outcome) });
  await expect(activities.logOutcomes({ target, batch: rows(501) })).rejects.toThrow(
    'recordOutcomes: outcomes is 501 rows: expected at most 500 rows in a batch; nothing was written',
  );
  const wide = { batchId: 'x', outcomes: many(400, (k) => outcome(k, { predictionId: `${k}`.padEnd(150, 'x') })) };
  await expect(activities.logOutcomes({ target, batch: wide })).rejects.toThrow(
    /outcomes is \d{5} bytes of JSON: expected at most 49152 bytes/,
  );
  await expect(activities.logOutcomes({ target, batch: rows(10_001), by: 'workflow' })).rejects.toThrow('10001 rows');
  const large = { ...prediction(0), features: { text: 'x'.repeat(1_048_576) } };
  await expect(activities.logPredictions({ target, batchId: 'x', predictions: [large] })).rejects.toThrow(
    /recordPredictions: predictions is \d+ bytes of JSON: expected at most 1048576/,
  );
  expect(await written(target)).toEqual({ outcomes: 0, predictions: 0, quarantine: 0 });
  expect(await activities.logOutcomes({ target, batch: rows(501), by: 'workflow' })).toMatchObject({ logged: 501 });
});

test('a result stays small whatever was set aside, and every row is counted and kept', async () => {
  const target = fresh();
  const many10000 = { batchId: 'x', outcomes: [...many(9_990, bad), ...many(10, outcome)] };
  const result = await activities.logOutcomes({ target, batch: many10000, by: 'workflow' });
  expect(result).toMatchObject({ logged: 10, duplicates: 0, unlisted: 9_940 });
  expect(result.quarantined).toHaveLength(50);
  expect((await written(target)).quarantine).toBe(9_990);
  const named = many(40, (k) => ({ ...outcome(k), [`${k}${'ü'.repeat(4_000)}`]: 1 }));
  const wide = await activities.logOutcomes({ target, batch: { batchId: 'y', outcomes: named }, by: 'workflow' });
  expect(wide.quarantined.length + wide.unlisted!).toBe(40);
  for (const sent of [result, wide]) expect(Buffer.byteLength(JSON.stringify(sent))).toBeLessThanOrEqual(65_536);
});

test('predictions go the same way, under ids of the caller only', async () => {
  const target = fresh();
  const { predictionId: _, ...nameless } = prediction(3);
  const input = { target, batchId: 'x', predictions: [prediction(1), prediction(2), nameless as never] };
  expect(await activities.logPredictions(input)).toEqual({
    logged: 2,
    duplicates: 0,
    quarantined: [expect.objectContaining({ reason: 'invalid-value', path: 'predictionId', predictionId: null })],
  });
  expect(await activities.logPredictions(input)).toMatchObject({ logged: 0, duplicates: 2 });
  expect(await opened.stores.rows.find(target, 'p00001')).toMatchObject({ version: 1, features: { x: 1 } });
});

test.each([[{ model: { $ne: null } }], [{ model: '../x' }], [undefined], [{}]])(
  'the target %j is refused',
  async (target) => {
    const batch = { batchId: 'x', outcomes: [outcome(1)] };
    await expect(activities.logOutcomes({ target: target as never, batch })).rejects.toThrow('recordOutcomes target');
  },
);

test('eager is switched on and off', async () => {
  const target = fresh();
  await activities.setEager({ target, eager: true });
  expect(await opened.stores.nudges.take(target)).toBe('taken');
  await activities.setEager({ target, eager: false });
  expect(await opened.stores.nudges.take(target)).toBe('off');
});
