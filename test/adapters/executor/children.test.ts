import { fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createImages } from '../../../src/adapters/executor';
import { contextOf, eventually, isRunning, jobOf, newFolder, removeFolders } from './job';
import type { WorkerTask } from './worker';

afterAll(removeFolders);

/** Starts a worker on a job and gives the worker and the numbers that its stage has written. */
async function startWorker(script: string, folder: WorkerTask['folder'], ...words: readonly string[]) {
  const root = newFolder();
  const executors = { 'local/stage': { kind: 'process' as const, command: ['/bin/sh', '-c'] } };
  const worker = fork(join(__dirname, 'worker.ts'), { execArgv: ['--import', 'tsx'] });
  worker.send({ settings: { executors }, root, command: [script, ...words], folder } satisfies WorkerTask);
  const [said] = (await once(worker, 'message')) as [string];
  return { worker, root, pids: said.trim().split(' ').map(Number) };
}

describe('a worker that is killed', () => {
  test.each([
    ['a stage and its child', 'sleep 1000 & echo $! $$; wait'],
    ['one that ignores SIGTERM', "trap '' TERM; sleep 1000 & echo $! $$; while true; do sleep 0.1; done"],
  ])('leaves no orphan and no folder: %s', async (_what, script) => {
    const { worker, root, pids } = await startWorker(script, 'watched');
    expect(pids.map(isRunning)).toEqual([true, true]);
    const exited = once(worker, 'exit');
    worker.kill('SIGKILL');
    await exited;
    await eventually('the stage ended', () => !pids.some(isRunning));
    await eventually('its folder is gone', () => !existsSync(root));
  });

  test('leaves no folder either that is too deep for a path', async () => {
    const down = 'for (let k = 0; k < 30; k += 1) fs.mkdirSync(process.argv[1]), process.chdir(process.argv[1])';
    const script = `"$0" -e '${down}' "$1"; echo $$; sleep 1000`;
    const { worker, root, pids } = await startWorker(script, 'watched', process.execPath, 'd'.repeat(200));
    worker.kill('SIGKILL');
    await eventually('the stage ended', () => !pids.some(isRunning));
    await eventually('its folder is gone', () => !existsSync(root));
  });

  test.each(['forgotten', 'unknown'] as const)('keeps a folder that is %s', async (folder) => {
    const { worker, root, pids } = await startWorker('echo $$; sleep 1000', folder);
    worker.kill('SIGKILL');
    await eventually('the stage ended', () => !pids.some(isRunning));
    await eventually('the watchdog is done', () => !existsSync(join(root, 'loopwright')));
    expect(existsSync(root)).toBe(true);
  });
});

test('many stages share one watchdog', async () => {
  const children = () => readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').trim().split(' ');
  const before = children();
  const executors = { 'local/stage': { kind: 'process' as const, command: ['/bin/sh', '-c'] } };
  const executor = createImages({ executors }).executorOf('local/stage:v1')!;
  const run = () => executor.run(jobOf({ command: ['true'] }), contextOf().context);
  await Promise.all(Array.from({ length: 10 }, run));
  await run();
  expect(children().filter((pid) => !before.includes(pid))).toHaveLength(1);
});
