import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import type { Rows } from '../../src/stores';

let opened: TestStores;
let counter = 0;
const target = { model: 'm', environment: 'production' };
const at = '2011-01-01T00:00:00.000Z';
const facts = { positives: 1, from: at, to: at, asOf: at, holdoutFrom: at };
const never = () => Promise.resolve(false);

beforeAll(async () => {
  opened = await openTestStores();
  await opened.stores.datasets.migrate();
});
afterAll(() => opened.close());

/** One row; another number is another dataset. */
function fresh(): Rows {
  const x = (counter += 1);
  const columns = new Map([['x', Float64Array.from([x])]]);
  return { n: 1, ids: [`p${x}`], at: Float64Array.from([x]), label: Uint8Array.from([1]), columns } as unknown as Rows;
}

const record = (rows: Rows, owner?: string) => opened.stores.datasets.record(target, rows, facts, owner);
const known = async (dataset: string) =>
  (await opened.db.collection('datasets').countDocuments({ _id: dataset as never })) === 1;

test('the same rows are one version, named by their content, whoever records them', async () => {
  const rows = fresh();
  const snapshots = await Promise.all([record(rows), record(rows, 'a'), record(rows, 'b')]);
  expect(new Set(snapshots.map(({ dataset }) => dataset)).size).toBe(1);
  expect(snapshots[0]).toMatchObject({ rows: 1, ...facts });
  expect(await opened.db.collection('datasets').findOne({ _id: snapshots[0].dataset as never })).toMatchObject({
    ...facts,
    features: ['x'],
  });
});

test('discard forgets what its owner recorded, and nothing of others', async () => {
  const [mine, shared, nobodys] = [fresh(), fresh(), fresh()];
  const names = [
    (await record(mine, 'me')).dataset,
    (await record(shared, 'me')).dataset,
    (await record(nobodys, 'me')).dataset,
  ];
  await record(shared, 'they');
  await record(nobodys);
  const left = () => Promise.all(names.map(known));
  for (let again = 0; again < 2; again += 1) await opened.stores.datasets.discard('me', never);
  expect(await left()).toEqual([false, true, true]);
  await opened.stores.datasets.discard('they', never);
  expect(await left()).toEqual([false, false, true]);
});

test('what a version names stays', async () => {
  const { dataset } = await record(fresh(), 'named');
  await opened.stores.datasets.discard('named', async (name) => name === dataset);
  expect(await known(dataset)).toBe(true);
});

test('a recording between the question and the deletion keeps the version', async () => {
  const rows = fresh();
  const { dataset } = await record(rows, 'old');
  let asked = 0;
  await opened.stores.datasets.discard('old', async () => {
    if ((asked += 1) === 1) await record(rows, 'new');
    return false;
  });
  expect(await known(dataset)).toBe(true);
  await opened.stores.datasets.discard('new', never);
  expect(await known(dataset)).toBe(false);
});

test('two owners who give up at once leave nothing behind', async () => {
  for (let round = 0; round < 10; round += 1) {
    const rows = fresh();
    const { dataset } = await record(rows, 'x');
    await record(rows, 'y');
    await Promise.all(['x', 'y'].map((owner) => opened.stores.datasets.discard(owner, never)));
    expect(await known(dataset)).toBe(false);
  }
});

test('what an earlier release recorded, without owners, stays', async () => {
  const rows = fresh();
  const { dataset } = await record(rows);
  await opened.db
    .collection('datasets')
    .updateOne({ _id: dataset as never }, { $unset: { owners: '', recordings: '' } });
  await opened.stores.datasets.discard('', never);
  expect(await known(dataset)).toBe(true);
});
