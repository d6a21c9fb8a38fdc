import fc from 'fast-check';
import type { OutcomeRow, PredictionRow, SummarySettings, TaskKind } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour } from '../support/rows';
import { bucketsOf, streams, told } from '../support/summary-rows';
import type { Told } from '../support/summary-rows';

jest.setTimeout(200_000);

let opened: TestStores;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const settingsOf = (task: TaskKind): SummarySettings => ({ task, keys: ['country', 'n'], rankingDepth: 2 });
type Entry = { readonly prediction: PredictionRow } | { readonly outcome: OutcomeRow };

/** Everything at once: predictions, then outcomes in the order of their revisions. */
async function summedAtOnce(stream: readonly Told[], settings: SummarySettings) {
  const target = fresh();
  await opened.stores.predictions.log(
    target,
    stream.map(({ prediction }) => prediction),
  );
  await opened.stores.outcomes.log(
    target,
    stream.flatMap(({ outcomes }) => outcomes),
  );
  await opened.stores.summaries.fold(target, settings);
  return target;
}

async function write(target: ReturnType<typeof fresh>, batch: readonly Entry[]): Promise<void> {
  await opened.stores.predictions.log(
    target,
    batch.flatMap((entry) => ('prediction' in entry ? [entry.prediction] : [])),
  );
  await opened.stores.outcomes.log(
    target,
    batch.flatMap((entry) => ('outcome' in entry ? [entry.outcome] : [])),
  );
}

test.each<TaskKind>(['binary', 'regression', 'ranking'])(
  'any order, duplication and splitting of %s rows gives the same documents, byte for byte',
  async (task) => {
    const settings = settingsOf(task);
    await fc.assert(
      fc.asyncProperty(
        streams(task, 1, 25),
        fc.infiniteStream(fc.nat({ max: 1_000 })),
        fc.integer({ min: 1, max: 20 }),
        async (stream, chance, size) => {
          const expected = await bucketsOf(opened.db, await summedAtOnce(stream, settings));
          const entries: Entry[] = stream.flatMap(({ prediction, outcomes }) => [
            { prediction },
            ...outcomes.map((outcome) => ({ outcome })),
          ]);
          const twice = [...entries, ...entries.filter(() => chance.next().value! % 5 === 0)];
          const shuffled = twice
            .map((entry) => [chance.next().value!, entry] as const)
            .sort(([a], [b]) => a - b)
            .map(([, entry]) => entry);
          const target = fresh();
          for (let start = 0; start < shuffled.length; start += size) {
            await write(target, shuffled.slice(start, start + size));
            if (chance.next().value! % 2 === 0) await opened.stores.summaries.fold(target, settings);
          }
          await opened.stores.summaries.fold(target, settings);
          expect(await bucketsOf(opened.db, target)).toEqual(expected);
          const hours = Array.from({ length: 60 }, (_, k) => new Date(hour(k)));
          await opened.stores.summaries.rebuild(target, hours);
          expect(await bucketsOf(opened.db, target)).toEqual(expected);
        },
      ),
      { numRuns: 12, seed: 7, endOnFailure: true },
    );
  },
);

const stream = (task: TaskKind, n: number): Told[] =>
  Array.from({ length: n }, (_, k) => {
    const share = (step: number) => (k * step) % 1;
    return told(task, k, [share(0.618034), share(0.414214), share(0.732051)], k % 4);
  });

test('folders that meet count every segment once', async () => {
  const settings = settingsOf('binary');
  const rows = stream('binary', 300);
  const target = fresh();
  for (let start = 0; start < rows.length; start += 10) {
    const batch = rows.slice(start, start + 10);
    await write(
      target,
      batch.flatMap(({ prediction, outcomes }) => [{ prediction }, ...outcomes.map((outcome) => ({ outcome }))]),
    );
  }
  await Promise.all([1, 2, 3].map(() => opened.stores.summaries.fold(target, settings)));
  expect(await bucketsOf(opened.db, target)).toEqual(await bucketsOf(opened.db, await summedAtOnce(rows, settings)));
});

