import { SEARCH_ATTRIBUTE_NAMES } from '../contracts';
import { startEngines } from '../engines';
import { runWorker } from './worker';

/** Options of `loopwright dev`. */
export interface DevOptions {
  readonly data?: string | undefined;
  readonly taskQueue: string;
  readonly database: string;
}

/** Keeps Temporal and MongoDB up with a worker on them, until it is told to stop. */
export async function dev(options: DevOptions, log: (line: string) => void): Promise<void> {
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
    await runWorker({
      address,
      namespace,
      mongodb: mongo.uri,
      database: options.database,
      taskQueue: options.taskQueue,
    });
  } finally {
    await engines.stop();
  }
}
