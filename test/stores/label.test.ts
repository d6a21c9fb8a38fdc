import { fork } from 'node:child_process';
import { writeFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import type { OutcomeRow } from '../../src/contracts';
import { build } from '../support/cli';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, outcome, prediction } from '../support/rows';

jest.setTimeout(200_000);

let opened: TestStores;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  await build();
  opened = await openTestStores();
});
afterAll(() => opened.close());

async function labels(target: ReturnType<typeof fresh>): Promise<Record<string, number>> {
  const rows = await opened.stores.rows.read({ target, from: hour(0), to: hour(1_000_000), asOf: hour(1_000_000) });
  return Object.fromEntries(rows.ids.map((id, row) => [id, rows.label[row]!]).filter(([, label]) => label !== 255));
}

test('whatever the order of arrival, with duplicates and revisions, the highest revision stands', async () => {
  const deck = fc.array(fc.record({ k: fc.nat({ max: 12 }), revision: fc.nat({ max: 3 }) }), {
    minLength: 1,
    maxLength: 40,
  });
  await fc.assert(
    fc.asyncProperty(deck, fc.integer({ min: 1, max: 5 }), fc.boolean(), async (cards, size, predictionsFirst) => {
      const target = fresh();
      const rows: OutcomeRow[] = cards.map(({ k, revision }) =>
        outcome(k, { revision, label: (k + revision) % 2 === 0 ? 1 : 0 }),
      );
      const predict = () => opened.stores.predictions.log(target, many(13, prediction));
      if (predictionsFirst) await predict();
      for (let start = 0; start < rows.length; start += size) {
        await opened.stores.outcomes.log(target, rows.slice(start, start + size));
        await opened.stores.labels.fold(target);
      }
      if (!predictionsFirst) await predict();
      await opened.stores.labels.fold(target);
      const oracle = new Map<string, OutcomeRow>();
      for (const row of rows)
        if ((oracle.get(row.predictionId)?.revision ?? -1) < row.revision!) oracle.set(row.predictionId, row);
      expect(await labels(target)).toEqual(Object.fromEntries([...oracle].map(([id, { label }]) => [id, label])));
      expect(await opened.stores.labels.countPending(target)).toBe(0);
    }),
    { numRuns: 25 },
  );
});

test('an outcome of a prediction that never comes waits and is counted', async () => {
  const target = fresh();
  await opened.stores.outcomes.log(target, [outcome(1)]);
  expect(await opened.stores.labels.fold(target)).toBe(0);
  expect(await opened.stores.labels.countPending(target)).toBe(1);
  await opened.stores.predictions.log(target, [prediction(1)]);
  expect(await opened.stores.labels.fold(target)).toBe(1);
  expect(await opened.stores.labels.countPending(target)).toBe(0);
});

test('the same outcome again is a duplicate, another label under the same revision a conflict', async () => {
  const target = fresh();
  await opened.stores.outcomes.log(target, [outcome(1)]);
  expect(await opened.stores.outcomes.log(target, [outcome(1)])).toMatchObject({ logged: 0, duplicates: 1 });
  expect(await opened.stores.outcomes.log(target, [outcome(1, { label: 1 })])).toMatchObject({
    logged: 0,
    quarantined: [{ reason: 'conflict' }],
  });
});

test('folders that meet take turns and count each segment once', async () => {
  const target = fresh();
  await opened.stores.predictions.log(target, many(2_000, prediction));
  for (let batch = 0; batch < 10; batch += 1)
    await opened.stores.outcomes.log(
      target,
      many(200, (k) => outcome(batch * 200 + k)),
    );
  const folded = await Promise.all([1, 2, 3].map(() => opened.stores.labels.fold(target)));
  expect(folded.reduce((sum, n) => sum + n, 0)).toBe(2_000);
  expect(Object.keys(await labels(target))).toHaveLength(2_000);
});

test.each(['fold-marked', 'fold-labelled', 'fold-committed'])(
  'a process killed at %s blocks nobody for long and loses nothing',
  async (point) => {
    const target = fresh();
    await opened.stores.predictions.log(target, many(50, prediction));
    await opened.stores.outcomes.log(target, many(50, outcome));
    const folder = await mkdtemp(join(tmpdir(), 'loopwright-fold-'));
    const script = join(folder, 'fold.js');
    const lib = join(__dirname, '../../lib/src/stores');
    const driver = join(__dirname, '../../node_modules/mongodb');
    await writeFile(
      script,
      `const { MongoClient } = require(${JSON.stringify(driver)}); const { MONGO_OPTIONS, openStores } = require(${JSON.stringify(lib)});
     MongoClient.connect(process.env.LOOPWRIGHT_TEST_MONGODB, MONGO_OPTIONS).then((mongo) => openStores(mongo, mongo.db(${JSON.stringify(opened.db.databaseName)}, MONGO_OPTIONS),
       (name) => { if (name === ${JSON.stringify(point)}) process.kill(process.pid, 'SIGKILL'); }).labels.fold(${JSON.stringify(target)}));`,
    );
    const signal = await new Promise((resolve) =>
      fork(script, { execArgv: [] }).once('exit', (_, given) => resolve(given)),
    );
    expect(signal).toBe('SIGKILL');
    const started = Date.now();
    await opened.stores.labels.fold(target);
    // mongod would hold the dead transaction's locks for a minute and more.
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(Object.keys(await labels(target))).toHaveLength(50);
    await rm(folder, { recursive: true });
  },
);
