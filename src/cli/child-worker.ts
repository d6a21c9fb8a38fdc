import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { WorkerOptions } from './worker';

/** Bundles our workflows once, so that a worker that is started again starts quickly. */
export async function prebuildBundle(): Promise<{ path: string; remove: () => Promise<void> }> {
  const directory = await mkdtemp(join(tmpdir(), 'loopwright-bundle-'));
  const path = join(directory, 'workflows.js');
  const { code } = await bundleWorkflowCode({
    workflowsPath: require.resolve('../../workflows'),
    logger: new DefaultLogger('ERROR'),
  });
  await writeFile(path, code);
  return { path, remove: () => rm(directory, { recursive: true, force: true }) };
}

/** A worker in a process of its own. */
export class ChildWorker {
  /** The largest resident set over all its lives, KiB. */
  maxRssKiB = 0;
  /** How often it died by SIGKILL. */
  killed = 0;
  private process: ChildProcess | null = null;
  private readonly options: WorkerOptions;
  private stopping = false;
  private died: (signal: string | null) => void = () => undefined;

  constructor(options: WorkerOptions) {
    this.options = options;
  }

  get pid(): number {
    if (this.process?.pid === undefined) throw new Error('the worker is not running');
    return this.process.pid;
  }

  /** Starts it and returns when it is ready. */
  async start(failpoint?: string): Promise<void> {
    const args = Object.entries({ ...this.options, failpoint }).flatMap(([name, value]) =>
      value === undefined ? [] : [`--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`, String(value)],
    );
    const child = fork(join(__dirname, 'main.js'), ['worker', ...args], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
    this.process = child;
    const log: string[] = [];
    child.stderr?.on('data', (chunk: Buffer) => log.push(chunk.toString()).toString());
    await new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => {
        if (signal === 'SIGKILL') this.killed += 1;
        this.died(signal);
        reject(new Error(`the worker ended with ${signal ?? code}: ${log.join('').slice(-2_000)}`));
        if (!this.stopping && signal !== 'SIGKILL')
          throw new Error(`the worker ended by itself: ${log.join('').slice(-2_000)}`);
      });
      child.on('message', (message) => {
        if (message === 'ready') resolve();
        else this.maxRssKiB = Math.max(this.maxRssKiB, (message as { maxRssKiB: number }).maxRssKiB);
      });
    });
  }

  /** Resolves when it dies. */
  death(): Promise<string | null> {
    return new Promise((resolve) => {
      this.died = resolve;
    });
  }

  /** Stops it gently. */
  async stop(): Promise<void> {
    this.stopping = true;
    const child = this.process;
    if (child?.exitCode !== null || child.signalCode !== null) return;
    const ended = this.death();
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(timer);
  }
}
