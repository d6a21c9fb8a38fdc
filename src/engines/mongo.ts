import { mkdir } from 'node:fs/promises';
import os from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import type { Document } from 'mongodb';
import { findExecutable } from './executables';
import type { FoundExecutable } from './executables';
import { serverFolder } from './folders';
import { isListening, onFreePorts } from './ports';
import { startServer } from './process';

const SET_NAME = 'loopwright';
const READY_MS = 30_000;
const CLIENT_OPTIONS = {
  serverSelectionTimeoutMS: 5_000,
  // the driver would load `os` by a dynamic import, which jest does not have
  runtimeAdapters: { os },
} as const;

/** A replica set to work with. */
export interface MongoEngine {
  readonly uri: string;
  /** Where it came from: `MONGODB_URI`, or the source of the executable. */
  readonly source: string;
  /** True if it was there already; then `stop` leaves it alone. */
  readonly provided: boolean;
  stop(): Promise<void>;
}

/** How to provide MongoDB. */
export interface MongoEngineOptions {
  /** Keeps the data, in `mongo` below it, for the next start. Default: a temporary folder. */
  readonly dataDirectory?: string | undefined;
  /** Allows failpoints and other test commands. Default false. */
  readonly testCommands?: boolean | undefined;
  /** Takes a line on each step. Nothing is printed by default. */
  readonly log?: ((line: string) => void) | undefined;
  /** Default `process.env`. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** Takes the replica set that `MONGODB_URI` names, or starts one node of our own on loopback. */
export async function startMongo(options: MongoEngineOptions = {}): Promise<MongoEngine> {
  const environment = options.environment ?? process.env;
  const given = environment.MONGODB_URI;
  if (given !== undefined && given !== '') {
    // the address may hold a password
    options.log?.('mongod: the one that MONGODB_URI names');
    return { uri: given, source: 'MONGODB_URI', provided: true, stop: () => Promise.resolve() };
  }
  const found = await findExecutable('mongod', { log: options.log, environment });
  return onFreePorts((port) => launch(found, port, options, environment));
}

async function launch(
  found: FoundExecutable,
  port: number,
  options: MongoEngineOptions,
  environment: NodeJS.ProcessEnv,
): Promise<MongoEngine> {
  const folder = await serverFolder(options.dataDirectory, 'mongo');
  const data = join(folder.path, 'mongo');
  await mkdir(data, { recursive: true });
  const place = ['--dbpath', data, '--port', String(port), '--bind_ip', '127.0.0.1', '--nounixsocket'];
  const manner = ['--replSet', SET_NAME, '--wiredTigerCacheSizeGB', '0.5', '--noscripting', '--quiet'];
  const server = await startServer({
    name: 'mongod',
    path: found.path,
    parameters: [
      ...place,
      ...manner,
      ...(options.testCommands === true ? ['--setParameter', 'enableTestCommands=1'] : []),
    ],
    logFile: join(folder.path, 'mongod.log'),
    temporaryFolder: folder.temporary,
    environment,
  });
  try {
    await server.untilReady(READY_MS, () => isListening(port));
    await server.untilReady(READY_MS, () => becomePrimary(`127.0.0.1:${port}`));
  } catch (error) {
    await server.stop();
    throw error;
  }
  const uri = `mongodb://127.0.0.1:${port}/?replicaSet=${SET_NAME}`;
  options.log?.(`mongod: ready at ${uri}`);
  return { uri, source: found.source, provided: false, stop: () => server.stop() };
}

/** True once the node takes writes; sets the replica set up, or tells a kept one its new port. */
async function becomePrimary(host: string): Promise<boolean> {
  // a client of its own for each try: one whose first connection failed stays closed
  const client = new MongoClient(`mongodb://${host}/?directConnection=true`, CLIENT_OPTIONS);
  try {
    return await setUp(client, host);
  } finally {
    await client.close();
  }
}

async function setUp(client: MongoClient, host: string): Promise<boolean> {
  const admin = client.db('admin');
  const hello = await admin.command({ hello: 1 });
  if (hello.isWritablePrimary === true) return true;
  const config = await client.db('local').collection('system.replset').findOne();
  if (config === null) {
    await admin.command({ replSetInitiate: { _id: SET_NAME, members: [{ _id: 0, host }] } });
    return false;
  }
  const [member] = config.members as readonly Document[];
  if (member?.host !== host) {
    const moved = { ...config, version: Number(config.version) + 1, members: [{ ...member, host }] };
    await admin.command({ replSetReconfig: moved, force: true });
  }
  return false;
}
