import { parsePipelineSettings } from '../../src/schemas';

const run = async () => undefined;

test('settings are taken as they are', () => {
  const settings = {
    executors: {
      'team/trainer:v1': { kind: 'function', version: '3', run },
      'localhost:5000/team/trainer': { kind: 'process', command: ['python3', ''], env: { A_b: '' } },
      'team/*': { kind: 'docker' },
    },
    docker: { socketPath: '/run/podman.sock', requireDigest: true, network: 'training', pids: 9, pull: true },
    secrets: { 'db/password': 'x' },
    paths: { '/data': '/srv/data', '/': '/srv/all' },
    folder: '/var/tmp',
  };
  expect(parsePipelineSettings(settings)).toEqual(settings);
  expect(parsePipelineSettings({})).toEqual({});
  const secrets = async () => 'x';
  expect(parsePipelineSettings({ secrets })).toEqual({ secrets });
});

test.each([
  [{ executor: {} }, 'executor is not a known field'],
  [{ executors: { 'Team Trainer': { kind: 'docker' } } }, 'executors.Team Trainer'],
  [{ executors: { 'team/*/x': { kind: 'docker' } } }, 'such as team/trainer:v1, or a prefix such as team/*'],
  [{ executors: { '*': { kind: 'docker' } } }, 'executors.*'],
  [{ executors: { '': { kind: 'docker' } } }, 'expected an image'],
  [{ executors: { a: { kind: 'shell' } } }, 'executors.a.kind is "shell": expected an object with kind function, process or docker'],
  [{ executors: { a: null } }, 'executors.a is null'],
  [{ executors: { a: { kind: 'function', version: '', run } } }, 'executors.a.version'],
  [{ executors: { a: { kind: 'function', version: '1', run: 'x' } } }, 'executors.a.run is "x": expected a function'],
  [{ executors: { a: { kind: 'process', command: [] } } }, 'executors.a.command is []: expected a command and its words'],
  [{ executors: { a: { kind: 'process', command: [''] } } }, 'executors.a.command'],
  [{ executors: { a: { kind: 'process', command: 'python3 x' } } }, 'executors.a.command is "python3 x"'],
  [{ executors: { a: { kind: 'process', command: ['a\0b'] } } }, 'expected a text without NUL'],
  [{ executors: { a: { kind: 'process', command: ['a'], env: { 'A B': 'x' } } } }, 'expected the name of an environment variable'],
  [{ executors: { a: { kind: 'docker', privileged: true } } }, 'executors.a.privileged is not a known field'],
  [{ docker: { network: 'host' } }, 'docker.network is "host": expected the name of a network'],
  [{ docker: { network: 'container:x' } }, 'docker.network'],
  [{ docker: { pids: 0 } }, 'docker.pids is 0'],
  [{ docker: { socketPath: 'docker.sock' } }, 'docker.socketPath is "docker.sock": expected an absolute path'],
  [{ paths: { '/data': 'srv' } }, 'paths./data is "srv": expected an absolute path'],
  [{ paths: { 'data': '/srv' } }, 'expected an absolute path'],
  [{ paths: { '/data/': '/srv' } }, 'expected an absolute path'],
  [{ paths: { '/data/../etc': '/srv' } }, 'expected an absolute path'],
  [{ folder: 'tmp' }, 'folder is "tmp"'],
  [5, 'pipelines: (root) is 5'],
])('%j is refused', (settings, expected) => {
  expect(() => parsePipelineSettings(settings)).toThrow(expected);
});

test.each([
  [{ secrets: { a: ['canary'] } }, 'secrets.a is (not shown)'],
  [{ executors: { 'a b': { kind: 'process', env: 'canary' } } }, 'executors.a b is (not shown)'],
  [{ secrets: ['canary'] }, 'secrets is (not shown)'],
  [{ secrets: 'canary' }, 'secrets is (not shown)'],
  [{ executors: { a: { kind: 'process', command: ['x'], env: { A: 'canary\0' } } } }, 'executors.a.env.A is (not shown)'],
  [{ executors: { a: { kind: 'process', command: ['x'], env: 'canary' } } }, 'executors.a.env is (not shown)'],
])('no error tells what may be a secret', (settings, expected) => {
  const refuse = () => parsePipelineSettings(settings);
  expect(refuse).toThrow(expected);
  expect(refuse).not.toThrow('canary');
});
