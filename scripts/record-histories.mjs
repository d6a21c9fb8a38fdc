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
import { aModel, executors, recordPipelines } from './record-pipelines.mjs';

const version = process.argv[2];
if (!/^\d+\.\d+\.\d+$/.test(version ?? ''))
  throw new Error('which version? e.g. node scripts/record-histories.mjs 0.1.0');
const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'test/replay/histories', version);
mkdirSync(folder, { recursive: true });

const scenario = JSON.parse(readFileSync(join(root, 'data/bike-hourly.scenario.json'), 'utf8'));
const file = join(mkdtempSync(join(tmpdir(), 'loopwright-record-')), 'scenario.json');
writeFileSync(file, JSON.stringify({ ...scenario, end: '2012-04-20' }));

const who = { who: 'ann', reason: 'a recording' };
const atHour = (hour) => new Date(Date.UTC(2011, 7, 1, hour)).toISOString();
const event = (name) => ({ kind: 'event', event: name });
const orders = { name: 'orders', role: 'success', type: 'proportion', source: event('order') };
const errors = {
  name: 'errors',
  role: 'guardrail',
  type: 'proportion',
  source: event('error'),
  direction: 'lower-is-better',
  margin: 0.1,
  conversionWindow: '1d',
};

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
  await recordExperiments(client);
  await recordRuns(client);
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
  const rules = [{ metric: 'accuracy', atLeast: 0.5 }];
  await working(temporal, 'deployments', {}, async (client) => {
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
}

/** What the replay does not do: experiments by a design that ship, drop a variant, are led by a person; months of impact. */
async function recordExperiments(temporal) {
  await working(temporal, 'experiments', {}, async (client) => {
    await shipping(client);
    await dropping(client);
    await led(client);
    await earning(client);
  });
}

/** What the replay does not do: pipelines that wait, fail, are undone, deploy. */
async function recordRuns(temporal) {
  await working(temporal, 'pipelines', { pipelines: { executors } }, (client) => recordPipelines(client, untilDone));
}

/** A worker of its own while some work is done, with a client on its queue. */
async function working(temporal, taskQueue, options, work) {
  const connection = await NativeConnection.connect({ address: engines.temporal.address });
  const mongo = await MongoClient.connect(engines.mongo.uri);
  const plugins = [new LoopwrightPlugin({ mongodb: { client: mongo }, ...options })];
  const worker = await Worker.create({ connection, taskQueue, plugins });
  await worker.runUntil(() => work(new LoopwrightClient({ temporal, mongo, taskQueue })));
  await connection.close();
  await mongo.close();
}

/** Declares an experiment of four weeks with units of which every tenth does a variant's events so often. */
async function declare(client, id, tenths, change = {}) {
  const names = Object.keys(tenths);
  const variants = names.map((name) => ({ name, weight: 1 / names.length }));
  const declared = { id, hypothesis: 'a recording', owner: 'ann', clock: 'data', start: atHour(0), duration: '28d' };
  await untilDone(() => client.experiments.create({ ...declared, variants, metrics: [orders, errors], ...change }));
  if (change.start === 'draft') return;
  await client.experiments.advance(id, { source: 'recording', at: atHour(0) });
  const units = Array.from({ length: 2_800 }, (_, k) => ({
    unit: `${id}/${k}`,
    hour: Math.floor((k * 672) / 2_800),
    k,
  }));
  const variantOf = (k) => names[k % names.length];
  const meet = ({ unit, hour, k }) => ({ experiment: id, unit, variant: variantOf(k), at: atHour(hour) });
  await client.tracking.expose(units.map(meet));
  const does = (name) =>
    units
      .filter(({ k }) => Math.floor(k / names.length) % 10 < (tenths[variantOf(k)][name] ?? 0))
      .map(({ unit, hour }) => ({ eventId: `${unit}/${name}`, unit, event: name, at: atHour(hour + 1) }));
  await client.tracking.track([...does('order'), ...does('error')]);
}

async function shipping(client) {
  const ramp = [{ coverage: 0.5, hold: '1d' }];
  await declare(client, 'shipped', { control: { order: 2 }, short: { order: 4 } }, { ramp });
  await client.experiments.advance('shipped', { source: 'recording', at: atHour(31 * 24) });
  console.log('shipped', (await client.experiments.handle('shipped').result()).decision);
}

async function dropping(client) {
  await declare(client, 'dropped', { control: { order: 3 }, broken: { order: 3, error: 6 }, same: { order: 3 } });
  await client.experiments.advance('dropped', { source: 'recording', at: atHour(31 * 24) });
  console.log('dropped', (await client.experiments.handle('dropped').result()).decision);
}

async function led(client) {
  await declare(client, 'led', { control: {}, a: {}, b: {} }, { start: 'draft' });
  await untilDone(() => client.experiments.start('led', { ...who, at: atHour(0) }));
  await client.experiments.advance('led', { source: 'recording', at: atHour(24) });
  await client.experiments.analyse('led', who);
  await client.experiments.dropVariant('led', { ...who, variant: 'a' });
  await client.experiments.extend('led', { ...who, duration: '56d' });
  await client.experiments.stop('led', who);
}

/** Two months of recommendations, a control group that changes between them, and the end. */
async function earning(client) {
  const model = 'shop';
  const at = (day) => new Date(Date.UTC(2026, 0, day, 10)).toISOString();
  await untilDone(() =>
    client.impact.start({
      model,
      clock: 'data',
      start: '2026-01-01',
      attributionWindow: '1d',
      controlGroupSize: 0.5,
      currency: 'EUR',
    }),
  );
  const shown = (day, k) => ({ eventId: `${day}/${k}`, userId: `u${k}`, items: ['x'], at: at(day), modelVersion: 1 });
  const paid = (day, k) => ({ conversionId: `${day}/${k}`, userId: `u${k}`, revenue: 10 + (k % 7), at: at(day) });
  for (const day of [5, 40]) {
    await client.impact.recommend(
      model,
      Array.from({ length: 200 }, (_, k) => shown(day, k)),
    );
    await client.impact.convert(
      model,
      Array.from({ length: 120 }, (_, k) => paid(day, k)),
    );
    await client.impact.advance(model, { source: 'recording', at: at(day + 2) });
  }
  await client.impact.advance(model, { source: 'recording', at: at(70) });
  await client.impact.close(model, who);
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
  const artifact = new TextEncoder().encode(aModel());
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
