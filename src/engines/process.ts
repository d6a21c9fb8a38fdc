import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile, rm } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { reasonOf } from './run';
import { rewatch, watch } from './watchdog';

/** How long a server may take to end after SIGTERM. */
const GRACE_MS = 10_000;
const POLL_MS = 20;
const TAIL_CHARACTERS = 8_000;

/** How to start a server. */
export interface ServerCommand {
  /** What messages call it. */
  readonly name: string;
  readonly path: string;
  readonly parameters: readonly string[];
  /** Takes what the server prints; overwritten. A file, so that a server never waits for our event loop. */
  readonly logFile: string;
  /** Removed when the server has stopped. */
  readonly temporaryFolder?: string | undefined;
  readonly environment: NodeJS.ProcessEnv;
}

/** A server that runs as our child and ends with us. */
export interface ServerProcess {
  readonly pid: number;
  /** Waits until `check` gives true; fails if the server ends or the time is up, with the end of its log. */
  untilReady(timeoutMs: number, check: () => Promise<boolean>): Promise<void>;
  /** SIGTERM, then SIGKILL; done when the process is gone. May be called again. */
  stop(): Promise<void>;
}

/** Starts a server. It is stopped by `stop()`, or by the watchdog when our process ends in whatever way. */
export async function startServer(command: ServerCommand): Promise<ServerProcess> {
  const folder = command.temporaryFolder;
  const log = await open(command.logFile, 'w');
  const child = spawn(command.path, [...command.parameters], {
    // detached: Ctrl-C is for us to handle, and a worker may still need its servers to shut down
    detached: true,
    env: command.environment,
    stdio: ['ignore', log.fd, log.fd],
  });
  const started = once(child, 'spawn');
  const key = watch({ pid: child.pid, folder });
  let ending: string | undefined;
  let stopping: Promise<void> | undefined;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      ending = code === null ? `by ${signal}` : `with code ${code}`;
      resolve();
    });
  });
  try {
    await started;
  } catch (error) {
    await removeFolder(folder);
    rewatch(key, {});
    throw new Error(`${command.name} could not be started from ${command.path}`, { cause: error });
  } finally {
    await log.close();
  }
  // a number that belongs to nobody, or later to somebody else, must not be killed
  void ended.then(() => stopping ?? rewatch(key, { folder }));
  // a forgotten stop() must not keep the program alive
  child.unref();

  const end = async () => {
    child.ref();
    if (ending === undefined) child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
    await ended;
    clearTimeout(timer);
    await removeFolder(folder);
    rewatch(key, {});
  };

  return {
    pid: child.pid!,
    stop: () => (stopping ??= end()),
    untilReady: async (timeoutMs, check) => {
      const deadline = Date.now() + timeoutMs;
      let reason = 'it did not answer';
      while (Date.now() < deadline && ending === undefined) {
        const ready = await check().catch((error: unknown) => {
          reason = reasonOf(error);
          return false;
        });
        if (ready) return;
        await delay(POLL_MS);
      }
      const what = ending === undefined ? `was not ready in ${timeoutMs / 1000} s: ${reason}` : `ended ${ending}`;
      throw new Error(`${command.name} (${command.path}) ${what}; its log ends:\n${await logTail(command.logFile)}`);
    },
  };
}

async function removeFolder(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true, maxRetries: 5 });
}

async function logTail(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(reasonOf);
  return text.slice(-TAIL_CHARACTERS);
}
