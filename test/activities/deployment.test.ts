import { createActivities } from '../../activities';
import type { LoopwrightActivities, ModelSignature } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { modelBytes, registerVersion } from '../support/rollout-fixture';
import type { VersionChange } from '../support/rollout-fixture';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

let opened: TestStores;
let activities: LoopwrightActivities;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
  activities = createActivities({ stores: opened.stores });
});
afterAll(() => opened.close());

const fresh = (environment = 'production') => ({ model: `m${(counter += 1)}`, environment });

const register = (target: { readonly model: string }, key: string, change: VersionChange = {}) =>
  registerVersion(opened.stores, target.model, key, change);

describe('whether a version may serve', () => {
  const check = (target: ReturnType<typeof fresh>, version: number) => activities.checkDeployable({ target, version });
  const x = { name: 'x', type: 'number' as const };
  const serve = (target: ReturnType<typeof fresh>, ...versions: number[]) =>
    versions.reduce(
      (before, champion, k) =>
        before.then(async () => {
          const entry = { ...target, token: k + 1, champion, previous: null, challenger: null, split: null };
          const said = { action: 'deploy' as const, who: 'w', reason: 'r', key: `k${k}`, effectiveAt: hour(k) };
          await opened.stores.deployments.write({ ...entry, ...said });
        }),
      Promise.resolve(),
    );

  test('one that is there may', async () => {
    const target = fresh();
    expect(await check(target, await register(target, 'v'))).toBeNull();
  });

  test('where environments are declared any other is refused, with those that are', async () => {
    const target = fresh('prod');
    await register(target, 'v');
    expect(await check(target, 1)).toBeNull();
    const other = createActivities({ stores: opened.stores, environments: ['staging', 'production'] });
    expect(await other.checkDeployable({ target, version: 1 })).toBe(
      'environment is "prod": expected one of staging, production',
    );
  });

  test('unknown, deleted and without its artifact', async () => {
    const target = fresh();
    await expect(check(target, 1)).rejects.toMatchObject({ type: 'loopwright.NotFound' });
    await register(target, 'deleted', { state: 'deleted' });
    expect(await check(target, 1)).toContain('was deleted');
    await register(target, 'lost', { bytes: modelBytes(8) });
    const { artifact } = (await opened.stores.registry.find(target.model, 2))!;
    await opened.db.collection('artifacts.files').deleteMany({ filename: artifact });
    expect(await check(target, 2)).toContain('is not in the store');
  });

  test("features other than the champion's are named", async () => {
    const target = fresh();
    await register(target, '1', { signature: [x, { name: 'y', type: 'number' }, { name: 'z', type: 'category' }] });
    await register(target, '2', { signature: [{ name: 'a', type: 'number' }, x, { name: 'z', type: 'number' }] });
    await register(target, '3');
    await register(target, '4', { signature: [x, { name: 'y', type: 'number' }, { name: 'z', type: 'category' }] });
    expect(await check(target, 2)).toBeNull();
    await serve(target, 1);
    expect(await check(target, 2)).toBe(
      `${target.model}@2 takes other features than ${target.model}@1: a is new, z is a number, was a category`,
    );
    expect(await check(target, 3)).toBeNull();
    expect(await check(target, 4)).toBeNull();
  });

  test('new features are known where a version was trained on logged rows, or has served before', async () => {
    const target = fresh();
    const wide: ModelSignature = [x, { name: 'y', type: 'number' }];
    const kinds = [
      { signature: wide },
      { signature: [x] },
      { signature: wide, dataset: 'logged' },
      { signature: wide },
    ];
    for (const [k, kind] of kinds.entries()) await register(target, String(k), kind);
    await serve(target, 1, 2);
    expect([await check(target, 1), await check(target, 3)]).toEqual([null, null]);
    expect(await check(target, 4)).toContain('y is new');
  });

  test('what may take its place is the newest champion before it that is still there', async () => {
    const target = fresh();
    for (const key of ['1', '2', '3']) await register(target, key, { state: key === '2' ? 'deleted' : 'registered' });
    await serve(target, 1, 2, 3);
    expect(await activities.findFallback({ target, version: 3 })).toBe(1);
    expect(await activities.findFallback({ target: fresh(), version: 3 })).toBeNull();
    expect(await activities.findEntry({ target, token: 2 })).toMatchObject({ champion: 2 });
  });
});
