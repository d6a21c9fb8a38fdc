import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { operatorOf } from '../support/operator';
import type { Operator } from '../support/operator';
import { registerModel } from '../support/registered';
import { hour } from '../support/rows';

jest.setTimeout(240_000);

let loop: TestLoop;
let model: string;
let operator: Operator;
beforeAll(async () => {
  loop = await startTestLoop();
  ({ model } = loop);
  operator = operatorOf(loop);
  for (const key of ['1', '2', '3']) await registerModel(loop, model, key);
});
afterAll(() => loop.close());

const ann = ['--who', 'ann', '--reason', 'a good week'];
const decide = (verb: string, ...args: string[]) =>
  operator.json('deployment', verb, model, ...args, ...ann, '--task-queue', loop.taskQueue);

test('nothing is deployed yet, and that is said', async () => {
  expect(await operator.refusal('deployment', 'status', model)).toContain(`nothing is deployed of ${model}`);
  expect((await operator.run('deployment', 'history', model)).stdout).toBe('nothing found\n');
  expect((await operator.run('deployment', 'at', model, '2011-08-01')).stdout).toBe(
    `At 2011-08-01 nothing served ${model} in production.\n`,
  );
});

test('a version is deployed, first in staging, then promoted with its origin', async () => {
  expect(await decide('deploy', '1', '--effective-at', hour(0))).toMatchObject({
    action: 'deploy',
    champion: 1,
    token: 1,
    who: 'ann',
    effectiveAt: hour(0),
  });
  expect(await decide('deploy', '2', '-e', 'staging')).toMatchObject({ environment: 'staging', champion: 2 });
  expect(await decide('promote', '--from', 'staging', '--effective-at', hour(48))).toMatchObject({
    environment: 'production',
    champion: 2,
    previous: 1,
    origin: { environment: 'staging', token: 1 },
  });
});

test('it goes back to the champion before, to a version and to an entry', async () => {
  expect(await decide('roll-back', '--effective-at', hour(72))).toMatchObject({ champion: 1, action: 'roll-back' });
  expect(await decide('roll-back', '--to-version', '2', '--effective-at', hour(96))).toMatchObject({ champion: 2 });
  const back = await operator.run(
    ...['deployment', 'roll-back', model, '--to-token', '1', '--effective-at', hour(120), ...ann],
    ...['--task-queue', loop.taskQueue],
  );
  expect(back.stdout).toMatch(/^champion now +1\n/m);
});

test('the list tells what serves, of every model and environment', async () => {
  const { stdout } = await operator.run('deployment', 'list');
  expect(stdout).toMatch(/^model +environment +champion +challenger +previous +rollout +token +since\n/);
  expect(stdout).toMatch(new RegExp(`^${model} +production +1 +– +– +– +5 +2011-08-06\n`, 'm'));
  expect(stdout).toMatch(new RegExp(`^${model} +staging +2 +– +– +– +1 +`, 'm'));
  expect(await operator.json('deployment', 'list')).toHaveLength(2);
});

test('the history tells every decision with who, why and on what', async () => {
  const { stdout } = await operator.run('deployment', 'history', model);
  const [head, ...lines] = stdout.trim().split('\n');
  expect(head).toMatch(/^token +effective +recorded +action +champion +challenger +who +by run +evidence +reason$/);
  expect(lines).toHaveLength(5);
  expect(lines[0]).toMatch(/^1 +2011-08-01 +\d{4}-.* deploy +1 +– +ann +– +0 +a good week$/);
  expect(lines[1]).toMatch(/^2 +2011-08-03 .* promote +2 .*a good week \[from staging, token 1\]$/);
  expect(await operator.json('deployment', 'history', model)).toMatchObject([{ token: 1 }, {}, {}, {}, { token: 5 }]);
});

test('a sentence tells what served at a time, since when, why and by whom', async () => {
  const { stdout } = await operator.run('deployment', 'at', model, '2011-08-03T12:00Z');
  expect(stdout).toBe(
    `At 2011-08-03 12:00 ${model}@2 served ${model} in production, since 2011-08-03 (token 2): promote by ann, ` +
      'because a good week [from staging, token 1].\nNo evidence was given.\n',
  );
  expect(await operator.json('deployment', 'at', model, hour(1))).toMatchObject({ token: 1, champion: 1 });
  expect(await operator.json('deployment', 'at', model, '2011-07-31')).toBeNull();
});

