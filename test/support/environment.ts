import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { ActivityInterceptorsFactory } from '@temporalio/worker';
import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import { LoopwrightClient } from '../../src/client';
import type { Stages } from '../../src/contracts';
import { LoopwrightPlugin } from '../../src/plugin';
import type { LoopwrightPluginOptions } from '../../src/plugin';
import { migrate, MONGO_OPTIONS, openStores } from '../../src/stores';
import type { FoldFailpoint, Stores } from '../../src/stores';

/** A database of a test file's own. */
export interface TestStores {
  readonly mongo: MongoClient;
  readonly db: Db;
  readonly stores: Stores;
  close(): Promise<void>;
}

/** Opens a fresh database on the run's MongoDB; `close` drops it. */
export async function openTestStores(failpoint?: (name: FoldFailpoint) => void): Promise<TestStores> {
  const mongo = await MongoClient.connect(process.env.LOOPWRIGHT_TEST_MONGODB!, MONGO_OPTIONS);
  const db = mongo.db(`test-${randomUUID()}`, MONGO_OPTIONS);
  const stores = openStores(mongo, db, failpoint);
  await migrate(stores);
  return {
    mongo,
    db,
    stores,
    close: async () => {
      await db.dropDatabase();
      await mongo.close();
    },
  };
}

/** How a test's worker differs from the usual one. */
export interface TestLoopOptions {
  readonly stages?: Stages;
  /** 0 replays every workflow from its first event at every activation. */
  readonly maxCachedWorkflows?: number;
  readonly activitySlots?: number;
  readonly alerts?: LoopwrightPluginOptions['alerts'];
  readonly environments?: LoopwrightPluginOptions['environments'];
  readonly qualityGate?: LoopwrightPluginOptions['qualityGate'];
  /** Stands between the worker and its activities, to make them fail. */
  readonly interceptActivities?: ActivityInterceptorsFactory;
  /** The worker's way to MongoDB, where it is another than the test's. */
  readonly mongodb?: string;
}

/** A worker with the plugin on a queue and a database of its own, and a client for it. */
export interface TestLoop extends TestStores {
  readonly temporal: Client;
  readonly client: LoopwrightClient;
  readonly taskQueue: string;
  /** A model name nobody else uses. */
  readonly model: string;
}

/** Starts a worker on the run's Temporal; `close` stops it and terminates what it left running. */
export async function startTestLoop(options: TestLoopOptions = {}): Promise<TestLoop> {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // Installed by another loop of the same file.
  }
  const opened = await openTestStores();
  const address = process.env.LOOPWRIGHT_TEST_TEMPORAL!;
  const connection = await Connection.connect({ address });
  const nativeConnection = await NativeConnection.connect({ address });
  const temporal = new Client({ connection });
  const taskQueue = `test-${randomUUID()}`;
  const database = opened.db.databaseName;
  const plugin = new LoopwrightPlugin({
    mongodb: options.mongodb === undefined ? { client: opened.mongo, database } : { uri: options.mongodb, database },
    stages: options.stages,
    alerts: options.alerts,
    environments: options.environments,
    qualityGate: options.qualityGate,
  });
  const worker = await Worker.create({
    connection: nativeConnection,
    taskQueue,
    plugins: [plugin],
    workflowBundle: { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! },
    stickyQueueScheduleToStartTimeout: '1s',
    ...(options.interceptActivities === undefined ? {} : { interceptors: { activity: [options.interceptActivities] } }),
    ...(options.maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows: options.maxCachedWorkflows }),
    ...(options.activitySlots === undefined ? {} : { maxConcurrentActivityTaskExecutions: options.activitySlots }),
  });
  const running = worker.run();
  const client = new LoopwrightClient({
    temporal,
    mongo: opened.mongo,
    db: opened.db,
    taskQueue,
    warn: () => undefined,
  });
  await untilPolled(temporal, taskQueue);
  return {
    ...opened,
    temporal,
    client,
    taskQueue,
    model: `m${randomUUID().slice(0, 8)}`,
    close: async () => {
      await terminateAll(temporal, taskQueue);
      worker.shutdown();
      await running;
      await nativeConnection.close();
      await connection.close();
      await opened.close();
    },
  };
}

async function untilPolled(temporal: Client, taskQueue: string): Promise<void> {
  await eventually(async () => {
    const queue = await temporal.workflowService.describeTaskQueue({
      namespace: 'default',
      taskQueue: { name: taskQueue },
      taskQueueType: 1,
    });
    return (queue.pollers ?? []).length > 0;
  });
}

async function terminateAll(temporal: Client, taskQueue: string): Promise<void> {
  for await (const { workflowId } of temporal.workflow.list({
    query: `TaskQueue = '${taskQueue}' AND ExecutionStatus = 'Running'`,
  })) {
    await temporal.workflow
      .getHandle(workflowId)
      .terminate('the test is over')
      .catch(() => undefined);
  }
}

/** Waits until something holds, and says so when it never does. */
export async function eventually(fact: () => Promise<boolean> | boolean, seconds = 20): Promise<void> {
  const end = Date.now() + seconds * 1_000;
  while (!(await fact())) {
    if (Date.now() > end) throw new Error(`not so after ${seconds} s: ${fact.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
