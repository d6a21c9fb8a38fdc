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
  readonly pipelines?: LoopwrightPluginOptions['pipelines'];
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
  const loop = await openTestLoop();
  const stop = await workOn(loop, options);
  return {
    ...loop,
    close: async () => {
      await terminateAll(loop.temporal, loop.taskQueue);
      await stop();
      await loop.close();
    },
  };
}

/** A queue and a database of their own with a client for them, and nobody who works. */
export async function openTestLoop(): Promise<TestLoop> {
  const opened = await openTestStores();
  const { mongo, db } = opened;
  const connection = await Connection.connect({ address: process.env.LOOPWRIGHT_TEST_TEMPORAL! });
  const temporal = new Client({ connection });
  const taskQueue = `test-${randomUUID()}`;
  const warn = () => undefined;
  return {
    ...opened,
    temporal,
    client: new LoopwrightClient({ temporal, mongo, db, taskQueue, warn }),
    taskQueue,
    model: `m${randomUUID().slice(0, 8)}`,
    close: async () => {
      await connection.close();
      await opened.close();
    },
  };
}

/** A worker of this process on a loop's queue; returns what stops it. */
export async function workOn(loop: TestLoop, options: TestLoopOptions = {}): Promise<() => Promise<void>> {
  try {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
  } catch {
    // Installed by another loop of the same file.
  }
  const connection = await NativeConnection.connect({ address: process.env.LOOPWRIGHT_TEST_TEMPORAL! });
  const { mongo, taskQueue, temporal } = loop;
  const database = loop.db.databaseName;
  const plugin = new LoopwrightPlugin({
    mongodb: options.mongodb === undefined ? { client: mongo, database } : { uri: options.mongodb, database },
    stages: options.stages,
    alerts: options.alerts,
    environments: options.environments,
    qualityGate: options.qualityGate,
    pipelines: options.pipelines,
  });
  const worker = await Worker.create({
    connection,
    taskQueue,
    plugins: [plugin],
    workflowBundle: { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! },
    stickyQueueScheduleToStartTimeout: '1s',
    ...(options.interceptActivities === undefined ? {} : { interceptors: { activity: [options.interceptActivities] } }),
    ...(options.maxCachedWorkflows === undefined ? {} : { maxCachedWorkflows: options.maxCachedWorkflows }),
    ...(options.activitySlots === undefined ? {} : { maxConcurrentActivityTaskExecutions: options.activitySlots }),
  });
  const running = worker.run();
  await untilPolled(temporal, taskQueue);
  return async () => {
    worker.shutdown();
    await running;
    await connection.close();
  };
}

/** Waits until a worker polls a queue. */
export async function untilPolled(temporal: Client, taskQueue: string): Promise<void> {
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
