import type { Command } from 'commander';
import { literal } from '../client/visibility';
import { searchAttributes } from '../contracts';
import { addAlertCommands } from './alerts';
import { common, onModel, print, targetOf, within } from './context';
import type { OperatorContext, OperatorDefaults, OperatorOptions, TargetOptions } from './context';
import { diagnose } from './doctor';
import { addMonitorCommands } from './monitors';
import { addPredictionCommands } from './predictions';
import { printTable } from './table';

const WORKFLOW_TYPES = {
  retraining: 'loopwright.retrainModel',
  deployment: 'loopwright.deployModel',
  experiment: 'loopwright.runExperiment',
} as const;

type Kind = keyof typeof WORKFLOW_TYPES;

/** Adds `monitor`, `alert`, `prediction`, `retraining|deployment|experiment list|status` and `doctor`. */
export function addOperatorCommands(program: Command, defaults: OperatorDefaults): void {
  addMonitorCommands(program, defaults);
  addAlertCommands(program, defaults);
  addPredictionCommands(program, defaults);
  for (const kind of Object.keys(WORKFLOW_TYPES) as Kind[]) {
    const group = program.command(kind).description(`${kind}s: list, status`);
    common(group.command('list').description(`every ${kind} of the namespace`), defaults).action(
      (options: OperatorOptions) =>
        within(options, async (context) => print(await list(context, kind), options, (rows) => printTable(rows))),
    );
    const subject = kind === 'experiment' ? '<id>' : '<model>';
    onModel(group.command(`status ${subject}`).description(`where a ${kind} stands`), defaults).action(
      (name: string, options: TargetOptions) =>
        within(options, async (context) =>
          print(await status(context, kind, name, options), options, (value) => `${JSON.stringify(value, null, 2)}\n`),
        ),
    );
  }
  common(
    program.command('doctor').description('checks the set-up and finds what a crash or a terminate left'),
    defaults,
  ).action((options: OperatorOptions) =>
    within(options, async (context) => {
      const findings = await diagnose(context);
      print(findings, options, (rows) =>
        printTable(rows.map(({ check, state, finding }) => ({ check, state, finding }))),
      );
      if (findings.some(({ state }) => state === 'bad')) process.exitCode = 1;
    }),
  );
}

async function list({ temporal }: OperatorContext, kind: Kind): Promise<Record<string, string>[]> {
  const rows: Record<string, string>[] = [];
  for await (const found of temporal.workflow.list({ query: `WorkflowType = ${literal(WORKFLOW_TYPES[kind])}` })) {
    const { workflowId, status: run, startTime, memo } = found;
    const fallback = memo?.LoopwrightState;
    const state =
      found.typedSearchAttributes.get(searchAttributes.state) ?? (typeof fallback === 'string' ? fallback : '');
    rows.push({ workflowId, run: run.name, state, started: startTime.toISOString() });
  }
  return rows;
}

async function status({ client }: OperatorContext, kind: Kind, name: string, options: TargetOptions): Promise<unknown> {
  const target = targetOf(name, options);
  if (kind === 'retraining') return client.retraining.status(target);
  if (kind === 'experiment') return client.experiments.status(name);
  return { serving: await client.deployments.current(target), ledger: await client.deployments.history(target) };
}
