#!/usr/bin/env node
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { Command, Option } from 'commander';
import { DEFAULT_TASK_QUEUE } from '../contracts';
import { addBacktestCommand } from './backtest';
import { demo, SAMPLE } from './demo';
import type { DemoOptions } from './demo';
import { dev } from './dev';
import type { DevOptions } from './dev';
import { whole } from './numbers';
import { addOperatorCommands } from './operators';
import { secretsOf } from './secrets';
import { runWorker } from './worker';
import type { WorkerOptions } from './worker';

const DEFAULT_MONGO = process.env.MONGODB_URI ?? 'mongodb://127.0.0.1:27017/?replicaSet=rs0';
const DEFAULT_DATABASE = 'loopwright';
const EXECUTORS = [
  '--executors <file>',
  'what carries out the stages of pipelines, by image, in YAML or JSON',
] as const;

/** The `loopwright` command: composition root, reader of the environment. */
export function createProgram(): Command {
  const program = new Command('loopwright')
    .description('Closes the loop of machine learning in production, durably.')
    .showHelpAfterError('(--help shows what is accepted)');
  program
    .command('demo')
    .description('replays a stream through the whole loop on real engines')
    .option('--stream <file>', 'NDJSON, gzipped or not', SAMPLE.stream)
    .option('--scenario <file>', 'scenario (schemas/scenario-v1.json)', SAMPLE.scenario)
    .option('--json <file>', 'write the summary (schemas/summary-v1.json)')
    .option('--report <file>', 'write the report there')
    .option('--keep', 'leave the engines up')
    .option('--kill-worker <n>', 'kill the worker n times inside the loop', whole)
    .option('--seed <n>', 'seed of the kills', whole)
    .option('--activity-slots <n>', 'activities at once, at most', whole)
    .action(async (options: DemoOptions) => {
      await demo(options);
    });
  addBacktestCommand(program);
  program
    .command('dev')
    .description('keeps Temporal, MongoDB and a worker up')
    .option('--data <directory>', 'keep the data there')
    .option('--task-queue <name>', 'task queue', DEFAULT_TASK_QUEUE)
    .option('--database <name>', 'database', DEFAULT_DATABASE)
    .option(...EXECUTORS)
    .action((options: DevOptions) => {
      return dev(options, (line) => process.stdout.write(`${line}\n`), secretsOf(process.env));
    });
  program
    .command('worker')
    .description('runs a worker on the Temporal of the environment (TEMPORAL_ADDRESS, profiles)')
    .option('--address <host:port>', 'address of Temporal', temporalDefaults().address)
    .option('--namespace <name>', 'namespace', temporalDefaults().namespace)
    // Help would show the address, and with it a password.
    .addOption(
      new Option('--mongodb <uri>', 'address of MongoDB').default(DEFAULT_MONGO, 'MONGODB_URI, else this machine'),
    )
    .option('--database <name>', 'database', DEFAULT_DATABASE)
    .option('--task-queue <name>', 'task queue', DEFAULT_TASK_QUEUE)
    .option('--environments <names>', 'environments that may be deployed to, with commas between; any without it')
    .option('--bundle <file>', 'a prebuilt workflow bundle')
    .option('--activity-slots <n>', 'activities at once, at most', whole)
    .option(...EXECUTORS)
    .option('--health-file <file>', 'touch this file while the worker polls')
    .option('--failpoint <point:n>', 'die at the n-th hit of a point in a fold or around an activity, for crash tests')
    .action((options: WorkerOptions) => runWorker(options, secretsOf(process.env)));
  addOperatorCommands(program, { mongodb: DEFAULT_MONGO, database: DEFAULT_DATABASE });
  return program;
}

function temporalDefaults(): { address: string; namespace: string } {
  const { connectionOptions, namespace } = loadClientConnectConfig();
  return { address: connectionOptions.address ?? '127.0.0.1:7233', namespace: namespace ?? 'default' };
}

if (require.main === module) {
  createProgram()
    .parseAsync()
    .then(() => process.exit(process.exitCode ?? 0))
    .catch((error: unknown) => {
      process.stderr.write(`loopwright: ${error instanceof Error ? error.message : String(error)}\n`);
      process.exit(1);
    });
}
