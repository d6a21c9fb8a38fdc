import { fork } from 'node:child_process';
import { join } from 'node:path';
import type { SenderReport, SenderTask } from './burst-sender';

/** Starts a process for each task and returns what they report when all have ended. */
export async function inProcesses(tasks: readonly SenderTask[]): Promise<SenderReport[]> {
  return Promise.all(tasks.map(inProcess));
}

function inProcess(task: SenderTask): Promise<SenderReport> {
  return new Promise((resolve, reject) => {
    const child = fork(join(__dirname, 'burst-sender.ts'), { execArgv: ['--import', 'tsx'] });
    let report: SenderReport | null = null;
    child.once('message', (message) => (report = message as SenderReport));
    child.once('exit', (code, signal) => {
      if (report === null) reject(new Error(`a sender ended with ${signal ?? code}`));
      else resolve(report);
    });
    child.send(task);
  });
}
