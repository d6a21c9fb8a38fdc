import type { AlertKind, AlertSeverity, ResponseAction } from './alert';
import type { ExperimentPolicy } from './experiment';
import type { MetricName } from './metrics';
import type { MonitorSpec } from './monitor-spec';
import type { RetrainingDecision, RetrainPolicy } from './retraining';
import type { Score } from './scenario';
import type { Duration, Instant, Interval } from './time';

/** What a challenger that passed its hold-out must pass before it serves. */
export type BacktestGate =
  /** Nothing more: it serves at once. */
  | { readonly kind: 'validation' }
  /** Both score the same rows for a while, the champion serves; an exact McNemar test on the labelled ones decides. */
  | { readonly kind: 'shadow'; readonly duration: Duration; readonly alpha: number }
  /** Both serve, each its share of the traffic. */
  | ({ readonly kind: 'experiment' } & ExperimentPolicy);

/** When something was really wrong, by whoever declares it. */
export interface TruthInterval extends Interval {
  readonly what: string;
}

type Given =
  | 'model'
  | 'environment'
  | 'clock'
  | 'exactRows'
  | 'retention'
  | 'sources'
  | 'task'
  | 'rankingDepth'
  | 'baseline'
  | 'retrain'
  | 'experiment';

/** The part of a monitor's spec that a policy sets; the rest follows from the policy. */
export interface BacktestMonitor extends Omit<MonitorSpec, Given | 'metric' | 'reference'> {
  readonly metric?: MetricName | undefined;
  /** The training rows unless given. */
  readonly reference?: MonitorSpec['reference'] | undefined;
}

/** A policy to be tried on a stream (`schemas/backtest-policy-v1.json`). */
export interface BacktestPolicy {
  readonly name: string;
  /** Rows the first model is trained on; not needed where the stream has recorded predictions. */
  readonly train?: Interval | undefined;
  readonly baseline: Interval;
  readonly monitor: BacktestMonitor;
  readonly retrain: Pick<RetrainPolicy, 'lookback' | 'holdout' | 'cooldown'>;
  readonly gate: BacktestGate;
  readonly truth?: readonly TruthInterval[] | undefined;
}

/** An alert that would have asked for a response. */
export interface BacktestAlert {
  readonly at: Instant;
  /** Whether it opened then, or was open and found again with as much fresh evidence as opens one. */
  readonly event: 'opened' | 'again';
  readonly kind: AlertKind;
  readonly subject: string;
  readonly metric: MetricName | null;
  readonly severity: AlertSeverity;
  readonly summary: string;
  readonly actions: readonly ResponseAction[];
  readonly withheld: readonly string[];
  /** `undeclared`: the policy declares no truth. */
  readonly verdict: 'hit' | 'false' | 'undeclared';
}

/** A declared interval and the first alarm inside it. */
export interface BacktestTruth extends TruthInterval {
  readonly firstAlarm: Instant | null;
  /** From the start of the interval to that alarm. */
  readonly delayDays: number | null;
}

/** A retraining that would have run. */
export interface BacktestRetraining {
  readonly at: Instant;
  readonly closedAt: Instant;
  /** Labelled rows it learned from. */
  readonly rows: number;
  readonly decision: RetrainingDecision;
  readonly reasons: readonly string[];
  /** The version it trained; null when the hold-out refused it. */
  readonly challenger: number | null;
  readonly holdout: { readonly n: number; readonly champion: Score; readonly challenger: Score } | null;
  /** What the gate cost while it was open; null when none was opened. */
  readonly waiting: {
    readonly days: number;
    readonly rows: number;
    /** Right answers that the challenger would have given on these rows beyond those that were served. */
    readonly correct: number;
    /** The same in the currency of `monitor.cost`; null without it. */
    readonly value: number | null;
  } | null;
}

/** What was served, in the currency of `monitor.cost`. */
export interface BacktestValue {
  readonly currency: string;
  readonly served: number;
  readonly frozen: number | null;
  readonly gain: number | null;
  /** Less than what the best policy served; null where costs are declared differently. */
  readonly behindBest: number | null;
}

/** One window of the monitor, from the baseline on. */
export interface BacktestWindow {
  readonly from: Instant;
  /** Labelled rows. */
  readonly n: number;
  /** Of these, answered rightly by whatever served, and by the first version. */
  readonly correct: number;
  readonly frozenCorrect: number | null;
  /** The champion as it starts. */
  readonly champion: number;
}

/** What a policy would have come to. */
export interface BacktestOutcome {
  readonly policy: string;
  readonly gate: BacktestGate;
  readonly baseline: number | null;
  readonly level: number | null;
  readonly alerts: readonly BacktestAlert[];
  readonly truth: readonly BacktestTruth[];
  /**
   * Alerts that opened outside every declared interval, and intervals in which none fired; null where no truth is
   * declared. The same problem found again is no further alarm.
   */
  readonly falseAlarms: number | null;
  readonly missed: number | null;
  readonly retrainings: readonly BacktestRetraining[];
  readonly promotions: readonly { readonly at: Instant; readonly version: number }[];
  /** From the first alert to the first promotion. */
  readonly daysToPromotion: number | null;
  /** Labelled rows after the baseline, by whatever served each of them. */
  readonly served: { readonly n: number } & Score;
  /** The first version on the same rows; null where predictions were recorded. */
  readonly frozen: ({ readonly n: number } & Score) | null;
  readonly value: BacktestValue | null;
  /** From the baseline on. */
  readonly windows: readonly BacktestWindow[];
  /** The end of the baseline: from here on rows count for what was served. */
  readonly judgedFrom: Instant;
  readonly notes: readonly string[];
}

/** What a backtest came to (`schemas/backtest-v1.json`). Times are event times, numbers have 6 decimals. */
export interface BacktestResult {
  readonly stream: {
    readonly rows: number;
    readonly from: Instant | null;
    readonly to: Instant | null;
    /** Whether predictions were recorded, so that monitoring was replayed and nothing was retrained. */
    readonly recorded: boolean;
    readonly quarantined: Readonly<Record<string, number>>;
  };
  readonly policies: readonly BacktestOutcome[];
}
