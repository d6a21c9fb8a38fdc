import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { operatorOf } from '../support/operator';
import type { Operator } from '../support/operator';
import { registerModel } from '../support/registered';
import { hour } from '../support/rows';

jest.setTimeout(120_000);

let loop: TestLoop;
let model: string;
let operator: Operator;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-models-'));
  loop = await startTestLoop();
  ({ model } = loop);
  operator = operatorOf(loop);
  for (const key of ['1', '2', '3']) await registerModel(loop, model, key);
  const decision = { who: 'ann', reason: 'r' };
  await loop.client.deployments.deploy({ model }, 1, { ...decision, effectiveAt: hour(0) });
  await loop.client.deployments.deploy({ model }, 2, { ...decision, effectiveAt: hour(1) });
  await loop.client.deployments.setTraffic({ model }, { shares: { 2: 0.5, 3: 0.5 } }, decision);
  await loop.client.deployments.deploy({ model, environment: 'staging' }, 2, decision);
});
afterAll(async () => {
  await loop.close();
  await rm(folder, { recursive: true });
});

test('versions are listed with what they are called in each environment', async () => {
  const listed: any[] = await operator.json('model', 'list', model);
  expect(listed.map(({ version, aliases }) => [version, aliases])).toEqual([
    [1, ['production: previous']],
    [2, ['production: champion', 'staging: champion']],
    [3, ['production: challenger']],
  ]);
  const { stdout } = await operator.run('model', 'list', model);
  expect(stdout).toMatch(/^version +state +aliases +format +dataset +trained on +digest +registered\n/);
  const digest = listed[1].artifact.slice(0, 12);
  expect(stdout).toMatch(
    new RegExp(`^2 +champion +production: champion, staging: champion +\\S+ +– +– +${digest} +\\S+`, 'm'),
  );
  expect((await operator.run('model', 'list', 'nobody')).stdout).toBe('nothing found\n');
});

test('one is shown with all that is recorded of it', async () => {
  const { stdout } = await operator.run('model', 'show', model, '2');
  expect(stdout).toMatch(new RegExp(`^version +${model}@2\n`, 'm'));
  expect(stdout).toMatch(/^trainer +logistic-regression\n/m);
  expect(stdout).toMatch(/^artifact +[0-9a-f]{64}\n/m);
  expect(await operator.json('model', 'show', model, '3')).toMatchObject({ aliases: ['production: challenger'] });
});

test('the verified bytes of an artifact are written, and never over a file', async () => {
  const out = join(folder, 'model.bin');
  const { sha256 } = await operator.json('model', 'artifact', model, '1', '--out', out);
  expect(
    createHash('sha256')
      .update(await readFile(out))
      .digest('hex'),
  ).toBe(sha256);
  expect(await operator.refusal('model', 'artifact', model, '1', '--out', out)).toContain('file already exists');
});

test('a version that serves is not removed, one that does not is', async () => {
  const ann = ['--who', 'ann', '--reason', 'too old'];
  expect(await operator.refusal('model', 'remove', model, '2', ...ann)).toContain(
    'serves in production as champion: withdraw it first',
  );
  await registerModel(loop, model, '4');
  expect(await operator.json('model', 'remove', model, '4', ...ann)).toMatchObject({ state: 'deleted' });
});

test.each([
  [['list'], "missing required argument 'model'"],
  [['show', 'M'], "missing required argument 'version'"],
  [['show', 'M', 'x'], 'expected a whole number, 1 or more'],
  [['show', 'M', '99'], '@99 is not registered'],
  [['remove', 'M', '1', '--who', 'ann'], "required option '--reason <text>' not specified"],
  [['remove', 'M', '1', '--reason', 'r'], "required option '--who <name>' not specified"],
  [['remove', 'M', '99', '--who', 'ann', '--reason', 'r'], '@99 is not registered'],
  [['artifact', 'M', '1'], "required option '--out <file>' not specified"],
  [['artifact', 'M', '1', '--out', '/nowhere/at/all'], 'no such file or directory'],
])('%j is refused with what is accepted', async (args, words) => {
  const named = args.map((arg) => (arg === 'M' ? model : arg));
  expect(await operator.refusal('model', ...named)).toContain(words);
});
