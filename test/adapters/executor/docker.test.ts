import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import Docker from 'dockerode';
import { createDockerExecutor } from '../../../src/adapters/executor/docker';
import { STAGE_PATHS } from '../../../src/contracts';
import type { StageJob } from '../../../src/contracts';

import { BUSYBOX, dockerSocket, importBusybox } from '../../support/podman';
import { contextOf, eventually, jobOf, newFolder, removeFolders } from './job';
import type { WorkerTask } from './worker';

afterAll(removeFolders);
afterEach(() => jest.restoreAllMocks());

const socketPath = dockerSocket();
const describeDocker = socketPath === null ? describe.skip : describe;
const settings = { socketPath: socketPath ?? undefined };
const docker = new Docker({ socketPath: socketPath ?? '' });

beforeAll(async () => {
  if (socketPath !== null) await importBusybox(docker);
});

async function run(script: string, given: Partial<StageJob> = {}) {
  const job = jobOf({ image: BUSYBOX, args: [script], ...given });
  const exit = await createDockerExecutor(settings).run(job, contextOf().context);
  return { job, exit, text: job.text() };
}

const isThere = async ({ id }: Pick<StageJob, 'id'>) =>
  (await docker.listContainers({ all: true })).some(({ Names: names }) => names.includes(`/${id}`));

describeDocker('a stage in a container', () => {
  test('words reach it as they stand, in the working folder, with what it is given and no more', async () => {
    const words = ['$(touch pwned)', 'a b', `"it's"`, 'two\nlines', '', '*'];
    const command = ['/bin/sh', '-c', 'pwd; printf "%s|" "$@"; env | sort'];
    const { text } = await run('sh', { command, args: ['sh', ...words], env: { A: 'x y' }, secrets: { KEY: '12' } });
    expect(text).toContain(`/loopwright/work\n${words.join('|')}|`);
    expect(text).toContain('A=x y\n');
    expect(text).toContain('HOME=/tmp\n');
    expect(text).toContain('KEY=12\n');
    expect(text).not.toContain('LOOPWRIGHT_TEST_DOCKER');
  });

  test.each([0, 7])('exit code %d', async (code) => {
    const { job, exit } = await run(`exit ${code}`);
    expect(exit).toEqual({ code });
    expect(await isThere(job)).toBe(false);
  });

  test('what it writes to its mounts is here, and is the worker’s own', async () => {
    const data = newFolder();
    chmodSync(data, 0o777);
    const job = jobOf();
    jest.spyOn(process, 'getuid').mockReturnValue(4321);
    jest.spyOn(process, 'getgid').mockReturnValue(4322);
    for (const folder of [STAGE_PATHS.root, STAGE_PATHS.work]) chownSync(join(job.root, folder), 4321, 4322);
    const mounts = [...job.mounts, { host: data, path: '/data/in put', readOnly: true }];
    const { text } = await run('echo good > out; touch "/data/in put/x"; id -u; id -g', { root: job.root, mounts });
    const out = join(job.root, STAGE_PATHS.work, 'out');
    expect(readFileSync(out, 'utf8')).toBe('good\n');
    expect(statSync(out)).toMatchObject({ uid: 4321, gid: 4322 });
    expect(text).toContain('4321\n4322\n');
    expect(text).toContain('Read-only file system');
  });

  test('it has no network, no rights and nothing to write to but its mounts and /tmp', async () => {
    const { text } = await run(
      'tail -n +3 /proc/net/dev; echo; cat /proc/self/status; touch /x /bin/x; touch /tmp/x && echo tmp; ls /dev',
    );
    expect(text.split('\n\n')[0]).toMatch(/^ *lo:[\d ]+$/);
    expect(text).toMatch(/^CapEff:\s+0000000000000000$/m);
    expect(text).toMatch(/^CapBnd:\s+0000000000000000$/m);
    expect(text).toMatch(/^NoNewPrivs:\s+1$/m);
    expect(text.match(/Read-only file system/g)).toHaveLength(2);
    expect(text).toMatch(/^tmp$/m);
    expect(text).not.toMatch(/^sda|^kmsg|^mem$/m);
  });

  test('one that takes more memory than it may is ended, and it is said why', async () => {
    const { exit } = await run('', { command: ['/bin/dd', 'if=/dev/zero', 'of=/tmp/x', 'bs=1M'], args: [] });
    expect(exit).toEqual({ code: 137, reason: expect.stringContaining('out of memory (64 MiB)') });
  });

  test('it has no more processes than it may', async () => {
    const script = 'i=0; while [ $i -lt 30 ]; do sleep 1 & i=$((i+1)); done; echo all';
    const job = jobOf({ image: BUSYBOX, args: [script] });
    await createDockerExecutor({ ...settings, pids: 10 }).run(job, contextOf().context);
    expect(job.text()).toContain("can't fork");
    expect(job.text()).not.toContain('all');
  });

  test('all that it writes, 16 MiB on either stream, without its secrets', async () => {
    const script =
      'head -c 16777216 /dev/zero | cat; head -c 16777216 /dev/zero >&2; printf hun; sleep 0.2; printf ter2';
    const { job } = await run(script, { secrets: { KEY: 'hunter2' } });
    const bytes = job.bytes();
    expect(bytes.filter((byte) => byte === 0)).toHaveLength(2 * 16_777_216);
    expect(bytes.filter((byte) => byte !== 0).toString()).toBe('***');
  });

  test('its version is the image’s id', async () => {
    const { Id: id } = await docker.getImage(BUSYBOX).inspect();
    expect(await createDockerExecutor(settings).version(BUSYBOX)).toBe(`docker/${id}`);
  });

  test('an image that is not there is named', async () => {
    const missing = run('', { image: 'local/none:v1' });
    await expect(missing).rejects.toMatchObject({ name: 'ExecutorError', lasting: true });
    await expect(missing).rejects.toThrow('the image local/none:v1 is not on this worker');
    await expect(createDockerExecutor(settings).version('local/none:v1')).rejects.toThrow('local/none:v1');
  });

  test('a command that is not in the image is an error, and the container is gone', async () => {
    const job = jobOf({ image: BUSYBOX, command: ['/no/such'], secrets: { KEY: 'hunter2' } });
    await expect(createDockerExecutor(settings).run(job, contextOf().context)).rejects.toMatchObject({
      name: 'ExecutorError',
    });
    expect(await isThere(job)).toBe(false);
  });
});

