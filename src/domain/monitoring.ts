import type {
  Alert,
  ExperimentReport,
  Instant,
  JudgedWindow,
  LookReport,
  MonitorChange,
  MonitorSpec,
  MonitorState,
  MonitorStatus,
  RetrainingReport,
  RetrainingResult,
  WindowReport,
  WindowRequest,
} from '../contracts';
import { baselineDue, firstWindow, nextLook, windowDue } from './agenda';
import { fingerprintOf, levelOf as levelFor } from './alert';
import { nextTick } from './alerting';
import { after, earliest } from './time';

/** How many judged windows a monitor remembers; all of them stand in the store. */
const REMEMBERED_WINDOWS = 12;

/** The state a monitor starts with. */
export function initialState(spec: MonitorSpec): MonitorState {
  return {
    spec,
    watermarks: {},
    nextWindow: firstWindow(spec),
    nextTraffic: firstWindow(spec),
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
    subjects: [],
    responses: [],
    lastServedAt: null,
    outbox: [],
    estimateTrusted: true,
    degraded: false,
  };
}

/** The state of a run of the first release, with what has come since: its alerts had one field for what they were about. */
export function upgradedState(state: MonitorState, spec: MonitorSpec): MonitorState {
  const alerts = state.alerts.map((alert): Alert => {
    const known: Partial<Alert> = alert;
    if (known.id !== undefined) return alert;
    const fingerprint = fingerprintOf(spec, 'performance', spec.metric);
    return {
      ...alert,
      id: `${fingerprint}@${alert.at}`,
      fingerprint,
      kind: 'performance',
      subject: spec.metric,
      lastAt: alert.at,
      count: alert.windows.length,
      summary: `${spec.metric} ${String(alert.value)} on ${alert.n} rows, level ${String(alert.level)}`,
      features: [],
      cost: null,
      withheld: [],
      escalatedAt: null,
      // It was one alert per row of bad windows, so an old one says nothing of now.
      state: 'resolved',
      resolution: { by: 'evidence', at: alert.at, evidence: 'recorded by an earlier release' },
    };
  });
  return { ...initialState(spec), ...state, spec, alerts, nextTraffic: state.nextWindow };
}

/** A spec with a change: a new kind of level takes the place of the other, a policy keeps what the change leaves out. */
export function changedSpec(spec: MonitorSpec, change: MonitorChange): MonitorSpec {
  const { baselineDrop, baselineRatio, threshold, ...rest } = spec;
  const kinds = [change.baselineDrop, change.baselineRatio, change.threshold];
  const replaced = kinds.some((value) => value !== undefined);
  const policies = POLICIES.filter((name) => change[name] !== undefined);
  // The workflow checks what comes of it, as it checks a spec that is written anew.
  return {
    ...rest,
    ...(replaced ? {} : { baselineDrop, baselineRatio, threshold }),
    ...change,
    ...Object.fromEntries(policies.map((name) => [name, { ...spec[name], ...change[name] }])),
  } as MonitorSpec;
}

const POLICIES = ['drift', 'volume', 'segments', 'alerts', 'response', 'budget'] as const;

/** The earliest event time at which the monitor or what it has started will act. */
export function nextDue(state: MonitorState): Instant | null {
  return earliest(ownDue(state), state.open?.nextDueAt ?? null);
}

/** The earliest event time at which the monitor itself will act. */
export function ownDue(state: MonitorState): Instant | null {
  const { spec } = state;
  if (!isFirstRelease(spec)) return nextLook(state, nextTick(state.alerts, spec));
  return state.baseline === null ? baselineDue(spec) : windowDue(spec, state.nextWindow);
}

/** Whether a monitor was started before there was more to it than windows of one metric. */
export function isFirstRelease(spec: MonitorSpec): boolean {
  return (spec as Partial<MonitorSpec>).volume === undefined;
}

/** The value at which a window counts as below; null without a baseline where the level depends on it. */
export function levelOf(state: Pick<MonitorState, 'spec' | 'baseline'>): number | null {
  return levelFor(state.spec, state.baseline?.value ?? null);
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
  return { ...afresh(state), open: null, countFrom: countFromAfter(state.spec, report.closed) };
}

/** What was served before says nothing about what serves now: bad windows are counted from none again. */
export function afresh(state: MonitorState): MonitorState {
  const { subjects = [] } = state;
  return {
    ...state,
    below: [],
    subjects: subjects.filter(({ subject }) => !/^(performance|segment|estimate):/.test(subject)),
  };
}

/** The first instant at which a window may start and trigger again, after a retraining. */
export function countFromAfter(spec: MonitorSpec, closed: Pick<RetrainingResult, 'decision' | 'closedAt'>): Instant {
  return closed.decision === 'promoted' ? closed.closedAt : after(closed.closedAt, spec.retrain.cooldown);
}

/** The state after a report of an experiment: the one that is open, or one that a person started. */
export function applyExperimentReport(state: MonitorState, report: ExperimentReport): MonitorState {
  const open = state.open ?? { retraining: null, experiment: report.id, ...NOTHING_SETTLED };
  if (open.retraining === null && report.decided) {
    return { ...afresh(state), open: null, countFrom: report.settledThrough ?? state.countFrom };
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

/** Whether a window triggers anything: nothing is open, nobody has paused, no cooldown runs. */
export function counts(state: MonitorState, from: Instant): boolean {
  return state.open === null && !state.paused && from >= state.countFrom;
}

/** The state once the baseline is known; one with too few rows gives no level, and says so. */
export function withBaseline(state: MonitorState, report: WindowReport): MonitorState {
  const { metric, minSamples } = state.spec;
  const found = report.metrics[metric];
  const n = found?.n ?? report.n;
  const value = n < minSamples ? null : (found?.value ?? null);
  const tooFew = `the baseline has ${n} labelled rows, too few to judge by`;
  const metrics = n < minSamples ? {} : report.metrics;
  return { ...state, baseline: { value, n, metrics }, failure: value === null ? tooFew : state.failure };
}

/** The report of a look that cannot be taken, whatever the patience: its windows count neither way. */
export function nothingJudged(state: MonitorState, windows: readonly WindowRequest[]): LookReport {
  return {
    windows: windows.map(({ phase, from, to, asOf }) => ({
      phase,
      from,
      to,
      asOf,
      served: 0,
      n: 0,
      metrics: {},
      drift: { judged: false, reference: null, subjects: 0, flagged: [], missing: [], added: [] },
      segments: { judged: 0, flagged: [] },
      estimate: null,
      reconciliation: null,
      expectedServed: null,
      rowsPerDay: 0,
      valuePerRow: null,
      judgedBy: 'rows',
      failed: true,
    })),
    lastServedAt: state.lastServedAt ?? null,
    pending: 0,
    dropped: 0,
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
    subjects: state.subjects ?? [],
    lastServedAt: state.lastServedAt ?? null,
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
  if (state.degraded === true) return 'degraded';
  return state.baseline === null ? 'waiting-for-baseline' : 'watching';
}
