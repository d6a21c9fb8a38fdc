import { writeFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';
import { inspect } from 'node:util';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import { Bench } from './monitors/bench';
import { linesOf } from './monitors/result';
import type { Result } from './monitors/result';

/** How a suite is run. */
export interface SuiteOptions {
  /** Only work whose name contains the text. */
  readonly only: string;
  /** Where everything measured is written. */
  readonly json: string | null;
}

/** Work by name; each gives lines of the table. */
export type Suite = Readonly<Record<string, (bench: Bench) => Promise<readonly Result[]>>>;

/** Measures each in turn, prints a table, and stops the servers whatever happens. */
export async function measureSuite(suite: string, all: Suite, options: SuiteOptions): Promise<number> {
  Runtime.install({ logger: new DefaultLogger('ERROR') });
  const bench = new Bench();
  const started = { date: new Date().toISOString(), load: loadavg() };
  const found: Result[] = [];
  const failures: string[] = [];
  let versions = {};
  try {
    for (const [name, work] of Object.entries(all)) {
      if (!name.includes(options.only)) continue;
      try {
        for (const result of await work(bench)) {
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
    const report = { suite, ...started, machine, versions, results: found, failures };
    writeFileSync(options.json, `${JSON.stringify(report, null, 2)}\n`);
  }
  for (const failure of failures) console.error(`failed: ${failure}`);
  const goals = found.filter(({ goal }) => goal !== null);
  console.log(`\n${goals.filter(({ met }) => met).length} of ${goals.length} goals met`);
  return failures.length > 0 ? 1 : 0;
}
