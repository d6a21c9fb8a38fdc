// Records the histories of a short replay for the replay tests: `npm run build && node scripts/record-histories.mjs 0.1.0`.
// They are never edited afterwards: a workflow that cannot replay them breaks whoever runs the released version.
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { startEngines } from '../lib/src/engines/index.js';

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
  const counts = {};
  for await (const { workflowId, runId, type } of client.workflow.list()) {
    const name = type.replace('loopwright.', '');
    counts[name] = (counts[name] ?? 0) + 1;
    const history = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    // Who ran it where is nobody's business.
    const json = JSON.stringify(JSON.parse(historyToJSON(history)), (key, value) =>
      key === 'identity' ? 'worker' : value,
    );
    writeFileSync(join(folder, `${name}-${counts[name]}.json`), `${json}\n`);
  }
  console.log(counts);
  await connection.close();
} finally {
  await engines.stop();
}
