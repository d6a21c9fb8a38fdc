import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Option } from 'commander';
import type { Command } from 'commander';
import { MongoClient } from 'mongodb';
import { LoopwrightClient } from '../client';
import { DEFAULT_ENVIRONMENT, DEFAULT_TASK_QUEUE } from '../contracts';
import type { ModelTarget } from '../contracts';
import { MONGO_OPTIONS, openStores } from '../stores';
import type { Stores } from '../stores';

/** What an operator command works with. */
export interface OperatorContext {
  readonly client: LoopwrightClient;
  readonly temporal: Client;
  readonly stores: Stores;
  readonly mongo: MongoClient;
}

/** Options every operator command has. */
export interface OperatorOptions {
  readonly json?: boolean;
  readonly mongodb: string;
  readonly database: string;
  /** Where work may be started, by the commands that may start some. */
  readonly taskQueue?: string;
}

/** Options of a command on one model. */
export interface TargetOptions extends OperatorOptions {
  readonly environment: string;
}

/** Options of a decision on one model. */
export interface DecisionOptions extends TargetOptions {
  readonly who: string;
  readonly reason: string;
}

/** What options are unless they are given: the environment of the process is read in one place only. */
export type OperatorDefaults = Pick<OperatorOptions, 'mongodb' | 'database'>;

/** Gives a command the options that every operator command has. */
export function common(command: Command, { mongodb, database }: OperatorDefaults): Command {
  return (
    command
      .option('--json', 'print JSON')
      // Help would show the address, and with it a password.
      .addOption(new Option('--mongodb <uri>', 'address of MongoDB').default(mongodb, 'MONGODB_URI, else this machine'))
      .option('--database <name>', 'database', database)
  );
}

/** The same for a command on one model. */
export function onModel(command: Command, defaults: OperatorDefaults): Command {
  return common(command, defaults).option('-e, --environment <name>', 'environment', DEFAULT_ENVIRONMENT);
}

/** Gives a command that may start a workflow the queue to start it on. */
export function startsWork(command: Command): Command {
  return command.option('--task-queue <name>', 'task queue that the worker polls', DEFAULT_TASK_QUEUE);
}

/** Gives a command that decides the name and the reason that go into the records. */
export function decides(command: Command): Command {
  return command.requiredOption('--who <name>', 'who decides').requiredOption('--reason <text>', 'why');
}

/** The target that a command names. */
export function targetOf(model: string, { environment }: TargetOptions): ModelTarget {
  return { model, environment };
}

/** Connects, works and closes. */
export async function within(
  options: OperatorOptions,
  work: (context: OperatorContext) => Promise<void>,
): Promise<void> {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  const connection = await Connection.connect(connectionOptions).catch((error: unknown) => {
    const address = connectionOptions.address ?? '127.0.0.1:7233';
    throw new Error(`no Temporal at ${address} (TEMPORAL_ADDRESS, profiles): ${(error as Error).message}`);
  });
  const mongo = await MongoClient.connect(options.mongodb, {
    ...MONGO_OPTIONS,
    serverSelectionTimeoutMS: 5_000,
  }).catch(async (error: unknown) => {
    await connection.close();
    // The address may hold a password.
    throw new Error(`no MongoDB where --mongodb or MONGODB_URI says: ${(error as Error).message}`);
  });
  try {
    const temporal = new Client({ connection, ...(namespace === undefined ? {} : { namespace }) });
    const db = mongo.db(options.database, MONGO_OPTIONS);
    await work({
      client: new LoopwrightClient({ temporal, mongo, db, taskQueue: options.taskQueue }),
      temporal,
      stores: openStores(mongo, db),
      mongo,
    });
  } finally {
    await mongo.close();
    await connection.close();
  }
}

/** Prints a value as JSON, or in words where that is not asked for. */
export function print<T>(value: T, { json }: Pick<OperatorOptions, 'json'>, words: (value: T) => string): void {
  process.stdout.write(json === true ? `${JSON.stringify(value, null, 2)}\n` : words(value));
}
