/** `npm run bench -- monitoring`: what monitoring costs, in rows written and read, in Temporal actions, in memory. */
import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { inspect } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { actionsOfADay } from './monitors/actions';
import { Bench } from './monitors/bench';
import { callers, columns, log } from './monitors/logging';
import { manyMonitors } from './monitors/many';
import { replayOfTheLongestRun } from './monitors/replay';
import { linesOf } from './monitors/result';
import type { Result } from './monitors/result';
import { outcomes } from './monitors/signals';
import { day, month } from './monitors/windows';

/** How the suite is run. */
export interface MonitoringOptions {
  /** Only work whose name contains the text. */
  readonly only: string;
  /** Where everything measured is written. */
  readonly json: string | null;
  /** How many monitors one worker is given. */
  readonly monitors: number;
}

type Work = (bench: Bench, options: MonitoringOptions) => Promise<readonly Result[]>;

const WORK: Readonly<Record<string, Work>> = {
  log,
  callers,
  day,
  columns,
  month,
  outcomes,
  actions: actionsOfADay,
  replay: replayOfTheLongestRun,
  monitors: (bench, { monitors }) => manyMonitors(bench, monitors),
};

/** Measures each in turn, prints a table, and stops the servers whatever happens. */
export async function measureMonitoring(options: MonitoringOptions): Promise<number> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const bench = new Bench();
  const started = { date: new Date().toISOString(), load: loadavg() };
  const found: Result[] = [];
  const failures: string[] = [];
  let versions = {};
  try {
    for (const [name, work] of Object.entries(WORK)) {
      if (!name.includes(options.only)) continue;
      try {
        for (const result of await work(bench, options)) {
          console.log(linesOf(result, found.length === 0).join('\n'));
          found.push(result);
        }
      } catch (error) {
        failures.push(`${name}: ${inspect(error)}`);
      }
    }
    versions = await bench.versions();
  } finally {
    await bench.stop();
  }
  console.log(`\n${found.flatMap(({ notes = [] }) => notes.map((note) => `- ${note}`)).join('\n')}`);
  const processors = cpus();
  const machine = { cpu: processors[0]?.model, cores: processors.length, memory: totalmem(), node: process.version };
  console.log(`\n${JSON.stringify({ ...started, ...machine, ...versions })}`);
  if (options.json !== null) {
    const all = { suite: 'monitoring', ...started, machine, versions, results: found, failures };
    writeFileSync(options.json, `${JSON.stringify(all, null, 2)}\n`);
  }
  for (const failure of failures) console.error(`failed: ${failure}`);
  const goals = found.filter(({ goal }) => goal !== null);
  console.log(`\n${goals.filter(({ met }) => met).length} of ${goals.length} goals met`);
  return failures.length > 0 ? 1 : 0;
}