test('other settings make other summaries of everything that is there, also when that is interrupted', async () => {
  const rows = stream('binary', 60);
  const target = await summedAtOnce(rows, settingsOf('binary'));
  const wanted = { ...settingsOf('binary'), keys: ['flag'] };
  const query = { from: hour(0), to: hour(100), asOf: hour(1_000), slices: true };
  await expect(opened.stores.summaries.read(target, wanted, query)).rejects.toThrow('fold first');
  // As after a crash: settings were changed, and some of the old buckets are gone.
  await opened.stores.labels.summaries.configure(target, wanted);
  await opened.db.collection('monitorBuckets').deleteOne({ model: target.model });
  await opened.stores.labels.fold(target);
  const { slices } = await opened.stores.summaries.read(target, wanted, query);
  expect(slices.map(({ slice }) => slice)).toEqual(['flag=0', 'flag=1']);
  expect(await bucketsOf(opened.db, target)).toEqual(await bucketsOf(opened.db, await summedAtOnce(rows, wanted)));
});

test('of a key with too many values the same ones are kept, and nothing is lost', async () => {
  const settings = { ...settingsOf('binary'), keys: ['user'] };
  const rows = stream('binary', 700).map(({ prediction, outcomes }, k) => ({
    prediction: { ...prediction, version: 1, ts: hour(2), features: { user: `u${k}` } },
    outcomes,
  }));
  const [forwards, backwards] = [fresh(), fresh()];
  for (const [target, order] of [
    [forwards, rows],
    [backwards, [...rows].reverse()],
  ] as const) {
    for (let start = 0; start < order.length; start += 175) {
      const batch = order.slice(start, start + 175);
      await write(
        target,
        batch.flatMap(({ prediction, outcomes }) => [{ prediction }, ...outcomes.map((outcome) => ({ outcome }))]),
      );
      await opened.stores.summaries.fold(target, settings);
    }
  }
  expect(await bucketsOf(opened.db, backwards)).toEqual(await bucketsOf(opened.db, forwards));
  const query = { from: hour(2), to: hour(3), asOf: hour(1_000), slices: true, seasonOf: () => '' };
  const { all, slices, rests, seasons } = await opened.stores.summaries.read(forwards, settings, query);
  const total = (of: 'served' | 'labelled') => [...slices, ...rests].reduce((sum, part) => sum + part[of], 0);
  expect([slices.length, rests.length, total('served'), total('labelled')]).toEqual([100, 1, 700, all.labelled]);
  const { texts } = seasons.get('')!.features.find(({ feature }) => feature === 'user')!;
  expect([texts!.n, texts!.counts.size, texts!.other]).toEqual([700, 500, 200]);
  expect(rows.filter((_, k) => texts!.placeOf(`u${k}`) === null)).toHaveLength(200);
});

test('a revision with an older date brings the newest label of its hour back', async () => {
  const settings = settingsOf('binary');
  const target = fresh();
  const [first, second] = stream('binary', 2).map(({ prediction }) => ({ ...prediction, ts: hour(1), version: 1 }));
  const outcome = (predictionId: string, revision: number, k: number): OutcomeRow => ({
    predictionId,
    revision,
    label: 1,
    labelTs: hour(k),
  });
  await opened.stores.predictions.log(target, [first!, second!]);
  await opened.stores.outcomes.log(target, [outcome(first!.predictionId, 0, 9), outcome(second!.predictionId, 0, 5)]);
  await opened.stores.summaries.fold(target, settings);
  const newest = async () =>
    (await opened.db.collection('monitorBuckets').findOne({ model: target.model, kind: 'all' }))!.newestLabel;
  expect(await newest()).toEqual(new Date(hour(9)));
  await opened.stores.outcomes.log(target, [outcome(first!.predictionId, 1, 3)]);
  await opened.stores.summaries.fold(target, settings);
  expect(await newest()).toEqual(new Date(hour(5)));
});

test('no document is larger than a megabyte, however wide the hour', async () => {
  const settings = settingsOf('binary');
  const target = fresh();
  const rows = Array.from({ length: 5_000 }, (_, k) => ({
    predictionId: `w${k}`,
    ts: hour(3),
    version: 1,
    score: (k % 997) / 997,
    prediction: (k % 2) as 0 | 1,
    features: { wide: (k % 2 === 0 ? -1 : 1) * 1.01 ** (k - 2_500), text: `${'é'.repeat(1_000)}${k}` },
  }));
  await opened.stores.predictions.log(target, rows);
  await opened.stores.summaries.fold(target, settings);
  const sizes = await opened.db
    .collection('monitorBuckets')
    .aggregate([
      { $match: { model: target.model } },
      { $group: { _id: null, most: { $max: { $bsonSize: '$$ROOT' } } } },
    ])
    .toArray();
  expect(sizes[0]!.most).toBeGreaterThan(10_000);
  expect(sizes[0]!.most).toBeLessThan(1_000_000);
});
