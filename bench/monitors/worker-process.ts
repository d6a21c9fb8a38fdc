import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a worker process is told. */
export interface WorkerSettings {
  readonly address: string;
  readonly mongodb: string;
  readonly database: string;
  readonly taskQueue: string;
  /** The prebuilt workflows. */
  readonly bundle: string;
  readonly maxCachedWorkflows?: number | undefined;
}

/** A worker in a process that holds nothing else. */
export class WorkerProcess {
  private readonly child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.child = child;
  }

  /** Starts it and returns when it polls. */
  static async start(settings: WorkerSettings): Promise<WorkerProcess> {
    const child = fork(join(__dirname, 'worker.js'), [JSON.stringify(settings)], {
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', (code, signal) => reject(new Error(`the worker ended with ${signal ?? code}`)));
    });
    return new WorkerProcess(child);
  }

  /** The most memory it has held so far, in megabytes: of this program alone, not of the one that forked it. */
  peakMegabytes(): number {
    const status = readFileSync(`/proc/${String(this.child.pid)}/status`, 'utf8');
    return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)![1]) / 1_024;
  }

  /** Stops it gently, or by force after a while. */
  async stop(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = once(this.child, 'exit');
    this.child.kill('SIGTERM');
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 20_000);
    await ended;
    clearTimeout(timer);
  }
}
