import { writeFile } from 'node:fs/promises';
import { cancelPipelineUpdate } from '../../src/contracts';
import type { PipelineSettings, RolloutStrategy, StageCall } from '../../src/contracts';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { HeldActivities } from '../support/held-activities';
import { declared, puppet, resultOf, standings, startRun } from '../support/pipeline-loop';
import { Puppet } from '../support/puppet';
import { modelBytes } from '../support/rollout-fixture';
import { prediction } from '../support/rows';

jest.setTimeout(180_000);

const stages = new Puppet();
const activities = new HeldActivities();
/** Leaves a model that is another for every seed among its `args`. */
const trainer: PipelineSettings['executors'] = {
  trainer: {
    kind: 'function',
    version: '1',
    run: ({ args, outputs }: StageCall) => writeFile(outputs.model!, modelBytes(Number(args[0]))),
  },
};
let loop: TestLoop;
beforeAll(async () => {
  const { executors } = stages.settings;
  loop = await startTestLoop({
    pipelines: { executors: { ...executors, ...trainer } },
    interceptActivities: activities.interceptor,
  });
});
afterAll(() => loop.close());

const person = { who: 'ops', reason: 'because' };
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;

const train = (seed: number, rest = {}) => ({
  ...puppet(`train${seed}`, '', { outputs: [{ name: 'model', path: 'model.json' }], ...rest }),
  image: 'trainer:v1',
  args: [`${seed}`],
});

/** Deploys what `train{seed}` left; no image is run for it. */
const deploy = (seed: number, model: string, strategy: RolloutStrategy | 'direct', rest = {}) => ({
  ...puppet(`deploy${seed}`, '', {
    inputs: [{ name: 'model', from: `train${seed}.model` }],
    deployment: { strategy: strategy as never, environment: 'production', model },
    ...rest,
  }),
  image: 'nobody/deploys:v1',
});

const championOf = async (model: string) => (await loop.client.deployments.current({ model }))?.champion ?? null;
const statesOf = async (model: string) =>
  (await loop.client.models.list(model)).map(({ version, state }) => `${version} ${state}`).sort();

/** A model whose first version serves. */
async function serving(): Promise<string> {
  const model = fresh();
  await loop.client.models.register({ model, key: 'first', artifact: modelBytes(50) });
  await loop.client.deployments.deploy({ model }, 1, { ...person, key: 'first' });
  return model;
}

/** Rows of a challenger that shares the traffic, as soon as it does. */
async function traffic(model: string, version: number): Promise<void> {
  await eventually(async () => (await loop.client.deployments.current({ model }))?.challenger === version);
  const rows = Array.from({ length: 10 }, (_, k) => `${version}-${k}`);
  const at = new Date().toISOString();
  await loop.client.predictions.log(
    { model },
    rows.map((predictionId, k) => prediction(k, { predictionId, ts: at, version: k % 2 === 0 ? 1 : version })),
  );
  await loop.client.outcomes.log(
    { model },
    rows.map((predictionId) => ({ predictionId, label: 1, labelTs: at })),
  );
}

const blueGreen: RolloutStrategy = { kind: 'blue-green', probes: 0, drain: '30d' };
const canary = (hold: string): RolloutStrategy => ({
  kind: 'canary',
  probes: 0,
  steps: [{ allocation: 0.5, hold }],
  guardrails: [],
  minimumRows: 1,
});

test.each(['direct', blueGreen, canary('4s')] as const)(
  'a model is deployed by %j over the one that serves',
  async (strategy) => {
    const model = await serving();
    const spec = declared([train(1), deploy(1, model, strategy)]);
    const handle = await startRun(loop, spec);
    if (typeof strategy === 'object' && strategy.kind === 'canary') await traffic(model, 2);
    expect(await resultOf(handle)).toMatchObject({ decision: 'succeeded', undone: [] });
    expect(await championOf(model)).toBe(2);
    const [, entry] = await loop.client.deployments.history({ model });
    expect(entry).toMatchObject({ who: `pipeline ${spec.metadata.name}` });
  },
);

test('a stage waits while another rollout drains, and no longer than a try of it may take', async () => {
  const model = await serving();
  const draining = (drain: string) => ({ ...blueGreen, drain }) as RolloutStrategy;
  const [first, second, third] = ['4s', '30d', '30d'].map((drain, k) =>
    declared([train(k + 1), deploy(k + 1, model, draining(drain), k === 2 ? { timeout: '3s' } : {})]),
  );
  expect(await resultOf(await startRun(loop, first!))).toMatchObject({ decision: 'succeeded' });
  expect(await resultOf(await startRun(loop, second!))).toMatchObject({ decision: 'succeeded' });
  expect(await championOf(model)).toBe(3);
  expect(await resultOf(await startRun(loop, third!))).toContain('of version 3 is under way (draining)');
  expect(await championOf(model)).toBe(3);
});

