import { createHash } from 'node:crypto';
import { ModelsClient } from '../../src/client/models';
import type { RegisterModel } from '../../src/client';
import { failureTypes } from '../../src/contracts';
import type { Serving } from '../../src/contracts';
import { encodeModel, ModelFormatError } from '../../src/models';
import { SchemaError } from '../../src/schemas';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { modelBytes } from '../support/models';
import { logisticOnnx } from '../support/onnx';

let opened: TestStores;
let models: ModelsClient;
let counter = 0;
const fresh = () => `m${(counter += 1)}`;
beforeAll(async () => {
  opened = await openTestStores();
  models = new ModelsClient(opened.stores);
});
afterAll(() => opened.close());

const person = { who: 'ops', reason: 'bad data' };
const signature = [{ name: 'x', type: 'number' as const }];
const digestOf = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

/** A model whose bytes nobody else has. */
const bytesOf = (model: string) => modelBytes(Number(model.slice(1)) + 0.5);
const register = (model: string, change: Partial<RegisterModel> = {}) =>
  models.register({ model, key: 'k', artifact: bytesOf(model), ...change });

let token = 0;
/** Makes something serve, as a deployment would. */
async function serve(model: string, serving: Partial<Serving>): Promise<void> {
  token += 1;
  await opened.stores.deployments.write({
    ...{ model, environment: 'production', token, champion: 1, challenger: null, split: null, previous: null },
    ...{ action: 'deploy', reason: 'r', who: 'w', key: `k${token}`, effectiveAt: '2011-01-01T00:00:00.000Z' },
    ...serving,
  });
}

async function expectNothingStored(model: string): Promise<void> {
  expect(await models.list(model)).toEqual([]);
  expect(await opened.stores.artifacts.exists(digestOf(bytesOf(model)))).toBe(false);
}

