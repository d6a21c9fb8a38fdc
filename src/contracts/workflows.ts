import type { DeployModelInput } from './deployment';
import type { ExperimentResult, RunExperimentInput } from './experiment';
import type { MonitorModelInput } from './monitoring';
import type { RetrainingResult, RetrainModelInput } from './retraining';

/** Every workflow type, by the name it is registered under. */
export interface LoopwrightWorkflows {
  'loopwright.monitorModel': (input: MonitorModelInput) => Promise<void>;
  'loopwright.retrainModel': (input: RetrainModelInput) => Promise<RetrainingResult>;
  'loopwright.deployModel': (input: DeployModelInput) => Promise<void>;
  'loopwright.runExperiment': (input: RunExperimentInput) => Promise<ExperimentResult>;
}

/** A registered workflow type. */
export type LoopwrightWorkflowName = keyof LoopwrightWorkflows;

/** The registered names, for checks at start. */
export const WORKFLOW_NAMES: readonly LoopwrightWorkflowName[] = [
  'loopwright.monitorModel',
  'loopwright.retrainModel',
  'loopwright.deployModel',
  'loopwright.runExperiment',
];
