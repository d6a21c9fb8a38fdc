import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { modelBytes } from '../support/rollout-fixture';
import { many } from '../support/rows';

jest.setTimeout(120_000);

let loop: TestLoop;
let counter = 0;
beforeAll(async () => {
  loop = await startTestLoop({ activitySlots: 1 });
});
afterAll(() => loop.close());

const decision = { who: 'ops', reason: 'because' };
const at = (day: number) => `2011-08-${String(day).padStart(2, '0')}T00:00:00.000Z`;

/** A model with three registered versions, the first deployed. */
async function deployed(): Promise<{ model: string }> {
  const target = { model: `${loop.model}-${(counter += 1)}` };
  for (const k of [1, 2, 3]) await loop.client.models.register({ ...target, key: `${k}`, artifact: modelBytes(k) });
  await loop.client.deployments.deploy(target, 1, { ...decision, key: 'first', effectiveAt: at(1) });
  return target;
}

const handleOf = ({ model }: { model: string }) => loop.temporal.workflow.getHandle(`deployment:${model}:production`);

test('a decision has its line in the ledger, with who, why and when', async () => {
  const target = await deployed();
  await loop.client.deployments.deploy(target, 2, { ...decision, effectiveAt: at(5) });
  await loop.client.deployments.rollBack(target, { ...decision, effectiveAt: at(9) });
  const history = await loop.client.deployments.history(target);
  expect(history.map(({ token, action, champion, previous }) => [token, action, champion, previous])).toEqual([
    [1, 'deploy', 1, null],
    [2, 'deploy', 2, 1],
    [3, 'roll-back', 1, null],
  ]);
  expect(history[1]).toMatchObject({ who: 'ops', reason: 'because', effectiveAt: at(5) });
  expect((await loop.client.deployments.at(target, at(6)))!.champion).toBe(2);
  expect(await handleOf(target).query('deploymentStatus')).toMatchObject({ serving: { champion: 1, token: 3 } });
});

test('the same key again returns what was recorded, also in another run', async () => {
  const target = await deployed();
  const first = await loop.client.deployments.deploy(target, 2, { ...decision, key: 'k', effectiveAt: at(2) });
  await loop.client.deployments.deploy(target, 3, { ...decision, effectiveAt: at(3) });
  const args: [unknown] = [{ ...decision, key: 'k', version: 3, effectiveAt: at(4) }];
  expect(await handleOf(target).executeUpdate('deploy', { args })).toEqual(first);
  await handleOf(target).terminate('a crash of an operator');
  expect(await loop.client.deployments.deploy(target, 1, { ...decision, key: 'k', effectiveAt: at(5) })).toEqual(first);
  expect(await loop.client.deployments.deploy(target, 1, { ...decision, effectiveAt: at(6) })).toMatchObject({
    token: 4,
  });
});

test('decisions that come at once take turns: tokens have no gaps', async () => {
  const target = await deployed();
  await Promise.all(
    many(20, (k) =>
      loop.client.deployments.deploy(target, 1 + (k % 3), { ...decision, key: `k${k}`, effectiveAt: at(2) }),
    ),
  );
  const history = await loop.client.deployments.history(target);
  expect(history.map(({ token }) => token)).toEqual(many(21, (k) => k + 1));
});

