import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
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
  for (const key of ['1', '2', '3']) await loop.client.models.register({ ...target, key, artifact: Buffer.from(key) });
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
