import { Client } from '@temporalio/client';
import { LoopwrightClient } from '../../src/client';
import { OutcomesClient, PredictionsClient } from '../../src/client/ingestion';
import { Nudges } from '../../src/client/nudges';
import { LOG_LIMIT } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, newPrediction, outcome, prediction } from '../support/rows';

let opened: TestStores;
let predictions: PredictionsClient;
let outcomes: OutcomesClient;
let target: { model: string };
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
  predictions = new PredictionsClient(opened.stores);
  outcomes = new OutcomesClient(opened.stores, new Nudges(opened.stores.nudges, new Client()));
});
beforeEach(() => {
  counter += 1;
  target = { model: `m${counter}` };
});
afterAll(() => opened.close());

const count = () => opened.stores.predictions.segments.countDocuments({ model: target.model });

describe('logging predictions', () => {
  test('ids stand where their rows stood; a bad row and a conflict have none', async () => {
    await predictions.log(target, prediction(1));
    const { ids, ...result } = await predictions.log(target, [
      newPrediction(0),
      newPrediction(0, { score: 7 }),
      prediction(1, { score: 0.1 }),
      prediction(2, { ts: '2011-08-01' }),
    ]);
    expect(ids).toEqual([expect.stringMatching(/^[0-9a-f]{32}\/000$/), null, null, 'p00002']);
    expect(result).toMatchObject({
      logged: 2,
      duplicates: 0,
      quarantined: [{ path: 'score' }, { reason: 'conflict' }],
    });
    expect((await outcomes.quarantine(target)).byReason).toEqual({ 'invalid-value': 1, conflict: 1 });
    expect(await predictions.find(target, 'p00002')).toMatchObject({ ts: '2011-08-01T00:00:00.000Z' });
  });

  test('a single bad row is set aside, not thrown', async () => {
    expect(await predictions.log(target, newPrediction(0, { version: -1 }))).toMatchObject({
      logged: 0,
      ids: [null],
      quarantined: [{ path: 'version' }],
    });
    expect(await predictions.log(target, [])).toEqual({ logged: 0, duplicates: 0, quarantined: [], ids: [] });
    expect(await count()).toBe(0);
  });

  test('callers with one row each share a segment; a call with many rows is written by itself', async () => {
    await Promise.all(many(20, (k) => predictions.log(target, newPrediction(k))));
    expect(await count()).toBe(1);
    await Promise.all(many(2, () => predictions.log(target, many(5, newPrediction))));
    expect(await count()).toBe(3);
  });

  test('more rows than a call may have are refused before anything is written', async () => {
    const rows = new Array<ReturnType<typeof prediction>>(LOG_LIMIT + 1).fill(prediction(0));
    await expect(predictions.log(target, rows)).rejects.toThrow(
      'predictions: (root) is 1000001 rows: expected at most 1000000',
    );
    await expect(outcomes.log(target, new Array(LOG_LIMIT + 1).fill(outcome(0)))).rejects.toThrow(
      'outcomes: (root) is 1000001 rows',
    );
    expect(await count()).toBe(0);
  });

  test('closing the client leaves no row waiting', async () => {
    const client = new LoopwrightClient({ temporal: {} as never, mongo: opened.mongo, db: opened.db });
    const logged = client.predictions.log(target, newPrediction(0));
    const known = client.outcomes.log(target, outcome(0));
    // The rows are checked before they wait.
    await Promise.resolve();
    await client.close();
    expect(await count()).toBe(1);
    expect(await opened.stores.outcomes.segments.countDocuments({ model: target.model })).toBe(1);
    await Promise.all([logged, known]);
  });
});

test('an outcome may be a class, a number or a ranking', async () => {
  await predictions.log(target, many(3, prediction));
  const rows = [
    outcome(0),
    { predictionId: 'p00001', labelTs: hour(30), value: 2.5 },
    { predictionId: 'p00002', labelTs: hour(30), relevance: [1, 0] },
  ];
  for (const row of rows)
    expect(await outcomes.log(target, row)).toEqual({ logged: 1, duplicates: 0, quarantined: [] });
  await opened.stores.labels.fold({ ...target, environment: 'production' });
  expect(await predictions.find(target, 'p00001')).toMatchObject({ label: null, value: 2.5 });
  expect(await predictions.find(target, 'p00002')).toMatchObject({ label: null, relevance: [1, 0] });
});

test('a unit is forgotten with all that was logged of it, and who asked for it stands in the audit', async () => {
  const named = many(4, (k) => prediction(k, { unit: k < 2 ? 'jane' : 'joe' }));
  await predictions.log(target, named);
  await outcomes.log(target, many(4, outcome));
  await opened.stores.labels.fold({ ...target, environment: 'production' });
  const erased = await predictions.forget(target, 'jane', { who: 'ann', reason: 'she asked' });
  expect(erased).toMatchObject({ predictions: 2, outcomes: 2, who: 'ann', reason: 'she asked' });
  expect(JSON.stringify(erased)).not.toContain('jane');
  expect(await predictions.find(target, 'p00000')).toBeNull();
  expect(await predictions.find(target, 'p00003')).toMatchObject({ unit: 'joe' });
  expect((await predictions.forget(target, 'jane', { who: 'ann', reason: 'again' })).predictions).toBe(0);
  await expect(predictions.forget(target, '', { who: 'ann', reason: 'r' })).rejects.toThrow('subject is ""');
});
