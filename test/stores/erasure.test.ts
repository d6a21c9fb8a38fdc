import { createHash } from 'node:crypto';
import { BSON } from 'mongodb';
import type { OutcomeRow, PredictionRow } from '../../src/contracts';
import { runsOf } from '../../src/stores/erased-segment';
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

const settings = { task: 'binary' as const, keys: ['country'], rankingDepth: 10 };
const request = { who: 'ada', reason: 'asked to', at: hour(200) };
const query = { from: hour(0), to: hour(100), asOf: hour(1_000) };
/** A subject and values that occur nowhere else. */
const SECRET = 'subject-7f3a';
const isTheirs = (k: number) => k % 4 === 1;
const row = (k: number): PredictionRow =>
  prediction(k, {
    ts: hour(k / 3),
    unit: isTheirs(k) ? SECRET : `u${k % 3}`,
    features: { x: k, country: isTheirs(k) ? 'secret-land' : 'DE', list: isTheirs(k) ? ['secret-list'] : null },
    score: (k % 10) / 10,
  });
const known = (k: number, change: Partial<OutcomeRow> = {}): OutcomeRow =>
  outcome(k, { labelTs: hour(50 + k), ...change });

async function everything(target: ReturnType<typeof fresh>): Promise<string> {
  const parts: string[] = [];
  for (const { name } of await opened.db.listCollections().toArray()) {
    const found = await opened.db.collection(name).find({ model: target.model }).toArray();
    parts.push(...found.map((document) => Buffer.from(BSON.serialize(document)).toString('latin1')));
  }
  return parts.join('\n');
}

async function loaded(minted: boolean, rows: readonly number[]) {
  const target = fresh();
  const { predictions, outcomes, summaries } = opened.stores;
  const predicted = rows.map((k) => ({ ...row(k), ...(minted ? { predictionId: undefined as never } : {}) }));
  const { ids } = await predictions.log(target, predicted);
  await outcomes.log(
    target,
    rows.map((k, place) => known(k, { predictionId: ids[place]! })),
  );
  await summaries.fold(target, settings);
  return { target, ids };
}

test.each([false, true])(
  'a subject is erased from everything, and the rest stays (ids of ours: %s)',
  async (minted) => {
    const all = many(40, (k) => k);
    const { target, ids } = await loaded(minted, all);
    const { erasure, summaries, outcomes, labels, quarantine } = opened.stores;
    expect(await everything(target)).toContain('secret');
    const audit = await erasure.forget(target, SECRET, request);
    expect(audit).toEqual({
      ...target,
      ...request,
      subject: createHash('sha256').update(SECRET).digest('hex'),
      predictions: 10,
      outcomes: 10,
      segments: 1,
    });
    const left = await everything(target);
    expect(left).not.toContain('secret');
    expect(left).not.toContain(SECRET);
    const others = await loaded(
      minted,
      all.filter((k) => !isTheirs(k)),
    );
    expect(await bucketsOf(opened.db, target)).toEqual(await bucketsOf(opened.db, others.target));
    // Ids of the rows that stay lead where they led; those of the others lead nowhere.
    await outcomes.log(target, [known(6, { predictionId: ids[6]!, revision: 1, label: 0, labelTs: hour(99) })]);
    await outcomes.log(target, [known(5, { predictionId: ids[5]!, revision: 1, label: 0, labelTs: hour(99) })]);
    expect(await labels.fold(target)).toBe(1);
    const found = await opened.stores.rows.find(target, ids[6]!);
    expect(found).toMatchObject({ label: 0, revision: 1, features: { x: 6, country: 'DE' } });
    if (minted) expect(await quarantine.count(target)).toEqual({ 'expired-prediction': 1 });
    else expect(await labels.countPending(target)).toBe(1);
    expect(await erasure.forget(target, SECRET, request)).toEqual(audit);
    expect(await erasure.list(target)).toEqual([audit]);
    expect(await opened.stores.rows.find(target, ids[5]!)).toBeNull();
    const read = await opened.stores.rows.read({ target, ...query, servedOnly: true });
    expect([read.n, read.ids]).toEqual([30, ids.filter((_, k) => !isTheirs(k))]);
    const { all: summed } = await summaries.read(target, settings, query);
    expect([summed.served, summed.labelled]).toEqual([30, 30]);
  },
);

test('a subject that is all there is leaves nothing, and hours whose rows were dropped lose it, too', async () => {
  const { erasure, summaries, retention, predictions, outcomes } = opened.stores;
  const target = fresh();
  await predictions.log(target, [row(0), row(2)]);
  await predictions.log(target, [{ ...row(1), ts: hour(0) }, row(90)]);
  await predictions.log(target, [{ ...row(5), ts: hour(3) }]);
  await outcomes.log(
    target,
    [0, 1, 2, 5].map((k) => known(k)),
  );
  await summaries.fold(target, settings);
  expect(await retention.drop(target, hour(2))).toBe(1);
  await erasure.forget(target, SECRET, request);
  expect(await predictions.segments.countDocuments({ model: target.model })).toBe(1);
  const { all, slices } = await summaries.read(target, settings, { ...query, slices: true });
  expect([all.served, all.labelled, slices.map(({ slice, served }) => [slice, served])]).toEqual([
    3,
    2,
    [['country=DE', 3]],
  ]);
});

test('rows between erased ones are read in runs', () => {
  expect(runsOf({}, 2, 5)).toEqual([[2, 5]]);
  expect(runsOf({ erased: [0, 2, 3, 6] }, 0, 8)).toEqual([
    [1, 2],
    [4, 6],
    [7, 8],
  ]);
  expect(runsOf({ erased: [1, 4] }, 2, 4)).toEqual([[2, 4]]);
  expect(runsOf({ erased: [0, 1] }, 0, 2)).toEqual([]);
});
