import type { DeployModelInput } from './deployment';
import type { ExperimentResult, RunExperimentInput } from './experiment';
import type { DesignResult, RunDesignInput } from './experiment-run';
import type { TrackImpactInput } from './impact';
import type { LogResult, RecordOutcomesInput, RecordPredictionsInput } from './ingestion';
import type { MonitorModelInput } from './monitoring';
import type { PipelineResult, RunPipelineInput, WorkerPlan } from './pipeline-run';
import type { RetrainingResult, RetrainModelInput } from './retraining';

/** Every workflow type, by the name it is registered under. */
export interface LoopwrightWorkflows {
  'loopwright.monitorModel': (input: MonitorModelInput) => Promise<void>;
  'loopwright.retrainModel': (input: RetrainModelInput) => Promise<RetrainingResult>;
  'loopwright.deployModel': (input: DeployModelInput) => Promise<void>;
  'loopwright.runExperiment': (input: RunExperimentInput | RunDesignInput) => Promise<ExperimentResult | DesignResult>;
  'loopwright.trackImpact': (input: TrackImpactInput) => Promise<void>;
  'loopwright.runPipeline': (input: RunPipelineInput) => Promise<PipelineResult | WorkerPlan>;
  'loopwright.recordOutcomes': (input: RecordOutcomesInput) => Promise<LogResult>;
  'loopwright.recordPredictions': (input: RecordPredictionsInput) => Promise<LogResult>;
}

/** A registered workflow type. */
export type LoopwrightWorkflowName = keyof LoopwrightWorkflows;

/** The registered names, for checks at start. */
export const WORKFLOW_NAMES: readonly LoopwrightWorkflowName[] = [
  'loopwright.monitorModel',
  'loopwright.retrainModel',
  'loopwright.deployModel',
  'loopwright.runExperiment',
  'loopwright.trackImpact',
  'loopwright.runPipeline',
  'loopwright.recordOutcomes',
  'loopwright.recordPredictions',
];

/** What each workflow is, for its page in the Temporal UI. */
export const WORKFLOW_DETAILS: Readonly<Record<LoopwrightWorkflowName, string>> = {
  'loopwright.monitorModel':
    'Judges each window of served traffic once its labels are mature, alerts after k bad windows in a row and answers by its policy. Updates: advance, evaluate, configure, pause, resume, acknowledgeAlert, snoozeAlert, resolveAlert.',
  'loopwright.retrainModel':
    'Trains a challenger on the rows labelled by the watermark, gates it on a hold-out, registers it, has it approved if the policy asks, deploys it by strategy or experiment and watches it; every step is undone when a later one fails. Updates: approve, reject, cancel, resolveCompensation.',
  'loopwright.deployModel':
    'The only writer of what serves. Updates: deploy, setTraffic, promote, rollBack, withdraw; each with an idempotency key, each a line of the ledger.',
  'loopwright.runExperiment':
    'Champion against challenger on divided traffic, weekly looks with alpha spending, one decision with its reasons. Updates: advance, stop, extend, ramp.',
  'loopwright.trackImpact':
    'Closes the attribution windows that are over day by day and writes what the recommendations earned in each month. Updates: advance, configure, close.',
  'loopwright.runPipeline':
    'Runs the stages of a pipeline as their order allows, skips, gates, waits for approval, undoes what is declared when one fails. Updates: approveStage, cancel, resolveCompensation.',
  'loopwright.recordOutcomes': 'Writes a batch of outcomes for a service without access to MongoDB.',
  'loopwright.recordPredictions': 'Writes a batch of predictions for a service without access to MongoDB.',
};
