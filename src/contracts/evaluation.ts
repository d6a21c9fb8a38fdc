import type { FeatureDrift, MetricName, MetricValue, MetricValues, Performance } from './metrics';
import type { Instant } from './time';

/** What a window came to. */
export type WindowStatus = 'ok' | 'below' | 'insufficient-data';

/** A metric of one segment, such as `country=DE`, in a window. */
export interface SegmentMetric {
  readonly segment: string;
  readonly metric: MetricName;
  readonly value: MetricValue;
  /** What it is held against: its own baseline, moved as the spec says; null where the baseline has too few rows. */
  readonly level: number | null;
  /** Its interval, as wide as the number of segments asks for, lies wholly on the wrong side of the level. */
  readonly flagged: boolean;
}

/** Performance before labels, and what labels later said of it. */
export interface EstimateReport {
  readonly metrics: MetricValues;
  readonly n: number;
  /** Why there is none. */
  readonly reason: string | null;
  /** Standard errors of each estimate, to hold it against labels later: of this batch's labels, and of the baseline's. */
  readonly errors?: Readonly<Partial<Record<MetricName, readonly [number, number]>>> | undefined;
}

/** An estimate held against what came out. */
export interface ReconciliationReport {
  readonly verdict: 'consistent' | 'concept-drift-suspected';
  readonly reason: string;
}

/** One judged window, as recorded. The first result for a window stands. */
export interface Evaluation {
  readonly from: Instant;
  readonly to: Instant;
  /** Labels known by then were counted. */
  readonly asOf: Instant;
  /** Served rows, labelled or not. */
  readonly served: number;
  readonly performance: Performance;
  readonly drift: readonly FeatureDrift[];
  readonly phase?: JudgePhase | undefined;
  /** The metrics asked for. */
  readonly metrics?: MetricValues | undefined;
  readonly segments?: readonly SegmentMetric[] | undefined;
  readonly estimate?: EstimateReport | undefined;
  readonly reconciliation?: ReconciliationReport | undefined;
  /** The frozen reference of the drift: `bike/production/2`. */
  readonly reference?: string | undefined;
  /** Whether raw rows or their summaries were read; metrics carry their error bounds. */
  readonly judgedBy?: 'rows' | 'summaries' | undefined;
  /** Labelled rows, as the task counts them. */
  readonly n?: number | undefined;
  /** Why drift was not judged. */
  readonly driftReason?: string | undefined;
  /** Rows a window of the baseline has on average. */
  readonly expectedServed?: number | null | undefined;
  readonly rowsPerDay?: number | undefined;
  readonly valuePerRow?: { readonly window: MetricValue; readonly baseline: number } | null | undefined;
}

/** What a window is judged for. `traffic`: what comes in, at its end, before labels. `judge`: what came of it, one maturity later. */
export type JudgePhase = 'baseline' | 'traffic' | 'judge';

/** A window to be judged. */
export interface WindowRequest {
  readonly phase: JudgePhase;
  readonly from: Instant;
  readonly to: Instant;
  readonly asOf: Instant;
  /** Only rows of this version; all served rows without it. */
  readonly version?: number | undefined;
  /** Left out of the report unless every served row has its label: then it may be judged before its maturity. */
  readonly onlyIfComplete?: boolean | undefined;
}

/** A subject of drift that was found, for the decision; everything else stands in the evaluation. */
export interface DriftFound {
  /** The feature, or `prediction` or `score` where `of` says so. */
  readonly of: 'feature' | 'prediction' | 'score';
  readonly feature: string;
  readonly method: string;
  readonly statistic: number;
  readonly effect: number;
  readonly floor: number;
  /** Adjusted for the number of subjects. */
  readonly pValue: number;
  /** Rows of the window with a value. */
  readonly n: number;
}

/** What a look tells the workflow: the numbers it decides on, a few KiB at most. */
export interface WindowReport {
  readonly phase: JudgePhase;
  readonly from: Instant;
  readonly to: Instant;
  readonly asOf: Instant;
  readonly served: number;
  /** Labelled rows. */
  readonly n: number;
  readonly metrics: MetricValues;
  readonly drift: {
    /** Whether there were enough rows and a reference to judge by. */
    readonly judged: boolean;
    readonly reference: string | null;
    /** Subjects judged. */
    readonly subjects: number;
    /** The largest effects first, at most 50. */
    readonly flagged: readonly DriftFound[];
    readonly missing: readonly string[];
    readonly added: readonly string[];
    /** Features with too few values in the window to compare: their drift counts neither way. */
    readonly unjudged?: readonly string[] | undefined;
    /** The lists were cut: what is absent may have been found. */
    readonly cut?: true | undefined;
  };
  readonly segments: {
    readonly judged: number;
    readonly flagged: readonly SegmentMetric[];
    /** Segments that have a level but too few rows in the window: they count neither way. */
    readonly unjudged?: readonly string[] | undefined;
    /** The lists were cut: what is absent may have been found. */
    readonly cut?: true | undefined;
  };
  readonly estimate: EstimateReport | null;
  readonly reconciliation: ReconciliationReport | null;
  /** Rows a window of the reference period has on average; null without one. */
  readonly expectedServed: number | null;
  /** For the cost of a drop: served rows a day in this window. */
  readonly rowsPerDay: number;
  /** Means of the cost matrix's cells in the window and in the baseline, per row; null without a matrix. */
  readonly valuePerRow: { readonly window: MetricValue; readonly baseline: number } | null;
  readonly judgedBy: 'rows' | 'summaries';
  /** The look could not be taken, whatever the patience: it says nothing. */
  readonly failed?: true | undefined;
}

/** What a look found. */
export interface LookReport {
  readonly windows: readonly WindowReport[];
  /** When the newest prediction was served, as of the look; null when there is none. */
  readonly lastServedAt: Instant | null;
  /** Outcomes that wait for their prediction. */
  readonly pending: number;
  /** Segments dropped because they are older than the retention. */
  readonly dropped: number;
}

/** What monitors of the first release decided on. */
export type WindowPerformance = Pick<Evaluation, 'from' | 'to' | 'asOf' | 'served' | 'performance'>;
