import { rmSync } from 'node:fs';
import fc from 'fast-check';
import type { OutcomeRow } from '../../src/contracts';
import { compileStores, killedAt } from '../support/child-stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour, many, outcome, prediction } from '../support/rows';
import { bucketsOf } from '../support/summary-rows';

jest.setTimeout(200_000);

let opened: TestStores;
let compiled: string;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  compiled = compileStores();
  opened = await openTestStores();
});
afterAll(async () => {
  rmSync(compiled, { recursive: true });
  await opened.close();
});

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

test('of two bodies under one revision the same one stands, whatever came first', async () => {
  const bodies = [
    outcome(1, { label: 1, labelTs: hour(30) }),
    outcome(1, { label: 0, labelTs: hour(25) }),
    outcome(1, { label: 1, labelTs: hour(25) }),
  ];
  for (const order of [bodies, [...bodies].reverse()]) {
    const target = fresh();
    await opened.stores.predictions.log(target, [prediction(1)]);
    // Batches that know nothing of each other: the index on ids is what would have refused the second.
    for (const [k, body] of order.entries()) {
      await opened.stores.outcomes.log(target, [{ ...body, predictionId: `x${k}` }]);
      await opened.stores.outcomes.segments.updateOne(
        { model: target.model, predictionIds: `x${k}` },
        { $set: { predictionIds: [body.predictionId] } },
      );
      await opened.stores.labels.fold(target);
    }
    expect(await labels(target)).toEqual({ p00001: 0 });
  }
});

test('outcomes that wait for ever keep nobody from finding a prediction', async () => {
  const target = fresh();
  const waiting = many(2_500, (k) => outcome(k, { predictionId: `a${String(k).padStart(5, '0')}` }));
  await opened.stores.outcomes.log(target, [...waiting, outcome(1, { predictionId: 'z' })]);
  expect(await opened.stores.labels.fold(target)).toBe(0);
  await opened.stores.predictions.log(target, [prediction(1, { predictionId: 'z' })]);
  expect(await opened.stores.labels.fold(target)).toBe(1);
  expect(await opened.stores.labels.countPending(target)).toBe(2_500);
});

test('outcomes find rows by the address that is their id, and keep gains and numbers', async () => {
  const target = fresh();
  const rows = many(3, (k) => prediction(k, { predictionId: undefined as never }));
  const { ids } = await opened.stores.predictions.log(target, rows);
  const told = { labelTs: hour(40), label: undefined };
  await opened.stores.outcomes.log(target, [
    outcome(0, { ...told, predictionId: ids[0]!, value: 2.5 }),
    outcome(1, { ...told, predictionId: ids[1]!, relevance: [0, 3] }),
  ]);
  expect(await opened.stores.labels.fold(target)).toBe(2);
  const found = await opened.stores.rows.read({ target, from: hour(0), to: hour(3), asOf: hour(50) });
  expect([...found.label]).toEqual([254, 254, 255]);
  expect([...found.value]).toEqual([2.5, NaN, NaN]);
  expect(found.relevance).toEqual([null, [0, 3], null]);
});

test('an address that leads nowhere is set aside at once', async () => {
  const target = fresh();
  await opened.stores.outcomes.log(target, [outcome(1, { predictionId: `${'0'.repeat(32)}/000` })]);
  expect(await opened.stores.labels.fold(target)).toBe(0);
  expect(await opened.stores.labels.countPending(target)).toBe(0);
  expect(await opened.stores.quarantine.count(target)).toEqual({ 'expired-prediction': 1 });
});

describe.each(['fold-marked', 'fold-labelled', 'fold-summed', 'fold-committed'])('a process killed at %s', (point) => {
  const settings = { task: 'binary' as const, keys: ['part'], rankingDepth: 10 };
  const rows = many(50, (k) => prediction(k, { features: { x: k, part: k % 3 } }));

  test.each([1, 2])('at its visit %i blocks nobody for long, loses nothing and counts nothing twice', async (visit) => {
    const [target, untouched] = [fresh(), fresh()];
    for (const each of [target, untouched]) {
      await opened.stores.predictions.log(each, rows.slice(0, 25));
      await opened.stores.summaries.fold(each, settings);
      await opened.stores.outcomes.log(each, many(50, outcome));
      await opened.stores.predictions.log(each, rows.slice(25));
    }
    const code = `await stores.summaries.fold(${JSON.stringify(target)}, ${JSON.stringify(settings)});`;
    const database = opened.db.databaseName;
    expect(await killedAt(compiled, { database, code, point, visit })).toBe('SIGKILL');
    const started = Date.now();
    await opened.stores.summaries.fold(target, settings);
    // mongod would hold the dead transaction's locks for a minute and more.
    expect(Date.now() - started).toBeLessThan(15_000);
    expect(Object.keys(await labels(target))).toHaveLength(50);
    await opened.stores.summaries.fold(untouched, settings);
    expect(await bucketsOf(opened.db, target)).toEqual(await bucketsOf(opened.db, untouched));
  });
});
