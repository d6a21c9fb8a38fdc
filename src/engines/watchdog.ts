import { spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import type { Writable } from 'node:stream';

/**
 * The watchdog's program. It reads a line for each server; when the pipe closes, because our process ended in
 * whatever way, SIGKILL included, it stops the servers that are left and removes their folders.
 */
const PROGRAM = `
const { rmSync } = require('node:fs');
const watched = new Map();
let rest = '';
const kill = (pid, signal) => { try { return process.kill(pid, signal); } catch { return false; } };
process.stdin.setEncoding('utf8').on('data', (chunk) => {
  const lines = (rest + chunk).split('\\n');
  rest = lines.pop();
  for (const line of lines) {
    const { key, pid, folder } = JSON.parse(line);
    if (pid === undefined && folder === undefined) watched.delete(key);
    else watched.set(key, { pid, folder });
  }
}).on('end', async () => {
  const left = [...watched.values()];
  const running = () => left.filter(({ pid }) => pid !== undefined && kill(pid, 0));
  for (const { pid } of running()) kill(pid, 'SIGTERM');
  for (let wait = 0; wait < 100 && running().length > 0; wait += 1) await new Promise((next) => setTimeout(next, 50));
  for (const { pid } of running()) kill(pid, 'SIGKILL');
  for (const { folder } of left) if (folder !== undefined) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});
`;

/** What is to be cleaned up if our process ends. */
export interface Watched {
  readonly pid?: number | undefined;
  readonly folder?: string | undefined;
}

const watched = new Set<number>();
let pipe: Writable | undefined;
let lastKey = 0;

/** Has the watchdog stop a process and remove a folder when our process ends. Returns the key to change that by. */
export function watch(what: Watched): number {
  lastKey += 1;
  rewatch(lastKey, what);
  return lastKey;
}

/** Replaces what is watched under a key; with nothing to clean up it is forgotten, and the last one ends the watchdog. */
export function rewatch(key: number, what: Watched): void {
  if (what.pid !== undefined || what.folder !== undefined) watched.add(key);
  else if (!watched.delete(key)) return;
  pipe ??= startWatchdog();
  pipe.write(`${JSON.stringify({ key, ...what })}\n`);
  if (watched.size > 0) return;
  pipe.end();
  pipe = undefined;
}

function startWatchdog(): Writable {
  // detached: Ctrl-C and a kill of our process group must not reach it
  const child = spawn(process.execPath, ['-e', PROGRAM], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    env: {},
  });
  // a pipe of a child is a socket, which can be unreferenced
  const socket = child.stdin as Writable & Pick<Socket, 'unref'>;
  // without a watchdog the servers still run and stop() still stops them
  child.once('error', () => undefined);
  socket.once('error', () => undefined);
  child.unref();
  socket.unref();
  return socket;
}
