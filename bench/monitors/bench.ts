import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import type { LoopwrightClient as LoopwrightClientType } from '../../src/client';
import type { MongoEngine, TemporalEngine } from '../../src/engines';
import type { Stores } from '../../src/stores';
import {
  loadBundler,
  loadEngines,
  LoopwrightClient,
  migrate,
  MONGO_OPTIONS,
  openStores,
  SEARCH_ATTRIBUTE_NAMES,
} from './library';
import { WorkerProcess } from './worker-process';

/** A database of its own, with a client of ours on it; nobody watches it. */
export interface Room {
  readonly mongo: MongoClient;
  readonly db: Db;
  readonly stores: Stores;
}

/** A room with a worker process on a Temporal server. */
export interface Loop extends Room {
  readonly client: LoopwrightClientType;
  readonly temporal: Client;
  readonly worker: WorkerProcess;
  close(): Promise<void>;
}

/** A Temporal server to work on. */
export interface Place {
  readonly address: string;
  readonly temporal: Client;
}

/** The servers, started when they are first needed and stopped at the end; no server that somebody uses is touched. */
export class Bench {
  private readonly ends: (() => Promise<unknown>)[] = [];
  private readonly mongoOnce = once(() => this.startMongo());
  private readonly temporalOnce = once(() => this.startTemporal());
  private readonly bundleOnce = once(() => this.makeBundle());

  /** A fresh database; it goes with its server. */
  async room(): Promise<Room> {
    const { client } = await this.mongoOnce();
    const db = client.db(`bench-${randomUUID()}`, MONGO_OPTIONS);
    const stores = openStores(client, db);
    await migrate(stores);
    return { mongo: client, db, stores };
  }

  /** A worker process on a database of its own, on the dev server unless said. */
  async loop(options: { readonly place?: Place; readonly maxCachedWorkflows?: number } = {}): Promise<Loop> {
    const { address, temporal } = options.place ?? (await this.temporalOnce());
    const [mongo, bundle, room] = await Promise.all([this.mongoOnce(), this.bundleOnce(), this.room()]);
    const taskQueue = `bench-${randomUUID()}`;
    const worker = await WorkerProcess.start({
      address,
      mongodb: mongo.engine.uri,
      database: room.db.databaseName,
      taskQueue,
      bundle,
      maxCachedWorkflows: options.maxCachedWorkflows,
    });
    this.ends.push(() => worker.stop());
    await untilPolled(temporal, taskQueue);
    const parts = { temporal, mongo: mongo.client, db: room.db, taskQueue, warn: () => undefined };
    const client = new LoopwrightClient(parts);
    return { ...room, client, temporal, worker, close: () => worker.stop() };
  }

  /** The workflows, bundled once. */
  bundle(): Promise<string> {
    return this.bundleOnce();
  }

  /** Is called at the end, the last one first. */
  atEnd(end: () => Promise<unknown>): void {
    this.ends.push(end);
  }

  /** What runs, by version. */
  async versions(): Promise<Record<string, string>> {
    const { client } = await this.mongoOnce();
    const { version } = await client.db('admin').command({ buildInfo: 1 });
    const { temporal } = await this.temporalOnce();
    const { serverVersion } = await temporal.workflowService.getSystemInfo({});
    return { mongod: String(version), temporal: String(serverVersion) };
  }

  /** Stops what was started. */
  async stop(): Promise<void> {
    for (const end of this.ends.splice(0).reverse()) await end().catch(console.error);
  }

  private async startMongo(): Promise<{ engine: MongoEngine; client: MongoClient }> {
    const engine = await loadEngines().startMongo({ environment: withoutAddresses() });
    this.ends.push(() => engine.stop());
    const client = await MongoClient.connect(engine.uri, MONGO_OPTIONS);
    this.ends.push(() => client.close());
    return { engine, client };
  }

  private async startTemporal(): Promise<Place> {
    const searchAttributes = SEARCH_ATTRIBUTE_NAMES.map((name) => ({ name, type: 'Keyword' as const }));
    const options = { ui: false, searchAttributes, environment: withoutAddresses() };
    const engine: TemporalEngine = await loadEngines().startTemporal(options);
    this.ends.push(() => engine.stop());
    const connection = await Connection.connect({ address: engine.address });
    this.ends.push(() => connection.close());
    return { address: engine.address, temporal: new Client({ connection }) };
  }

  private async makeBundle(): Promise<string> {
    const { path, remove } = await loadBundler().prebuildBundle();
    this.ends.push(remove);
    return path;
  }
}

/** The client refuses to start work where nobody polls. */
async function untilPolled({ workflowService, options: { namespace } }: Client, name: string): Promise<void> {
  const request = { namespace, taskQueue: { name }, taskQueueType: 1 };
  try {
    while ((await workflowService.describeTaskQueue(request)).pollers.length === 0) await delay(50);
  } catch {
    // The time-skipping test server does not describe queues.
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => (made ??= make());
}

function withoutAddresses(): NodeJS.ProcessEnv {
  const { MONGODB_URI: _mongo, TEMPORAL_ADDRESS: _temporal, ...rest } = process.env;
  return rest;
}
