import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Alert, AlertDecision, AlertSeverity, ResponseAction, SnoozeDecision } from './alert';
import type { ExperimentPolicy } from './experiment';
import type { ModelTarget } from './ids';
import type { LogResult, OutcomeRow } from './ingestion';
import type { FeatureDrift, MetricName, Performance } from './metrics';
import type { RetrainingResult, RetrainPolicy } from './retraining';
import type { ClockKind, Duration, Instant, Interval, Settled, Watermark } from './time';

/** What is watched, when it alarms, and what is done about it. */
export interface MonitorSpec extends ModelTarget {
  readonly clock: ClockKind;
  /** Sources whose watermarks must all have passed; default `['default']`. */
  readonly sources: readonly string[];
  readonly metric: MetricName;
  /** The metric over this interval is what windows are compared with; windows start at `from`. */
  readonly baseline: Interval;
  /** Features are compared with their values in this interval. */
  readonly reference: Interval;
  readonly window: Duration;
  /** A window is judged when the watermark is this far past its end. */
  readonly labelMaturity: Duration;
  /** Alert when worse than the baseline by this much (absolute). */
  readonly baselineDrop?: number | undefined;
  /** Alert when above ratio × baseline, for a metric where lower is better (below, where higher is). */
  readonly baselineRatio?: number | undefined;
  /** That many windows in a row. */
  readonly consecutive: number;
  /** Windows with fewer labelled rows are `insufficient-data` and count neither way. */
  readonly minSamples: number;
  /** Whether a promotion moves the baseline to the new champion's performance. */
  readonly rebase: boolean;
  readonly response: Readonly<Record<AlertSeverity, readonly ResponseAction[]>>;
  readonly retrain: RetrainPolicy;
  readonly experiment: ExperimentPolicy;
}

/** A change to a running monitor. */
export type MonitorChange = Partial<
  Pick<MonitorSpec, 'baselineDrop' | 'baselineRatio' | 'consecutive' | 'minSamples' | 'rebase' | 'response'>
>;

/** What a window came to. */
export type WindowStatus = 'ok' | 'below' | 'insufficient-data';

/** One judged window, as recorded. */
export interface Evaluation {
  readonly from: Instant;
  readonly to: Instant;
  /** Labels known by then were counted. */
  readonly asOf: Instant;
  /** Served rows, labelled or not. */
  readonly served: number;
  readonly performance: Performance;
  readonly drift: readonly FeatureDrift[];
}

/** What the monitor decides on; drift, with an entry per feature, stays in the store. */
export type WindowPerformance = Omit<Evaluation, 'drift'>;

/** One judged window, as the monitor remembers it. */
export interface JudgedWindow {
  readonly from: Instant;
  readonly n: number;
  readonly value: number | null;
  readonly status: WindowStatus;
  /** False while a retraining or an experiment was open, in cooldown, or paused. */
  readonly counted: boolean;
}

/** The metric over the baseline interval; `value` is null when there were too few labelled rows to judge by. */
export interface Baseline {
  readonly value: number | null;
  readonly n: number;
}

/** The retraining or experiment that is open. */
export interface OpenWork {
  /** Null for an experiment nobody here asked for. */
  readonly retraining: string | null;
  readonly experiment: string | null;
  readonly experimentThrough: Instant | null;
  readonly nextDueAt: Instant | null;
  readonly experimentDecided: boolean;
  /** What the retraining waits for that no traffic brings. */
  readonly waitsFor: 'approval' | 'compensation' | null;
}

/** What a monitor carries from run to run. */
export interface MonitorState {
  readonly spec: MonitorSpec;
  readonly watermarks: Readonly<Record<string, Instant>>;
  /** The next window is number k: [baseline.from + k·window, …). */
  readonly nextWindow: number;
  readonly baseline: Baseline | null;
  /** Judged windows below the level, in a row, newest last. */
  readonly below: readonly Instant[];
  /** Windows starting before this trigger nothing. */
  readonly countFrom: Instant;
  readonly open: OpenWork | null;
  /** Retrainings asked for so far. */
  readonly retrainings: number;
  readonly firedAt: Instant | null;
  readonly alerts: readonly Alert[];
  readonly recent: readonly JudgedWindow[];
  readonly paused: boolean;
  readonly settledThrough: Instant | null;
  readonly ingested: { readonly logged: number; readonly quarantined: number };
  /** The last thing that could not be done, in words; the monitor goes on. */
  readonly failure: string | null;
}