test('a split is told with its share, and who has served how long beside it', async () => {
  const target = { model };
  const bob = { who: 'bob', reason: 'a try', effectiveAt: hour(144), evidence: ['drift of temp, D .62'] };
  await loop.client.deployments.setTraffic(target, { shares: { 1: 0.75, 3: 0.25 } }, bob);
  const { stdout } = await operator.run('deployment', 'at', model, hour(150));
  expect(stdout).toContain('since 2011-08-06 (token 5): roll-back by ann, because a good week.\n');
  expect(stdout).toContain('With 3 at 25 % (manual) since 2011-08-07 (token 6): set-traffic by bob, because a try.\n');
  expect(stdout).toContain('It rests on:\n    drift of temp, D .62\n');
  const status = await operator.run('deployment', 'status', model);
  expect(status.stdout).toMatch(/^challenger +3 at 25 % \(manual\)\n/m);
  expect(status.stdout).toMatch(/^decided +set-traffic by bob: a try\n/m);
  expect(status.stdout).toMatch(/^rollout +none\n/m);
  expect(await decide('withdraw', '3', '--effective-at', hour(168))).toMatchObject({ challenger: null, split: null });
  const again = await operator.run(
    ...['deployment', 'withdraw', model, '3', ...ann, '--task-queue', loop.taskQueue, '--effective-at', hour(169)],
  );
  expect(again.stdout).toBe('version 3 does not serve: nothing to withdraw\n');
});

test('a rollout is told with its step and its next judgement, and is withdrawn', async () => {
  const canary = ['--strategy', 'canary', '--steps', '0.1:6h,0.5:1d', '--guardrail', 'accuracy:0.02'];
  expect(await decide('deploy', '3', ...canary)).toMatchObject({ action: 'begin-rollout', champion: 1 });
  await eventually(async () => (await loop.client.deployments.status({ model })).rollout?.phase === 'stepping');
  const { stdout } = await operator.run('deployment', 'status', model);
  expect(stdout).toMatch(/^rollout +canary of version 3, by ann: a good week\n/m);
  expect(stdout).toMatch(/^phase +stepping, step 1 of 2: 10 % of the traffic\n/m);
  expect(stdout).toMatch(/^next judgement +\d{4}-\d\d-\d\d \d\d:\d\d, wall clock\n/m);
  await decide('withdraw', '3');
  const after = await operator.run('deployment', 'status', model);
  expect(after.stdout).toMatch(/^rollout +none\n/m);
  expect(after.stdout).toMatch(new RegExp(`^last rollout +${model}@3 (aborted|overridden) at `, 'm'));
});

test('a deployment whose workflow does not run is told from its document', async () => {
  await loop.client.deployments.handle({ model, environment: 'staging' }).terminate('a test');
  const { stdout } = await operator.run('deployment', 'status', model, '-e', 'staging');
  expect(stdout).toMatch(new RegExp(`^champion +${model}@2\n`, 'm'));
});

test.each([
  [['deploy', 'M', '1', '--who', 'ann'], "required option '--reason <text>' not specified"],
  [['deploy', 'M', '1', '--reason', 'r'], "required option '--who <name>' not specified"],
  [['deploy', 'M', 'first', ...ann], 'expected a whole number, 1 or more'],
  [['deploy', 'M', ...ann], "missing required argument 'version'"],
  [['deploy', 'M', '1', '--strategy', 'canary', ...ann], '--steps is missing'],
  [['deploy', 'M', '99', ...ann], '@99 is not registered'],
  [['deploy', 'M', '1', '--task-queue', 'nobody', ...ann], 'no worker polls the task queue "nobody"'],
  [['deploy', 'M', '1', '--effective-at', 'soon', ...ann], 'effectiveAt is "soon": expected an ISO 8601 day'],
  [['promote', 'M', ...ann], "required option '--from <environment>' not specified"],
  [['promote', 'M', '--from', 'production', ...ann], 'expected another environment than from'],
  [['promote', 'M', '--from', 'test', ...ann], 'nothing serves'],
  [['roll-back', 'M', '--to-version', '1', '--to-token', '1', ...ann], 'expected one of them'],
  [['roll-back', 'M', '--to-token', 'x', ...ann], 'expected a whole number, 1 or more'],
  [['withdraw', 'M', ...ann], "missing required argument 'version'"],
  [['at', 'M', 'yesterday'], 'expected an ISO 8601 day or instant'],
  [['at', 'M'], "missing required argument 'instant'"],
  [['history', 'a b'], 'model is "a b"'],
  [['status', 'M', '-e', 'a b'], 'environment is "a b"'],
])('%j is refused with what is accepted', async (args, words) => {
  const named = args.map((arg) => (arg === 'M' ? model : arg));
  const decision = args.includes('--who') && !args.includes('--task-queue');
  const queue = decision ? ['--task-queue', loop.taskQueue] : [];
  expect(await operator.refusal('deployment', ...named, ...queue)).toContain(words);
});
