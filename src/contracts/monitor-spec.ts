import type { AlertKind, AlertSeverity, ResponseAction } from './alert';
import type { ExperimentPolicy } from './experiment';
import type { ModelTarget } from './ids';
import type { MetricName, TaskKind } from './metrics';
import type { RetrainPolicy } from './retraining';
import type { ClockKind, Duration, Interval } from './time';

/** Where a metric alarms: exactly one of the three. */
export interface LevelRule {
  /** Worse than the baseline by this much (absolute). */
  readonly baselineDrop?: number | undefined;
  /** Beyond ratio × baseline: above for a metric where lower is better, below where higher is. */
  readonly baselineRatio?: number | undefined;
  /** Beyond this value, whatever the baseline. */
  readonly threshold?: number | undefined;
  /** So far beyond the level, absolutely, is `high`; needed where the level may be 0 or less. */
  readonly highMargin?: number | undefined;
}

/** A metric that is judged beside the primary one. */
export interface MetricRule extends LevelRule {
  readonly metric: MetricName;
}

/** Ways to compare a feature with its reference. */
export const DRIFT_METHOD_NAMES = [
  'kolmogorov-smirnov',
  'wasserstein',
  'chi-square',
  'g-test',
  'population-stability',
  'jensen-shannon',
  'hellinger',
  'total-variation',
] as const;

/** One of them. */
export type DriftMethodName = (typeof DRIFT_METHOD_NAMES)[number];

/** How drift is judged. */
export interface DriftPolicy {
  /** `seed`: Kolmogorov-Smirnov, p < alpha in any numeric feature, one batch decides. */
  readonly mode: 'default' | 'seed' | 'off';
  readonly alpha: number;
  readonly adjustment: 'none' | 'bonferroni' | 'holm' | 'benjamini-hochberg' | 'benjamini-yekutieli';
  /** So many flags … */
  readonly flags: number;
  /** … among so many windows are an alarm. */
  readonly of: number;
  /** The smallest effect that counts, for every feature without one of its own; by the method unless given. */
  readonly floor?: number | undefined;
  /** Methods and floors by feature. */
  readonly features: Readonly<
    Record<string, { readonly method?: DriftMethodName | undefined; readonly floor?: number | undefined }>
  >;
  /** Features that are not judged. */
  readonly ignore: readonly string[];
  /** Whether the prediction itself is judged. */
  readonly prediction: boolean;
  /** Whether its score is. */
  readonly score: boolean;
  /** Whether a window is compared with the reference's rows of the same hour or day of the week (UTC) only. */
  readonly season: 'none' | 'hour' | 'weekday' | 'weekday-hour';
}

/** How much traffic there should be. */
export interface VolumePolicy {
  /** Served rows in a window, at least and at most. */
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  /** The same as shares of what the baseline has in a window. */
  readonly minimumRatio?: number | undefined;
  readonly maximumRatio?: number | undefined;
  /** No prediction for so long is an alert of its own. */
  readonly silence?: Duration | undefined;
}

/** Which parts of the traffic are judged by themselves. */
export interface SegmentPolicy {
  /** Features whose values divide the traffic, at most 5. */
  readonly keys: readonly string[];
  /** Labelled rows, at least. */
  readonly minSamples: number;
  /** Of all segments together. */
  readonly alpha: number;
}

/** What a right or wrong prediction is worth. */
export type CostPolicy = { readonly currency: string } & (
  | { readonly perCorrect: number }
  | {
      readonly matrix: {
        readonly truePositive: number;
        readonly falsePositive: number;
        readonly falseNegative: number;
        readonly trueNegative: number;
      };
    }
);

