import type { Command } from 'commander';
import type { LoopwrightClient, StartedRun } from '../client';
import type { PipelineResult } from '../contracts';
import { print } from './context';
import type { OperatorOptions } from './context';
import { printFacts } from './table';

/** Options of a command that starts a run. */
export type WaitOptions = OperatorOptions & { readonly wait?: boolean };

/** Gives a command that starts a run the choice to wait for its end. */
export function waits(command: Command): Command {
  return command.option('--wait', 'waits until it has ended; it goes on where the command is stopped');
}

/**
 * Starts a run and tells its id, or with `--wait` how it ended.
 * @throws Error with the run's id and reason where it did not succeed
 */
export async function startAndTell(
  client: LoopwrightClient,
  options: WaitOptions,
  start: () => Promise<StartedRun>,
): Promise<void> {
  const started = await start();
  const { workflowId } = started;
  if (options.wait !== true || options.json !== true) print(started, options, describeStarted);
  if (options.wait !== true) return;
  const result = await client.pipelines.result(workflowId).catch((error: unknown) => {
    throw new Error(`${workflowId}: ${(error as Error).message}`, { cause: error });
  });
  if (result.decision !== 'succeeded')
    throw new Error(`${workflowId} is ${result.decision}: ${result.reasons.join('; ')}`);
  print(result, options, describeEnd);
}

function describeStarted({ workflowId, digest }: StartedRun): string {
  return printFacts([
    ['started', workflowId],
    ['digest', digest],
    ['see', `loopwright pipeline show ${workflowId}`],
  ]);
}

function describeEnd({ decision, stages, outputs }: PipelineResult): string {
  const { succeeded, failed, skipped } = stages;
  return printFacts([
    ['ended', decision],
    ['stages', `${succeeded} succeeded, ${failed} failed, ${skipped} skipped`],
    ...Object.entries(outputs).map(([name, { uri }]) => [name, uri] as const),
  ]);
}
