import { ApplicationFailure } from '@temporalio/common';
import { LoopwrightClient } from '../../src/client';
import type { DecisionInput } from '../../src/client';
import { failureTypes } from '../../src/contracts';
import { SchemaError } from '../../src/schemas';
import type { RolloutStrategyInput } from '../../src/schemas';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { registerModel } from '../support/registered';
import { hour, many } from '../support/rows';

jest.setTimeout(240_000);

const DECISION: DecisionInput = { who: 'ann', reason: 'because' };
let loop: TestLoop;
let counter = 0;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

/** A model with three registered versions, of which the named ones were deployed one after another. */
async function model(deployed: readonly number[] = [1], environment = 'production') {
  const target = { model: `${loop.model}-${(counter += 1)}`, environment };
  for (const key of ['1', '2', '3']) await registerModel(loop, target.model, key);
  for (const [k, version] of deployed.entries()) {
    await loop.client.deployments.deploy(target, version, { ...DECISION, effectiveAt: hour(k) });
  }
  return target;
}

/** What a call was refused with. */
async function refusal(work: Promise<unknown>): Promise<ApplicationFailure> {
  const error: unknown = await work.then(
    () => new Error('was accepted'),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(ApplicationFailure);
  return error as ApplicationFailure;
}

test('a deploy has its line in the ledger, with the evidence; the version has served', async () => {
  const target = await model();
  const { deployments, models } = loop.client;
  const evidence = ['auroc 0.81 on 1 000 rows', 'e.1'];
  const entry = await deployments.deploy(target, 2, { ...DECISION, effectiveAt: hour(9), evidence });
  expect(entry).toMatchObject({ token: 2, action: 'deploy', champion: 2, previous: 1, who: 'ann', evidence });
  expect(await deployments.at(target, hour(9))).toEqual(entry);
  expect((await deployments.at(target, hour(8)))!.champion).toBe(1);
  expect((await models.find(target.model, 2))!.state).toBe('champion');
  expect(await deployments.status(target)).toMatchObject({ serving: { champion: 2, token: 2 } });
});

test('a strategy that takes time begins a rollout; the version is no champion yet', async () => {
  const target = await model();
  const { deployments, models } = loop.client;
  const strategy = {
    kind: 'canary',
    steps: [{ allocation: 0.1, hold: '1d' }],
    probes: 0,
  } satisfies RolloutStrategyInput;
  const decision = { ...DECISION, strategy, clock: 'data', effectiveAt: hour(9) } as const;
  expect(await deployments.deploy(target, 2, decision)).toMatchObject({ action: 'begin-rollout', champion: 1 });
  expect((await models.find(target.model, 2))!.state).toBe('registered');
  expect(await deployments.status(target)).toMatchObject({
    rollout: { version: 2, clock: 'data', strategy: { kind: 'canary' } },
  });
  expect(await deployments.lastRollout(target)).toBeNull();
  expect(await deployments.withdraw(target, 2, { ...DECISION, effectiveAt: hour(10) })).toMatchObject({
    action: 'abort',
    champion: 1,
  });
  expect(await deployments.lastRollout(target)).toMatchObject({ version: 2, outcome: 'aborted' });
});

test('a promotion takes what serves elsewhere, or the named version that did, and names its entry', async () => {
  const staging = await model([1, 2, 3], 'staging');
  const promotion = { model: staging.model, from: 'staging', to: 'production' };
  const { deployments } = loop.client;
  const first = await deployments.promote(promotion, DECISION);
  expect(first).toMatchObject({ environment: 'production', champion: 3, origin: { environment: 'staging', token: 3 } });
  const evidence = ['a good week'];
  const second = await deployments.promote(promotion, { ...DECISION, version: 1, evidence });
  expect(second).toMatchObject({ action: 'promote', champion: 1, previous: 3, evidence });
  expect(second.origin).toEqual({ environment: 'staging', token: 1 });
  const history = await deployments.history({ model: staging.model });
  expect(history.map(({ token, champion, origin }) => [token, champion, origin?.token])).toEqual([
    [1, 3, 3],
    [2, 1, 1],
  ]);
  expect((await deployments.current(staging))!.champion).toBe(3);
});

test('a promotion by a strategy begins a rollout that names its origin', async () => {
  const staging = await model([2], 'staging');
  const { deployments } = loop.client;
  await deployments.deploy({ model: staging.model }, 1, { ...DECISION, effectiveAt: hour(0) });
  const strategy = { kind: 'shadow', hold: '1d', probes: 0 } as const;
  const decision = { ...DECISION, strategy, clock: 'data', effectiveAt: hour(1) } as const;
  const promotion = { model: staging.model, from: 'staging', to: 'production' };
  expect(await deployments.promote(promotion, decision)).toMatchObject({
    action: 'begin-rollout',
    champion: 1,
    origin: { environment: 'staging', token: 1 },
  });
});

test('a promotion from where nothing serves, or of what never served there, is refused', async () => {
  const staging = await model([1], 'staging');
  const { deployments } = loop.client;
  const promotion = { model: staging.model, from: 'staging', to: 'production' };
  const nowhere = await refusal(deployments.promote({ ...promotion, from: 'test' }, DECISION));
  expect([nowhere.type, nowhere.message]).toEqual([failureTypes.conflict, `nothing serves ${staging.model} in test`]);
  const never = await refusal(deployments.promote(promotion, { ...DECISION, version: 2 }));
  expect([never.type, never.message]).toEqual([
    failureTypes.conflict,
    `${staging.model}@2 has never served in staging`,
  ]);
  await expect(deployments.promote({ ...promotion, to: 'staging' }, DECISION)).rejects.toThrow(SchemaError);
  expect(await deployments.history({ model: staging.model })).toEqual([]);
});

test('traffic is divided, divided otherwise, and given back', async () => {
  const target = await model();
  const { deployments } = loop.client;
  const divided = await deployments.setTraffic(target, { shares: { 1: 0.9, 2: 0.1 } }, DECISION);
  expect(divided).toMatchObject({ action: 'set-traffic', champion: 1, challenger: 2 });
  const seed = `${target.model}/production`;
  expect(divided.split).toEqual({ experiment: 'manual', seed, unit: 'predictionId', allocation: 0.1 });
  const more = await deployments.setTraffic(target, { shares: { 2: 0.4, 1: 0.6 }, unit: 'unit' }, DECISION);
  expect(more.split).toMatchObject({ seed, unit: 'unit', allocation: 0.4 });
  const ended = await deployments.setTraffic(target, { shares: { 1: 1 } }, DECISION);
  expect(ended).toMatchObject({ champion: 1, challenger: null, split: null, token: 4 });
});

test.each([
  [{ 1: 0.9, 2: 0.2 }, 'shares that sum to 1, not to 1.1'],
  [{ 1: 0.4, 2: 0.3, 3: 0.3 }, 'expected one version or two'],
  [{ 2: 0.5, 3: 0.5 }, 'expected the champion, version 1, to be among them'],
  [{ 2: 1 }, 'expected the champion, version 1, to be among them'],
  [{ 1: 0.5, 9: 0.5 }, '@9 is not registered'],
])('shares of %j are refused before anything is sent: %s', async (shares, words) => {
  const target = await model();
  await expect(loop.client.deployments.setTraffic(target, { shares }, DECISION)).rejects.toThrow(words);
  expect(await loop.client.deployments.history(target)).toHaveLength(1);
});

test('traffic of what nothing serves is refused', async () => {
  const target = await model([]);
  const refused = await refusal(loop.client.deployments.setTraffic(target, { shares: { 1: 1 } }, DECISION));
  expect([refused.type, refused.message]).toEqual([
    failureTypes.conflict,
    `nothing serves ${target.model} in production: deploy a version first`,
  ]);
});

test('a roll-back goes to the champion before, to a version, or to what an entry says', async () => {
  const target = await model([1, 2, 3]);
  const { deployments } = loop.client;
  expect(await deployments.rollBack(target, DECISION)).toMatchObject({ action: 'roll-back', champion: 2 });
  expect(await deployments.rollBack(target, { ...DECISION, version: 3 })).toMatchObject({ champion: 3 });
  expect(await deployments.rollBack(target, { ...DECISION, toToken: 1 })).toMatchObject({ champion: 1, token: 6 });
  await expect(deployments.rollBack(target, { ...DECISION, toToken: 1, version: 2 })).rejects.toThrow('at most one of');
});

test('a refusal is the workflow’s own, with its type', async () => {
  const target = await model();
  const { deployments } = loop.client;
  const refused = await refusal(deployments.rollBack(target, DECISION));
  expect([refused.type, refused.message]).toEqual([
    failureTypes.conflict,
    'nothing to roll back to: version 1 is the first that served',
  ]);
});

test('an unknown version is refused by name before anything is sent', async () => {
  const target = await model();
  const { deployments } = loop.client;
  for (const work of [
    deployments.deploy(target, 9, DECISION),
    deployments.rollBack(target, { ...DECISION, version: 9 }),
    deployments.withdraw(target, 9, DECISION),
  ]) {
    const refused = await refusal(work);
    expect([refused.type, refused.message]).toEqual([failureTypes.notFound, `${target.model}@9 is not registered`]);
  }
  expect(await deployments.history(target)).toHaveLength(1);
});

test.each([
  [1.5, DECISION, 'version is 1.5'],
  ['1', DECISION, 'version is "1"'],
  [1, { who: 'ann' }, 'reason is missing'],
  [1, { ...DECISION, key: '' }, 'key is ""'],
  [1, { ...DECISION, strategy: { kind: 'canary' } }, 'strategy.steps is missing'],
  [1, { ...DECISION, strategy: 'canary' }, 'strategy is "canary"'],
])('a deploy of %j by %j is refused: %s', async (version, decision, words) => {
  const { deployments } = loop.client;
  const target = { model: `${loop.model}-none` };
  await expect(deployments.deploy(target, version as number, decision as DecisionInput)).rejects.toThrow(words);
});

test('the same decision again is answered from the ledger; a long one has a key of its own as well', async () => {
  const target = await model();
  const { deployments } = loop.client;
  const who = 'w'.repeat(400);
  const decision = { ...DECISION, who, effectiveAt: hour(5) };
  const first = await deployments.deploy(target, 2, decision);
  expect(await deployments.deploy(target, 2, decision)).toEqual(first);
  expect(await deployments.deploy(target, 3, decision)).toMatchObject({ token: 3 });
  expect(first.key).toMatch(/^deploy\/[0-9a-f]{64}$/);
});

test('64 promotions at once are all answered, four of them in flight, and the tokens have no gaps', async () => {
  const staging = await model([1, 2], 'staging');
  await loop.client.deployments.deploy({ model: staging.model }, 1, DECISION);
  let running = 0;
  let most = 0;
  const workflow = Object.create(loop.temporal.workflow) as typeof loop.temporal.workflow;
  const counted = async (...given: unknown[]): Promise<unknown> => {
    most = Math.max(most, (running += 1));
    const name = 'executeUpdateWithStart';
    const send = Reflect.get(loop.temporal.workflow, name) as (...all: unknown[]) => Promise<unknown>;
    return send.apply(loop.temporal.workflow, given).finally(() => (running -= 1));
  };
  Object.assign(workflow, { executeUpdateWithStart: counted });
  const temporal = Object.create(loop.temporal, { workflow: { value: workflow } }) as typeof loop.temporal;
  const { mongo, db, taskQueue } = loop;
  const client = new LoopwrightClient({ temporal, mongo, db, taskQueue, warn: () => undefined });
  const promotion = { model: staging.model, from: 'staging', to: 'production' };
  const entries = await Promise.all(
    many(64, (k) => client.deployments.promote(promotion, { ...DECISION, version: 1 + (k % 2), key: `k${k}` })),
  );
  expect(most).toBe(4);
  expect(new Set(entries.map(({ key }) => key)).size).toBe(64);
  const history = await client.deployments.history({ model: staging.model });
  expect(history.map(({ token }) => token)).toEqual(many(65, (k) => k + 1));
  expect((await client.deployments.current({ model: staging.model }))!.token).toBe(65);
});
