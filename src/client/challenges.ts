import type { WorkflowHandle } from '@temporalio/client';
import * as contracts from '../contracts';
import type {
  ExperimentResult,
  ExperimentSpec,
  ExperimentStatus,
  RampExperiment,
  Serving,
  StopExperiment,
} from '../contracts';
import { routeTraffic } from '../domain/routing';
import { experimentSpecSchema, parseWith, stopExperimentSchema, targetSchema } from '../schemas';
import type { ExperimentSpecInput } from '../schemas';
import type { ExperimentDocument, Stores } from '../stores';
import type { TargetInput } from './ingestion';
import { ask, decide } from './start';
import type { Starter } from './start';

/** Challenges: a champion and a challenger on divided traffic, as a retraining starts them. */
export class ChallengesClient {
  private readonly starter: Starter;
  private readonly stores: Stores;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
  }

  /** Starts an experiment; the same id again is refused while it runs. */
  async start(spec: ExperimentSpecInput): Promise<ExperimentSpec> {
    const given: ExperimentSpec = parseWith(experimentSpecSchema, spec, 'experiment spec');
    // The monitor triggers nothing while an experiment is open, whoever started it.
    const checked = { ...given, reportTo: given.reportTo ?? contracts.workflowIds.monitor(given) };
    await this.starter.start({
      type: 'loopwright.runExperiment',
      workflowId: contracts.workflowIds.experiment(checked.id),
      target: checked,
      input: { spec: checked },
      summary: `${checked.model}@${checked.challenger} against ${checked.model}@${checked.champion} in ${checked.environment}`,
      experiment: checked.id,
      useExisting: false,
    });
    return checked;
  }

  /** Which version serves a row, by what the deployment says: pure, local, the same for the same unit. */
  assign(serving: Serving, row: { readonly predictionId: string; readonly unit?: string | undefined }): number {
    return routeTraffic(serving, row);
  }

  /** Where it stands. */
  async status(id: string): Promise<ExperimentStatus> {
    return ask(this.handle(id), contracts.experimentStatusQuery);
  }

  /** Ends it without promotion. */
  async stop(id: string, command: StopExperiment): Promise<ExperimentResult> {
    const args: [StopExperiment] = [parseWith(stopExperimentSchema, command, 'stop')];
    return decide(this.handle(id), contracts.stopExperimentUpdate, { args });
  }

  /** Changes the challenger's share. */
  async ramp(id: string, command: RampExperiment): Promise<ExperimentStatus> {
    return decide(this.handle(id), contracts.rampExperimentUpdate, { args: [command] });
  }

  /** Moves the data clock of one experiment and returns when every look that is due has been taken. */
  async advance(id: string, watermark: contracts.Watermark): Promise<contracts.Settled> {
    const updateId = `advance/${watermark.source}/${watermark.at}`;
    return decide(this.handle(id), contracts.experimentAdvanceUpdate, { args: [watermark], updateId });
  }

  /** Every experiment of a target, by number. */
  async list(target: TargetInput): Promise<ExperimentDocument[]> {
    return this.stores.experiments.list(parseWith(targetSchema, target, 'target'));
  }

  /** The experiment's workflow, for whatever is not here. */
  handle(id: string): WorkflowHandle {
    return this.starter.client.workflow.getHandle(contracts.workflowIds.experiment(id));
  }
}
