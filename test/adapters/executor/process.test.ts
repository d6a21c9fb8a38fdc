import { createHash, randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createProcessExecutor } from '../../../src/adapters/executor/process';
import { STAGE_PATHS } from '../../../src/contracts';
import type { StageJob } from '../../../src/contracts';
import { contextOf, eventually, isRunning, jobOf, newFolder, removeFolders } from './job';

const node = (code: string) => [process.execPath, '-e', code, '--'];
const sh = (script: string) => ['/bin/sh', '-c', script, 'sh'];

async function run(command: readonly string[], given: Partial<StageJob> = {}, env: Record<string, string> = {}) {
  const job = jobOf(given);
  const exit = await createProcessExecutor({ kind: 'process', command, env }).run(job, contextOf().context);
  return { job, exit, text: job.text() };
}

afterAll(removeFolders);

describe('what the command is given', () => {
  test('words reach it as they stand: no shell reads them', async () => {
    const words = [
      '$(touch pwned)',
      '`touch pwned`',
      'a b',
      `"it's"`,
      'two\nlines',
      '',
      '*',
      '; touch pwned',
      '\\',
      '\u2028ü',
      '-x',
    ];
    const command = node('process.stdout.write(JSON.stringify(process.argv.slice(1)))');
    const { job, text } = await run(command, { command: words.slice(0, 4), args: words.slice(4) });
    expect(JSON.parse(text)).toEqual(words);
    expect(existsSync(join(job.root, STAGE_PATHS.work, 'pwned'))).toBe(false);
  });

  test('of the worker’s variables it sees PATH alone; secrets win over what the job says, that over the settings', async () => {
    process.env.LOOPWRIGHT_TEST_CANARY = 'sings';
    const given = { env: { A: 'job', B: 'job' }, secrets: { B: 'no' } };
    const command = node('process.stdout.write(JSON.stringify(process.env))');
    const { job, text } = await run(command, given, { A: 'settings', B: 'settings', C: 'settings' });
    delete process.env.LOOPWRIGHT_TEST_CANARY;
    expect(JSON.parse(text)).toEqual({
      PATH: process.env.PATH,
      HOME: job.root,
      LANG: 'C.UTF-8',
      TMPDIR: join(job.root, '/loopwright/tmp'),
      A: 'job',
      B: 'no',
      C: 'settings',
    });
  });

  test('it works in its own folder, has one for temporary files and nothing to read', async () => {
    const { job, text, exit } = await run(sh('pwd; cat; mktemp >/dev/null && ls "$TMPDIR" | wc -l'));
    expect(text).toBe(`${join(job.root, STAGE_PATHS.work)}\n1\n`);
    expect(exit).toEqual({ code: 0 });
  });
});

describe('how it ends', () => {
  test.each([
    ['exit 0', { code: 0 }],
    ['exit 7', { code: 7 }],
    ['kill -SEGV $$', { code: 139, reason: 'killed by SIGSEGV' }],
    ['kill -KILL $$', { code: 137, reason: 'killed by SIGKILL' }],
  ])('%s', async (script, expected) => {
    expect((await run(sh(script))).exit).toEqual(expected);
  });

  test('a command that cannot run is named, and no other try would mend it', async () => {
    const file = join(newFolder(), 'plain');
    writeFileSync(file, 'no program');
    await expect(run(['no-such-command'])).rejects.toMatchObject({
      lasting: true,
      message: expect.stringContaining('no-such-command'),
    });
    await expect(run(['no-such-command'])).rejects.toThrow('no such command on the PATH of this worker');
    await expect(run([file])).rejects.toMatchObject({ lasting: true, message: expect.stringContaining('EACCES') });
    await expect(run(sh('true'), { args: ['x'.repeat(4e6)] })).rejects.toMatchObject({
      lasting: true,
      message: expect.stringContaining('E2BIG'),
    });
  });

  test('a secret that no variable can hold is not told', async () => {
    const failure = await run(sh('true'), { secrets: { KEY: 'canary\0secret' } }).catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'ExecutorError', lasting: true });
    expect(JSON.stringify([String(failure), failure, (failure as Error).stack])).not.toContain('canary');
  });

  test('it is told as alive', async () => {
    const { context, beats } = contextOf();
    await createProcessExecutor({ kind: 'process', command: sh('true') }).run(jobOf(), context);
    expect(beats[0]).toBe('running for 0 s');
  });
});

