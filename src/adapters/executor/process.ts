import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Readable } from 'node:stream';
import { STAGE_PATHS } from '../../contracts';
import type { ExecutorSettings, StageExecutor, StageExit, StageJob } from '../../contracts';
import { watch } from './children';
import { beating, signalOf } from './context';
import { ExecutorError } from './errors';
import { outputOf } from './output';
import type { Redacting } from './redact';

type ProcessSettings = Extract<ExecutorSettings, { kind: 'process' }>;

/** From SIGTERM to SIGKILL. */
const GRACE_MS = 5_000;
/** How long is waited for what SIGKILL has reached; where nobody reaps orphans, it never goes. */
const REAP_MS = 2_000;
/** Faults that another try would meet again. */
const LASTING = ['ENOENT', 'EACCES', 'E2BIG', 'ENOEXEC', 'ERR_INVALID_ARG_VALUE'];

/**
 * Carries out stages by a command of this machine, without a shell and with none of the worker's variables but PATH.
 * It leads a process group: what is left of that when it ends is killed, and all of it when the job is aborted or the
 * worker dies. A process that leaves its group (`setsid`) is not followed. Nothing is contained: it may read what the
 * worker may, and memory, processors and network are not limited.
 */
export function createProcessExecutor({ command, env = {} }: ProcessSettings): StageExecutor {
  // What is set for the command may be a secret, and may change what it gives.
  const version = createHash('sha256')
    .update(JSON.stringify([command, Object.entries(env).sort()]))
    .digest('hex');
  return {
    kind: 'process',
    contained: false,
    version: () => Promise.resolve(`process/${version}`),
    run: async (job, context) => {
      const signal = signalOf(context);
      const [work, temporary] = [join(job.root, STAGE_PATHS.work), join(job.root, STAGE_PATHS.root, 'tmp')];
      await Promise.all([work, temporary].map((folder) => mkdir(folder, { recursive: true })));
      signal.throwIfAborted();
      const own = { PATH: process.env.PATH, HOME: job.root, LANG: 'C.UTF-8', TMPDIR: temporary };
      return beating(context, () =>
        carryOut(
          [...command, ...job.command, ...job.args],
          work,
          { ...own, ...env, ...job.env, ...job.secrets },
          job,
          signal,
        ),
      );
    },
  };
}

async function carryOut(
  [name, ...args]: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
  job: StageJob,
  signal: AbortSignal,
): Promise<StageExit> {
  const child = start(name!, args, cwd, env);
  const ended = endOf(name!, child);
  if (child.pid === undefined) return ended;
  const group = child.pid;
  const forget = watch({ group });
  let killer: NodeJS.Timeout | undefined;
  const stop = (): void => {
    kill(group, 'SIGTERM');
    killer = setTimeout(() => kill(group, 'SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', stop);
  const output = outputOf(job, () => kill(group, 'SIGKILL'));
  const drained = Promise.all([child.stdout!, child.stderr!].map((stream) => drain(stream, output.stream())));
  const exit = await ended;
  signal.removeEventListener('abort', stop);
  const isAborted = signal.aborted;
  if (!isAborted) kill(group, 'SIGKILL');
  await gone(group, isAborted ? GRACE_MS + REAP_MS : REAP_MS);
  clearTimeout(killer);
  forget();
  // Only what has left the group still holds them open.
  const late = setTimeout(() => [child.stdout, child.stderr].forEach((stream) => stream!.destroy()), REAP_MS);
  await drained;
  clearTimeout(late);
  output.check();
  if (isAborted) throw signal.reason;
  return exit;
}

function start(name: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv): ChildProcess {
  try {
    return spawn(name, args, { cwd, env, detached: true, shell: false, stdio: ['ignore', 'pipe', 'pipe'] });
  } catch (error) {
    throw unstartable(name, error);
  }
}

/** The code alone is told of some faults: Node's message repeats the variable that it does not like. */
function unstartable(name: string, error: unknown): ExecutorError {
  const code = String((error as NodeJS.ErrnoException).code);
  const why = {
    ENOENT: 'there is no such command on the PATH of this worker, or the program that its first line names',
    EACCES: 'it is no file that this worker may execute',
    E2BIG: 'its words and variables are longer than this machine takes',
  }[code];
  return new ExecutorError(
    `the command ${name} cannot be run: ${why ?? 'it did not start'} (${code})`,
    LASTING.includes(code),
  );
}

async function endOf(name: string, child: ChildProcess): Promise<StageExit> {
  const [code, signal] = await new Promise<[number | null, NodeJS.Signals | null]>((resolve, reject) => {
    child.once('error', (error) => reject(unstartable(name, error))).once('exit', (...end) => resolve(end));
  });
  return signal === null ? { code: code! } : { code: 128 + constants.signals[signal], reason: `killed by ${signal}` };
}

function drain(stream: Readable, into: Redacting): Promise<void> {
  return new Promise((resolve) => {
    stream.on('data', (chunk: Buffer) => into.write(chunk));
    stream.once('close', () => {
      into.end();
      resolve();
    });
  });
}

function kill(group: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch {
    return false;
  }
}

async function gone(group: number, timeoutMs: number): Promise<void> {
  const deadline = performance.now() + timeoutMs;
  while (kill(group, 0) && performance.now() < deadline) await delay(20);
}