/** Who is told, and when it becomes urgent. */
export interface AlertPolicy {
  /** Sinks of the worker, by name: for alerts whose response is `notify`. */
  readonly sinks: readonly string[];
  /** For those whose response is `notify-data-engineers`; `sinks` unless given. */
  readonly dataEngineers?: readonly string[] | undefined;
  /** An alert that nobody has acknowledged for so long goes there as well. */
  readonly escalation?: { readonly after: Duration; readonly sinks: readonly string[] } | undefined;
  /** So many features that drift in one window are one alert. */
  readonly groupFrom: number;
}

/** What is done about alerts: performance by severity, every other kind by its name; nothing but notifying unless said. */
export type ResponsePolicy = Readonly<Record<AlertSeverity, readonly ResponseAction[]>> &
  Readonly<Partial<Record<Exclude<AlertKind, 'performance'>, readonly ResponseAction[] | undefined>>>;

/** How often something may be done. */
export interface ResponseBudget {
  /** Retrainings and roll-backs in seven days, each at most. */
  readonly perWeek: number;
}

/** What is watched, when it alarms, and what is done about it. */
export interface MonitorSpec extends ModelTarget, LevelRule {
  readonly clock: ClockKind;
  /** Sources whose watermarks must all have passed; default `['default']`. */
  readonly sources: readonly string[];
  readonly task: TaskKind;
  /** The metric that the windows of `monitorStatus` show and that a retraining answers to. */
  readonly metric: MetricName;
  /** Others that are judged beside it. */
  readonly metrics: readonly MetricRule[];
  /** k of the ranking metrics. */
  readonly rankingDepth: number;
  /** The metric over this interval is what windows are compared with; windows start at `from`. */
  readonly baseline: Interval;
  /** Drift is judged against the rows of this interval, or those the serving version was trained on. */
  readonly reference: Interval | 'training';
  readonly window: Duration;
  /** A window is judged when the watermark is this far past its end. */
  readonly labelMaturity: Duration;
  /** That many windows in a row. */
  readonly consecutive: number;
  /** Windows with fewer labelled rows are `insufficient-data` and count neither way. */
  readonly minSamples: number;
  /** Windows with more rows than this are judged from summaries, with error bounds where those are not exact. */
  readonly exactRows: number;
  readonly drift: DriftPolicy;
  readonly volume: VolumePolicy;
  readonly segments: SegmentPolicy;
  /** Whether performance is estimated at a window's end, before its labels. */
  readonly estimate: boolean;
  readonly cost?: CostPolicy | undefined;
  readonly alerts: AlertPolicy;
  readonly response: ResponsePolicy;
  readonly budget: ResponseBudget;
  /** Whether a promotion moves the baseline to the new champion's performance. */
  readonly rebase: boolean;
  /** On the wall clock: outcomes lead to a look at once, at most every ten seconds, not only when a window is due. */
  readonly eager: boolean;
  /** Predictions older than this are dropped once they are summed up; kept for ever without it. */
  readonly retention?: Duration | undefined;
  readonly retrain: RetrainPolicy;
  readonly experiment: ExperimentPolicy;
}

/** A change to a running monitor: what it leaves out stays, within a policy as well. */
export type MonitorChange = Partial<
  Pick<
    MonitorSpec,
    | keyof LevelRule
    | 'consecutive'
    | 'minSamples'
    | 'rebase'
    | 'metrics'
    | 'reference'
    | 'estimate'
    | 'cost'
    | 'eager'
    | 'retention'
  >
> & {
  readonly [K in 'drift' | 'volume' | 'segments' | 'alerts' | 'response' | 'budget']?: Partial<MonitorSpec[K]>;
};

/** The fields a running monitor may be given anew. */
export const CHANGEABLE = [
  'baselineDrop',
  'baselineRatio',
  'threshold',
  'highMargin',
  'consecutive',
  'minSamples',
  'rebase',
  'response',
  'budget',
  'metrics',
  'reference',
  'drift',
  'volume',
  'segments',
  'estimate',
  'cost',
  'alerts',
  'eager',
  'retention',
] as const satisfies readonly (keyof MonitorChange)[];
