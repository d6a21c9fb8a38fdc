import type {
  Alert,
  AlertChange,
  Instant,
  JudgedWindow,
  MonitorState,
  ResponseAction,
  WindowReport,
} from '../contracts';
import { nextWindows } from './agenda';
import { windowStatus, nextBelow } from './alert';
import { applyLook, remembered, tick } from './alerting';
import type { LookInput } from './alerting';
import { costOf } from './cost';
import { ALERT_KINDS } from './finding';
import { findingsOf, insufficientKinds, silenceFinding } from './findings';
import * as monitoring from './monitoring';
import { respond } from './response';

/** What a look, or time, makes of a monitor. */
export interface Judgement {
  readonly state: MonitorState;
  /** What happened to alerts, as they now stand. */
  readonly changes: readonly AlertChange[];
  /** What is to be done: one retraining and one roll-back at most. */
  readonly actions: readonly { readonly action: ResponseAction; readonly alert: Alert }[];
  /** Alerts that asked for it. */
  readonly fired: readonly Alert[];
}

/**
 * A monitor after one window's report. Windows are judged one after another: what is done about one decides whether
 * the next counts. On the data clock it happens when the window was due, so that the size of a step never shows.
 */
export function judgeReport(before: MonitorState, report: WindowReport, now: Instant): Judgement {
  const at = before.spec.clock === 'data' ? report.asOf : now;
  if (report.phase === 'baseline') return { ...NOTHING_DONE, state: monitoring.withBaseline(before, report) };
  const trusted = report.reconciliation === null ? before.estimateTrusted : isConsistent(report);
  const counted = monitoring.counts(before, report.from);
  const moved: MonitorState = { ...before, ...nextWindows(before, report), estimateTrusted: trusted };
  const state = report.phase === 'judge' ? withWindow(moved, report, counted) : moved;
  return answer(state, report, {
    findings: findingsOf(state.spec, state.baseline, report, trusted),
    insufficientKinds: insufficientKinds(report, state.spec, trusted),
    counted,
    at,
  });
}

/** Segments that something is held against: a look is asked to say which of them it could not judge. */
export function watchedSegments({ subjects = [] }: MonitorState): string[] {
  const segments = subjects.filter(({ subject }) => subject.startsWith('segment:'));
  return [...new Set(segments.map(({ subject }) => subject.slice('segment:'.length, subject.lastIndexOf('/'))))];
}

/** A monitor after it has looked whether predictions still come. */
export function judgeSilence(before: MonitorState, lastServedAt: Instant | null, at: Instant): Judgement {
  const state: MonitorState = { ...before, lastServedAt, silenceCheckedAt: at };
  const finding = silenceFinding(state.spec, lastServedAt, at);
  if (finding === null) return { ...NOTHING_DONE, state };
  const others = ALERT_KINDS.filter((kind) => kind !== 'silence');
  return answer(state, null, { findings: [finding], insufficientKinds: others, counted: !state.paused, at });
}

/** A monitor after time has passed: snoozes that are over, alerts that nobody has looked at. */
export function judgeTime(before: MonitorState, at: Instant): Judgement {
  const { alerts, changes } = tick(before.alerts, before.spec, at);
  return { ...NOTHING_DONE, state: changes.length === 0 ? before : { ...before, alerts }, changes };
}

const NOTHING_DONE = { changes: [], actions: [], fired: [] } as const;

function isConsistent({ reconciliation }: WindowReport): boolean {
  return reconciliation?.verdict === 'consistent';
}

/** The window as the monitor remembers it, by its primary metric. */
function withWindow(state: MonitorState, report: WindowReport, counted: boolean): MonitorState {
  const { spec } = state;
  const level = monitoring.levelOf(state);
  const found = report.metrics[spec.metric];
  const value = found?.value ?? null;
  const n = found?.n ?? report.n;
  const status = level === null ? 'insufficient-data' : windowStatus(spec, n, value, level);
  const window: JudgedWindow = { from: report.from, n, value, status, counted };
  const recent = monitoring.rememberWindow(state.recent, window);
  return { ...state, recent, below: nextBelow(state.below, window) };
}

function answer(
  state: MonitorState,
  report: WindowReport | null,
  look: Pick<LookInput, 'findings' | 'insufficientKinds' | 'counted' | 'at'>,
): Judgement {
  const { spec, alerts, subjects = [], responses = [], open, baseline } = state;
  const judged = applyLook({ spec, alerts, subjects, ...look });
  const cost = (alert: Alert) => (report === null ? alert.cost : costOf(spec, alert, report, baseline));
  const fired = judged.fired.map((alert) => ({ ...alert, cost: cost(alert) }));
  const answered = respond({ spec, fired, alerts: judged.alerts, responses, busy: open !== null, at: look.at });
  const standing = new Map(answered.alerts.map((alert) => [alert.id, alert]));
  const isAboutPerformance = judged.fired.some(({ kind }) => kind === 'performance');
  return {
    state: {
      ...state,
      alerts: remembered(answered.alerts),
      subjects: judged.subjects,
      responses: answered.responses,
      firedAt: state.firedAt ?? (isAboutPerformance ? look.at : null),
    },
    changes: judged.changes.map(({ event, alert }) => ({ event, alert: standing.get(alert.id) ?? alert })),
    actions: answered.actions,
    fired: fired.map((alert) => standing.get(alert.id) ?? alert),
  };
}
