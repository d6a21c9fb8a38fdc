import type { Alert, GateMetric, Instant, JudgedWindow, WindowPerformance } from '../../src/contracts';
import { baselineDue, windowDue } from '../../src/domain/agenda';
import { makeAlert, nextBelow, windowStatus } from '../../src/domain/alert';
import * as monitoring from '../../src/domain/monitoring';
import { windowAt } from '../../src/domain/time';
import { activities, SHORT } from './activities';
import type { Judge, Judged, Monitor } from './monitor';
import { askForRetraining, rollBack } from './responses';

const run = activities(SHORT);

/** Alerts that such a monitor remembers; all of them stand in the store. */
const REMEMBERED_ALERTS = 20;

/**
 * One metric, one window at a time, an alert per row of bad windows: a run that the first release has started goes on
 * by its rules until it continues as new. Its commands must stay what they were.
 */
export class FirstJudge implements Judge {
  private readonly monitor: Monitor;

  constructor(monitor: Monitor) {
    this.monitor = monitor;
  }

  async judge(at: Instant): Promise<Judged> {
    const { monitor } = this;
    await this.judgeBaseline();
    while (monitor.clock.reached(windowDue(monitor.state.spec, monitor.state.nextWindow))) await this.judgeNext(at);
    return 'all';
  }

  nudge(): void {
    return;
  }

  wanted(): boolean {
    return false;
  }

  patience(): number | null {
    return null;
  }

  async rebase(version: number, from: Instant, to: Instant): Promise<void> {
    const asOf = this.monitor.clock.now() ?? to;
    const evaluation = await this.evaluate({ from, to, asOf, version }, 'rebase');
    const value = this.valueOf(evaluation);
    if (value === null) return;
    this.monitor.state = { ...this.monitor.state, baseline: { value, n: evaluation!.performance.n } };
  }

  private async judgeBaseline(): Promise<void> {
    const { state, clock } = this.monitor;
    const { spec } = state;
    const due = baselineDue(spec);
    if (state.baseline !== null || !clock.reached(due)) return;
    const evaluation = await this.evaluate({ ...spec.baseline, asOf: due }, 'baseline');
    const n = evaluation?.performance.n ?? 0;
    const value = n < spec.minSamples ? null : this.valueOf(evaluation);
    const tooFew = `the baseline has ${n} labelled rows, too few to judge by`;
    const failure = value === null ? tooFew : this.monitor.state.failure;
    this.monitor.state = { ...this.monitor.state, baseline: { value, n }, failure };
  }

  private async judgeNext(at: Instant): Promise<void> {
    const { spec, nextWindow } = this.monitor.state;
    const { from, to } = windowAt(spec.baseline.from, spec.window, nextWindow);
    const asOf = windowDue(spec, nextWindow);
    const evaluation = await this.evaluate({ from, to, asOf }, `window ${from.slice(0, 10)}`);
    const { state } = this.monitor;
    const level = monitoring.levelOf(state);
    const n = evaluation?.performance.n ?? 0;
    const value = this.valueOf(evaluation);
    const window: JudgedWindow = {
      from,
      n,
      value,
      status: level === null ? 'insufficient-data' : windowStatus(spec, n, value, level),
      counted: state.open === null && !state.paused && from >= state.countFrom,
    };
    const below = nextBelow(state.below, window);
    const recent = monitoring.rememberWindow(state.recent, window);
    this.monitor.state = { ...state, nextWindow: nextWindow + 1, below, recent };
    if (window.counted && window.status === 'below' && below.length >= spec.consecutive) {
      await this.fire(value!, n, level!, at);
    }
  }

  private async fire(value: number, n: number, level: number, at: Instant): Promise<void> {
    const { monitor } = this;
    const { spec, below, baseline } = monitor.state;
    const alert = makeAlert(spec, { below, value, n, level, baseline: baseline!.value!, at });
    const alerts = [...monitor.state.alerts, alert].slice(-REMEMBERED_ALERTS);
    monitor.state = { ...monitor.state, below: [], alerts, firedAt: monitor.state.firedAt ?? at };
    await this.record(alert);
    if (alert.actions.includes('roll-back')) await rollBack(monitor, alert, at);
    if (alert.actions.includes('retrain')) await askForRetraining(monitor, [alert], at);
  }

  private async record(alert: Alert): Promise<void> {
    const { model, environment } = this.monitor.state.spec;
    const changes = [{ event: 'opened', alert }] as const;
    await this.monitor.attempt(() =>
      run.recordAlert({ target: { model, environment }, changes }, `alert ${alert.state}`),
    );
  }

  private async evaluate(
    range: { from: Instant; to: Instant; asOf: Instant; version?: number },
    summary: string,
  ): Promise<WindowPerformance | null> {
    return this.monitor.attempt(() => run.evaluateWindow({ spec: this.monitor.state.spec, ...range }, summary));
  }

  private valueOf(evaluation: WindowPerformance | null): number | null {
    return evaluation?.performance[this.monitor.state.spec.metric as GateMetric] ?? null;
  }
}
