/** `npm run chaos -- saga --kills N --seed S`: kills a worker over a batch of retrainings and counts what was lost. */
import { randomUUID } from 'node:crypto';
import { parseArgs } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { coverageOf } from './coverage';
import type { Coverage } from './coverage';
import { ChildWorker, LoopwrightClient, MONGO_OPTIONS, prebuildBundle, startMongo } from './library';
import { STEPS } from './points';
import { MortalServer } from './server';
import { storm } from './storm';

const USAGE =
  'usage: npm run chaos -- saga --kills N [--server-kills M] [--seed S] [--standby]   (N from 1 to 10000, M from 0 to N, S a whole number)';

/** Of the kills, so many must have hit a saga; and every step at least so many times, once there are enough of them. */
const SHARE_INSIDE = 0.75;
const KILLS_PER_STEP_HIT = 40;

const log = (line: string): void => void process.stdout.write(`${line}\n`);

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      kills: { type: 'string' },
      'server-kills': { type: 'string', default: '0' },
      seed: { type: 'string', default: '1' },
      standby: { type: 'boolean', default: false },
    },
  });
  const kills = Number(values.kills);
  const seed = Number(values.seed);
  const serverKills = Number(values['server-kills']);
  const fine = positionals.join() === 'saga' && Number.isInteger(kills) && kills >= 1 && kills <= 10_000;
  const mayKill = Number.isInteger(serverKills) && serverKills >= 0 && serverKills <= kills;
  if (!fine || !mayKill || !Number.isInteger(seed)) {
    process.stderr.write(`${USAGE}\n`);
    return 2;
  }
  const server = await MortalServer.start();
  const engine = await startMongo();
  const bundle = await prebuildBundle();
  const mongo = await MongoClient.connect(engine.uri, MONGO_OPTIONS);
  const connection = await Connection.connect({ address: server.address });
  const database = `chaos-${randomUUID()}`;
  const taskQueue = 'chaos';
  const newWorker = () =>
    new ChildWorker({
      address: server.address,
      namespace: 'default',
      mongodb: engine.uri,
      database,
      taskQueue,
      bundle: bundle.path,
    });
  const worker = newWorker();
  const standby = values.standby ? newWorker() : null;
  try {
    const temporal = new Client({ connection });
    const client = new LoopwrightClient({ temporal, mongo, db: mongo.db(database, MONGO_OPTIONS), taskQueue });
    await client.migrate();
    const started = Date.now();
    const result = await storm({ worker, standby, server, client, kills, serverKills, seed, log });
    const artifacts = await orphans(mongo, database);
    const coverage = await coverageOf(temporal, result.sagas);
    return report({
      ...result,
      ...coverage,
      begun: result.sagas.length,
      artifacts,
      seconds: (Date.now() - started) / 1e3,
    });
  } finally {
    await worker.stop().catch(() => undefined);
    await standby?.stop().catch(() => undefined);
    await connection.close();
    await mongo.close();
    await bundle.remove();
    await server.stop();
    await engine.stop();
  }
}

/** Artifacts that no version names. */
async function orphans(mongo: MongoClient, database: string): Promise<number> {
  const db = mongo.db(database);
  const named = await db.collection('models').distinct('artifact');
  return db.collection('artifacts.files').countDocuments({ filename: { $nin: named } });
}

interface Outcome {
  readonly begun: number;
  readonly kills: number;
  readonly serverKills: number;
  readonly faults: readonly string[];
  readonly artifacts: number;
  readonly activities: Readonly<Record<string, number>>;
  readonly workflowTasks: number;
  readonly recovery: Coverage['recovery'];
  readonly seconds: number;
}

function report(outcome: Outcome): number {
  const { kills, faults, artifacts, activities, workflowTasks } = outcome;
  const inside = Object.values(activities).reduce((sum, hits) => sum + hits, 0) + workflowTasks;
  const perStep = Math.floor(kills / KILLS_PER_STEP_HIT);
  const missed = STEPS.filter((step) => (activities[step] ?? 0) < perStep);
  const problems = [
    ...faults,
    ...(artifacts > 0 ? [`${artifacts} artifacts that no version names`] : []),
    ...(inside < SHARE_INSIDE * kills ? [`only ${inside} losses inside sagas for ${kills} kills`] : []),
    ...missed.map((step) => `${step} was hit ${activities[step] ?? 0} times, expected ${perStep} or more`),
  ];
  log(JSON.stringify({ ...outcome, faults: faults.length, inside }, null, 2));
  for (const problem of problems) log(`FAULT ${problem}`);
  log(problems.length === 0 ? 'nothing lost, nothing twice, nothing left' : `${problems.length} faults`);
  return problems.length === 0 ? 0 : 1;
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`);
    process.exit(1);
  },
);
