import { containerOf, exitOf } from '../../../src/adapters/executor/container';
import type { StageJob } from '../../../src/contracts';
import { jobOf, removeFolders } from './job';

afterAll(removeFolders);

const optionsOf = (given: Partial<StageJob>, settings = {}) => containerOf(jobOf(given), settings, 'host:1');

test('a container has what its job says and no rights', () => {
  const options = optionsOf({
    id: 'r1-train-0-1',
    image: 'team/trainer:v1',
    command: ['python3', '$(x)'],
    args: ['a b'],
    env: { LOOPWRIGHT_STAGE: 's' },
    secrets: { KEY: 'x=y\nz' },
    mounts: [
      { host: '/tmp/job', path: '/loopwright', readOnly: false },
      { host: '/srv/x', path: '/data/x y', readOnly: true },
    ],
    resources: { cpu: 1_500, memory: 2 ** 30, gpu: 2 },
  });
  expect(options).toEqual({
    name: 'r1-train-0-1',
    Image: 'team/trainer:v1',
    Entrypoint: ['python3', '$(x)'],
    Cmd: ['a b'],
    Env: ['HOME=/tmp', 'LOOPWRIGHT_STAGE=s', 'KEY=x=y\nz'],
    User: `${process.getuid!()}:${process.getgid!()}`,
    WorkingDir: '/loopwright/work',
    Labels: { 'loopwright.job': 'r1-train-0-1', 'loopwright.owner': 'host:1' },
    HostConfig: {
      Binds: ['/tmp/job:/loopwright:rw', '/srv/x:/data/x y:ro'],
      Memory: 2 ** 30,
      MemorySwap: 2 ** 30,
      NanoCpus: 1.5e9,
      PidsLimit: 256,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      NetworkMode: 'none',
      ReadonlyRootfs: true,
      Tmpfs: { '/tmp': 'rw,nosuid,nodev,mode=1777' },
      Privileged: false,
      LogConfig: { Type: 'none', Config: {} },
      DeviceRequests: [{ Count: 2, Capabilities: [['gpu']] }],
    },
  });
});

test('without a command the image’s own is run, with the settings’ network and limit of processes', () => {
  const options = optionsOf({ args: ['x'] }, { network: 'training', pids: 9 });
  expect(options).not.toHaveProperty('Entrypoint');
  expect(options.HostConfig).toMatchObject({ NetworkMode: 'training', PidsLimit: 9, DeviceRequests: [] });
});

test('a mount of /tmp takes the place of the one in memory', () => {
  const mounts = [{ host: '/x', path: '/tmp', readOnly: false }];
  expect(optionsOf({ mounts }).HostConfig!.Tmpfs).toEqual({});
});

test.each([
  ...['/', '//', '/.', '/etc', '/etc/', '/etc/passwd', '//etc/passwd', '/data/../etc/x', '/proc/1', '/sys', '/dev/sda'],
  ...['/bin', '/bin/sh', '/sbin/init', '/usr', '/usr/bin/env', '/lib', '/lib64/ld.so', '/lib32', '/boot', '/root/.ssh'],
  ...['/run', '/run/docker.sock', '/var/run', '/var/run/docker.sock', 'etc', '../etc'],
])('nothing is mounted at %s', (path) => {
  const ask = () => optionsOf({ mounts: [{ host: '/tmp/job', path, readOnly: true }] });
  expect(ask).toThrow(`the path ${path} may not be mounted`);
  expect(ask).toThrow(expect.objectContaining({ name: 'ExecutorError', lasting: true }));
});

test.each([
  '/data',
  '/models/x',
  '/library',
  '/etcetera',
  '/var/lib/x',
  '/binary',
  '/runs',
  '/home/x',
  '/tmp/out',
  '/opt/x',
])('%s may be mounted', (path) => {
  const mounts = [{ host: '/tmp/job', path, readOnly: false }];
  expect(optionsOf({ mounts }).HostConfig!.Binds).toEqual([`/tmp/job:${path}:rw`]);
});

test.each([
  ['/data:/etc', '/tmp/job'],
  ['/data', '/tmp/job:/etc'],
  ['data', '/tmp/job'],
  ['/data', 'volume'],
])('a mount at %s of %s would be another one and is refused', (path, host) => {
  expect(() => optionsOf({ mounts: [{ host, path, readOnly: false }] })).toThrow(
    'expected an absolute path without a colon',
  );
});

test.each([
  [0, false, { code: 0 }],
  // what it has started was ended, and it went on without
  [0, true, { code: 0 }],
  [9, false, { code: 9 }],
  [9, true, { code: 9, reason: 'out of memory (1.5 GiB)' }],
  [137, true, { code: 137, reason: 'out of memory (1.5 GiB)' }],
  [137, false, { code: 137, reason: 'killed by SIGKILL, perhaps out of memory (1.5 GiB)' }],
])('code %d, out of memory %s', (code, isOutOfMemory, expected) => {
  expect(exitOf(code, isOutOfMemory, 1.5 * 2 ** 30)).toEqual(expected);
});
