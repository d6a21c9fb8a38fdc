import type {
  ExperimentReport,
  Instant,
  JudgedWindow,
  MonitorChange,
  MonitorSpec,
  MonitorState,
  MonitorStatus,
  RetrainingReport,
  RetrainingResult,
} from '../contracts';
import { alertLevel } from './alert';
import { after, durationMs, earliest, ms, windowAt } from './time';

/** How many judged windows a monitor remembers; all of them stand in the store. */
const REMEMBERED_WINDOWS = 12;

/** The state a monitor starts with. */
export function initialState(spec: MonitorSpec): MonitorState {
  const size = durationMs(spec.window);
  return {
    spec,
    watermarks: {},
    // The first judged window is the first that starts at or after the end of the baseline.
    nextWindow: Math.ceil((ms(spec.baseline.to) - ms(spec.baseline.from)) / size),
    baseline: null,
    below: [],
    countFrom: spec.baseline.to,
    open: null,
    retrainings: 0,
    firedAt: null,
    alerts: [],
    recent: [],
    paused: false,
    settledThrough: null,
    ingested: { logged: 0, quarantined: 0 },
    failure: null,
  };
}

/** A spec with a change: a new kind of level takes the place of the other. */
export function changedSpec(spec: MonitorSpec, change: MonitorChange): MonitorSpec {
  const { baselineDrop, baselineRatio, ...rest } = spec;
  const replaced = change.baselineDrop !== undefined || change.baselineRatio !== undefined;
  return { ...rest, ...(replaced ? {} : { baselineDrop, baselineRatio }), ...change };
}

/** When the baseline is known: its end plus label maturity. */
export function baselineDue(spec: MonitorSpec): Instant {
  return after(spec.baseline.to, spec.labelMaturity);
}

/** When window k is judged: its end plus label maturity. */
export function windowDue(spec: MonitorSpec, k: number): Instant {
  return after(windowAt(spec.baseline.from, spec.window, k).to, spec.labelMaturity);
}

/** The earliest event time at which the monitor or what it has started will act. */
export function nextDue(state: MonitorState): Instant | null {
  const own = state.baseline === null ? baselineDue(state.spec) : windowDue(state.spec, state.nextWindow);
  return earliest(own, state.open?.nextDueAt ?? null);
}

/** The value at which a window counts as below; null without a baseline. */
export function levelOf(state: Pick<MonitorState, 'spec' | 'baseline'>): number | null {
  const value = state.baseline?.value ?? null;
  return value === null ? null : alertLevel(state.spec, value);
}

/** The watermark: the minimum over the declared sources; null until each has spoken. */
export function watermarkOf(state: Pick<MonitorState, 'spec' | 'watermarks'>): Instant | null {
  const known = state.spec.sources.map((source) => state.watermarks[source]);
  return known.every((at) => at !== undefined) ? earliest(...known) : null;
}

/** The watermarks after a source has spoken; they never move back. */
export function advanceWatermark(
  watermarks: Readonly<Record<string, Instant>>,
  source: string,
  at: Instant,
): Readonly<Record<string, Instant>> {
  const before = watermarks[source];
  return before !== undefined && before >= at ? watermarks : { ...watermarks, [source]: at };
}

/** The remembered windows after one more. */
export function rememberWindow(recent: readonly JudgedWindow[], window: JudgedWindow): readonly JudgedWindow[] {
  return [...recent, window].slice(-REMEMBERED_WINDOWS);
}

/** The state after a report of the retraining that is open. A report on another one changes nothing. */
export function applyRetrainingReport(state: MonitorState, report: RetrainingReport): MonitorState {
  if (state.open?.retraining !== report.key) return state;
  if (report.closed === null) {
    return { ...state, open: { ...state.open, experiment: report.experiment, waitsFor: report.waitsFor } };
  }
  return { ...state, open: null, below: [], countFrom: countFromAfter(state.spec, report.closed) };
}

/** The first instant at which a window may start and trigger again, after a retraining. */
export function countFromAfter(spec: MonitorSpec, closed: Pick<RetrainingResult, 'decision' | 'closedAt'>): Instant {
  return closed.decision === 'promoted' ? closed.closedAt : after(closed.closedAt, spec.retrain.cooldown);
}

/** The state after a report of an experiment: the one that is open, or one that a person started. */
export function applyExperimentReport(state: MonitorState, report: ExperimentReport): MonitorState {
  const open = state.open ?? { retraining: null, experiment: report.id, ...NOTHING_SETTLED };
  if (open.retraining === null && report.decided) {
    return { ...state, open: null, below: [], countFrom: report.settledThrough ?? state.countFrom };
  }
  if (open.experiment !== null && open.experiment !== report.id) return state;
  return {
    ...state,
    open: {
      ...open,
      experiment: report.id,
      experimentThrough: report.settledThrough,
      nextDueAt: report.nextDueAt,
      experimentDecided: report.decided,
    },
  };
}

/** Whether all that the monitor has started has acted on everything up to an event time. */
export function isSettled(state: MonitorState, at: Instant): boolean {
  const { open } = state;
  if (open === null) return true;
  if (open.waitsFor !== null) return true;
  return open.experiment !== null && !open.experimentDecided && (open.experimentThrough ?? '') >= at;
}

/** The state when a retraining has just been asked for. */
export function openRetraining(state: MonitorState, key: string): MonitorState {
  const open = { retraining: key, experiment: null, ...NOTHING_SETTLED };
  return { ...state, open, retrainings: state.retrainings + 1 };
}

const NOTHING_SETTLED = { experimentThrough: null, nextDueAt: null, experimentDecided: false, waitsFor: null } as const;

/** What `monitorStatus` answers. */
export function statusOf(state: MonitorState): MonitorStatus {
  const { spec, baseline, open } = state;
  return {
    spec,
    state: stateName(state),
    watermark: watermarkOf(state),
    baseline,
    level: levelOf(state),
    below: state.below.length,
    firedAt: state.firedAt,
    retrainings: state.retrainings,
    open,
    alerts: state.alerts,
    recent: state.recent,
    ingested: state.ingested,
    failure: state.failure,
    settledThrough: state.settledThrough,
    nextDueAt: nextDue(state),
  };
}

function stateName(state: MonitorState): MonitorStatus['state'] {
  if (state.paused) return 'paused';
  if (state.open?.experiment != null) return 'experiment';
  if (state.open !== null) return 'retraining';
  return state.baseline === null ? 'waiting-for-baseline' : 'watching';
}
