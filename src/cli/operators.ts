import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { Command } from 'commander';
import { MongoClient } from 'mongodb';
import { LoopwrightClient } from '../client';
import { literal } from '../client/visibility';
import { DEFAULT_ENVIRONMENT, searchAttributes } from '../contracts';
import { MONGO_OPTIONS, openStores } from '../stores';
import type { OperatorContext } from './context';
import { diagnose } from './doctor';
import { printTable } from './table';

/** Options every operator command has. */
interface OperatorOptions {
  readonly json?: boolean;
  readonly mongodb: string;
  readonly database: string;
  readonly environment?: string;
}

const WORKFLOW_TYPES = {
  monitor: 'loopwright.monitorModel',
  retraining: 'loopwright.retrainModel',
  deployment: 'loopwright.deployModel',
  experiment: 'loopwright.runExperiment',
} as const;

/** Adds `monitor|retraining|deployment|experiment list|status` and `doctor`. */
export function addOperatorCommands(program: Command, defaults: { mongodb: string; database: string }): void {
  for (const kind of Object.keys(WORKFLOW_TYPES) as (keyof typeof WORKFLOW_TYPES)[]) {
    const group = program.command(kind).description(`${kind}s: list, status`);
    common(group.command('list').description(`every ${kind} of the namespace`), defaults).action(
      (options: OperatorOptions) => within(options, async (context) => show(await list(context, kind), options)),
    );
    const subject = kind === 'experiment' ? '<id>' : '<model>';
    common(group.command(`status ${subject}`).description(`where a ${kind} stands`), defaults)
      .option('-e, --environment <name>', 'environment', DEFAULT_ENVIRONMENT)
      .action((name: string, options: OperatorOptions) =>
        within(options, async (context) => show(await status(context, kind, name, options), options)),
      );
  }
  common(
    program.command('doctor').description('checks the set-up and finds what a crash or a terminate left'),
    defaults,
  ).action((options: OperatorOptions) =>
    within(options, async (context) => {
      const findings = await diagnose(context);
      show(findings, options);
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
    }),
  );
}

function common(command: Command, { mongodb, database }: { mongodb: string; database: string }): Command {
  return command
    .option('--json', 'print JSON')
    .option('--mongodb <uri>', 'address of MongoDB (MONGODB_URI)', mongodb)
    .option('--database <name>', 'database', database);
}

async function within(options: OperatorOptions, work: (context: OperatorContext) => Promise<void>): Promise<void> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions);
  const mongo = await MongoClient.connect(options.mongodb, { ...MONGO_OPTIONS, serverSelectionTimeoutMS: 5_000 });
  try {
    const temporal = new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
    const db = mongo.db(options.database, MONGO_OPTIONS);
    await work({
      client: new LoopwrightClient({ temporal, mongo, db }),
      temporal,
      stores: openStores(mongo, db),
      mongo,
    });
  } finally {
    await mongo.close();
    await connection.close();
  }
}

async function list(
  { temporal }: OperatorContext,
  kind: keyof typeof WORKFLOW_TYPES,
): Promise<Record<string, unknown>[]> {
  const rows: Record<string, unknown>[] = [];
  for await (const found of temporal.workflow.list({ query: `WorkflowType = ${literal(WORKFLOW_TYPES[kind])}` })) {
    const { workflowId, status: run, startTime, memo } = found;
    const fallback = memo?.LoopwrightState;
    const state =
      found.typedSearchAttributes.get(searchAttributes.state) ?? (typeof fallback === 'string' ? fallback : '');
    rows.push({ workflowId, run: run.name, state, started: startTime.toISOString() });
  }
  return rows;
}

async function status(
  { client }: OperatorContext,
  kind: keyof typeof WORKFLOW_TYPES,
  name: string,
  options: OperatorOptions,
): Promise<unknown> {
  const target = { model: name, environment: options.environment ?? DEFAULT_ENVIRONMENT };
  if (kind === 'monitor') return client.monitors.status(target);
  if (kind === 'retraining') return client.retraining.status(target);
  if (kind === 'experiment') return client.experiments.status(name);
  return { serving: await client.deployments.current(target), ledger: await client.deployments.history(target) };
}

function show(value: unknown, { json }: OperatorOptions): void {
  process.stdout.write(
    json === true || !Array.isArray(value) ? `${JSON.stringify(value, null, 2)}\n` : printTable(value),
  );
}
