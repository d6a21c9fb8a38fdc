import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { experimentSpec, look } from '../support/specs';
import { ArtifactCorruptError, StaleWriterError } from '../../src/stores';
import type { LedgerEntry, RetrainSpec } from '../../src/contracts';

let opened: TestStores;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

describe('artifacts', () => {
  const bytes = Buffer.alloc(1_500_000, 'model');

  test('bytes come back under their digest, and are stored once', async () => {
    const { artifacts } = opened.stores;
    const digest = await artifacts.put(bytes);
    expect(await artifacts.put(bytes)).toBe(digest);
    expect(Buffer.compare(Buffer.from(await artifacts.get(digest)), bytes)).toBe(0);
    expect(await opened.db.collection('artifacts.files').countDocuments({ filename: digest })).toBe(1);
  });

  test('altered or missing bytes are never handed out', async () => {
    const digest = await opened.stores.artifacts.put(Buffer.from('to be altered'));
    await opened.db
      .collection('artifacts.chunks')
      .updateOne({ files_id: digest }, { $set: { data: Buffer.from('to be Altered') } });
    await expect(opened.stores.artifacts.get(digest)).rejects.toThrow(ArtifactCorruptError);
    await expect(opened.stores.artifacts.get(digest)).rejects.toThrow(digest);
    await expect(opened.stores.artifacts.get('0'.repeat(64))).rejects.toThrow('not in the store');
  });

  test('chunks that a crash left do not stand in the way', async () => {
    const digest = await opened.stores.artifacts.put(Buffer.from('half written'));
    await opened.db.collection('artifacts.files').deleteOne({ _id: digest as never });
    expect(await opened.stores.artifacts.put(Buffer.from('half written'))).toBe(digest);
    expect(Buffer.from(await opened.stores.artifacts.get(digest)).toString()).toBe('half written');
  });
});

describe('the registry', () => {
  const entry = (model: string, key: string) => ({
    model,
    key,
    artifact: 'a',
    trainer: 't',
    dataset: null,
    trainedOn: null,
    metrics: {},
    state: 'registered' as const,
  });

  test('numbers have no gaps, however many register at once, and a key gets one number', async () => {
    const { model } = fresh();
    const keys = Array.from({ length: 16 }, (_, k) => `k${k % 12}`);
    const versions = await Promise.all(keys.map((key) => opened.stores.registry.register(entry(model, key))));
    expect((await opened.stores.registry.list(model)).map(({ version }) => version)).toEqual(
      Array.from({ length: 12 }, (_, k) => k + 1),
    );
    expect(versions[0]!.version).toBe(versions[12]!.version);
  });

  test('a change of state is noted once', async () => {
    const { model } = fresh();
    await opened.stores.registry.register(entry(model, 'k'));
    for (let again = 0; again < 2; again += 1) await opened.stores.registry.setState(model, 1, 'archived', 'why');
    const found = await opened.db.collection('models').findOne({ model });
    expect(found).toMatchObject({ state: 'archived', notes: [{ state: 'archived', reason: 'why' }] });
  });
});

describe('the deployment', () => {
  const entry = (target: ReturnType<typeof fresh>, token: number, change: Partial<LedgerEntry> = {}) => ({
    ...target,
    token,
    champion: token,
    challenger: null,
    split: null,
    previous: null,
    action: 'deploy' as const,
    reason: 'r',
    who: 'w',
    key: `k${token}`,
    effectiveAt: `2011-0${token}-01T00:00:00.000Z`,
    ...change,
  });

  test('a stale writer is refused, the same key gets what was recorded', async () => {
    const target = fresh();
    const first = await opened.stores.deployments.write(entry(target, 1));
    await opened.stores.deployments.write(entry(target, 2));
    await expect(opened.stores.deployments.write(entry(target, 2, { key: 'other', champion: 9 }))).rejects.toThrow(
      StaleWriterError,
    );
    expect(await opened.stores.deployments.write(entry(target, 3, { key: 'k1', champion: 9 }))).toEqual(first);
    expect((await opened.stores.deployments.current(target))!.champion).toBe(2);
  });

  test('a crash between ledger and deployment is mended by the retry', async () => {
    const target = fresh();
    await opened.stores.deployments.write(entry(target, 1));
    await opened.db.collection('deployments').deleteOne({ model: target.model });
    await opened.stores.deployments.write(entry(target, 1));
    expect((await opened.stores.deployments.current(target))!.token).toBe(1);
  });

  test('what served at a time is known, in the model’s clock', async () => {
    const target = fresh();
    for (const token of [1, 2, 3]) await opened.stores.deployments.write(entry(target, token));
    expect(await opened.stores.deployments.at(target, '2010-01-01T00:00:00.000Z')).toBeNull();
    expect((await opened.stores.deployments.at(target, '2011-02-15T00:00:00.000Z'))!.champion).toBe(2);
    expect((await opened.stores.deployments.history(target)).map(({ token }) => token)).toEqual([1, 2, 3]);
  });
});

describe('experiments, retrainings, evaluations', () => {
  test('experiments are numbered per target, a key gets one number', async () => {
    const target = fresh();
    const reserved = await Promise.all(
      ['a', 'b', 'a', 'c'].map((key) => opened.stores.experiments.reserve(target, key)),
    );
    expect(new Set(reserved.map(({ number }) => number))).toEqual(new Set([1, 2, 3]));
    expect(reserved[0]).toEqual(reserved[2]);
    expect(reserved[0]!.id).toBe(`${target.model}.production.${reserved[0]!.number}`);
  });

  test('the first look, plan and result stand', async () => {
    const target = fresh();
    const { id } = await opened.stores.experiments.reserve(target, 'k');
    const spec = experimentSpec({ ...target, id });
    const plan = {
      looks: 8,
      minimumDetectableEffect: null,
      baseline: null,
      samplePerArm: null,
      expectedPerArm: 1,
      warnings: [],
    };
    await opened.stores.experiments.open(spec, plan);
    expect(await opened.stores.experiments.open(spec, { ...plan, expectedPerArm: 2 })).toMatchObject({
      expectedPerArm: 1,
    });
    for (const z of [1, 2]) await opened.stores.experiments.recordLook(id, look({ k: 1, z }));
    expect((await opened.stores.experiments.find(id))!.looks['1']!.z).toBe(1);
  });

  test('a retraining that has ended gives its result to whoever asks under its key', async () => {
    const spec = { ...fresh(), key: `key${counter}`, at: '2012-01-01T00:00:00.000Z' } as unknown as RetrainSpec;
    expect(await opened.stores.retrainings.begin(spec)).toBeNull();
    expect((await opened.stores.retrainings.open()).map(({ _id }) => _id)).toContain(spec.key);
    for (const decision of ['promoted', 'failed'] as const)
      await opened.stores.retrainings.close(spec.key, { decision } as never);
    expect(await opened.stores.retrainings.begin(spec)).toEqual({ decision: 'promoted' });
  });

  test('the first evaluation of a window stands', async () => {
    const target = fresh();
    const evaluation = {
      from: 'a',
      to: 'b',
      asOf: 'c',
      served: 1,
      drift: [],
      performance: { n: 1, correct: 1, accuracy: 1, logLoss: null, auroc: null },
    };
    await opened.stores.evaluations.record(target, evaluation, null);
    expect(await opened.stores.evaluations.record(target, { ...evaluation, served: 2 }, null)).toMatchObject({
      served: 1,
    });
  });
});
