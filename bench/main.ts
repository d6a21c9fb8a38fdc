/**
 * `npm run bench -- statistics`: how quick our statistics are beside those of Python, on the same data in the same run.
 * `npm run bench -- monitoring`: what monitoring costs.
 * `npm run bench -- deployment`: how quick decisions about what serves are.
 * `npm run bench -- experiment`: what an experiment's results and assignments cost.
 * `npm run bench -- pipeline`: what it costs to read a pipeline, and to run its stages.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { deploymentSuite } from './deployment';
import { experimentSuite } from './experiment';
import { measure } from './measure';
import type { Measured } from './measure';
import { monitoringSuite } from './monitoring';
import { pipelineSuite } from './pipeline';
import type { Store } from './row';
import { auroc } from './rows/auroc';
import { distances } from './rows/distances';
import { drift } from './rows/drift';
import { experiment } from './rows/experiment';
import { plans } from './rows/plans';
import { sums } from './rows/sums';
import { measureSuite } from './suite';
import { tableOf } from './table';

const SUITES = { statistics: [distances, plans, experiment, sums, auroc, drift] };
const MOST_MEGABYTES = 200;

const USAGE = `usage: npm run bench -- statistics [--peers DIR] [--only TEXT] [--json FILE]
       npm run bench -- monitoring [--monitors N] [--only TEXT] [--json FILE]
       npm run bench -- deployment [--only TEXT] [--json FILE]
       npm run bench -- experiment [--peers DIR] [--only TEXT] [--json FILE]
       npm run bench -- pipeline [--only TEXT] [--json FILE]
  --peers DIR  a folder of virtual environments named after their packages (docs/performance.md); python3 without it
  --only TEXT  only rows whose work or peer contains the text
  --json FILE  writes everything measured
  --monitors N how many monitors one worker is given; 5000 without it`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      peers: { type: 'string' },
      only: { type: 'string' },
      json: { type: 'string' },
      monitors: { type: 'string' },
    },
  });
  const [suite] = positionals;
  if (positionals.length === 1 && suite === 'monitoring') {
    const { only = '', json = null, monitors = '5000' } = values;
    if (!/^[1-9]\d{0,5}$/.test(monitors)) {
      console.error(`--monitors is ${monitors}: expected a whole number from 1 to 999999`);
      return 2;
    }
    return measureSuite(suite, monitoringSuite(Number(monitors)), { only, json });
  }
  if (positionals.length === 1 && (suite === 'deployment' || suite === 'pipeline')) {
    const { only = '', json = null } = values;
    return measureSuite(suite, suite === 'pipeline' ? pipelineSuite : deploymentSuite, { only, json });
  }
  if (positionals.length === 1 && suite === 'experiment') {
    const { only = '', json = null, peers } = values;
    return measureSuite(suite, experimentSuite(peers === undefined ? null : resolve(peers)), { only, json });
  }
  if (positionals.length !== 1 || suite !== 'statistics') {
    console.error(USAGE);
    return 2;
  }
  const folder = mkdtempSync(join(tmpdir(), 'loopwright-bench-'));
  const store: Store = (name, column) => {
    const path = join(folder, name);
    writeFileSync(path, new Uint8Array(column.buffer, column.byteOffset, column.byteLength));
    return path;
  };
  const peers = values.peers === undefined ? null : resolve(values.peers);
  const started = { date: new Date().toISOString(), load: loadavg() };
  const found: Measured[] = [];
  try {
    for (const { rows } of SUITES[suite])
      for (const row of rows(store)) {
        if (!`${row.work} ${row.peer.name} ${row.peer.what}`.includes(values.only ?? '')) continue;
        const measured = await measure(row, peers);
        found.push(measured);
        console.log(
          tableOf([measured])
            .split('\n')
            .slice(found.length === 1 ? 0 : 2)
            .join('\n'),
        );
      }
  } finally {
    rmSync(folder, { recursive: true });
  }
  const memory = values.only === undefined ? peakMemory() : null;
  if (memory !== null) {
    const met = memory.peakMegabytes < MOST_MEGABYTES ? 'yes' : 'no';
    console.log(
      `\npeak memory of judging the drift table: ${memory.peakMegabytes} MB (goal < ${MOST_MEGABYTES} MB: ${met})`,
    );
  }
  const processors = cpus();
  const machine = { cpu: processors[0]?.model, cores: processors.length, memory: totalmem(), node: process.version };
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ suite, ...started, machine, memory, rows: found }, null, 2)}\n`);
  const wrong = found.filter((row) => row.wrong !== null);
  for (const row of wrong) console.error(`wrong: ${row.work}: ${row.wrong ?? ''}`);
  return wrong.length > 0 ? 1 : 0;
}

/** In a process that holds nothing else. */
function peakMemory(): { readonly dataMegabytes: number; readonly peakMegabytes: number } {
  const answer = execFileSync(process.execPath, [join(__dirname, 'memory.js')], { encoding: 'utf8' });
  return JSON.parse(answer) as { dataMegabytes: number; peakMegabytes: number };
}

void main().then((code) => (process.exitCode = code));
