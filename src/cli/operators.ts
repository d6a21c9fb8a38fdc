import type { Command } from 'commander';
import { addAlertCommands } from './alerts';
import { common, print, within } from './context';
import type { OperatorDefaults, OperatorOptions } from './context';
import { addDeploymentCommands } from './deployments';
import { addDoctorCommand } from './doctor';
import { addExperimentCommands } from './experiments';
import { addImpactCommands } from './impacts';
import { addModelCommands } from './models';
import { addMonitorCommands } from './monitors';
import { addPipelineCommands } from './pipelines';
import { addPredictionCommands } from './predictions';
import { addRetrainingCommands } from './retrainings';
import { printTable } from './table';
import { listWorkflows } from './workflows';

/** Adds `monitor`, `alert`, `prediction`, `model`, `deployment`, `retraining`, `experiment`, `impact`, `pipeline` and `doctor`. */
export function addOperatorCommands(program: Command, defaults: OperatorDefaults): void {
  addMonitorCommands(program, defaults);
  addAlertCommands(program, defaults);
  addPredictionCommands(program, defaults);
  addModelCommands(program, defaults);
  addDeploymentCommands(program, defaults);
  const group = program
    .command('retraining')
    .description('retrainings: list, status, history, approve, reject, cancel, resolve');
  common(group.command('list').description('every retraining of the namespace'), defaults).action(
    (options: OperatorOptions) =>
      within(options, async (context) =>
        print(await listWorkflows(context, 'loopwright.retrainModel'), options, (rows) => printTable(rows)),
      ),
  );
  addRetrainingCommands(group, defaults);
  addExperimentCommands(program, defaults);
  addImpactCommands(program, defaults);
  addPipelineCommands(program, defaults);
  addDoctorCommand(program, defaults);
}
