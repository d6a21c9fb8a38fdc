import { ApplicationFailure } from '@temporalio/common';
import { eventually } from '../support/environment';
import { modelBytes } from '../support/rollout-fixture';
import { blueGreen, canary, decision, Rollouts } from '../support/rollouts';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

const rollouts = new Rollouts({ maxCachedWorkflows: 0 });
beforeAll(() => rollouts.open());
afterAll(() => rollouts.close());

describe('what ends a rollout', () => {
  test.each([
    ['deploy', { version: 3 }, 'overridden', 'deploy 3 – – – –'],
    ['promote', { version: 2 }, 'overridden', 'promote 2 – – – –'],
    ['setTraffic', { challenger: null, split: null }, 'overridden', 'set-traffic 1 – – – –'],
    ['rollBack', {}, 'aborted', 'abort 1 – – – –'],
    ['rollBack', { toToken: 1 }, 'aborted', 'abort 1 – – – –'],
    ['withdraw', { version: 2 }, 'aborted', 'abort 1 – – – –'],
  ] as const)('%s %j: %s', async (name, command, outcome, line) => {
    const target = await rollouts.deployed();
    await rollouts.begin(target, canary);
    await rollouts.reached(target, 'stepping');
    await rollouts.update(target, name, { key: 'm', effectiveAt: hour(30), ...command });
    await rollouts.moveTo(target, 500);
    const end = await rollouts.ended(target, outcome);
    expect(end.reasons).toEqual([expect.stringContaining('by ops: because')]);
    expect((await rollouts.lines(target)).at(-1)).toBe(line);
    expect(await rollouts.history(target)).toHaveLength(4);
  });

  test('a version that cannot score is not tried on traffic', async () => {
    const target = await rollouts.deployed();
    const { version } = await rollouts.loop.client.models.register({ ...target, key: 'lost', artifact: modelBytes(9) });
    const { artifact } = (await rollouts.loop.stores.registry.find(target.model, version))!;
    rollouts.before.set(`probeVersion:${target.model}`, async () => {
      await rollouts.loop.db.collection('artifacts.files').deleteMany({ filename: artifact });
    });
    await rollouts.begin(target, canary, { version });
    expect((await rollouts.ended(target, 'aborted')).reasons[0]).toContain('is not in the store');
    expect((await rollouts.lines(target)).slice(1)).toEqual(['begin-rollout 1 – – – r', 'abort 1 – – – –']);
  });

  test('an activity that fails for good aborts with its message', async () => {
    const target = await rollouts.deployed();
    rollouts.before.set(`compareVersions:${target.model}`, () => {
      throw ApplicationFailure.nonRetryable('no such column', 'loopwright.InvalidSpec');
    });
    await rollouts.begin(target, canary);
    await rollouts.reached(target, 'stepping');
    await rollouts.moveTo(target, 60);
    expect((await rollouts.ended(target, 'aborted')).reasons).toEqual(['no such column']);
  });

  test('a version deleted meanwhile is not promoted', async () => {
    const target = await rollouts.deployed();
    await rollouts.begin(target, canary);
    await rollouts.reached(target, 'stepping');
    await rollouts.loop.stores.registry.setState(target.model, 2, 'deleted', 'by hand');
    await rollouts.log(target, 20, { version: 1, rows: 20, right: 0.9 }, { version: 2, rows: 20, right: 0.9 });
    await rollouts.moveTo(target, 60);
    expect((await rollouts.ended(target, 'aborted')).reasons[0]).toContain('was deleted');
  });

  test('a decision does not wait for a judgement that hangs', async () => {
    const target = await rollouts.deployed();
    let free = (): void => undefined;
    const hung = new Promise<void>((resolve) => (free = resolve));
    rollouts.before.set(`compareVersions:${target.model}`, () => hung);
    await rollouts.begin(target, canary);
    await rollouts.reached(target, 'stepping');
    await rollouts.moveTo(target, 60);
    await eventually(async () => (await rollouts.handleOf(target).describe()).raw.pendingActivities!.length > 0);
    expect((await rollouts.status(target)).settledThrough).toBe(hour(20));
    await rollouts.update(target, 'rollBack', { key: 'm', effectiveAt: hour(61) });
    await rollouts.ended(target, 'aborted');
    // 3: the activity is told that nobody waits for it.
    await eventually(async () => (await rollouts.handleOf(target).describe()).raw.pendingActivities![0]?.state === 3);
    free();
    expect((await rollouts.lines(target)).at(-1)).toBe('abort 1 – – – –');
  });

  test.each(['data', 'wall'] as const)(
    'a terminated workflow leaves no split behind once the next has started, on the %s clock',
    async (clock) => {
      const target = await rollouts.deployed();
      const effectiveAt = clock === 'data' ? hour(20) : new Date().toISOString();
      await rollouts.begin(target, canary, { clock, effectiveAt });
      await rollouts.reached(target, 'stepping');
      await rollouts.handleOf(target).terminate('by an operator');
      const { deployments } = rollouts.loop.client;
      const left = (await deployments.current(target))!;
      expect(left).toMatchObject({ challenger: 2, rollout: 'r' });
      await deployments.rollBack(target, { ...decision, version: 2, effectiveAt: hour(9_000_000) });
      expect((await rollouts.lines(target)).slice(3)).toEqual(['abort 1 – – – –', 'roll-back 2 – – – –']);
      const given = (await rollouts.history(target))[3]!;
      expect(given).toMatchObject({ key: 'r/abandoned', champion: 1, who: 'deployment' });
      if (clock === 'data') expect(given.effectiveAt).toBe(hour(20));
      else expect(given.effectiveAt > left.effectiveAt).toBe(true);
    },
  );
});

