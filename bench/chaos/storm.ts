import { setTimeout as delay } from 'node:timers/promises';
import type { ChildWorker } from '../../src/cli/child-worker';
import type { LoopwrightClient } from '../../src/client';
import { seeded } from './library';
import type { MortalServer } from './server';
import { pointOf } from './points';
import { beginSaga, endOfSaga, ENDS, faultsOf } from './sagas';
import type { End, Saga } from './sagas';

/** So many sagas are open while the worker is killed. */
const OPEN = 16;
/** A point that nobody comes to is given up after so long. */
const PATIENCE_MS = 20_000;

/** What a storm needs. */
export interface StormInput {
  readonly worker: ChildWorker;
  /** Another that is never killed: it takes over what the dead one had. */
  readonly standby: ChildWorker | null;
  readonly server: MortalServer;
  readonly client: LoopwrightClient;
  readonly kills: number;
  /** Kills of the Temporal server among them, evenly spread. */
  readonly serverKills: number;
  readonly seed: number;
  readonly log: (line: string) => void;
}

/** What a storm left. */
export interface StormResult {
  readonly sagas: readonly Saga[];
  readonly kills: number;
  readonly serverKills: number;
  /** What is wrong with the sagas that ended. */
  readonly faults: readonly string[];
}

/** Kills a worker over a batch of sagas, then lets every saga end and holds each against how it was meant to end. */
export async function storm(input: StormInput): Promise<StormResult> {
  const { worker, standby, server, client, kills, serverKills, seed, log } = input;
  const random = seeded(seed);
  const sagas: Saga[] = [];
  const open = new Map<string, Promise<void>>();
  const stages = new Map<string, string>();
  const faults: string[] = [];
  let over = false;
  const ends = Object.keys(ENDS) as End[];

  const begin = async (): Promise<void> => {
    const saga: Saga = { model: `saga-${seed}-${sagas.length}`, end: ends[sagas.length % ends.length]! };
    sagas.push(saga);
    const work = (async () => {
      // Every step of it has a key: what a dead server did not answer is asked again.
      stages.set(saga.model, 'begins');
      await patiently(() => beginSaga(client, saga));
      stages.set(saga.model, `is meant to end as ${saga.end}`);
      const result = await patiently(() => endOfSaga(client, saga));
      faults.push(...(await faultsOf(client, saga, result)));
    })();
    open.set(
      saga.model,
      work
        .catch((error: unknown) => void faults.push(`${saga.model}: ${(error as Error).message}`))
        .finally(() => open.delete(saga.model)),
    );
    await delay(50);
  };
  // The client starts nothing on a queue that no worker has polled.
  await worker.start();
  await standby?.start();
  const feed = (async () => {
    while (!over) {
      if (open.size < OPEN) await begin();
      else await delay(50);
    }
  })();

  await endLife(worker);
  for (let kill = 1; kill < kills; kill += 1) {
    const isServers = serverKills > 0 && kill % Math.ceil(kills / (serverKills + 1)) === 0;
    if (isServers && server.kills < serverKills) await server.kill();
    await live(worker, pointOf(kill - 1), 500 + random() * 2_000);
    if ((kill + 1) % 10 === 0) log(`${kill + 1} kills, ${sagas.length} sagas begun, ${open.size} open`);
  }
  over = true;
  await feed;
  log(`${open.size} sagas are open and go on`);
  await worker.start();
  const telling = setInterval(() => {
    log(`open still: ${[...open.keys()].map((model) => `${model} ${stages.get(model)}`).join(', ')}`);
  }, 30_000);
  await Promise.all(open.values());
  clearInterval(telling);
  return { sagas, kills, serverKills: server.kills, faults };
}

/** Asks again while the Temporal server is away. */
async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (tries === 20) throw error;
      await delay(1_000);
    }
  }
}

/** One life of the worker: it dies at its point, or is killed after a time, or when nobody came to the point. */
async function live(worker: ChildWorker, point: string | null, ms: number): Promise<void> {
  await worker.start(point ?? undefined);
  const death = worker.death();
  const died = await Promise.race([death.then(() => true), delay(point === null ? ms : PATIENCE_MS, false)]);
  if (!died) await endLife(worker, death);
}

async function endLife(worker: ChildWorker, death = worker.death()): Promise<void> {
  process.kill(worker.pid, 'SIGKILL');
  await death;
}
