import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * The watchdog's program. It reads a line for each thing that would be left behind; when the pipe closes, because the
 * worker ended in whatever way, SIGKILL included, it ends what still runs and then removes the folders.
 */
const PROGRAM = `
const { spawnSync } = require('node:child_process');
const { rmSync } = require('node:fs');
const { request } = require('node:http');
const kept = new Map();
let rest = '';
const kill = (group, signal) => { try { return process.kill(-group, signal); } catch { return false; } };
const remove = ({ socketPath, name }) => new Promise((done) =>
  request({ socketPath, method: 'DELETE', path: '/containers/' + name + '?force=true', timeout: 10000 }, (answer) =>
    answer.resume().on('close', done)).on('error', done).on('timeout', done).end());
const clear = (folder) => {
  try {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  } catch {
    // unreadable, or too deep for a path
    spawnSync('/bin/sh', ['-c', 'chmod -R u+rwx "$0"; rm -rf "$0"', folder]);
  }
};
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const { key, left } = JSON.parse(line);
    if (left === null) kept.delete(key);
    else kept.set(key, left);
  }
}).on('end', async () => {
  const left = [...kept.values()];
  const groups = left.flatMap(({ group }) => group ?? []);
  for (const group of groups) kill(group, 'SIGKILL');
  await Promise.all(left.flatMap(({ container }) => container ? remove(container) : []));
  for (let wait = 0; wait < 40 && groups.some((group) => kill(group, 0)); wait += 1) await new Promise((next) => setTimeout(next, 50));
  for (const { folder } of left) if (folder !== undefined) clear(folder);
  process.exit();
});
`;

/** What would be left behind if the worker were killed. */
export interface Left {
  /** A process group, by the process that leads it. */
  readonly group?: number;
  readonly container?: { readonly socketPath: string; readonly name: string };
  /** A folder of a job. */
  readonly folder?: string;
}

const kept = new Map<number, Left>();
let pipe: Writable | undefined;
let lastKey = 0;

/**
 * Has the worker's watchdog, one process that lives as long as the worker does, end and remove something if the
 * worker dies. A process that was killed leaves nobody else to do it.
 * @returns forgets it; to be called as soon as it has ended, for its number may be given to another
 */
export function watch(left: Left): () => void {
  lastKey += 1;
  const key = lastKey;
  pipe ??= startWatchdog();
  kept.set(key, left);
  tell(key, left);
  return () => {
    if (kept.delete(key)) tell(key, null);
  };
}

function tell(key: number, left: Left | null): void {
  pipe?.write(`${JSON.stringify({ key, left })}\n`);
}

function startWatchdog(): Writable {
  // detached: Ctrl-C and a kill of the worker's group must not reach it
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  // a pipe of a child is a socket, which can be unreferenced
  const socket = child.stdin as Writable & Pick<Socket, 'unref'>;
  const ended = (): void => {
    if (pipe === socket) pipe = undefined;
  };
  // the next one that is started learns what the last one knew
  child.once('error', ended).once('exit', ended);
  socket.on('error', ended);
  child.unref();
  socket.unref();
  for (const [key, left] of kept) socket.write(`${JSON.stringify({ key, left })}\n`);
  return socket;
}