test.each([
  ['deploy', { ...decision, key: 'k', effectiveAt: at(1), version: 0 }, 'version is 0'],
  ['deploy', { ...decision, key: '', effectiveAt: at(1), version: 1 }, 'key is ""'],
  ['promote', { ...decision, key: 'k', effectiveAt: 'now', version: 1 }, 'effectiveAt is "now"'],
  ['rollBack', { key: 'k', reason: 'x', effectiveAt: at(1) }, 'who is missing'],
  [
    'setTraffic',
    { ...decision, key: 'k', effectiveAt: at(1), challenger: 2, split: { allocation: 1 } },
    'split.allocation is 1',
  ],
  [
    'setTraffic',
    {
      ...decision,
      key: 'k',
      effectiveAt: at(1),
      challenger: 1,
      split: { allocation: 0.5, seed: 's', experiment: 'e', unit: 'predictionId' },
    },
    'champion already',
  ],
  [
    'setTraffic',
    { ...decision, key: 'k', effectiveAt: at(1), challenger: null, split: null, champion: { $gt: 0 } },
    'champion is',
  ],
  ['deploy', null, 'an object'],
])('%s refuses %j: %s', async (name, command, words) => {
  const target = await deployed();
  const refused: Error = await handleOf(target)
    .executeUpdate(name, { args: [command] })
    .then(
      () => new Error('was accepted'),
      (error: unknown) => ((error as Error).cause ?? error) as Error,
    );
  expect(refused.message).toContain(words);
  expect(await loop.client.deployments.history(target)).toHaveLength(1);
});

const update = (target: { model: string }, name: string, command: object): Promise<any> =>
  handleOf(target).executeUpdate(name, { args: [{ ...decision, effectiveAt: at(9), ...command }] });
const lines = async (target: { model: string }) =>
  (await loop.client.deployments.history(target)).map(({ action, champion }) => `${action} ${champion}`);
const split = { experiment: 'e', seed: 's', unit: 'unit', allocation: 0.5 };

test('a decision says which run took it, on what evidence and where it came from, and nothing more', async () => {
  const target = await deployed();
  const said = {
    by: { workflowId: 'retrain:m:production', runId: 'run' },
    evidence: ['accuracy 0.9'],
    origin: { environment: 'staging', token: 7 },
  };
  const entry = await update(target, 'deploy', { key: 'k', version: 2, ...said, shadow: 9, rollout: 'x', token: 99 });
  expect(entry).toMatchObject({ ...said, token: 2 });
  expect(entry).not.toHaveProperty('shadow');
  expect((await loop.client.deployments.history(target))[1]).toEqual(entry);
  expect(await loop.client.deployments.current(target)).toEqual({
    ...{ ...target, environment: 'production', token: 2, champion: 2, previous: 1 },
    ...{ challenger: null, split: null, effectiveAt: at(9) },
  });
});

test('a roll-back goes to what any earlier entry says', async () => {
  const target = await deployed();
  for (const version of [2, 3]) await update(target, 'deploy', { key: `d${version}`, version });
  expect(await update(target, 'rollBack', { key: 'b', toToken: 1 })).toMatchObject({ champion: 1, previous: null });
  await expect(update(target, 'rollBack', { key: 'c', toToken: 99 })).rejects.toMatchObject({
    cause: { type: 'loopwright.NotFound', message: expect.stringContaining('toToken is 99') },
  });
  expect(await lines(target)).toEqual(['deploy 1', 'deploy 2', 'deploy 3', 'roll-back 1']);
});

test('a division of traffic that takes another champion for granted is refused, again its entry is returned', async () => {
  const target = await deployed();
  const divided = await update(target, 'setTraffic', { key: 's', challenger: 3, split, champion: 1 });
  await update(target, 'deploy', { key: 'd', version: 2 });
  for (const fields of [
    { challenger: 3, split },
    { challenger: null, split: null },
  ])
    await expect(update(target, 'setTraffic', { key: 't', champion: 1, ...fields })).rejects.toMatchObject({
      cause: { type: 'loopwright.Conflict', message: 'champion is 1: version 2 serves by now' },
    });
  expect(await update(target, 'setTraffic', { key: 's', challenger: 3, split, champion: 1 })).toEqual(divided);
  expect(await lines(target)).toEqual(['deploy 1', 'set-traffic 1', 'deploy 2']);
  await update(target, 'setTraffic', { key: 'u', challenger: 3, split, champion: 2 });
  expect(await loop.client.deployments.current(target)).toMatchObject({ champion: 2, challenger: 3, split });
});

