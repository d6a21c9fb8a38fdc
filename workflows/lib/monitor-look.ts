import { ActivityFailure } from '@temporalio/workflow';
import type { Instant, LookReport, WindowRequest } from '../../src/contracts';
import { dueWindows, earlyWindow, silenceDue } from '../../src/domain/agenda';
import { judgeReport, judgeSilence, judgeTime, watchedSegments } from '../../src/domain/judging';
import type { Judgement } from '../../src/domain/judging';
import { nothingJudged } from '../../src/domain/monitoring';
import { activities, LOOK, SHORT } from './activities';
import type { Judge, Judged, Monitor } from './monitor';
import { askForRetraining, rollBack } from './responses';

const run = activities(SHORT);
const look = activities(LOOK);

/** A look that failed is taken again after half a minute, later after ten. */
const RETRY_MS = { first: 30_000, longest: 600_000 } as const;
/** Outcomes that come all the time lead to a look so often at most. */
const EAGER_MS = 10_000;

/** Judges all that is due in one look, and answers what it finds. */
export class Looks implements Judge {
  private readonly monitor: Monitor;
  private failures = 0;
  private lookedAt = 0;

  constructor(monitor: Monitor) {
    this.monitor = monitor;
  }

  /** Outcomes were written: a monitor that is eager need not wait for a window to be due. */
  nudge(): void {
    const { state, clock } = this.monitor;
    if (state.spec.eager && clock.kind === 'wall') this.monitor.state = { ...state, nudged: true };
  }

  wanted(): boolean {
    return this.monitor.state.nudged === true && Date.now() >= this.lookedAt + EAGER_MS;
  }

  patience(): number | null {
    if (this.failures > 0) return Math.min(RETRY_MS.first * 2 ** (this.failures - 1), RETRY_MS.longest);
    return this.monitor.state.nudged === true ? Math.max(1, this.lookedAt + EAGER_MS - Date.now()) : null;
  }

  async judge(at: Instant): Promise<Judged> {
    const { monitor } = this;
    const early = this.wanted() ? earlyWindow(monitor.state, at) : null;
    await this.carryOut(judgeTime(monitor.state, at), at);
    const due = dueWindows(monitor.state, at);
    const windows = due.length === 0 && early !== null ? [early] : due;
    monitor.state = { ...monitor.state, nudged: false };
    this.lookedAt = Date.now();
    if (windows.length === 0 && !monitor.clock.reached(silenceDue(monitor.state))) return 'all';
    const report = await this.look(at, windows);
    if (report === null) return 'held';
    for (const window of report.windows) await this.carryOut(judgeReport(monitor.state, window, at), at);
    await this.carryOut(judgeSilence(monitor.state, report.lastServedAt, at), at);
    return dueWindows(monitor.state, at).length > 0 ? 'some' : 'all';
  }

  async rebase(version: number, from: Instant, to: Instant): Promise<void> {
    const asOf = this.monitor.clock.now() ?? to;
    const windows = [{ phase: 'baseline', from, to, asOf, version }] as const;
    const { spec } = this.monitor.state;
    const report = await this.monitor.attempt(() => run.judgeWindows({ spec, at: asOf, windows }, 'rebase'));
    const found = report?.windows[0];
    const value = found?.metrics[spec.metric]?.value ?? null;
    if (found === undefined || value === null) return;
    this.monitor.state = { ...this.monitor.state, baseline: { value, n: found.n, metrics: found.metrics } };
  }

  /** Null when the stores cannot be reached: nothing is skipped, the same windows are judged later. */
  private async look(at: Instant, windows: readonly WindowRequest[]): Promise<LookReport | null> {
    const { spec } = this.monitor.state;
    try {
      const watching = watchedSegments(this.monitor.state);
      const report = await look.judgeWindows({ spec, at, windows, watching }, summaryOf(windows));
      this.failures = 0;
      this.monitor.state = { ...this.monitor.state, degraded: false };
      return report;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const failure = `look of ${at}: ${error.cause?.message ?? error.message}`;
      this.monitor.state = { ...this.monitor.state, failure };
      if (error.retryState === 'NON_RETRYABLE_FAILURE') return nothingJudged(this.monitor.state, windows);
      this.failures += 1;
      this.monitor.state = { ...this.monitor.state, degraded: true };
      return null;
    }
  }

  /** Does what a judgement asks for; a retraining is waited for before the next window is judged. */
  private async carryOut({ state, changes, actions }: Judgement, at: Instant): Promise<void> {
    const { monitor } = this;
    monitor.state = state;
    await monitor.publish(changes);
    const back = actions.find(({ action }) => action === 'roll-back');
    const retrain = actions.filter(({ action }) => action === 'retrain').map(({ alert }) => alert);
    if (back !== undefined) await rollBack(monitor, back.alert, at);
    if (retrain.length > 0) await askForRetraining(monitor, retrain, at);
  }
}

function summaryOf(windows: readonly WindowRequest[]): string {
  const [first] = windows;
  if (first === undefined) return 'do predictions still come?';
  const more = windows.length > 1 ? ` and ${windows.length - 1} more` : '';
  return `${first.phase} ${first.from.slice(0, 16)}${more}`;
}
