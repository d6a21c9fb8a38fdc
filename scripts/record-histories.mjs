// Records the histories of a short replay for the replay tests: `npm run build && node scripts/record-histories.mjs 0.1.0`.
// They are never edited afterwards: a workflow that cannot replay them breaks whoever runs the released version.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { NativeConnection, Worker } from '@temporalio/worker';
import { startEngines } from '../lib/src/engines/index.js';
import { LoopwrightPlugin } from '../lib/src/index.js';

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
  const counts = {};
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const name = type.replace('loopwright.', '');
    counts[name] = (counts[name] ?? 0) + 1;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    // Who ran it where is nobody's business.
    const json = JSON.stringify(JSON.parse(historyToJSON(history)), (key, value) =>
      key === 'identity' || (key === 'name' && /^\d+@/.test(value)) ? 'worker' : value,
    );
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
