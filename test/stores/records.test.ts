import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { experimentSpec, look } from '../support/specs';
import { StaleWriterError } from '../../src/stores';
import type { LedgerEntry, RetrainSpec } from '../../src/contracts';

let opened: TestStores;
let counter = 0;
const fresh = () => ({ model: `m${(counter += 1)}`, environment: 'production' });
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

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
