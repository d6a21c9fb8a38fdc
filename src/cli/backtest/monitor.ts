import { createMonitoringActivities } from '../../../activities/monitoring';
import type { Alert, Instant, MonitoringActivities, MonitorSpec, MonitorState, ResponseAction } from '../../contracts';
import { dueWindows, silenceDue } from '../../domain/agenda';
import { judgeReport, judgeSilence, judgeTime, watchedSegments } from '../../domain/judging';
import type { Judgement } from '../../domain/judging';
import { initialState } from '../../domain/monitoring';
import type { Stores } from '../../stores';

/** An alert as it asked for a response. */
export interface Alarm {
  readonly at: Instant;
  readonly alert: Alert;
  /** What was done about it this time. */
  readonly actions: readonly ResponseAction[];
  /** Whether it opened then; otherwise it was found again. */
  readonly opened: boolean;
}

/** A monitor without its workflow: the same activity, the same rules in the same order, on the data clock. */
export class ReplayedMonitor {
  state: MonitorState;
  readonly alarms: Alarm[] = [];
  private readonly activities: MonitoringActivities;

  constructor(spec: MonitorSpec, stores: Stores) {
    this.state = initialState(spec);
    this.activities = createMonitoringActivities(stores);
  }

  /** Judges everything that is due. What a window asks for is done before the next is judged: it decides what counts. */
  async look(at: Instant, act: (actions: readonly ResponseAction[]) => Promise<void>): Promise<void> {
    const carryOut = async (judgement: Judgement): Promise<void> => {
      this.state = judgement.state;
      this.record(judgement, at);
      await act(judgement.actions.map(({ action }) => action));
    };
    await carryOut(judgeTime(this.state, at));
    let windows = dueWindows(this.state, at);
    let silence = (silenceDue(this.state) ?? NEVER) <= at;
    while (windows.length > 0 || silence) {
      const watching = watchedSegments(this.state);
      const report = await this.activities.judgeWindows({ spec: this.state.spec, at, windows, watching });
      for (const window of report.windows) await carryOut(judgeReport(this.state, window, at));
      await carryOut(judgeSilence(this.state, report.lastServedAt, at));
      windows = dueWindows(this.state, at);
      silence = false;
    }
  }

  /** Moves the baseline to a version's performance in an interval, where it served enough. */
  async rebase(version: number, from: Instant, to: Instant): Promise<void> {
    const { spec } = this.state;
    const windows = [{ phase: 'baseline', from, to, asOf: to, version }] as const;
    const [found] = (await this.activities.judgeWindows({ spec, at: to, windows })).windows;
    const value = found?.metrics[spec.metric]?.value ?? null;
    if (found === undefined || value === null) return;
    this.state = { ...this.state, baseline: { value, n: found.n, metrics: found.metrics } };
  }

  private record({ fired, changes, actions }: Judgement, at: Instant): void {
    const opened = new Set(changes.filter(({ event }) => event === 'opened').map(({ alert }) => alert.id));
    for (const alert of fired) {
      const mine = actions.filter((each) => each.alert.id === alert.id).map(({ action }) => action);
      this.alarms.push({ at, alert, actions: mine, opened: opened.has(alert.id) });
    }
  }
}

/** Later than every instant, as text. */
const NEVER = '9999';
