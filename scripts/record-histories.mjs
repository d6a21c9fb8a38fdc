// Records the histories of a short replay for the replay tests: `npm run build && node scripts/record-histories.mjs 0.1.0`.
// They are never edited afterwards: a workflow that cannot replay them breaks whoever runs the released version.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { MongoClient } from 'mongodb';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { startEngines } from '../lib/src/engines/index.js';
import { LoopwrightClient } from '../lib/src/client/index.js';
import { LoopwrightPlugin } from '../lib/src/index.js';
import { encodeModel, trainLogisticRegression } from '../lib/src/models/index.js';

const version = process.argv[2];
if (!/^\d+\.\d+\.\d+$/.test(version ?? ''))
  throw new Error('which version? e.g. node scripts/record-histories.mjs 0.1.0');
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'test/replay/histories', version);
mkdirSync(folder, { recursive: true });

const scenario = JSON.parse(readFileSync(join(root, 'data/bike-hourly.scenario.json'), 'utf8'));
const file = join(mkdtempSync(join(tmpdir(), 'loopwright-record-')), 'scenario.json');
writeFileSync(file, JSON.stringify({ ...scenario, end: '2012-04-20' }));

const engines = await startEngines({
  ui: false,
  searchAttributes: ['Model', 'Environment', 'State', 'Experiment'].map((name) => ({
    name: `Loopwright${name}`,
    type: 'Keyword',
  })),
});
try {
  const env = { ...process.env, TEMPORAL_ADDRESS: engines.temporal.address, MONGODB_URI: engines.mongo.uri };
  execFileSync(process.execPath, [join(root, 'lib/src/cli/main.js'), 'demo', '--scenario', file], {
    env,
    stdio: 'inherit',
  });
  const connection = await Connection.connect({ address: engines.temporal.address });
  const client = new Client({ connection });
  await recordBatches(client);
  await recordDeployments(client);
  const counts = {};
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const name = type.replace('loopwright.', '');
    counts[name] = (counts[name] ?? 0) + 1;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    // Who ran it where is nobody's business.
    const json = JSON.stringify(JSON.parse(historyToJSON(history)), (key, value) => {
      if (key === 'stackTrace') return '';
      return key === 'identity' || (key === 'name' && /^\d+@/.test(value)) ? 'worker' : value;
    });
    writeFileSync(join(folder, `${name}-${counts[name]}.json`), `${json}\n`);
  }
  console.log(counts);
  await connection.close();
} finally {
  await engines.stop();
}

/** What the replay does not do: a service without access to MongoDB brings predictions and outcomes, one of them bad. */
async function recordBatches(client) {
  const nativeConnection = await NativeConnection.connect({ address: engines.temporal.address });
  const plugin = new LoopwrightPlugin({ mongodb: { uri: engines.mongo.uri } });
  const worker = await Worker.create({ connection: nativeConnection, taskQueue: 'batches', plugins: [plugin] });
  const target = { model: 'bike', environment: 'production' };
  const ts = '2011-08-01T00:00:00.000Z';
  const predictions = [1, 2].map((k) => ({
    predictionId: `p${k}`,
    ts,
    features: {},
    version: 1,
    score: 0.5,
    prediction: 1,
  }));
  const outcomes = [0, 1, 2].map((label) => ({ predictionId: `p${label}`, label, labelTs: ts }));
  const start = (type, workflowId, input) =>
    client.workflow.execute(type, { taskQueue: 'batches', workflowId, args: [{ target, batchId: 'b1', ...input }] });
  await worker.runUntil(async () => {
    await start('loopwright.recordPredictions', 'predictions:b1', { predictions });
    await start('loopwright.recordOutcomes', 'outcomes:b1', { outcomes });
  });
  await nativeConnection.close();
}

/** What the replay does not do: strategies, approval, bake, and what is undone. */
async function recordDeployments(temporal) {
  const nativeConnection = await NativeConnection.connect({ address: engines.temporal.address });
  const mongo = await MongoClient.connect(engines.mongo.uri);
  const taskQueue = 'deployments';
  const worker = await Worker.create({
    connection: nativeConnection,
    taskQueue,
    plugins: [new LoopwrightPlugin({ mongodb: { client: mongo } })],
  });
  const client = new LoopwrightClient({ temporal, mongo, taskQueue });
  const rules = [{ metric: 'accuracy', atLeast: 0.5 }];
  await worker.runUntil(async () => {
    const bake = { duration: '1s', rules };
    await retrain(client, 'baked', { strategy: { kind: 'direct' }, bake });
    await retrain(client, 'drained', { strategy: { kind: 'blue-green', drain: '1s' }, approval: true }, (target) =>
      untilDone(() => client.retraining.approve(target, { who: 'ann', reason: 'looks good' })),
    );
    await retrain(client, 'starved', {
      strategy: { kind: 'canary', steps: [{ allocation: 0.1, hold: '100ms' }], guardrails: [] },
    });
    await retrain(client, 'refused', { approval: { timeout: '1s', reminder: '100ms', onTimeout: 'reject' } });
    await retrain(client, 'cancelled', { strategy: { kind: 'direct' }, bake: { duration: '1h', rules } }, (target) =>
      untilDone(async () => {
        if ((await client.retraining.status(target)).phase !== 'baking') throw new Error('not yet');
        await client.retraining.cancel(target, { who: 'ann', reason: 'a recording' });
      }),
    );
  });
  await nativeConnection.close();
  await mongo.close();
}

/** Tries until it does not throw. */
async function untilDone(work) {
  for (;;) {
    const done = await work().then(
      () => true,
      () => false,
    );
    if (done) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A champion that is always wrong, labelled rows, and a retraining by a policy. */
async function retrain(client, model, policy, meanwhile = async () => undefined) {
  const target = { model };
  const who = { who: 'ann', reason: 'a recording' };
  const at = (hour) => new Date(Date.UTC(2011, 7, 1, hour)).toISOString();
  const x = Float64Array.from([-0.9, -0.5, -0.1, 0.1, 0.5, 0.9]);
  const artifact = encodeModel(trainLogisticRegression({ columns: new Map([['x', x]]), labels: [0, 0, 0, 1, 1, 1] }));
  const { version } = await client.models.register({ model, key: 'first', artifact });
  // The client starts nothing on a queue that no worker has polled, and this one has just begun.
  await untilDone(() => client.deployments.deploy(target, version, { ...who, effectiveAt: at(0) }));
  const rows = Array.from({ length: 240 }, (_, hour) => ({
    predictionId: `p${hour}`,
    ts: at(hour),
    features: { x: Math.sin(hour) },
    version,
    score: Math.sin(hour) > 0 ? 0.9 : 0.1,
    prediction: Math.sin(hour) > 0 ? 1 : 0,
  }));
  await client.predictions.log(target, rows);
  await client.outcomes.log(
    target,
    rows.map(({ predictionId, prediction }, hour) => ({ predictionId, label: 1 - prediction, labelTs: at(hour + 24) })),
  );
  await client.retraining.start({
    model,
    key: `${model}/1`,
    at: at(240),
    reasons: ['a recording'],
    metric: 'accuracy',
    labelMaturity: '1d',
    policy: { lookback: '9d', holdout: '3d', ...policy },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
  });
  await meanwhile(target);
  console.log(model, (await client.retraining.handle(target).result()).decision);
}
