import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { STAGE_PATHS } from '../../../src/contracts';
import type { StageContext, StageJob } from '../../../src/contracts';

const folders: string[] = [];

/** A new folder, removed by `removeFolders`. */
export function newFolder(): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'loopwright-job-')));
  folders.push(folder);
  return folder;
}

/** Removes the folders that a test made. */
export function removeFolders(): void {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

/** A job with what it has written so far. */
export interface TestJob extends StageJob {
  bytes(): Buffer;
  text(): string;
}

let last = 0;

/** A job that does nothing yet, in a folder of its own. */
export function jobOf(given: Partial<StageJob> = {}): TestJob {
  const root = given.root ?? newFolder();
  for (const folder of [STAGE_PATHS.work, STAGE_PATHS.inputs]) mkdirSync(join(root, folder), { recursive: true });
  const chunks: Buffer[] = [];
  last += 1;
  return {
    id: `test-${process.pid}-${last}`,
    image: 'local/stage:v1',
    command: [],
    args: [],
    told: {
      pipeline: 'p',
      run: 'r',
      stage: 's',
      attempt: 1,
      date: '2026-01-02',
      parameters: {},
      inputs: {},
      outputs: {},
      hyperparameters: {},
    },
    env: {},
    secrets: {},
    mounts: [{ host: join(root, STAGE_PATHS.root), path: STAGE_PATHS.root, readOnly: false }],
    resources: { cpu: 1_000, memory: 64 * 2 ** 20, gpu: 0 },
    log: (chunk) => chunks.push(Buffer.from(chunk as Uint8Array)),
    bytes: () => Buffer.concat(chunks),
    text: () => Buffer.concat(chunks).toString(),
    ...given,
    root,
  };
}

/** What an activity gives a stage, with a way to abort it and what it was told. */
export function contextOf(): { context: StageContext; abort: (reason: Error) => void; beats: string[] } {
  const controller = new AbortController();
  const beats: string[] = [];
  return {
    context: { signal: controller.signal, heartbeat: (progress) => void beats.push(progress) },
    abort: (reason) => controller.abort(reason),
    beats,
  };
}

/** Whether a process runs; one that has ended and waits to be reaped does not. */
export function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

/** Waits until the check holds, or throws. */
export async function eventually(what: string, check: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 20_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true in 20 s`);
    await delay(25);
  }
}