test('what was deployed is withdrawn when a later stage fails: the one before serves again', async () => {
  const model = await serving();
  const spec = declared([train(1), deploy(1, model, 'direct'), puppet('check', 'fail', { dependsOn: ['deploy1'] })]);
  expect(await resultOf(await startRun(loop, spec))).toMatch(/failed: check: /);
  expect(await championOf(model)).toBe(1);
  expect((await statesOf(model))[1]).toBe('2 archived');
});

test('two deployments of a model, one after the other, are both withdrawn', async () => {
  const model = await serving();
  const spec = declared([
    train(1),
    train(2),
    deploy(1, model, 'direct'),
    deploy(2, model, blueGreen, { dependsOn: ['deploy1'] }),
    puppet('check', 'fail', { dependsOn: ['deploy2'] }),
  ]);
  expect(await resultOf(await startRun(loop, spec))).toMatch(/failed: check: /);
  expect(await championOf(model)).toBe(1);
  expect((await statesOf(model)).slice(1)).toEqual(['2 archived', '3 archived']);
});

test('a rollout that a person aborts fails its stage, and its version is withdrawn', async () => {
  const model = await serving();
  const spec = declared([train(1), deploy(1, model, canary('30d'))]);
  const handle = await startRun(loop, spec);
  await eventually(async () => (await loop.client.deployments.current({ model }))?.challenger === 2);
  expect((await standings(handle)).deploy1).toBe('running');
  const deployment = loop.temporal.workflow.getHandle(`deployment:${model}:production`);
  const effectiveAt = new Date().toISOString();
  await deployment.executeUpdate('rollBack', { args: [{ ...person, key: 'stop', effectiveAt }] });
  expect(await resultOf(handle)).toMatch(/failed: deploy1: aborted: /);
  expect(await championOf(model)).toBe(1);
  expect((await statesOf(model))[1]).toBe('2 archived');
});

test('cancelled while its rollout runs, the rollout is ended and the version archived', async () => {
  const model = await serving();
  const spec = declared([train(1), deploy(1, model, canary('30d'))]);
  const handle = await startRun(loop, spec);
  await eventually(async () => (await loop.client.deployments.current({ model }))?.challenger === 2);
  const { result } = await handle.executeUpdate(cancelPipelineUpdate, { args: [person] });
  expect(result).toMatchObject({ decision: 'cancelled', undone: ['deploy1'] });
  const now = await loop.client.deployments.current({ model });
  expect([now?.champion, now?.challenger ?? null, now?.rollout ?? null]).toEqual([1, null, null]);
  expect((await statesOf(model))[1]).toBe('2 archived');
});

test.each(['registerStageModel', 'decideDeployment'])(
  'cancelled while %s is under way, nothing of it stays',
  async (activity) => {
    const model = await serving();
    const spec = declared([train(1), deploy(1, model, 'direct')]);
    const id = `pipeline:${spec.metadata.name}:r1`;
    activities.hold(id, activity);
    const handle = await startRun(loop, spec);
    await eventually(() => activities.count(id, activity) === 1);
    await handle.cancel();
    // Without waiting for it the run would be over by then.
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    activities.release(id, activity);
    await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    expect(await championOf(model)).toBe(1);
    expect((await statesOf(model))[1]).toBe('2 archived');
  },
);

test('a deployment is skipped with what it depends on, and one that may fail fails alone', async () => {
  const model = fresh();
  const spec = declared([
    train(1),
    puppet('check', 'fail', { allowFailure: true }),
    deploy(1, model, 'direct', { dependsOn: ['check'], condition: '{{ .Stages.check.Success }}' }),
    puppet('told', '', { dependsOn: ['deploy1'], condition: '{{ .Stages.deploy1.Skipped and .Stages.check.Failed }}' }),
    puppet('not', '', { dependsOn: ['deploy1'] }),
  ]);
  const handle = await startRun(loop, spec);
  expect(await resultOf(handle)).toMatchObject({ decision: 'succeeded' });
  expect(await standings(handle)).toEqual({
    ...{ train1: 'succeeded', check: 'failed', deploy1: 'skipped', told: 'succeeded', not: 'skipped' },
  });
  expect(await statesOf(model)).toEqual([]);
});
