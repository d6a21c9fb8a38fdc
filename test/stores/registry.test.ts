import type { ModelVersion } from '../../src/contracts';
import type { NewVersion } from '../../src/stores/registry';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';

let opened: TestStores;
let counter = 0;
const fresh = () => `m${(counter += 1)}`;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const entry = (model: string, key: string, change: Partial<NewVersion> = {}): NewVersion => ({
  model,
  key,
  artifact: 'a',
  trainer: 't',
  dataset: null,
  trainedOn: null,
  metrics: {},
  state: 'registered',
  ...change,
});

test('numbers have no gaps, however many register at once, and a key gets one number', async () => {
  const model = fresh();
  const keys = Array.from({ length: 16 }, (_, k) => `k${k % 12}`);
  const versions = await Promise.all(keys.map((key) => opened.stores.registry.register(entry(model, key))));
  expect((await opened.stores.registry.list(model)).map(({ version }) => version)).toEqual(
    Array.from({ length: 12 }, (_, k) => k + 1),
  );
  expect(versions[0]!.version).toBe(versions[12]!.version);
});

test('a change of state is noted once', async () => {
  const model = fresh();
  await opened.stores.registry.register(entry(model, 'k'));
  for (let again = 0; again < 2; again += 1) await opened.stores.registry.setState(model, 1, 'archived', 'why');
  const found = await opened.db.collection('models').findOne({ model });
  expect(found).toMatchObject({ state: 'archived', notes: [{ state: 'archived', reason: 'why' }] });
});

const performance = { n: 4, correct: 3, accuracy: 0.75, logLoss: 0.5, auroc: null };

test('all that a version is said to be comes back, whatever its names are', async () => {
  const model = fresh();
  const said = entry(model, 'k', {
    dataset: 'd-1',
    trainedOn: { from: '2011-01-01T00:00:00.000Z', to: '2011-02-01T00:00:00.000Z' },
    metrics: { 'hold.out': performance, $last: performance },
    format: 'onnx',
    signature: [{ name: '$x.y', type: 'number' }],
    code: 'git:1',
    hyperparameters: { 'tree.depth': 3, $set: 'x', '': null, on: true },
    estimates: { 'auroc.$': { value: 0.7, low: 0.6, high: null } },
    lineage: { parent: 1, retraining: 'r' },
  });
  const registered = await opened.stores.registry.register(said);
  const { key: _key, ...facts } = said;
  expect(registered).toEqual({ ...facts, version: 1, name: `${model}@1`, registeredAt: registered.registeredAt });
  expect(Math.abs(Date.parse(registered.registeredAt!) - Date.now())).toBeLessThan(60_000);
  for (const found of [
    await opened.stores.registry.find(model, 1),
    await opened.stores.registry.findByKey(model, 'k'),
    (await opened.stores.registry.list(model))[0],
    await opened.stores.registry.register(said),
  ]) {
    expect(found).toEqual(registered);
  }
});

test('a version of an earlier release is read as it was written', async () => {
  const model = fresh();
  const old = { ...entry(model, 'k', { metrics: { holdout: performance } }), version: 1, name: `${model}@1` };
  const createdAt = new Date('2026-01-01T00:00:00Z');
  await opened.db.collection('models').insertOne({ _id: `${model}@1` as never, ...old, createdAt, notes: [] });
  const { key: _key, ...facts } = old;
  expect(await opened.stores.registry.find(model, 1)).toEqual({ ...facts, registeredAt: createdAt.toISOString() });
});

describe('a removal', () => {
  const states = async (model: string): Promise<ModelVersion['state'][]> =>
    (await opened.stores.registry.list(model)).map(({ state }) => state);

  test('leaves record and number, is noted, and is for good', async () => {
    const { registry } = opened.stores;
    const model = fresh();
    for (const key of ['a', 'b']) await registry.register(entry(model, key));
    expect(await registry.remove(model, 2, 'bad data')).toMatchObject({ state: 'registered', key: 'b', version: 2 });
    expect(await registry.remove(model, 2, 'again')).toMatchObject({ state: 'deleted', key: 'b' });
    expect(await registry.remove(model, 3, 'none')).toBeNull();
    await registry.setState(model, 2, 'champion', 'no');
    expect(await states(model)).toEqual(['registered', 'deleted']);
    expect((await registry.register(entry(model, 'c'))).version).toBe(3);
    expect((await registry.register(entry(model, 'b'))).version).toBe(2);
    const { notes } = (await opened.db.collection('models').findOne({ model, version: 2 }))!;
    expect(notes).toMatchObject([{ state: 'deleted', reason: 'bad data' }]);
  });

  test('that met a deployment is taken back, to the state before', async () => {
    const { registry } = opened.stores;
    const model = fresh();
    await registry.register(entry(model, 'a', { state: 'challenger' }));
    await registry.restore((await registry.find(model, 1))!, 'not deleted at all');
    const before = await registry.remove(model, 1, 'r');
    await registry.restore(before!, 'it serves');
    expect(await states(model)).toEqual(['challenger']);
    const { notes } = (await opened.db.collection('models').findOne({ model }))!;
    expect(notes.map(({ reason }: { reason: string }) => reason)).toEqual(['r', 'it serves']);
  });
});

test('who names an artifact or a dataset is found, of any model, unless it is deleted', async () => {
  const { registry } = opened.stores;
  const [one, other] = [fresh(), fresh()];
  await registry.register(entry(one, 'a', { artifact: `of-${one}`, dataset: `d-${one}` }));
  await registry.register(entry(other, 'a', { artifact: `of-${one}`, dataset: `d-${one}`, state: 'archived' }));
  expect(await registry.findByArtifact('of-nobody')).toBeNull();
  expect(await registry.findByDataset('d-nobody')).toBeNull();
  expect((await registry.findByArtifact(`of-${one}`))!.name).toBe(`${one}@1`);
  await registry.remove(one, 1, 'r');
  expect((await registry.findByArtifact(`of-${one}`))!.name).toBe(`${other}@1`);
  expect((await registry.findByDataset(`d-${one}`))!.name).toBe(`${other}@1`);
  await registry.remove(other, 1, 'r');
  expect(await registry.findByArtifact(`of-${one}`)).toBeNull();
  expect(await registry.findByDataset(`d-${one}`)).toBeNull();
});

test('challengers of every model are listed by model and number', async () => {
  const { registry } = opened.stores;
  const models = [fresh(), fresh()];
  for (const model of models) {
    for (const key of ['a', 'b', 'c']) {
      await registry.register(entry(model, key, { state: key === 'b' ? 'archived' : 'challenger' }));
    }
  }
  const names = (await registry.openChallengers()).map(({ name }) => name);
  expect(names.filter((name) => models.some((model) => name.startsWith(`${model}@`)))).toEqual(
    models.sort().flatMap((model) => [`${model}@1`, `${model}@3`]),
  );
  expect((await registry.challengers({ model: models[0]!, environment: 'e' })).length).toBe(2);
});
