import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createImages } from '../../../src/adapters/executor';
import { keyOf } from '../../../src/adapters/executor/match';
import type { ExecutorSettings } from '../../../src/contracts';
import { newFolder, removeFolders } from './job';

const DIGEST = `@sha256:${'0'.repeat(64)}`;

afterAll(removeFolders);

test.each([
  ['team/trainer:v1', 'team/trainer:v1'],
  ['team/trainer:v2', 'team/trainer'],
  ['team/trainer', 'team/trainer'],
  [`team/trainer${DIGEST}`, 'team/trainer'],
  // the tag of an image that names its digest says nothing
  [`team/trainer:v1${DIGEST}`, 'team/trainer'],
  [`team/pinned:v1${DIGEST}`, `team/pinned:v1${DIGEST}`],
  ['team/scorer:v1', 'team/*'],
  ['team/deep/scorer:v1', 'team/deep/*'],
  ['team/deep/er/scorer', 'team/deep/*'],
  ['localhost:5000/trainer', 'localhost:5000/*'],
  ['localhost:5000/trainer:v1', 'localhost:5000/trainer:v1'],
  ['team', null],
  ['teams/trainer', null],
  ['other/team/trainer', null],
  ['trainer:v1', null],
  ['constructor', null],
])('%s is carried out as %s', (image, expected) => {
  const keys = ['team/*', 'team/trainer', 'team/trainer:v1', `team/pinned:v1${DIGEST}`, 'team/deep/*'];
  expect(keyOf(image, [...keys, 'localhost:5000/*', 'localhost:5000/trainer:v1'])).toBe(expected);
});

test('an image has the executor that it is mapped to', async () => {
  const fn = (version: string): ExecutorSettings => ({ kind: 'function', version, run: async () => undefined });
  const images = createImages({
    executors: {
      'a/b:1': fn('one'),
      'a/b': fn('any'),
      'a/*': { kind: 'process', command: ['x'] },
      c: { kind: 'docker' },
    },
  });
  expect(await images.executorOf('a/b:1')!.version('a/b:1')).toBe('function/one');
  expect(await images.executorOf('a/b:2')!.version('a/b:2')).toBe('function/any');
  expect(images.executorOf('a/c')).toMatchObject({ kind: 'process', contained: false });
  expect(images.executorOf('c:latest')).toMatchObject({ kind: 'docker', contained: true });
  expect(images.executorOf('d')).toBeNull();
  expect(images.known).toEqual(['a/b:1', 'a/b', 'a/*', 'c']);
});

test('without settings nothing is mapped, known or readable', async () => {
  const images = createImages();
  expect(images.executorOf('a')).toBeNull();
  expect(images.hostPath('/etc/passwd')).toBeNull();
  expect(images.folder).toBe(tmpdir());
  await expect(images.secret('a')).rejects.toThrow('the secret a is not known to this worker: expected one of none');
});

test('secrets by a record or a function; none is told', async () => {
  const images = createImages({ secrets: { 'db/password': 'canary' } });
  expect(await images.secret('db/password')).toBe('canary');
  for (const ref of ['db', 'constructor', '__proto__']) {
    const failure: unknown = await images.secret(ref).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ExecutorError', lasting: true });
    expect(String(failure)).toContain(`the secret ${ref} is not known to this worker: expected one of db/password`);
    expect(String(failure)).not.toContain('canary');
  }
  const asked = createImages({ secrets: async (ref) => (ref === 'a' ? 'b' : (undefined as unknown as string)) });
  expect(await asked.secret('a')).toBe('b');
  await expect(asked.secret('c')).rejects.toThrow('the secret c is undefined');
});

describe('paths', () => {
  const host = newFolder();
  const outside = newFolder();
  mkdirSync(join(host, 'deep/er'), { recursive: true });
  mkdirSync(join(host, 'data'));
  writeFileSync(join(host, 'deep/x.csv'), 'x');
  writeFileSync(join(outside, 'secret'), 'x');
  symlinkSync(outside, join(host, 'deep/out'));
  symlinkSync(join(outside, 'secret'), join(host, 'deep/file'));
  symlinkSync(join(outside, 'not-there-yet'), join(host, 'deep/dangling'));
  symlinkSync('er', join(host, 'deep/inner'));
  symlinkSync('loop', join(host, 'deep/loop'));
  const images = createImages({
    paths: {
      '/data/validation': join(host, 'deep'),
      '/data': join(host, 'data'),
      '/one.csv': join(host, 'deep/x.csv'),
      '/later': join(host, 'not/there'),
    },
  });

  test.each([
    ['/data/validation', 'deep'],
    ['/data/validation/', 'deep'],
    ['/data/validation/x.csv', 'deep/x.csv'],
    ['/data//validation/./x.csv', 'deep/x.csv'],
    ['/data/validation/new/file', 'deep/new/file'],
    ['/data/validation/inner', 'deep/er'],
    ['/data/validation2', 'data/validation2'],
    ['/data/validation/../y', 'data/y'],
    ['/data', 'data'],
    ['/one.csv', 'deep/x.csv'],
    ['/later/file', 'not/there/file'],
  ])('%s', (path, expected) => {
    expect(images.hostPath(path)).toBe(join(host, expected));
  });

  test.each(['/database', '/one.csv2', '/', 'data', 'data/validation/x.csv', '/data/../etc/passwd', '', '..'])(
    'the worker was told of none for %j',
    (path) => {
      expect(images.hostPath(path)).toBeNull();
    },
  );

  test.each(['out', 'out/secret', 'out/new', 'file', 'dangling'])('%s leads out and is refused', (name) => {
    const ask = () => images.hostPath(`/data/validation/${name}`);
    expect(ask).toThrow(`the path /data/validation/${name} leads out of what this worker has for /data/validation`);
    expect(ask).toThrow(expect.objectContaining({ lasting: true }));
  });

  test('a loop of links is an error, not a hang', () => {
    expect(() => images.hostPath('/data/validation/loop')).toThrow('ELOOP');
  });
});
