import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readExecutors } from '../../src/cli/executors-file';
import { secretsOf } from '../../src/cli/secrets';
import { inProcess } from '../support/cli';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-executors-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function read(text: string) {
  const file = join(folder, 'executors.yaml');
  await writeFile(file, text);
  return readExecutors(file);
}

test('a file says what carries out images', async () => {
  const text = `executors:
  team/trainer: { kind: process, command: [python3, train.py], env: { PYTHONHASHSEED: '0' } }
  team/*: { kind: docker }
docker: { requireDigest: true, pids: 64 }
paths: { /data/validation: /srv/validation }
`;
  expect(await read(text)).toEqual({
    executors: {
      'team/trainer': { kind: 'process', command: ['python3', 'train.py'], env: { PYTHONHASHSEED: '0' } },
      'team/*': { kind: 'docker' },
    },
    docker: { requireDigest: true, pids: 64 },
    paths: { '/data/validation': '/srv/validation' },
  });
});

test('what begins with ./ lies beside the file, also in the one that ships', async () => {
  const text = 'executors: { a: { kind: process, command: [sh, ./run.sh, a./b] } }\npaths: { /data: ./data }\n';
  expect(await read(text)).toEqual({
    executors: { a: { kind: 'process', command: ['sh', join(folder, 'run.sh'), 'a./b'] } },
    paths: { '/data': join(folder, 'data') },
  });
  const examples = join(__dirname, '../../examples/pipelines');
  expect(await readExecutors(join(examples, 'executors.yaml'))).toMatchObject({
    paths: { '/data/validation': join(examples, 'validation') },
  });
});

test.each([
  ['executors: [1', 'executors.yaml:1:'],
  ['[1]', 'executors.yaml'],
  ['executors: { a: { kind: shell, command: [x] } }', 'executors.a'],
  ['executors: { a: { kind: process, command: [] } }', 'expected a command and its words'],
  ['executors: { a: { kind: function, version: "1" } }', 'executors.yaml:1:'],
  ['executors: { a: { kind: function, version: "1" } }', 'functions are given to LoopwrightPlugin'],
  ['executors: { "a b": { kind: docker } }', 'expected an image with or without its tag'],
  ['secrets: { token: hush }', 'LOOPWRIGHT_SECRET_'],
  ['docker: { privileged: true }', 'docker.privileged'],
  ['paths: { data: /srv }', 'expected an absolute path'],
  ['volumes: {}', 'volumes is not a known field'],
])('%s is refused', async (text, words) => {
  const refused = read(text);
  await expect(refused).rejects.toThrow(words);
  await expect(refused).rejects.not.toThrow('hush');
});

test('secrets come from the environment by their reference', async () => {
  const secrets = secretsOf({ LOOPWRIGHT_SECRET_DB_PASSWORD: 'x', LOOPWRIGHT_SECRET_EMPTY: '', TOKEN: 'no' });
  if (typeof secrets !== 'function') throw new Error('expected a function');
  expect(await secrets('db.password')).toBe('x');
  expect(await secrets('db-password')).toBe('x');
  expect(await secrets('empty')).toBe('');
  await expect(secrets('token')).rejects.toThrow('the secret token is not set: expected LOOPWRIGHT_SECRET_TOKEN');
});

test.each(['worker', 'dev'])('%s tells a file that it cannot take before it begins anything', async (command) => {
  const { code, stderr } = await inProcess(command, '--executors', join(folder, 'none.yaml'));
  expect(code).toBe(1);
  expect(stderr).toContain('none.yaml cannot be read');
});
