import { SEARCH_ATTRIBUTE_NAMES } from '../contracts';
import type { PipelineSettings } from '../contracts';
import { startEngines } from '../engines';
import { runWorker } from './worker';
import { fileReader } from './yaml';

/** Options of `loopwright dev`. */
export interface DevOptions {
  readonly data?: string | undefined;
  readonly taskQueue: string;
  readonly database: string;
  /** A file that says what carries out the stages of pipelines, by image. */
  readonly executors?: string | undefined;
}

/** Keeps Temporal and MongoDB up with a worker on them, until it is told to stop. */
export async function dev(
  options: DevOptions,
  log: (line: string) => void,
  secrets?: PipelineSettings['secrets'],
): Promise<void> {
  // A file that cannot be taken is told before anything has begun.
  if (options.executors !== undefined) await fileReader('./executors-file').readExecutors(options.executors);
  const engines = await startEngines({
    ui: true,
    dataDirectory: options.data,
    searchAttributes: SEARCH_ATTRIBUTE_NAMES.map((name) => ({ name, type: 'Keyword' as const })),
    log,
  });
  const { temporal, mongo } = engines;
  log(`Temporal  ${temporal.address}  (namespace ${temporal.namespace})`);
  if (temporal.uiAddress !== undefined) log(`UI        ${temporal.uiAddress}`);
  log(`MongoDB   ${mongo.uri}`);
  log(`worker    task queue ${options.taskQueue}, database ${options.database} · Ctrl-C ends everything`);
  try {
    const { address, namespace } = temporal;
    const { database, taskQueue, executors } = options;
    await runWorker({ address, namespace, mongodb: mongo.uri, database, taskQueue, executors }, secrets);
  } finally {
    await engines.stop();
  }
}
