import type { RetrainingResult } from '../../src/contracts';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { HOURS, prepareRetraining } from '../support/retraining-fixture';
import { hour, many, outcome, prediction } from '../support/rows';

jest.setTimeout(120_000);

let loop: TestLoop;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
beforeAll(async () => {
  loop = await startTestLoop({ environments: ['production'] });
});
afterAll(() => loop.close());

const result = (model: string) => loop.client.retraining.handle({ model }).result() as Promise<RetrainingResult>;
const phase = async (model: string) => (await loop.client.retraining.status({ model })).phase;
const person = { who: 'ops', reason: 'because' };

const run = async (change: object, options: object = {}) => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  await loop.client.retraining.start({ ...spec, ...options, policy: { ...spec.policy, ...change } });
  return { model, ended: await result(model) };
};
const direct = { strategy: { kind: 'direct' } };

test.each(['mcnemar', 'paired-loss'])('a gate by %s passes a challenger that is clearly better', async (name) => {
  const { model, ended } = await run({ ...direct, gate: { test: name } });
  expect(ended).toMatchObject({ decision: 'promoted', challengerVersion: 2 });
  expect(ended.gate!.paired).toMatchObject({ test: name, n: 49 });
  expect(ended.gate!.paired!.pValue!).toBeLessThan(0.001);
  const [low, high] = ended.gate!.intervals!.challenger!;
  expect(low).toBeLessThanOrEqual(ended.gate!.challenger.accuracy!);
  expect(high).toBeGreaterThanOrEqual(ended.gate!.challenger.accuracy!);
  const version = (await loop.client.models.find(model, 2))!;
  expect(version).toMatchObject({
    state: 'champion',
    lineage: { parent: 1, retraining: `${model}/1` },
    signature: [{ name: 'x', type: 'number' }],
  });
  expect(version.estimates!.accuracy).toMatchObject({ low, high });
});

test('an absolute rule that no challenger keeps is "not better"', async () => {
  const { model, ended } = await run({ ...direct, gate: { rules: [{ metric: 'accuracy', atLeast: 1.01 }] } });
  expect(ended.decision).toBe('not-better');
  expect(ended.reasons[0]).toContain('< 1.01');
  expect(await loop.client.models.list(model)).toHaveLength(1);
});

test('blue-green on the data clock: verified, switched, drained, and the ledger names the run', async () => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  const policy = { ...spec.policy, strategy: { kind: 'blue-green' as const, drain: '1d' } };
  await loop.client.retraining.start({ ...spec, policy });
  await eventually(async () => (await loop.client.deployments.current({ model }))!.champion === 2);
  expect(await phase(model)).toBe('deploying');
  const deployment = loop.temporal.workflow.getHandle(`deployment:${model}:production`);
  await deployment.signal('watermarkAdvanced', { source: 'test', at: hour(HOURS + 24) });
  expect(await result(model)).toMatchObject({ decision: 'promoted', challengerVersion: 2 });
  const history = await loop.client.deployments.history({ model });
  expect(history.map(({ action }) => action)).toEqual(['deploy', 'begin-rollout', 'promote']);
  expect(history[1]!.by!.workflowId).toBe(`retrain:${model}:production`);
  expect(history[1]!.evidence).toEqual([`retraining ${model}/1`]);
});

test('a person who rolls back during the rollout ends the retraining, and everything is undone', async () => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  const policy = { ...spec.policy, strategy: { kind: 'blue-green' as const, drain: '1d' } };
  await loop.client.retraining.start({ ...spec, policy });
  await eventually(async () => (await loop.client.deployments.current({ model }))!.champion === 2);
  await loop.client.deployments.rollBack({ model }, person);
  const ended = await result(model);
  expect(ended.decision).not.toBe('promoted');
  expect((await loop.client.deployments.current({ model }))!.champion).toBe(1);
  expect((await loop.client.models.find(model, 2))!.state).toBe('archived');
});

test('a new champion that breaks a rule while it bakes is rolled back', async () => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  const bake = { duration: '2d', rules: [{ metric: 'accuracy' as const, atLeast: 0.9 }], minimumRows: 20 };
  await loop.client.retraining.start({
    ...spec,
    policy: { ...spec.policy, strategy: { kind: 'direct' as const }, bake },
  });
  await eventually(async () => (await phase(model)) === 'baking');
  const rows = many(40, (k) => prediction(HOURS + k, { version: 2, features: { x: 1 }, score: 0.9, prediction: 1 }));
  await loop.client.predictions.log({ model }, rows);
  await loop.client.outcomes.log(
    { model },
    rows.map((_, k) => outcome(HOURS + k, { label: 0, labelTs: hour(HOURS + k) })),
  );
  await loop.client.retraining.handle({ model }).signal('watermarkAdvanced', { source: 'test', at: hour(HOURS + 48) });
  const ended = await result(model);
  expect(ended.decision).toBe('rolled-back');
  expect(ended.reasons.at(-1)).toBe('rolled back while it baked: accuracy 0 < 0.9 on 40 rows');
  const history = await loop.client.deployments.history({ model });
  expect(history.map(({ action, champion }) => [action, champion])).toEqual([
    ['deploy', 1],
    ['deploy', 2],
    ['roll-back', 1],
  ]);
  expect((await loop.client.models.find(model, 2))!.state).toBe('archived');
});

test('an environment that nobody declared is refused before anything changes', async () => {
  const model = fresh();
  await prepareRetraining(loop, model, 'turned');
  const mistyped = { model, environment: 'prod' };
  await expect(loop.client.deployments.deploy(mistyped, 1, person)).rejects.toThrow(
    'environment is "prod": expected one of production',
  );
  expect(await loop.client.deployments.current(mistyped)).toBeNull();
});