describe('registration', () => {
  test('format, trainer and signature are told from the bytes', async () => {
    const model = fresh();
    const format = 'loopwright/logistic-regression@1';
    const features = ['b', 'a'].map((name) => ({ name, mean: 0, scale: 1 }));
    const artifact = encodeModel({ format, features, coefficients: [1, 2], intercept: 0, trainedRows: 9 });
    const version = await models.register({ model, key: 'k', artifact, digest: digestOf(artifact) });
    expect(version).toMatchObject({
      format,
      trainer: 'logistic-regression',
      artifact: digestOf(artifact),
      state: 'registered',
      signature: ['a', 'b'].map((name) => ({ name, type: 'number' })),
    });
    expect(Buffer.from(await models.artifact(version))).toEqual(Buffer.from(artifact));
    expect(await models.find(model, 1)).toEqual(version);
  });

  test('all that is said of a version is kept', async () => {
    const said = {
      dataset: 'd',
      code: 'git:1',
      hyperparameters: { 'a.b': 1, $c: 'x' },
      metrics: { 'hold.out': { n: 1, correct: 1, accuracy: 1, logLoss: null, auroc: null } },
      estimates: { auroc: { value: 0.7, low: null, high: 0.8 } },
      lineage: { parent: null, retraining: 'r' },
    };
    expect(await register(fresh(), said)).toMatchObject(said);
  });

  test('an ONNX model needs its signature, and a trainer of the user’s may have none', async () => {
    const onnx = { artifact: logisticOnnx([1], 0) };
    await expect(register(fresh(), onnx)).rejects.toThrow('signature is missing');
    expect(await register(fresh(), { ...onnx, signature })).toMatchObject({
      format: 'onnx',
      trainer: 'onnx',
      signature,
    });
    const own = await register(fresh(), { artifact: Buffer.from('weights'), trainer: 'mine' });
    expect(own).toMatchObject({ format: 'stage', trainer: 'mine' });
    expect(own).not.toHaveProperty('signature');
  });

  test.each([
    ['a pickle', Buffer.from('80049528000000', 'hex'), undefined, 'a pickle'],
    ['a pickle of the user’s own trainer', Buffer.from('80049528000000', 'hex'), 'mine', 'a pickle'],
    ['an unknown format', Buffer.from('unknown'), undefined, 'unknown format'],
    ['another trainer’s format', modelBytes(1), 'onnx', 'trainer is "onnx"'],
  ])('%s is refused before anything is stored', async (_, artifact, trainer, words) => {
    const model = fresh();
    await expect(register(model, { artifact, trainer })).rejects.toThrow(ModelFormatError);
    await expect(register(model, { artifact, trainer })).rejects.toThrow(words);
    expect(await models.list(model)).toEqual([]);
    expect(await opened.stores.artifacts.exists(digestOf(artifact))).toBe(false);
  });

  const long = Object.fromEntries(Array.from({ length: 201 }, (_, k) => [`h${k}`, k]));
  const fields = (...names: string[]) => names.map((name) => ({ name, type: 'number' as const }));
  test.each<[string, object, string]>([
    ['another digest', { digest: '0'.repeat(64) }, 'digest is "000'],
    ['a digest that is none', { digest: 'abc' }, 'digest is "abc"'],
    ['a signature that is not the model’s', { signature }, 'signature.0 is {"name":"x"'],
    ['a signature out of order', { signature: fields('b', 'a') }, 'signature.1.name is "a"'],
    ['a feature twice', { signature: fields('a', 'a') }, 'signature.1.name is "a"'],
    ['a type that is none', { signature: [{ name: 'a', type: 'date' }] }, 'signature.0.type is "date"'],
    ['too many features', { signature: fields(...Array.from({ length: 2001 }, (_, k) => `${k + 1000}`)) }, 'signature'],
    ['too many hyperparameters', { hyperparameters: long }, 'hyperparameters'],
    ['a hyperparameter that is no value', { hyperparameters: { a: { b: 1 } } }, 'hyperparameters.a is {"b":1}'],
    ['a hyperparameter without end', { hyperparameters: { a: Infinity } }, 'hyperparameters.a is Infinity'],
    ['a name that JavaScript keeps', { hyperparameters: JSON.parse('{"__proto__":1}') }, 'hyperparameters'],
    ['code without end', { code: 'x'.repeat(501) }, 'code is'],
    ['an interval turned round', { estimates: { a: { value: 1, low: 2, high: 1 } } }, 'estimates.a.low is 2'],
    ['metrics that are none', { metrics: { a: { n: 'x' } } }, 'metrics.a.n is "x"'],
    ['a parent that is none', { lineage: { parent: 0, retraining: null } }, 'lineage.parent is 0'],
    ['a field nobody knows', { colour: 1 }, 'colour is not a known field'],
  ])('%s is refused with path and value, and nothing is stored', async (_, change, words) => {
    const model = fresh();
    await expect(register(model, change)).rejects.toThrow(SchemaError);
    await expect(register(model, change)).rejects.toThrow(words);
    await expectNothingStored(model);
  });

  test('the same key is the same version, and other bytes under it are not kept', async () => {
    const model = fresh();
    const first = await register(model);
    expect(await register(model)).toEqual(first);
    const other = modelBytes(-Number(model.slice(1)));
    expect(await register(model, { artifact: other })).toEqual(first);
    expect(await opened.stores.artifacts.exists(digestOf(other))).toBe(false);
  });
});

test('aliases are read from what serves', async () => {
  const model = fresh();
  for (const key of ['1', '2', '3']) await register(model, { key });
  expect(await models.alias({ model }, 'champion')).toBeNull();
  await serve(model, { champion: 3, challenger: 2, previous: 1 });
  for (const [alias, version] of [
    ['champion', 3],
    ['challenger', 2],
    ['previous', 1],
  ] as const) {
    expect((await models.alias({ model, environment: 'production' }, alias))!.version).toBe(version);
  }
  expect(await models.alias({ model, environment: 'staging' }, 'champion')).toBeNull();
  await expect(models.alias({ model }, 'latest' as never)).rejects.toThrow('expected champion, challenger or previous');
});

