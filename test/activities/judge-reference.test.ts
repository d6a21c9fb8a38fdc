import { openStores } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { DAY, flaggedOf, gaussian, Judging, many } from '../support/judging';
import { hour } from '../support/rows';

let opened: TestStores;
let counter = 0;
const fresh = () => new Judging(opened, `m${(counter += 1)}`);
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

/** A day around a mean; served by a version, or only imported by version 0. */
function around(mean: number, seed: number, version = 1, n = 100) {
  const normal = gaussian(seed);
  const served = version > 0;
  return many(n, () => ({
    features: { x: mean + normal() },
    version,
    score: served ? 0.5 + Math.max(-0.5, Math.min(0.5, normal() / 10)) : null,
    prediction: served ? 1 : null,
  }));
}

async function deploy(judging: Judging, version: number, day: number, trained: readonly [number, number] | null) {
  const { model } = judging.target;
  await opened.stores.registry.register({
    model,
    key: `v${version}`,
    artifact: 'a',
    trainer: 't',
    dataset: null,
    trainedOn: trained === null ? null : { from: hour(trained[0] * DAY), to: hour(trained[1] * DAY) },
    metrics: {},
    state: 'registered',
  });
  await opened.stores.deployments.write({
    ...judging.target,
    token: version,
    champion: version,
    challenger: null,
    split: null,
    previous: null,
    action: 'deploy',
    reason: 'r',
    who: 'w',
    key: `v${version}`,
    effectiveAt: hour(day * DAY),
  });
}

test('training data of the version that served when the window began, imported rows among them', async () => {
  const judging = fresh();
  await judging.serveDays(-10, 0, (day) => around(0, 50 + day, 0));
  await judging.serveDays(0, 20, (day) => around(2, 100 + day));
  await judging.serveDays(20, 23, (day) => around(2, 200 + day, 2));
  await deploy(judging, 1, 0, [-10, 0]);
  await deploy(judging, 2, 20, [5, 15]);
  const spec = judging.spec({ reference: 'training' });
  const { model } = judging.target;
  const first = await judging.judge(spec, 12, 'traffic');
  expect(flaggedOf(first)).toEqual(['x']);
  expect(first.drift.reference).toBe(`${model}/production/1`);
  // Nobody predicted the training data of version 1: its predictions and scores have no reference.
  expect(first.drift.subjects).toBe(1);
  const later = await judging.judge(spec, 21, 'traffic');
  expect(flaggedOf(later)).toEqual([]);
  const frozen = await opened.stores.baselines.list(judging.target, 'reference');
  expect(frozen.map(({ _id, source }) => [_id, source])).toEqual([
    [`${model}/production/1`, `training of ${model}@1, ${hour(-10 * DAY)}/${hour(0)}`],
    [`${model}/production/2`, `training of ${model}@2, ${hour(5 * DAY)}/${hour(15 * DAY)}`],
  ]);
  expect(later.drift).toMatchObject({ reference: `${model}/production/2`, subjects: 3 });
});

test('without training data, a deployment or enough rows there is no reference, and the evaluation says why', async () => {
  const judging = fresh();
  await judging.serveDays(12, 14, (day) => around(0, day));
  const spec = judging.spec({ reference: 'training' });
  const reasons: (string | undefined)[] = [];
  const look = async (reference: typeof spec.reference, day: number) => {
    const { drift } = await judging.judge({ ...spec, reference }, day, 'traffic');
    expect(drift).toMatchObject({ judged: false, reference: null });
    const range = { from: hour(day * DAY), to: hour(day * DAY + 1) };
    reasons.push((await opened.stores.evaluations.list(judging.target, range))[0]!.driftReason);
  };
  await look('training', 12);
  await deploy(judging, 1, 0, null);
  await look('training', 13);
  await judging.serve(14, around(0, 3));
  await look({ from: hour(0), to: hour(10 * DAY) }, 14);
  await judging.serve(15, around(0, 3));
  await look({ from: hour(12 * DAY), to: hour(30 * DAY) }, 15);
  const { model } = judging.target;
  expect(reasons).toEqual([
    `nothing of ${model} was deployed in production at ${hour(12 * DAY)}`,
    `the registry does not say what ${model}@1 was trained on`,
    'the reference has 0 rows: expected 20',
    `the reference ends at ${hour(30 * DAY)}`,
  ]);
  expect(await opened.stores.baselines.list(judging.target, 'reference')).toEqual([]);
});

test('frozen at its first use: rows that come later into its interval change nothing, for no worker', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (day) => around(0, day));
  await judging.serveDays(10, 13, (day) => around(0, 100 + day));
  const spec = judging.spec();
  const first = await judging.judge(spec, 10, 'traffic');
  await judging.serveDays(0, 10, (day) => around(9, 300 + day), 'late');
  const late = async (worker: Judging, day: number) => flaggedOf(await worker.judge(spec, day, 'traffic'));
  expect(flaggedOf(first)).toEqual([]);
  expect(await late(judging, 11)).toEqual([]);
  expect(await late(judging.anotherWorker(), 12)).toEqual([]);
});

test('however many workers need it first, one reference and one baseline are frozen', async () => {
  const judging = fresh();
  await judging.serveDays(0, 14, (day) => around(0, day));
  const spec = judging.spec();
  const workers = many(4, () => ({ opened: { ...opened, stores: openStores(opened.mongo, opened.db) } })).map(
    (each) => new Judging(each.opened, judging.target.model),
  );
  const reports = await Promise.all(
    workers.flatMap((worker, k) => [worker.judge(spec, 10 + (k % 2), 'traffic'), worker.judge(spec, 12, 'traffic')]),
  );
  expect(new Set(reports.map(({ drift }) => drift.reference))).toEqual(
    new Set([`${judging.target.model}/production/1`]),
  );
  expect(await opened.stores.baselines.list(judging.target, 'reference')).toHaveLength(1);
  expect(await opened.stores.baselines.list(judging.target, 'served')).toHaveLength(1);
  const { artifact, rows } = (await opened.stores.baselines.list(judging.target, 'reference'))[0]!;
  expect(rows).toBe(1_000);
  expect(await opened.stores.artifacts.exists(artifact)).toBe(true);
});
