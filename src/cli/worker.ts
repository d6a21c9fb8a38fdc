import { readFileSync, writeFileSync } from 'node:fs';
import { NativeConnection, Runtime, Worker, DefaultLogger } from '@temporalio/worker';
import type { PipelineSettings } from '../contracts';
import { LoopwrightPlugin } from '../plugin';
import type { LoopwrightPluginOptions } from '../plugin';
import { fileReader } from './yaml';

/** How often a worker says that it is well. */
const HEALTH_MS = 10_000;

/** What a worker process needs; the composition root reads the environment. */
export interface WorkerOptions {
  readonly address: string;
  readonly namespace: string;
  readonly mongodb: string;
  readonly database: string;
  readonly taskQueue: string;
  /** A prebuilt bundle; without one the worker bundles at start. */
  readonly bundle?: string | undefined;
  /** Environments that may be deployed to, with commas between; any without it. */
  readonly environments?: string | undefined;
  /** Activities at once, at most. */
  readonly activitySlots?: number | undefined;
  /** A file that says what carries out the stages of pipelines, by image. */
  readonly executors?: string | undefined;
  /** Touched while the worker polls, for health checks. */
  readonly healthFile?: string | undefined;
  /** Kills the process at the n-th hit of a point: `fold-labelled:3`, `after-effect/registerChallenger:1`. For crash tests. */
  readonly failpoint?: string | undefined;
}

/**
 * Runs a worker until it is told to stop (SIGINT, SIGTERM); says `ready` to a parent process.
 * @param secrets of pipelines; no option holds them, for options stand on command lines
 */
export async function runWorker(options: WorkerOptions, secrets?: PipelineSettings['secrets']): Promise<void> {
  const { executors } = options;
  const settings = executors === undefined ? {} : await fileReader('./executors-file').readExecutors(executors);
  Runtime.install({ logger: new DefaultLogger('WARN') });
  const connection = await NativeConnection.connect({ address: options.address });
  const plugin = new LoopwrightPlugin({
    mongodb: { uri: options.mongodb, database: options.database },
    environments: options.environments?.split(','),
    pipelines: { ...settings, ...(secrets === undefined ? {} : { secrets }) },
    failpoint: failpointOf(options.failpoint),
  });
  try {
    const worker = await Worker.create({
      connection,
      namespace: options.namespace,
      taskQueue: options.taskQueue,
      plugins: [plugin],
      // A worker that dies keeps its cached workflows waiting for this long.
      stickyQueueScheduleToStartTimeout: '1s',
      shutdownGraceTime: '10s',
      ...(options.bundle === undefined ? {} : { workflowBundle: { code: readFileSync(options.bundle, 'utf8') } }),
      ...(options.activitySlots === undefined ? {} : { maxConcurrentActivityTaskExecutions: options.activitySlots }),
    });
    const report = setInterval(() => process.send?.({ maxRssKiB: process.resourceUsage().maxRSS }), 500);
    const health = setInterval(() => touch(options.healthFile, worker.getState()), HEALTH_MS);
    process.send?.('ready');
    await worker.run().finally(() => {
      clearInterval(report);
      clearInterval(health);
    });
  } finally {
    await connection.close();
  }
}

function touch(file: string | undefined, state: string): void {
  if (file !== undefined && state === 'RUNNING') writeFileSync(file, new Date().toISOString());
}

function failpointOf(text: string | undefined): LoopwrightPluginOptions['failpoint'] {
  if (text === undefined) return undefined;
  const [point, count = '1'] = text.split(':');
  let left = Number(count);
  return (name) => {
    if (name !== point) return;
    left -= 1;
    if (left === 0) process.kill(process.pid, 'SIGKILL');
  };
}