/** What `monitorStatus` answers. */
export interface MonitorStatus extends Settled {
  readonly spec: MonitorSpec;
  readonly state: 'waiting-for-baseline' | 'watching' | 'retraining' | 'experiment' | 'paused';
  readonly watermark: Instant | null;
  readonly baseline: Baseline | null;
  /** The value at which a window counts as below. */
  readonly level: number | null;
  readonly below: number;
  readonly firedAt: Instant | null;
  readonly retrainings: number;
  readonly open: OpenWork | null;
  readonly alerts: readonly Alert[];
  /** The last twelve. */
  readonly recent: readonly JudgedWindow[];
  readonly ingested: { readonly logged: number; readonly quarantined: number };
  readonly failure: string | null;
}

/** The input of `monitorModel`; `state` is set by continue-as-new only. */
export interface MonitorModelInput {
  readonly spec: MonitorSpec;
  readonly state?: MonitorState | undefined;
}

/** A retraining tells its monitor that it waits for traffic, or that it is over. */
export interface RetrainingReport {
  readonly key: string;
  readonly experiment: string | null;
  readonly waitsFor: 'approval' | 'compensation' | null;
  readonly closed: RetrainingResult | null;
}

/** An experiment tells its monitor how far it has acted. */
export interface ExperimentReport extends Settled {
  readonly id: string;
  readonly decided: boolean;
}

/** Outcomes inline, for services without access to MongoDB: ≤ 500 and ≤ 48 KiB a signal. */
export interface RecordOutcomes {
  /** The same batch again is harmless. */
  readonly batchId: string;
  readonly outcomes: readonly OutcomeRow[];
}

export const recordOutcomesSignal = defineSignal<[RecordOutcomes]>('recordOutcomes');
export const outcomesRecordedSignal = defineSignal('outcomesRecorded');
export const watermarkAdvancedSignal = defineSignal<[Watermark]>('watermarkAdvanced');
export const retrainingReportedSignal = defineSignal<[RetrainingReport]>('retrainingReported');
export const experimentReportedSignal = defineSignal<[ExperimentReport]>('experimentReported');
export const advanceUpdate = defineUpdate<Settled, [Watermark]>('advance');
export const evaluateUpdate = defineUpdate<MonitorStatus>('evaluate');
export const configureUpdate = defineUpdate<MonitorStatus, [MonitorChange]>('configure');
export const pauseUpdate = defineUpdate<MonitorStatus, [{ readonly who: string; readonly reason: string }]>('pause');
export const resumeUpdate = defineUpdate<MonitorStatus, [{ readonly who: string }]>('resume');
export const acknowledgeAlertUpdate = defineUpdate<Alert, [AlertDecision]>('acknowledgeAlert');
export const snoozeAlertUpdate = defineUpdate<Alert, [SnoozeDecision]>('snoozeAlert');
export const resolveAlertUpdate = defineUpdate<Alert, [AlertDecision]>('resolveAlert');
export const monitorStatusQuery = defineQuery<MonitorStatus>('monitorStatus');

/** Activities behind `monitorModel`. */
export interface MonitoringActivities {
  /** Folds outcomes, judges the traffic served in a window; the first result for a window stands. */
  evaluateWindow(input: {
    readonly spec: MonitorSpec;
    readonly from: Instant;
    readonly to: Instant;
    readonly asOf: Instant;
    /** Only rows of this version; all served rows without it. */
    readonly version?: number | undefined;
  }): Promise<WindowPerformance>;
  /** Records an alert or a change of its state. */
  recordAlert(input: { readonly target: ModelTarget; readonly alert: Alert }): Promise<void>;
  /** Writes outcomes that came by signal. */
  logOutcomes(input: { readonly target: ModelTarget; readonly batch: RecordOutcomes }): Promise<LogResult>;
  /** Which of these workflows are no longer running. */
  findEnded(input: { readonly workflowIds: readonly string[] }): Promise<readonly string[]>;
}