describeDocker('no container is left', () => {
  test.each([
    ['that ends in peace', 'trap "echo bye; exit 0" TERM; echo on; while true; do sleep 0.1; done', 'bye'],
    ['that will not end', 'trap "" TERM; echo on; while true; do sleep 0.1; done', ''],
  ])('by an aborted one %s', async (_what, script, said) => {
    const job = jobOf({ image: BUSYBOX, args: [script] });
    const { context, abort } = contextOf();
    const running = createDockerExecutor(settings).run(job, context);
    await eventually('it started', () => job.text().includes('on'));
    expect(await isThere(job)).toBe(true);
    const ended = expect(running).rejects.toThrow('cancelled');
    abort(new Error('cancelled'));
    await ended;
    expect(await isThere(job)).toBe(false);
    expect(job.text()).toContain(said);
  });

  test('when its log cannot be written', async () => {
    const log = () => {
      throw new Error('disk full');
    };
    const job = jobOf({ image: BUSYBOX, args: ['echo x; while true; do sleep 0.1; done'], log });
    await expect(createDockerExecutor(settings).run(job, contextOf().context)).rejects.toThrow('disk full');
    expect(await isThere(job)).toBe(false);
  });

  test('by a worker that is killed', async () => {
    const root = newFolder();
    const worker = fork(join(__dirname, 'worker.ts'), { execArgv: ['--import', 'tsx'] });
    const executors = { 'local/*': { kind: 'docker' as const } };
    const command = ['/bin/sh', '-c', 'echo on; sleep 1000'];
    worker.send({ settings: { executors, docker: settings }, root, command, folder: 'watched' } satisfies WorkerTask);
    await once(worker, 'message');
    const job = { id: `test-${worker.pid}-1` };
    expect(await isThere(job)).toBe(true);
    worker.kill('SIGKILL');
    await eventually('the container is gone', async () => !(await isThere(job)));
  });

  test('by one that died with its watchdog; a living worker’s and another machine’s are kept', async () => {
    const space = readlinkSync('/proc/self/ns/pid');
    const make = (id: string, owner: string) =>
      docker.createContainer({
        name: id,
        Image: BUSYBOX,
        Cmd: ['true'],
        Labels: { 'loopwright.owner': owner, 'loopwright.job': id },
      });
    const dead = 4_194_000 + (process.pid % 300);
    const kept = [
      await make('kept-alive', `${hostname()}/${space}:${process.pid}`),
      await make('kept-foreign', `elsewhere/${space}:${dead}`),
      await make('kept-other-space', `${hostname()}/pid:[1]:${dead}`),
      await make('kept-odd', `${hostname()}/${space}:0`),
    ];
    await make('left', `${hostname()}/${space}:${dead}`);
    try {
      await run('true');
      expect(await isThere({ id: 'left' })).toBe(false);
      for (const id of ['kept-alive', 'kept-foreign', 'kept-other-space', 'kept-odd'])
        expect(await isThere({ id })).toBe(true);
    } finally {
      await Promise.all(kept.map((container) => container.remove({ force: true })));
    }
  });
});