describe('removal', () => {
  test('takes the artifact along, leaves number and record, and is ended by a second call', async () => {
    const model = fresh();
    await register(model);
    const digest = digestOf(bytesOf(model));
    expect(await models.remove(model, 1, person)).toMatchObject({ version: 1, state: 'deleted' });
    expect(await opened.stores.artifacts.exists(digest)).toBe(false);
    expect(await models.remove(model, 1, person)).toMatchObject({ state: 'deleted' });
    const { notes } = (await opened.db.collection('models').findOne({ model }))!;
    expect(notes).toMatchObject([{ state: 'deleted', reason: 'ops: bad data' }]);
    expect((await register(model, { key: 'next' })).version).toBe(2);
  });

  test('a key that led to a deleted version does not bring its bytes back', async () => {
    const model = fresh();
    await register(model);
    await models.remove(model, 1, person);
    expect(await register(model)).toMatchObject({ version: 1, state: 'deleted' });
    expect(await opened.stores.artifacts.exists(digestOf(bytesOf(model)))).toBe(false);
  });

  test('keeps bytes that another version names or a retraining claims', async () => {
    const model = fresh();
    for (const key of ['1', '2']) await register(model, { key });
    const digest = digestOf(bytesOf(model));
    await models.remove(model, 1, person);
    expect(await opened.stores.artifacts.exists(digest)).toBe(true);
    await opened.stores.artifacts.put(bytesOf(model), 'retraining');
    await models.remove(model, 2, person);
    expect(await opened.stores.artifacts.exists(digest)).toBe(true);
    await opened.stores.artifacts.discard('retraining', () => Promise.resolve(false));
    expect(await opened.stores.artifacts.exists(digest)).toBe(false);
  });

  test.each([
    ['champion', { champion: 2 }],
    ['challenger', { challenger: 2 }],
    ['shadow', { shadow: 2 }],
  ] as const)('is refused while the version serves as %s anywhere', async (as, serving) => {
    const model = fresh();
    for (const key of ['1', '2']) await register(model, { key });
    await serve(model, { environment: 'staging', ...serving });
    const refused = models.remove(model, 2, person);
    await expect(refused).rejects.toThrow(`${model}@2 serves in staging as ${as}`);
    await expect(refused).rejects.toMatchObject({ type: failureTypes.conflict, nonRetryable: true });
    expect((await models.find(model, 2))!.state).toBe('registered');
    expect(await models.versionsServing(model)).toContainEqual({ model, environment: 'staging', version: 2, as });
  });

  test('is refused while a rollout verifies a version that nothing names yet', async () => {
    const model = fresh();
    for (const key of ['1', '2']) await register(model, { key });
    await serve(model, { rollout: 'r1' });
    await expect(models.remove(model, 2, person)).rejects.toThrow('wait for rollout r1');
    await serve(model, { rollout: 'r1', challenger: 3 });
    expect(await models.remove(model, 2, person)).toMatchObject({ state: 'deleted' });
  });

  test('that meets a deployment on its way is taken back', async () => {
    const model = fresh();
    for (const key of ['1', '2']) await register(model, { key });
    const { registry } = opened.stores;
    const meeting = new ModelsClient({
      ...opened.stores,
      registry: Object.assign(Object.create(registry) as typeof registry, {
        remove: async (...input: Parameters<typeof registry.remove>) => {
          const before = await registry.remove(...input);
          await serve(model, { champion: 2 });
          return before;
        },
      }),
    });
    await expect(meeting.remove(model, 2, person)).rejects.toThrow('serves in production as champion');
    expect((await models.find(model, 2))!.state).toBe('registered');
    expect(await opened.stores.artifacts.exists(digestOf(bytesOf(model)))).toBe(true);
  });

  test('says what is wrong with it', async () => {
    await expect(models.remove(fresh(), 1, person)).rejects.toMatchObject({ type: failureTypes.notFound });
    await expect(models.remove('m', 0, person)).rejects.toThrow('version is 0');
    await expect(models.remove('m', 1, { who: '', reason: 'r' })).rejects.toThrow('who is ""');
    await expect(models.remove({ $ne: '' } as never, 1, person)).rejects.toThrow(SchemaError);
  });
});
