import { fork } from 'node:child_process';
import { join } from 'node:path';
import { untilPolled } from './environment';
import type { TestLoop } from './environment';
import type { Death, MortalTask } from './mortal-child';

/** A worker in a process of its own, on a loop's queue. */
export interface MortalWorker {
  /** Resolves with the signal that ended it; null when it ended by itself. */
  readonly death: Promise<NodeJS.Signals | null>;
  /** Ends it, if it still lives. */
  end(): void;
}

/** Starts a worker that kills itself over an activity; returns when it polls. */
export async function startMortalWorker(
  loop: TestLoop,
  death: Death,
  pipelines?: MortalTask['pipelines'],
): Promise<MortalWorker> {
  const child = fork(join(__dirname, 'mortal-child.ts'), { execArgv: ['--import', 'tsx'] });
  const died = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  const ready = new Promise((resolve) => child.once('message', resolve));
  const { taskQueue, temporal, db } = loop;
  child.send({ ...death, taskQueue, database: db.databaseName, pipelines } satisfies MortalTask);
  const end = () => void child.kill('SIGKILL');
  const polls = ready.then(() => untilPolled(temporal, taskQueue)).then(() => true);
  polls.catch(end);
  if (!(await Promise.race([polls, died.then(() => false)])))
    throw new Error(`the worker that was to die over ${death.activity} ended before it worked`);
  return { death: died, end };
}
