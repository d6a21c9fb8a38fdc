import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const folders: string[] = [];

/** A new folder, removed by `removeFolders`. */
export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-test-'));
  folders.push(folder);
  return folder;
}

/** Removes the folders that a test made. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** The environment without a developer's own servers, which no test may touch. */
export function withoutServers(): NodeJS.ProcessEnv {
  const own = ([name]: [string, unknown]) => !name.startsWith('TEMPORAL_') && name !== 'MONGODB_URI';
  return Object.fromEntries(Object.entries(process.env).filter(own));
}

/** Writes a shell script that stands for an executable, and returns its path. */
export function plant(folder: string, name: string, script: string): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** The command lines of running processes that hold the text; zombies have none. Linux only. */
export function processesWith(text: string): readonly string[] {
  return running()
    .map((id) => read(`/proc/${id}/cmdline`).replaceAll('\0', ' '))
    .filter((line) => line.includes(text));
}

/** How many watchdogs this very process has: another test file, or the run itself, may have one as well. */
export function ownWatchdogs(): number {
  const own = running().filter((id) => read(`/proc/${id}/status`).includes(`PPid:\t${process.pid}\n`));
  return own.filter((id) => read(`/proc/${id}/cmdline`).includes('const watched = new Map')).length;
}

function running(): readonly string[] {
  return readdirSync('/proc').filter((entry) => /^\d+$/.test(entry) && entry !== String(process.pid));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

/** Waits until the check holds, or throws. */
export async function eventually(what: string, check: () => boolean, timeoutMs = 15_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!check()) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true in ${timeoutMs} ms`);
    await delay(50);
  }
}
