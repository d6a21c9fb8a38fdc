import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { Alert, AlertChange } from './alert';
import type { LookReport, WindowPerformance, WindowRequest, WindowStatus } from './evaluation';
import type { MetricValues } from './metrics';
import type { MonitorChange, MonitorSpec } from './monitor-spec';
import type { RetrainingResult, RetrainingWait } from './retraining';
import type { Instant, Settled, Watermark } from './time';

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
  /** Of every metric that has a rule. */
  readonly metrics?: MetricValues | undefined;
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
  readonly waitsFor: RetrainingWait | null;
}

/** The last looks at a subject, for its hysteresis: one entry per look that could judge it, newest last. */
export interface SubjectHistory {
  /** `kind:subject`. */
  readonly subject: string;
  readonly flags: readonly boolean[];
  /** Starts of the windows of the flags among them, at most twelve. */
  readonly windows?: readonly Instant[] | undefined;
}

/** What a monitor carries from run to run. */
export interface MonitorState {
  readonly spec: MonitorSpec;
  readonly watermarks: Readonly<Record<string, Instant>>;
  /** The next window is number k: [baseline.from + k·window, …). */
  readonly nextWindow: number;
  /** The next window whose traffic is judged; absent in states of the first release. */
  readonly nextTraffic?: number | undefined;
  readonly baseline: Baseline | null;
  /** Judged windows below the level, in a row, newest last. */
  readonly below: readonly Instant[];
  /** Windows starting before this trigger nothing. */
  readonly countFrom: Instant;
  readonly open: OpenWork | null;
  /** Retrainings asked for so far. */
  readonly retrainings: number;
  readonly firedAt: Instant | null;
  /** Unresolved alerts and the last resolved, newest last. */
  readonly alerts: readonly Alert[];
  readonly recent: readonly JudgedWindow[];
  readonly paused: boolean;
  readonly settledThrough: Instant | null;
  readonly ingested: { readonly logged: number; readonly quarantined: number };
  /** The last thing that could not be done, in words; the monitor goes on. */
  readonly failure: string | null;
  /** Only subjects with a flag among their last looks. */
  readonly subjects?: readonly SubjectHistory[] | undefined;
  /** When responses were given, newest last, for cooldown and budget. */
  readonly responses?: readonly { readonly action: string; readonly at: Instant }[] | undefined;
  readonly lastServedAt?: Instant | null | undefined;
  /** The last look at whether predictions come. */
  readonly silenceCheckedAt?: Instant | undefined;
  /** Changes of alerts that have not reached their sinks yet. */
  readonly outbox?: readonly AlertChange[] | undefined;
  /** Whether outcomes were written that an eager monitor has not looked at. */
  readonly nudged?: boolean | undefined;
  /** Whether estimates may be believed, by the last reconciliation. */
  readonly estimateTrusted?: boolean | undefined;
  /** Whether the last look could not be taken: it is being tried again. */
  readonly degraded?: boolean | undefined;
}

/** What `monitorStatus` answers. */
export interface MonitorStatus extends Settled {
  readonly spec: MonitorSpec;
  readonly state: 'waiting-for-baseline' | 'watching' | 'degraded' | 'retraining' | 'experiment' | 'paused';
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
  /** Subjects that are on their way to an alert or in one. */
  readonly subjects: readonly SubjectHistory[];
  readonly lastServedAt: Instant | null;
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
  readonly waitsFor: RetrainingWait | null;
  readonly closed: RetrainingResult | null;
}

/** An experiment tells its monitor how far it has acted. */
export interface ExperimentReport extends Settled {
  readonly id: string;
  readonly decided: boolean;
}

export const watermarkAdvancedSignal = defineSignal<[Watermark]>('watermarkAdvanced');
export const retrainingReportedSignal = defineSignal<[RetrainingReport]>('retrainingReported');
export const experimentReportedSignal = defineSignal<[ExperimentReport]>('experimentReported');
export const advanceUpdate = defineUpdate<Settled, [Watermark]>('advance');
export const evaluateUpdate = defineUpdate<MonitorStatus>('evaluate');
export const configureUpdate = defineUpdate<MonitorStatus, [MonitorChange]>('configure');
export const pauseUpdate = defineUpdate<MonitorStatus, [{ readonly who: string; readonly reason: string }]>('pause');
export const resumeUpdate = defineUpdate<MonitorStatus, [{ readonly who: string }]>('resume');
export const monitorStatusQuery = defineQuery<MonitorStatus>('monitorStatus');

/** Activities behind `monitorModel`. */
export interface MonitoringActivities {
  /**
   * One look: folds outcomes, judges the traffic served in each window, records the evaluations (the first result for
   * a window stands), drops what is older than the retention.
   */
  judgeWindows(input: {
    readonly spec: MonitorSpec;
    readonly at: Instant;
    readonly windows: readonly WindowRequest[];
    /** Segments that something is held against: the report says which of them could not be judged. */
    readonly watching?: readonly string[] | undefined;
  }): Promise<LookReport>;
  /** The look of the first release, one window at a time; kept for monitors that started then, and for rebasing. */
  evaluateWindow(input: {
    readonly spec: MonitorSpec;
    readonly from: Instant;
    readonly to: Instant;
    readonly asOf: Instant;
    /** Only rows of this version; all served rows without it. */
    readonly version?: number | undefined;
  }): Promise<WindowPerformance>;
  /** Which of these workflows are no longer running. */
  findEnded(input: { readonly workflowIds: readonly string[] }): Promise<readonly string[]>;
}
