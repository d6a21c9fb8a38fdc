import { readFile, writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import type { BacktestOutcome, BacktestPolicy, BacktestResult, MonitorSpec } from '../contracts';
import { renderBacktestReport } from '../reports';
import { backtestPolicySchema, parseWith, SchemaError } from '../schemas';
import { besideBest, outcomeOf } from './backtest/outcome';
import { replayPolicy } from './backtest/simulate';
import { readRecordedStream } from './backtest/stream';
import type { RecordedStream } from './backtest/stream';
import { printTable } from './table';

/** Options of `loopwright backtest`. */
export interface BacktestOptions {
  readonly stream: string;
  /** Files, one policy each. */
  readonly policy: readonly string[];
  readonly json?: string | undefined;
  readonly report?: string | undefined;
}

/** Adds `backtest`. */
export function addBacktestCommand(program: Command): void {
  program
    .command('backtest')
    .description('replays a recorded stream under one or more policies, in memory')
    .requiredOption('--stream <file>', 'NDJSON, gzipped or not')
    .requiredOption('--policy <file...>', 'policies (schemas/backtest-policy-v1.json), side by side')
    .option('--json <file>', 'write the result (schemas/backtest-v1.json)')
    .option('--report <file>', 'write the report there')
    .action(async (options: BacktestOptions) => {
      await backtest(options, (text) => process.stdout.write(text));
    });
}

/**
 * Reads a policy.
 * @throws SchemaError or Error naming the file, the path, the value and what is accepted
 */
export async function readPolicy(file: string): Promise<BacktestPolicy> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`${file} is no JSON: ${(error as Error).message}`);
  }
  return parseWith(backtestPolicySchema, value, file);
}

/** Replays a stream under every policy, prints the table and writes what was asked for. */
export async function backtest(options: BacktestOptions, print: (text: string) => void): Promise<BacktestResult> {
  const policies: BacktestPolicy[] = [];
  for (const file of options.policy) policies.push(await readPolicy(file));
  checkNames(policies, options.policy);
  const stream = await readRecordedStream(options.stream);
  if (stream.rows.length === 0) throw new Error(`${options.stream} has no rows: ${whyEmpty(stream)}`);
  const result = await runBacktest(policies, stream);
  print(tableOf(result));
  if (options.json !== undefined) {
    await writeFile(options.json, `${JSON.stringify(result, null, 2)}\n`);
    print(`result: ${options.json}\n`);
  }
  if (options.report !== undefined) {
    await writeFile(options.report, await renderBacktestReport(result));
    print(`report: ${options.report}\n`);
  }
  return result;
}

/** Replays a stream under every policy, one after the other. The same input gives the same result. */
export async function runBacktest(
  policies: readonly BacktestPolicy[],
  stream: RecordedStream,
): Promise<BacktestResult> {
  const outcomes: BacktestOutcome[] = [];
  const specs: MonitorSpec[] = [];
  for (const policy of policies) {
    const replayed = await replayPolicy(policy, stream);
    outcomes.push(outcomeOf(policy, replayed));
    specs.push(replayed.spec);
  }
  const quarantined: Record<string, number> = {};
  for (const { reason } of stream.quarantined) quarantined[reason] = (quarantined[reason] ?? 0) + 1;
  return {
    stream: {
      rows: stream.rows.length,
      from: stream.rows[0]?.ts ?? null,
      to: stream.rows.at(-1)?.ts ?? null,
      recorded: stream.recorded.size > 0,
      quarantined,
    },
    policies: besideBest(outcomes, specs),
  };
}

function checkNames(policies: readonly BacktestPolicy[], files: readonly string[]): void {
  policies.forEach(({ name }, index) => {
    const first = policies.findIndex((policy) => policy.name === name);
    if (first === index) return;
    const expected = `expected a name of its own, ${files[first]!} has it already`;
    throw new SchemaError(files[index]!, [{ path: 'name', value: JSON.stringify(name), expected, code: 'not-unique' }]);
  });
}

function whyEmpty({ quarantined }: RecordedStream): string {
  const [first] = quarantined;
  return first === undefined
    ? 'expected one JSON object a line'
    : `the first of ${quarantined.length}: ${first.message}`;
}

/** What each policy came to, on a terminal. */
function tableOf({ policies }: BacktestResult): string {
  const valued = policies.some(({ value }) => value !== null);
  const rows = policies.map((outcome) => ({
    policy: outcome.policy,
    'first alert': outcome.alerts[0]?.at.slice(0, 10) ?? null,
    alerts: outcome.alerts.length,
    false: outcome.falseAlarms,
    missed: outcome.missed,
    retrainings: outcome.retrainings.length,
    promotions: outcome.promotions.length,
    'days to promotion': outcome.daysToPromotion,
    rows: outcome.served.n,
    accuracy: outcome.served.accuracy?.toFixed(4) ?? null,
    'log loss': outcome.served.logLoss?.toFixed(4) ?? null,
    'frozen accuracy': outcome.frozen?.accuracy?.toFixed(4) ?? null,
    ...(valued ? valueColumns(outcome) : {}),
  }));
  const notes = [...new Set(policies.flatMap((outcome) => outcome.notes))];
  return [printTable(rows), ...notes.map((note) => `${note}\n`)].join('');
}

function valueColumns({ value }: BacktestOutcome): Record<string, string | number | null> {
  const served = value === null ? null : `${value.served} ${value.currency}`;
  return { value: served, 'beyond frozen': value?.gain ?? null, 'behind best': value?.behindBest ?? null };
}
