import type { PredictionRow } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, outcome, prediction } from '../support/rows';
import { bucketsOf } from '../support/summary-rows';

let opened: TestStores;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const settings = { task: 'binary' as const, keys: [], rankingDepth: 10 };
const query = { from: hour(0), to: hour(100), asOf: hour(1_000) };
const read = (target: ReturnType<typeof fresh>) => opened.stores.rows.read({ target, ...query });

test('whole segments that are folded are dropped, and their summaries stay', async () => {
  const { retention, summaries, predictions, outcomes } = opened.stores;
  const target = fresh();
  await predictions.log(target, many(5, prediction));
  await predictions.log(target, [prediction(8), prediction(12)]);
  await outcomes.log(target, many(5, outcome));
  expect(await retention.drop(target, hour(10))).toBe(0);
  await summaries.fold(target, settings);
  const before = await bucketsOf(opened.db, target);
  expect(await retention.drop(target, hour(10))).toBe(1);
  // The second segment holds a row that is too young.
  expect((await read(target)).ids).toEqual(['p00008', 'p00012']);
  expect(await opened.db.collection('segmentLabels').countDocuments({})).toBe(0);
  expect(await bucketsOf(opened.db, target)).toEqual(before);
  const { all } = await summaries.read(target, settings, { ...query, asOf: hour(26) });
  // Labels later than asOf cannot be told from others where rows are gone.
  expect([all.served, all.labelled]).toEqual([7, 5]);
  await summaries.rebuild(
    target,
    [0, 4, 8, 12].map((k) => new Date(hour(k))),
  );
  expect(await bucketsOf(opened.db, target)).toEqual(before);
  expect(await retention.drop(target, hour(10))).toBe(0);
});

test('an outcome of a dropped prediction is set aside, whether it waits or comes later', async () => {
  const { retention, labels, predictions, outcomes, quarantine } = opened.stores;
  const target = fresh();
  const unnamed = many(2, (k): PredictionRow => prediction(k, { predictionId: undefined as never }));
  const { ids } = await predictions.log(target, unnamed);
  await predictions.log(target, [prediction(3)]);
  await outcomes.log(target, [outcome(4, { predictionId: 'never', labelTs: hour(20) })]);
  await outcomes.log(target, [outcome(5, { predictionId: 'perhaps', labelTs: hour(60) })]);
  await labels.fold(target);
  expect(await labels.countPending(target)).toBe(2);
  expect(await retention.drop(target, hour(50))).toBe(2);
  expect(await labels.countPending(target)).toBe(1);
  expect(await quarantine.count(target)).toEqual({ 'expired-prediction': 1 });
  await outcomes.log(target, [
    outcome(3),
    outcome(0, { predictionId: ids[1]!, labelTs: hour(70) }),
    outcome(6, { predictionId: 'perhaps too', labelTs: hour(70) }),
  ]);
  expect(await labels.fold(target)).toBe(0);
  expect(await quarantine.count(target)).toEqual({ 'expired-prediction': 3 });
  expect(await labels.countPending(target)).toBe(2);
});
