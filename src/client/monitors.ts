import type { WorkflowHandle } from '@temporalio/client';
import * as contracts from '../contracts';
import type {
  Alert,
  Evaluation,
  ModelTarget,
  MonitorChange,
  MonitorSpec,
  MonitorStatus,
  Settled,
  Watermark,
} from '../contracts';
import { monitorChangeSchema, monitorSpecSchema, parseWith, targetSchema } from '../schemas';
import type { MonitorSpecInput } from '../schemas';
import type { Stores } from '../stores';
import type { TargetInput } from './ingestion';
import { ask, decide } from './start';
import type { Starter } from './start';
import { literal } from './visibility';

/** A monitor that runs. */
export interface RunningMonitor extends ModelTarget {
  /** As last shown; empty until it has shown one. */
  readonly state: string;
  readonly workflowId: string;
  /** When it, or the run that goes on for it, was started. */
  readonly startedAt: Date;
}

/** Monitors: one per model and environment, for ever. */
export class MonitorsClient {
  private readonly starter: Starter;
  private readonly stores: Stores;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
  }

  /** Starts a monitor, or takes the one that runs; `configure` changes a running one. */
  async start(spec: MonitorSpecInput): Promise<MonitorSpec> {
    const checked: MonitorSpec = parseWith(monitorSpecSchema, spec, 'monitor spec');
    await this.starter.start({
      type: 'loopwright.monitorModel',
      workflowId: contracts.workflowIds.monitor(checked),
      target: checked,
      input: { spec: checked },
      summary: `monitor ${checked.model} in ${checked.environment}`,
    });
    return checked;
  }

  /** The monitors that run, by model and environment. Visibility follows within a second or so. */
  async list(): Promise<RunningMonitor[]> {
    const query = `WorkflowType = ${literal('loopwright.monitorModel')} AND ExecutionStatus = 'Running'`;
    const found: RunningMonitor[] = [];
    for await (const { workflowId, startTime, memo, typedSearchAttributes } of this.starter.client.workflow.list({
      query,
    })) {
      // Names hold no colon, so the id says what is watched, also where attributes are not registered.
      const [, model = '', environment = ''] = workflowId.split(':');
      const state = typedSearchAttributes.get(contracts.searchAttributes.state) ?? memo?.LoopwrightState;
      found.push({
        model,
        environment,
        state: typeof state === 'string' ? state : '',
        workflowId,
        startedAt: startTime,
      });
    }
    return found.sort((a, b) => (a.workflowId < b.workflowId ? -1 : 1));
  }

  /** Where it stands. */
  async status(target: TargetInput): Promise<MonitorStatus> {
    return ask(this.handle(target), contracts.monitorStatusQuery);
  }

  /** Changes a running monitor. */
  async configure(target: TargetInput, change: MonitorChange): Promise<MonitorStatus> {
    const args: [MonitorChange] = [parseWith(monitorChangeSchema, change, 'monitor change')];
    return decide(this.handle(target), contracts.configureUpdate, { args });
  }

  /**
   * Moves the data clock: every outcome known by `at` has been logged durably. Returns when the monitor, its
   * retraining and its experiment have acted on it: back-pressure for a replay.
   */
  async advance(target: TargetInput, watermark: Watermark): Promise<Settled> {
    const updateId = `advance/${watermark.source}/${watermark.at}`;
    return decide(this.handle(target), contracts.advanceUpdate, { args: [watermark], updateId });
  }

  /** Judges what is due, now. */
  async evaluate(target: TargetInput): Promise<MonitorStatus> {
    return decide(this.handle(target), contracts.evaluateUpdate, { args: [] });
  }

  /** Windows are recorded but trigger nothing. */
  pause(target: TargetInput, decision: { who: string; reason: string }): Promise<MonitorStatus> {
    return decide(this.handle(target), contracts.pauseUpdate, { args: [decision] });
  }

  /** Windows trigger again. */
  resume(target: TargetInput, decision: { who: string }): Promise<MonitorStatus> {
    return decide(this.handle(target), contracts.resumeUpdate, { args: [decision] });
  }

  /** Judged windows, oldest first. */
  async evaluations(target: TargetInput): Promise<Evaluation[]> {
    return this.stores.evaluations.list(parseWith(targetSchema, target, 'target'));
  }

  /** Alerts, oldest first. */
  async alerts(target: TargetInput): Promise<Alert[]> {
    return this.stores.alerts.list(parseWith(targetSchema, target, 'target'));
  }

  /** The monitor's workflow, for whatever is not here. */
  handle(target: TargetInput): WorkflowHandle {
    return this.starter.client.workflow.getHandle(
      contracts.workflowIds.monitor(parseWith(targetSchema, target, 'target')),
    );
  }
}