test('the end is told to whoever asked, and nobody is fine too', async () => {
  const target = await rollouts.deployed();
  const other = await rollouts.deployed();
  await rollouts.begin(target, blueGreen, { reportTo: `deployment:${other.model}:production` });
  await rollouts.reached(target, 'draining');
  await rollouts.moveTo(target, 60);
  await rollouts.ended(target, 'promoted');
  const signals = async () =>
    ((await rollouts.handleOf(other).fetchHistory()).events ?? []).filter(
      ({ workflowExecutionSignaledEventAttributes: signal }) => signal?.signalName === 'rolloutEnded',
    );
  await eventually(async () => (await signals()).length === 1);
  await rollouts.begin(target, blueGreen, { key: 's', version: 1, effectiveAt: hour(70), reportTo: 'nobody' });
  await rollouts.reached(target, 'draining');
  await rollouts.moveTo(target, 110);
  await eventually(async () => (await rollouts.status(target)).lastRollout?.id === 's');
});

test('where nothing serves yet a version is verified and serves at once', async () => {
  const target = rollouts.fresh();
  const artifact = modelBytes(1);
  for (const key of ['1', '2']) await rollouts.loop.client.models.register({ ...target, key, artifact });
  await rollouts.loop.client.deployments.deploy(target, 1, { ...decision, effectiveAt: hour(0) });
  await rollouts.handleOf(target).terminate('to start anew');
  await rollouts.loop.db.collection('deploymentLedger').deleteMany({ model: target.model });
  await rollouts.loop.db.collection('deployments').deleteMany({ model: target.model });
  const start = { taskQueue: rollouts.loop.taskQueue, workflowId: `deployment:${target.model}:production` };
  await rollouts.loop.temporal.workflow.start('loopwright.deployModel', {
    ...start,
    args: [{ target: { ...target, environment: 'production' } }],
  });
  await expect(rollouts.begin(target, canary, { version: 7 })).rejects.toMatchObject({
    cause: { type: 'loopwright.NotFound' },
  });
  rollouts.before.set(`probeVersion:${target.model}`, () => {
    throw ApplicationFailure.nonRetryable('cannot score', 'loopwright.InvalidSpec');
  });
  await expect(rollouts.begin(target, canary)).rejects.toMatchObject({ cause: { message: 'cannot score' } });
  rollouts.before.clear();
  expect(await rollouts.begin(target, canary)).toMatchObject({ action: 'deploy', champion: 2, token: 1 });
  expect((await rollouts.status(target)).lastRollout).toMatchObject({ id: 'r', outcome: 'promoted' });
});

test('a rollout goes on in the next run from the state it is given', async () => {
  const target = await rollouts.deployed();
  await rollouts.begin(target, canary);
  await rollouts.reached(target, 'stepping');
  const { rollout } = await rollouts.status(target);
  await rollouts.handleOf(target).terminate('continued as new');
  const serving = await rollouts.loop.client.deployments.current(target);
  await rollouts.loop.temporal.workflow.start('loopwright.deployModel', {
    taskQueue: rollouts.loop.taskQueue,
    workflowId: `deployment:${target.model}:production`,
    args: [
      { target: { ...target, environment: 'production' }, state: { serving, rollout, keys: [], watermark: null } },
    ],
  });
  const sides = [1, 2].map((version) => ({ version, rows: 20, right: 0.9 }));
  await rollouts.log(target, 20, ...sides);
  await rollouts.moveTo(target, 60);
  await rollouts.reached(target, 'stepping', 1);
  expect((await rollouts.lines(target)).at(-1)).toBe('set-traffic 1 2 0.5 – r');
});
