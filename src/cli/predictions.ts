import type { Command } from 'commander';
import type { Erasure } from '../stores';
import { onModel, print, targetOf, within } from './context';
import type { OperatorDefaults, TargetOptions } from './context';
import { printFacts, printTable } from './table';

interface ForgetOptions extends TargetOptions {
  readonly who: string;
  readonly reason: string;
}

/** Adds `prediction show|forget`. */
export function addPredictionCommands(program: Command, defaults: OperatorDefaults): void {
  const group = program.command('prediction').description('predictions: show, forget');
  onModel(group.command('show <model> <id>').description('one logged prediction with its outcome'), defaults).action(
    (model: string, id: string, options: TargetOptions) =>
      within(options, async ({ client }) => {
        const target = targetOf(model, options);
        const row = await client.predictions.find(target, id);
        if (row === null) {
          throw new Error(`no prediction ${JSON.stringify(id)} of ${target.model} in ${target.environment}`);
        }
        print(row, options, describe);
      }),
  );
  onModel(group.command('forget <model> <subject>').description('erases every row of a unit, for good'), defaults)
    .requiredOption('--who <name>', 'who decides')
    .requiredOption('--reason <text>', 'why; it stays in the audit entry, the subject does not')
    .action((model: string, subject: string, options: ForgetOptions) =>
      within(options, async ({ client }) => {
        const { who, reason } = options;
        const erased = await client.predictions.forget(targetOf(model, options), subject, { who, reason });
        print(erased, options, describeErasure);
      }),
    );
}

function describeErasure({ predictions, outcomes, segments, subject, who, reason }: Erasure): string {
  return printFacts([
    ['predictions erased', predictions],
    ['outcomes erased', outcomes],
    ['segments rewritten', segments],
    ['by', `${who}: ${reason}`],
    ['SHA-256 of the subject', subject],
  ]);
}

/** Facts of the row, then its features. */
function describe({ features, ...facts }: Readonly<Record<string, unknown>>): string {
  const lines = printFacts(Object.entries(facts).map(([name, value]) => [name, text(value)]));
  const rows = Object.entries(features as object).map(([feature, value]) => ({ feature, value: text(value) }));
  return `${lines}\n${printTable(rows)}`;
}

function text(value: unknown): string | number | null {
  if (value === null || value === undefined) return null;
  return typeof value === 'string' || typeof value === 'number' ? value : JSON.stringify(value);
}