describe('withdraw', () => {
  test('a champion gives way to what served before it; again it is answered from the ledger', async () => {
    const target = await deployed();
    for (const version of [2, 3]) await update(target, 'deploy', { key: `d${version}`, version });
    await update(target, 'rollBack', { key: 'b' });
    const entry = await update(target, 'withdraw', { key: 'w', version: 2 });
    // Not 3, which was rolled back from.
    expect(entry).toMatchObject({ action: 'roll-back', champion: 1 });
    expect(await update(target, 'withdraw', { key: 'w', version: 2 })).toEqual(entry);
    expect(await lines(target)).toHaveLength(5);
  });

  test('a challenger loses its traffic', async () => {
    const target = await deployed();
    await update(target, 'setTraffic', { key: 's', challenger: 2, split });
    expect(await update(target, 'withdraw', { key: 'v', version: 3 })).toBeNull();
    const entry = await update(target, 'withdraw', { key: 'w', version: 2 });
    expect(entry).toMatchObject({ action: 'abort', champion: 1, challenger: null, split: null });
    expect(await update(target, 'withdraw', { key: 'x', version: 2 })).toBeNull();
    expect(await lines(target)).toHaveLength(3);
  });

  test('the only version there is cannot be withdrawn', async () => {
    const target = await deployed();
    await expect(update(target, 'withdraw', { key: 'w', version: 1 })).rejects.toMatchObject({
      cause: { type: 'loopwright.Conflict', message: expect.stringContaining('nothing to roll back to') },
    });
  });
});

describe('a version that cannot serve is refused before anything changes', () => {
  const refused = async (target: { model: string }, name: string, command: object, type: string, words: string) => {
    await expect(update(target, name, { key: 'k', ...command })).rejects.toMatchObject({
      cause: { type: `loopwright.${type}`, message: expect.stringContaining(words) },
    });
    expect(await loop.client.deployments.current(target)).toMatchObject({ token: 2, champion: 2 });
  };

  test.each([
    ['deploy', { version: 9 }, 'NotFound', '@9 is not registered'],
    ['promote', { version: 9 }, 'NotFound', '@9 is not registered'],
    ['rollBack', { version: 9 }, 'NotFound', '@9 is not registered'],
    ['setTraffic', { challenger: 9, split }, 'NotFound', '@9 is not registered'],
    ['deploy', { version: 1 }, 'Conflict', '@1 was deleted'],
    ['rollBack', {}, 'Conflict', '@1 was deleted'],
    ['rollBack', { toToken: 1 }, 'Conflict', '@1 was deleted'],
    ['promote', { version: 4 }, 'Conflict', '@4 is not in the store'],
    ['setTraffic', { challenger: 4, split }, 'Conflict', '@4 is not in the store'],
    ['rollBack', { version: 1, toToken: 1 }, 'InvalidSpec', 'none beside toToken'],
    ['rollBack', { toToken: 0 }, 'InvalidSpec', 'toToken is 0'],
    ['deploy', { version: 3, by: 'me' }, 'InvalidSpec', 'by is "me"'],
    ['deploy', { version: 3, evidence: [{ $ne: 1 }] }, 'InvalidSpec', 'evidence is'],
    ['deploy', { version: 3, origin: { environment: 'staging' } }, 'InvalidSpec', 'origin is'],
    ['deploy', { version: 3, clock: 'sun' }, 'InvalidSpec', 'clock is "sun"'],
    ['deploy', { version: 3, reportTo: 7 }, 'InvalidSpec', 'reportTo is 7'],
    ['setTraffic', { challenger: { $gt: 0 }, split }, 'InvalidSpec', 'challenger is'],
  ] as const)('%s %j: %s, %s', async (name, command, type, words) => {
    const target = await deployed();
    await update(target, 'deploy', { key: 'second', version: 2 });
    await loop.stores.registry.setState(target.model, 1, 'deleted', 'by hand');
    const artifact = modelBytes(1_000 + counter);
    const lost = await loop.client.models.register({ model: target.model, key: 'lost', artifact });
    await loop.db.collection('artifacts.files').deleteMany({ filename: lost.artifact });
    await refused(target, name, command, type, words);
  });
});
