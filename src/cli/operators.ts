import type { Command } from 'commander';
import { literal } from '../client/visibility';
import { searchAttributes } from '../contracts';
import { addAlertCommands } from './alerts';
import { common, print, within } from './context';
import type { OperatorContext, OperatorDefaults, OperatorOptions } from './context';
import { addDeploymentCommands } from './deployments';
import { addDoctorCommand } from './doctor';
import { addModelCommands } from './models';
import { addMonitorCommands } from './monitors';
import { addPredictionCommands } from './predictions';
import { addRetrainingCommands } from './retrainings';
import { printTable } from './table';

const WORKFLOW_TYPES = {
  retraining: 'loopwright.retrainModel',
  experiment: 'loopwright.runExperiment',
} as const;

type Kind = keyof typeof WORKFLOW_TYPES;

const DESCRIPTIONS: Readonly<Record<Kind, string>> = {
  retraining: 'retrainings: list, status, history, approve, reject, cancel, resolve',
  experiment: 'experiments: list, status',
};

/** Adds `monitor`, `alert`, `prediction`, `model`, `deployment`, `retraining`, `experiment` and `doctor`. */
export function addOperatorCommands(program: Command, defaults: OperatorDefaults): void {
  addMonitorCommands(program, defaults);
  addAlertCommands(program, defaults);
  addPredictionCommands(program, defaults);
  addModelCommands(program, defaults);
  addDeploymentCommands(program, defaults);
  for (const kind of Object.keys(WORKFLOW_TYPES) as Kind[]) {
    const group = program.command(kind).description(DESCRIPTIONS[kind]);
    common(group.command('list').description(`every ${kind} of the namespace`), defaults).action(
      (options: OperatorOptions) =>
        within(options, async (context) => print(await list(context, kind), options, (rows) => printTable(rows))),
    );
    if (kind === 'retraining') addRetrainingCommands(group, defaults);
    else addExperimentStatus(group, defaults);
  }
  addDoctorCommand(program, defaults);
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

function addExperimentStatus(group: Command, defaults: OperatorDefaults): void {
  common(group.command('status <id>').description('where an experiment stands'), defaults).action(
    (id: string, options: OperatorOptions) =>
      within(options, async ({ client }) =>
        print(await client.experiments.status(id), options, (value) => `${JSON.stringify(value, null, 2)}\n`),
      ),
  );
}
