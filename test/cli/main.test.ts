import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build, loopwright } from '../support/cli';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-main-'));
  await build();
});
afterAll(() => rm(folder, { recursive: true }));

test.each([
  [['frobnicate'], 'unknown command'],
  [['demo', '--frobnicate'], 'unknown option'],
  [['demo', '--kill-worker', 'many'], 'expected a whole number'],
  [['monitor', 'status'], "missing required argument 'model'"],
])('%j is refused with what is accepted', async (args, words) => {
  const { code, stderr } = await loopwright(...args);
  expect(code).toBe(1);
  expect(stderr).toContain(words);
  expect(stderr).toContain('--help');
});

test('a scenario with a bad value names the path and the value', async () => {
  const file = join(folder, 'bad.json');
  await writeFile(file, JSON.stringify({ name: 'a/b', train: { from: '2011-02-30', to: '2011-01-01' } }));
  const { code, stderr } = await loopwright('demo', '--scenario', file);
  expect(code).toBe(1);
  expect(stderr).toContain('name is "a/b"');
  expect(stderr).toContain('train.from is "2011-02-30"');
});

test('a scenario that is no JSON, and a stream that is not there, say so', async () => {
  const file = join(folder, 'torn.json');
  await writeFile(file, '{');
  expect((await loopwright('demo', '--scenario', file)).stderr).toContain('is no JSON');
  expect((await loopwright('demo', '--stream', join(folder, 'none.ndjson'))).stderr).toContain('no such file');
});

test('an operator lists and asks, as a table or as JSON', async () => {
  const list = await loopwright('monitor', 'list', '--json');
  expect(list.code).toBe(0);
  expect(Array.isArray(JSON.parse(list.stdout))).toBe(true);
  const missing = await loopwright('monitor', 'status', 'nobody');
  expect(missing.code).toBe(1);
  expect(missing.stderr).toContain('loopwright: ');
});

test('doctor finds the set-up good', async () => {
  const { code, stdout } = await loopwright('doctor', '--database', 'nothing-yet');
  expect(code).toBe(0);
  expect(stdout).toContain('all registered');
  expect(stdout).toContain('replica set');
});
