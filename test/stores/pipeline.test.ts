import type { PipelineSpec } from '../../src/contracts';
import { openStores } from '../../src/stores';
import { digestOf } from '../../src/stores/unique-batch';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { pipelineOf, SAMPLE_PIPELINE, stageInput } from '../support/pipelines';
import { many } from '../support/rows';
import { compileText } from '../../src/cli/pipelines-file';

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const digest = (spec: PipelineSpec) => digestOf(spec).toString('hex');

/** A declaration of a name; `k` makes it another one. */
function specOf(name: string, k: number): PipelineSpec {
  return { ...pipelineOf([stageInput('a', { hyperparameters: { k } })]), metadata: { name } };
}
const fresh = () => `p${(counter += 1)}`;
const apply = (spec: PipelineSpec, who = 'ann', stores = opened.stores) =>
  stores.pipelines.apply(spec, digest(spec), who);

test('a declaration that was only kept stands for nothing', async () => {
  const spec = specOf(fresh(), 1);
  const { pipelines } = opened.stores;
  for (let again = 0; again < 2; again += 1) await pipelines.keep(spec, digest(spec));
  expect(await pipelines.find(digest(spec))).toEqual({
    ...{ _id: digest(spec), name: spec.metadata.name, spec },
    ...{ version: null, who: null, appliedAt: null },
  });
  expect(await pipelines.current(spec.metadata.name)).toBeNull();
  expect(await pipelines.versions(spec.metadata.name)).toEqual([]);
  expect((await pipelines.list()).map(({ name }) => name)).not.toContain(spec.metadata.name);
  expect(await pipelines.find('0'.repeat(64))).toBeNull();
});

test('a name stands for what was applied last; an older one comes back under its own version', async () => {
  const name = fresh();
  const { pipelines } = opened.stores;
  const [one, two] = [specOf(name, 1), specOf(name, 2)];
  await pipelines.keep(one, digest(one));
  expect(await apply(one)).toMatchObject({ changed: true, document: { version: 1, who: 'ann', spec: one } });
  expect(await apply(two, 'bob')).toMatchObject({ changed: true, document: { version: 2, who: 'bob' } });
  expect(await apply(two, 'cy')).toMatchObject({ changed: false, document: { version: 2, who: 'bob' } });
  const back = await apply(one, 'cy');
  expect(back).toMatchObject({ changed: true, document: { version: 1, who: 'cy' } });
  expect(await pipelines.current(name)).toEqual(back.document);
  expect((await pipelines.versions(name)).map(({ version, _id }) => [version, _id])).toEqual([
    [1, digest(one)],
    [2, digest(two)],
  ]);
  expect(await apply(specOf(name, 3))).toMatchObject({ document: { version: 3 } });
});

test('every name is listed once, by name, with what it stands for', async () => {
  const names = [`${fresh()}z`, `${fresh()}a`];
  for (const name of names) for (const k of [1, 2]) await apply(specOf(name, k));
  await apply(specOf(names[0]!, 1));
  const listed = (await opened.stores.pipelines.list()).filter(({ name }) => names.includes(name));
  expect(listed.map(({ name, version }) => [name, version])).toEqual([
    [names[0], 1],
    [names[1], 2],
  ]);
});

test('versions have no gap and one current, whoever applies at the same time', async () => {
  const name = fresh();
  const both = [opened.stores, openStores(opened.mongo, opened.db)];
  const applied = await Promise.all(many(24, (k) => apply(specOf(name, k % 8), `who${k}`, both[k % 2])));
  const versions = await opened.stores.pipelines.versions(name);
  expect(versions.map(({ version }) => version)).toEqual(many(8, (k) => k + 1));
  const kept = await opened.db.collection('pipelines').find({ name }).sort({ turn: -1 }).toArray();
  const turns = applied.filter(({ changed }) => changed).length;
  expect(kept[0]!.turn).toBe(turns);
  expect((await opened.stores.pipelines.current(name))!._id).toBe(kept[0]!._id);
});

test('one declaration applied by many at once is applied once', async () => {
  const spec = specOf(fresh(), 1);
  const applied = await Promise.all(many(10, (k) => apply(spec, `who${k}`)));
  expect(applied.filter(({ changed }) => changed)).toHaveLength(1);
  expect(new Set(applied.map(({ document }) => document.who)).size).toBe(1);
});

describe('a declaration comes back as it was', () => {
  const roundTrip = async (spec: PipelineSpec) => {
    await opened.stores.pipelines.keep(spec, digest(spec));
    return (await opened.stores.pipelines.find(digest(spec)))!.spec;
  };

  test('the one that ships', async () => {
    const { spec } = compileText(SAMPLE_PIPELINE, 'sample.yaml');
    const back = await roundTrip(spec);
    expect(back).toEqual(spec);
    expect(digest(back)).toBe(digest(spec));
  });

  test('with values that BSON would change', async () => {
    const odd = {
      k: '$where',
      l: '\ud800 alone',
      m: '\u0000',
      n: 2 ** 40,
      p: 3,
      q: 0.1,
      r: -0,
      s: [true, ''],
    };
    const spec = {
      ...pipelineOf([stageInput('a', { hyperparameters: odd, args: ['$ROOT', 'a.b', '$$NOW'] })], {
        parameters: { '1': 'first', constructor: 2, '0': '{ $gt: 1 }' },
      }),
      metadata: { name: fresh(), description: undefined },
    };
    const back = await roundTrip(spec);
    expect(digest(back)).toBe(digest(spec));
    expect('description' in back.metadata).toBe(false);
    expect(back.spec.stages[0]!.hyperparameters).toEqual({ ...odd, r: 0 });
    expect(back.spec.parameters).toEqual(spec.spec.parameters);
  });
});
