/** A worker in a process of its own; ends on SIGTERM, or when its parent is gone. */
import { readFileSync } from 'node:fs';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import { loadPlugin } from './library';
import type { WorkerSettings } from './worker-process';

/** A stage that does nothing: what it costs is what stages cost. */
const noop = { kind: 'function', version: '1', run: () => Promise.resolve() } as const;

async function main(): Promise<void> {
  const settings = JSON.parse(process.argv[2]!) as WorkerSettings;
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const connection = await NativeConnection.connect({ address: settings.address });
  const { LoopwrightPlugin } = loadPlugin();
  const mongodb = { uri: settings.mongodb, database: settings.database };
  const worker = await Worker.create({
    connection,
    taskQueue: settings.taskQueue,
    plugins: [new LoopwrightPlugin({ mongodb, pipelines: { executors: { noop } } })],
    workflowBundle: { code: readFileSync(settings.bundle, 'utf8') },
    ...(settings.maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows: settings.maxCachedWorkflows }),
  });
  process.once('disconnect', () => {
    if (worker.getState() === 'RUNNING') worker.shutdown();
  });
  const running = worker.run();
  process.send!('ready');
  await running;
  await connection.close();
  if (process.connected) process.disconnect();
}

void main();