describe('what it writes', () => {
  test('all of it, though it is 32 MiB of any bytes', async () => {
    const file = join(newFolder(), 'bytes');
    const bytes = randomBytes(32 * 2 ** 20);
    writeFileSync(file, bytes);
    const { job } = await run(['cat', file]);
    const digest = (of: Uint8Array) => createHash('sha256').update(of).digest('hex');
    expect(digest(job.bytes())).toBe(digest(bytes));
  });

  test('without its secrets, though one is written in two parts with a word on the other stream between', async () => {
    const code = `
      const { writeSync } = require('node:fs');
      const pause = () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 100);
      writeSync(1, 'a hun'); pause(); writeSync(2, 'error'); pause(); writeSync(1, 'ter2 z');`;
    const { text } = await run(node(code), { secrets: { KEY: 'hunter2' } });
    expect([...text.matchAll(/\*\*\*/g)]).toHaveLength(1);
    expect(text).toContain('error');
    expect(text).not.toMatch(/hun|ter2/);
  });

  test('a log that cannot be written ends the stage, not the worker', async () => {
    const job = {
      ...jobOf(),
      log: () => {
        throw new Error('disk full');
      },
    };
    const command = sh('echo $$ > pid; echo x; while true; do sleep 1; done');
    await expect(createProcessExecutor({ kind: 'process', command }).run(job, contextOf().context)).rejects.toThrow(
      'disk full',
    );
  });
});

describe('nothing is left', () => {
  test('what the leader started and left is killed', async () => {
    const { text, exit } = await run(sh('sleep 1000 & echo $!; exit 3'));
    expect(exit).toEqual({ code: 3 });
    expect(isRunning(Number(text))).toBe(false);
  });

  test('what has left the group does not hold the stage up by its open streams', async () => {
    const { text, exit } = await run(sh("setsid sh -c 'echo $$; exec sleep 1000' & sleep 0.5"));
    expect(exit).toEqual({ code: 0 });
    process.kill(Number(text), 'SIGKILL');
  });

  test.each([
    ['that ends in peace', 'trap "echo bye; exit 0" TERM; sleep 1000 & echo $! $$; wait', 'bye'],
    [
      'whose child takes its time',
      'sh -c \'trap "sleep 0.3; echo later; exit 0" TERM; echo ready; while true; do sleep 0.1; done\' & echo $! $$; wait',
      'later',
    ],
    ['that will not end', "trap '' TERM; sleep 1000 & echo $! $$; while true; do sleep 0.1; done", ''],
  ])('an aborted one %s', async (_what, script, said) => {
    const job = jobOf();
    const { context, abort } = contextOf();
    const running = createProcessExecutor({ kind: 'process', command: sh(script) }).run(job, context);
    await eventually(
      'it started',
      () => /\d+ \d+\n/.test(job.text()) && (said !== 'later' || job.text().includes('ready')),
    );
    const pids = /(\d+) (\d+)\n/.exec(job.text())!.slice(1).map(Number);
    expect(pids.map(isRunning)).toEqual([true, true]);
    const ended = expect(running).rejects.toThrow('cancelled');
    abort(new Error('cancelled'));
    await ended;
    expect(pids.map(isRunning)).toEqual([false, false]);
    expect(job.text()).toContain(said);
  });

  test('one that is aborted beforehand does not begin', async () => {
    const job = jobOf();
    const { context, abort } = contextOf();
    abort(new Error('cancelled'));
    const running = createProcessExecutor({ kind: 'process', command: sh('touch began') }).run(job, context);
    await expect(running).rejects.toThrow('cancelled');
    expect(existsSync(join(job.root, STAGE_PATHS.work, 'began'))).toBe(false);
  });
});

test('its version is that of the command and its variables, without saying them', async () => {
  const version = (command: readonly string[], env?: Record<string, string>) =>
    createProcessExecutor({ kind: 'process', command, env }).version('x');
  const [one, same, word, variable] = await Promise.all([
    version(['a', 'b'], { A: 'canary', B: '2' }),
    version(['a', 'b'], { B: '2', A: 'canary' }),
    version(['a b'], { A: 'canary', B: '2' }),
    version(['a', 'b'], { A: 'other', B: '2' }),
  ]);
  expect(one).toMatch(/^process\/[0-9a-f]{64}$/);
  expect(same).toBe(one);
  expect(new Set([one, word, variable]).size).toBe(3);
});
