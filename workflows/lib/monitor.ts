import { ActivityFailure, getExternalWorkflowHandle, log } from '@temporalio/workflow';
import { experimentWatermarkSignal, workflowIds } from '../../src/contracts';
import type { Alert, Instant, JudgedWindow, MonitorState, RetrainSpec, WindowPerformance } from '../../src/contracts';
import { makeAlert, nextBelow, windowStatus } from '../../src/domain/alert';
import * as monitoring from '../../src/domain/monitoring';
import { windowAt } from '../../src/domain/time';
import { activities, SHORT } from './activities';
import { isSearchable } from './attributes';
import { Clock, waitFor } from './clock';

const run = activities(SHORT);

/** How long a report may take before the monitor looks whether its sender still lives. */
const PATIENCE_MS = 30_000;
/** Alerts that a monitor remembers; all of them stand in the store. */
const REMEMBERED_ALERTS = 20;

/** A monitor's state and what it does when time has passed. */
export class Monitor {
  state: MonitorState;
  readonly clock: Clock;
  private evaluations = 0;

  constructor(state: MonitorState) {
    this.state = state;
    this.clock = new Clock(state.spec.clock, () => monitoring.watermarkOf(this.state));
  }

  /** Asks for everything that is due to be done now, on either clock. */
  requestEvaluation(): void {
    this.evaluations += 1;
  }

  pending(): boolean {
    if (this.evaluations > 0) return true;
    const now = this.clock.now();
    if (now === null) return false;
    if (this.clock.kind === 'data') return now > (this.state.settledThrough ?? '');
    return this.clock.reached(monitoring.nextDue({ ...this.state, open: null }));
  }

  /** Does all that is due, in the order in which a replay gives the same rows: experiment, windows, retraining. */
  async act(): Promise<void> {
    const requests = this.evaluations;
    const at = this.clock.now();
    if (at !== null) {
      await this.forward(at);
      await this.judgeBaseline();
      while (this.clock.reached(monitoring.windowDue(this.state.spec, this.state.nextWindow))) await this.judgeNext(at);
      this.state = { ...this.state, settledThrough: at };
    }
    this.evaluations -= requests;
  }

  /** Tells the open experiment how far time is, and waits until it has acted; a wall-clock experiment knows itself. */
  private async forward(at: Instant): Promise<void> {
    const experiment = this.state.open?.experiment ?? null;
    if (this.state.open === null) return;
    // Nobody waits for these to report, so a terminated one would stay open for ever.
    if (this.clock.kind === 'wall' || this.state.open.waitsFor !== null) {
      await this.closeIfEnded(at);
      return;
    }
    if (experiment !== null) {
      try {
        const handle = getExternalWorkflowHandle(workflowIds.experiment(experiment));
        await handle.signal(experimentWatermarkSignal, { source: 'monitor', at });
      } catch (error) {
        log.warn('the experiment takes no signal: it has ended', { experiment, error });
      }
    }
    await this.waitUntilSettled(at);
  }

  private async waitUntilSettled(at: Instant): Promise<void> {
    while (!(await waitFor(() => monitoring.isSettled(this.state, at), PATIENCE_MS))) await this.closeIfEnded(at);
  }

  /** A retraining or experiment that was terminated reports nothing any more. */
  private async closeIfEnded(at: Instant): Promise<void> {
    const { open, spec } = this.state;
    if (open === null) return;
    const owner =
      open.retraining !== null ? workflowIds.retraining(spec) : workflowIds.experiment(open.experiment ?? 'none');
    const ended = await run.findEnded({ workflowIds: [owner] }, 'is what is open still running?');
    if (!ended.includes(owner) || this.state.open !== open) return;
    const failure = `${owner} ended without a report`;
    const countFrom = monitoring.countFromAfter(spec, { decision: 'failed', closedAt: at });
    this.state = { ...this.state, open: null, below: [], countFrom, failure };
  }

  private async judgeBaseline(): Promise<void> {
    const { spec } = this.state;
    const due = monitoring.baselineDue(spec);
    if (this.state.baseline !== null || !this.clock.reached(due)) return;
    const evaluation = await this.evaluate({ ...spec.baseline, asOf: due }, 'baseline');
    const n = evaluation?.performance.n ?? 0;
    const value = n < spec.minSamples ? null : (evaluation?.performance[spec.metric] ?? null);
    const failure = value === null ? `the baseline has ${n} labelled rows, too few to judge by` : this.state.failure;
    this.state = { ...this.state, baseline: { value, n }, failure };
  }

