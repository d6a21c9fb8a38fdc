import { existsSync } from 'node:fs';
import os from 'node:os';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { startEngines, startMongo } from '../../src/engines';
import type { MongoEngine } from '../../src/engines';
import { isListening } from '../../src/engines/ports';
import { eventually, newFolder, ownWatchdogs, processesWith, removeFolders, withoutServers } from './temporary';

const environment = withoutServers();

afterEach(removeFolders);

async function withClient<T>(engine: MongoEngine, use: (client: MongoClient) => Promise<T>): Promise<T> {
  const client = await MongoClient.connect(engine.uri, { runtimeAdapters: { os } });
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}

const portOf = (engine: MongoEngine) => Number(new URL(engine.uri).port);

describe('startMongo', () => {
  it('gives a writable primary that commits transactions, and ends it with its folder', async () => {
    const engine = await startMongo({ environment });
    const line = processesWith(`--port ${portOf(engine)}`)[0]!;
    const folder = /--dbpath (\S+)/.exec(line)![1]!;
    try {
      expect(engine).toMatchObject({ provided: false });
      await withClient(engine, async (client) => {
        const hello = await client.db('admin').command({ hello: 1 });
        expect(hello).toMatchObject({
          isWritablePrimary: true,
          setName: 'loopwright',
          me: `127.0.0.1:${portOf(engine)}`,
        });
        const rows = client.db('x').collection('rows');
        await client.withSession((session) =>
          session.withTransaction(async () => {
            await rows.insertOne({ n: 1 }, { session });
            await client.db('x').collection('others').insertOne({ n: 2 }, { session });
          }),
        );
        expect(await rows.countDocuments()).toBe(1);
        await expect(client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' })).rejects.toThrow();
      });
      expect(existsSync(folder)).toBe(true);
    } finally {
      await engine.stop();
    }
    expect(processesWith(`--port ${portOf(engine)}`)).toEqual([]);
    expect(await isListening(portOf(engine))).toBe(false);
    expect(existsSync(join(folder, '..'))).toBe(false);
  });

  it('keeps data in a named folder, on another port', async () => {
    const dataDirectory = newFolder();
    const first = await startMongo({ environment, dataDirectory, testCommands: true });
    await withClient(first, async (client) => {
      await client
        .db('x')
        .collection('rows')
        .insertOne({ n: 1 }, { writeConcern: { w: 'majority' } });
      await client.db('admin').command({ configureFailPoint: 'failCommand', mode: 'off' });
    });
    await first.stop();

    const second = await startMongo({ environment, dataDirectory });
    try {
      expect(second.uri).not.toBe(first.uri);
      await withClient(second, async (client) => {
        const rows = client.db('x').collection('rows');
        expect(await rows.countDocuments()).toBe(1);
        await rows.insertOne({ n: 2 }, { writeConcern: { w: 'majority' } });
      });
      // mongod itself guards a folder in use, and what it says reaches the caller
      await expect(startMongo({ environment, dataDirectory })).rejects.toThrow(/ended with code 100[^]*mongod.lock/);
    } finally {
      await second.stop();
    }
  });

  it('stops one that crashed, and removes its folder', async () => {
    const watchdogs = ownWatchdogs();
    const engine = await startMongo({ environment });
    const line = processesWith(`--port ${portOf(engine)}`)[0]!;
    const folder = /--dbpath (\S+)/.exec(line)![1]!;
    await withClient(engine, async (client) => {
      const { pid } = await client.db('admin').command({ serverStatus: 1 });
      process.kill(Number(pid), 'SIGKILL');
    });
    await eventually('the crash', () => processesWith(folder).length === 0);
    await engine.stop();
    expect(existsSync(join(folder, '..'))).toBe(false);
    await eventually('no watchdog', () => ownWatchdogs() === watchdogs);
  });

  it('takes the replica set of the environment and does not print its password', async () => {
    const uri = 'mongodb://me:secret@db.example/?replicaSet=rs0';
    const lines: string[] = [];
    const engine = await startMongo({ environment: { MONGODB_URI: uri }, log: (line) => lines.push(line) });
    expect(engine).toMatchObject({ uri, source: 'MONGODB_URI', provided: true });
    expect(lines.join()).not.toContain('secret');
    await engine.stop();
  });
});

describe('startEngines', () => {
  it('gives both in one folder and ends both', async () => {
    const dataDirectory = newFolder();
    const engines = await startEngines({ environment, ui: false, dataDirectory });
    expect(processesWith(dataDirectory)).toHaveLength(2);
    await engines.stop();
    expect(processesWith(dataDirectory)).toEqual([]);
  });

  it('stops the one when the other fails', async () => {
    const dataDirectory = newFolder();
    const given = {
      ...environment,
      TEMPORAL_CONFIG_FILE: join(dataDirectory, 'absent', 'x.toml'),
      TEMPORAL_PROFILE: 'no',
    };
    await expect(startEngines({ environment: given, dataDirectory })).rejects.toThrow(/profile/i);
    expect(processesWith(dataDirectory)).toEqual([]);
  });
});
