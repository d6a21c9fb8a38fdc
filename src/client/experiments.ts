import type { WorkflowHandle } from '@temporalio/client';
import * as contracts from '../contracts';
import type { DesignRecord, DesignResult, DesignStatus, ExperimentAnalysis, ExperimentDesign } from '../contracts';
import { after } from '../domain/time';
import {
  dropVariantSchema,
  experimentCommandSchema,
  experimentDesignSchema,
  extendDesignSchema,
  parseWith,
  rampDesignSchema,
  SchemaError,
  startDesignSchema,
  stopDesignSchema,
} from '../schemas';
import type { ExperimentDesignInput } from '../schemas';
import type { Stores } from '../stores';
import { ask, decide } from './start';
import type { Starter } from './start';

/** Experiments by a design: variants, metrics, guardrails, a plan of looks, one decision with its reasons. */
export class ExperimentsClient {
  private readonly starter: Starter;
  private readonly stores: Stores;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
  }

  /**
   * Declares an experiment: it is a draft until `start`, or starts by itself at the design's start.
   * @returns the design with its defaults
   * @throws SchemaError with path, value and what is accepted; also for an id that was used before, or an exposure
   * that is over
   */
  async create(design: ExperimentDesignInput | ExperimentDesign): Promise<ExperimentDesign> {
    const checked = parseWith(experimentDesignSchema, design, 'experiment design');
    const { id, environment, variants, metrics, clock, start, duration } = checked;
    if (await this.stores.designs.has(id))
      throw refused('id', id, 'an id that no experiment has had: its record stands');
    const now = new Date().toISOString();
    if (clock === 'wall' && start !== 'draft' && after(start, duration) <= now)
      throw refused('start', start, `an instant less than ${duration} ago: its exposure is over`);
    await this.starter.start({
      type: 'loopwright.runExperiment',
      workflowId: contracts.workflowIds.experiment(id),
      target: { model: checked.model ?? id.slice(0, 64), environment },
      input: { design: checked },
      summary: `${variants.map(({ name }) => name).join(' against ')} on ${metrics.map(({ name }) => name).join(', ')}`,
      experiment: id,
      useExisting: false,
    });
    return checked;
  }

  /** Begins exposure, now or at an instant. */
  async start(id: string, command: contracts.StartDesign): Promise<DesignStatus> {
    const args: [contracts.StartDesign] = [parseWith(startDesignSchema, command, 'start')];
    return decide(this.handle(id), contracts.startDesignUpdate, { args });
  }

  /** Takes the ramp's next step now, or goes to a coverage; nobody changes variant. */
  async ramp(id: string, command: contracts.RampDesign): Promise<DesignStatus> {
    const args: [contracts.RampDesign] = [parseWith(rampDesignSchema, command, 'ramp')];
    return decide(this.handle(id), contracts.rampDesignUpdate, { args });
  }

  /** A longer exposure, before the last planned look only: α that is spent stays spent. */
  async extend(id: string, command: contracts.ExtendDesign): Promise<DesignStatus> {
    const args: [contracts.ExtendDesign] = [parseWith(extendDesignSchema, command, 'extend')];
    return decide(this.handle(id), contracts.extendDesignUpdate, { args });
  }

  /** A variant takes no new units; the others keep theirs. */
  async dropVariant(id: string, command: contracts.DropVariant): Promise<DesignStatus> {
    const args: [contracts.DropVariant] = [parseWith(dropVariantSchema, command, 'dropVariant')];
    return decide(this.handle(id), contracts.dropVariantUpdate, { args });
  }

  /** Ends it; nothing ships. */
  async stop(id: string, command: contracts.StopDesign): Promise<DesignResult> {
    const args: [contracts.StopDesign] = [parseWith(stopDesignSchema, command, 'stop')];
    return decide(this.handle(id), contracts.stopDesignUpdate, { args });
  }

  /** Moves the data clock and returns when all that is due has been done. */
  async advance(id: string, watermark: contracts.Watermark): Promise<contracts.Settled> {
    const updateId = `advance/${watermark.source}/${watermark.at}`;
    return decide(this.handle(id), contracts.advanceDesignUpdate, { args: [watermark], updateId });
  }

  /** Results now. A peek: it spends no α, decides nothing, and its intervals hold at any time. */
  async analyse(id: string, command: contracts.ExperimentCommand): Promise<ExperimentAnalysis> {
    const args: [contracts.ExperimentCommand] = [parseWith(experimentCommandSchema, command, 'analyse')];
    const { at } = await decide(this.handle(id), contracts.analyseDesignUpdate, { args });
    const found = (await this.stores.designs.analysesOf(id)).find((one) => one.kind === 'peek' && one.at === at);
    if (found === undefined) throw new Error(`the analysis of ${id} at ${at} is not in the database of this client`);
    return found;
  }

  /** Where it stands, by its workflow. */
  async status(id: string): Promise<DesignStatus> {
    return ask(this.handle(id), contracts.designStatusQuery);
  }

  /** The whole story as it is recorded, also long after the workflow; null for an unknown id. */
  async record(id: string): Promise<DesignRecord | null> {
    return this.stores.designs.find(id);
  }

  /** Every recorded experiment, by id. */
  async list(): Promise<DesignRecord[]> {
    return this.stores.designs.list();
  }

  /** Every analysis of an experiment, oldest first. */
  async analyses(id: string): Promise<ExperimentAnalysis[]> {
    return this.stores.designs.analysesOf(id);
  }

  /** The experiment's workflow, for whatever is not here. */
  handle(id: string): WorkflowHandle {
    return this.starter.client.workflow.getHandle(contracts.workflowIds.experiment(id));
  }
}

function refused(path: string, value: string, expected: string): SchemaError {
  return new SchemaError('experiment design', [{ path, value: JSON.stringify(value), expected, code: 'custom' }]);
}