  private async judgeNext(at: Instant): Promise<void> {
    const { spec, nextWindow } = this.state;
    const { from, to } = windowAt(spec.baseline.from, spec.window, nextWindow);
    const asOf = monitoring.windowDue(spec, nextWindow);
    const evaluation = await this.evaluate({ from, to, asOf }, `window ${from.slice(0, 10)}`);
    const level = monitoring.levelOf(this.state);
    const n = evaluation?.performance.n ?? 0;
    const value = evaluation?.performance[spec.metric] ?? null;
    const window: JudgedWindow = {
      from,
      n,
      value,
      status: level === null ? 'insufficient-data' : windowStatus(spec, n, value, level),
      counted: this.state.open === null && !this.state.paused && from >= this.state.countFrom,
    };
    const below = nextBelow(this.state.below, window);
    const recent = monitoring.rememberWindow(this.state.recent, window);
    this.state = { ...this.state, nextWindow: nextWindow + 1, below, recent };
    if (window.counted && window.status === 'below' && below.length >= spec.consecutive) {
      await this.fire(value!, n, level!, at);
    }
  }

  private async fire(value: number, n: number, level: number, at: Instant): Promise<void> {
    const { spec, below, baseline } = this.state;
    const alert = makeAlert(spec, { below, value, n, level, baseline: baseline!.value!, at });
    const alerts = [...this.state.alerts, alert].slice(-REMEMBERED_ALERTS);
    this.state = { ...this.state, below: [], alerts, firedAt: this.state.firedAt ?? at };
    await this.recordAlert(alert);
    if (alert.actions.includes('roll-back')) await this.rollBack(alert, at);
    if (alert.actions.includes('retrain')) await this.retrain(alert, at);
  }

  private async retrain(alert: Alert, at: Instant): Promise<void> {
    const { spec } = this.state;
    const key = `${workflowIds.monitor(spec)}/retraining/${this.state.retrainings + 1}`;
    const request: RetrainSpec = {
      model: spec.model,
      environment: spec.environment,
      key,
      clock: spec.clock,
      at,
      reasons: [reasonOf(alert)],
      metric: spec.metric,
      labelMaturity: spec.labelMaturity,
      policy: spec.retrain,
      experiment: spec.experiment,
      reportTo: workflowIds.monitor(spec),
    };
    this.state = monitoring.openRetraining(this.state, key);
    await run.requestRetraining({ spec: request, searchable: isSearchable() }, `ask for retraining ${key}`);
    if (this.clock.kind === 'data') await this.waitUntilSettled(at);
  }

  private async rollBack(alert: Alert, at: Instant): Promise<void> {
    const { model, environment } = this.state.spec;
    const request = {
      target: { model, environment },
      key: `${alert.fingerprint}/roll-back`,
      reason: reasonOf(alert),
      who: 'monitor',
      effectiveAt: at,
      action: { kind: 'roll-back' },
      searchable: isSearchable(),
    } as const;
    await this.attempt(() => run.decideDeployment(request, 'roll back'));
  }

  /** Moves the baseline to the new champion's performance in its experiment, where the spec asks for it. */
  async rebase(version: number, from: Instant, to: Instant): Promise<void> {
    const { spec } = this.state;
    const evaluation = await this.evaluate({ from, to, asOf: this.clock.now() ?? to, version }, 'rebase');
    const value = evaluation?.performance[spec.metric] ?? null;
    if (value !== null) this.state = { ...this.state, baseline: { value, n: evaluation!.performance.n } };
  }

  /** Records an alert's state in the store. */
  async recordAlert(alert: Alert): Promise<void> {
    const { model, environment } = this.state.spec;
    await this.attempt(() => run.recordAlert({ target: { model, environment }, alert }, `alert ${alert.state}`));
  }

  private async evaluate(
    range: { from: Instant; to: Instant; asOf: Instant; version?: number },
    summary: string,
  ): Promise<WindowPerformance | null> {
    return this.attempt(() => run.evaluateWindow({ spec: this.state.spec, ...range }, summary));
  }

  /** A monitor outlives what it cannot do: the failure shows in its status, and time goes on. */
  private async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.state = { ...this.state, failure: error.cause?.message ?? error.message };
      return null;
    }
  }
}

function reasonOf(alert: Alert): string {
  const round = (value: number) => Math.round(value * 10_000) / 10_000;
  return `${alert.metric} ${round(alert.value)} on ${alert.n} rows, level ${round(alert.level)}, ${alert.windows.length} windows in a row since ${alert.windows[0]?.slice(0, 10) ?? ''}`;
}
