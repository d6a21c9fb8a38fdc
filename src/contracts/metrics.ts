/** What a model does: tell two classes apart, predict a number, or rank a list. */
export type TaskKind = 'binary' | 'regression' | 'ranking';

/** Metrics that a retraining's gate and an experiment know. */
export type GateMetric = 'accuracy' | 'logLoss' | 'auroc';

/** Metrics that a monitor may be about. */
export type MetricName =
  | GateMetric
  | 'precision'
  | 'recall'
  | 'f1'
  | 'averagePrecision'
  | 'brier'
  | 'calibrationError'
  | 'ctr'
  | 'rmse'
  | 'mae'
  | 'r2'
  | 'mape'
  | 'ndcg'
  | 'mrr'
  | 'precisionAtK'
  | 'hitRateAtK';

/** What a metric is about and which way is good. `ctr` is the share of outcomes with label 1. */
export const METRICS: Readonly<
  Record<MetricName, { readonly task: TaskKind; readonly direction: 'higher' | 'lower' }>
> = {
  accuracy: { task: 'binary', direction: 'higher' },
  precision: { task: 'binary', direction: 'higher' },
  recall: { task: 'binary', direction: 'higher' },
  f1: { task: 'binary', direction: 'higher' },
  auroc: { task: 'binary', direction: 'higher' },
  averagePrecision: { task: 'binary', direction: 'higher' },
  logLoss: { task: 'binary', direction: 'lower' },
  brier: { task: 'binary', direction: 'lower' },
  calibrationError: { task: 'binary', direction: 'lower' },
  ctr: { task: 'binary', direction: 'higher' },
  rmse: { task: 'regression', direction: 'lower' },
  mae: { task: 'regression', direction: 'lower' },
  r2: { task: 'regression', direction: 'higher' },
  mape: { task: 'regression', direction: 'lower' },
  ndcg: { task: 'ranking', direction: 'higher' },
  mrr: { task: 'ranking', direction: 'higher' },
  precisionAtK: { task: 'ranking', direction: 'higher' },
  hitRateAtK: { task: 'ranking', direction: 'higher' },
};

/** Every metric, in the order in which reports show them. */
export const METRIC_NAMES = Object.keys(METRICS) as readonly MetricName[];

/** Which way is good. */
export const METRIC_DIRECTIONS = Object.fromEntries(
  METRIC_NAMES.map((name) => [name, METRICS[name].direction]),
) as Readonly<Record<MetricName, 'higher' | 'lower'>>;

/** The metric of a task that is judged when none is named. */
export const DEFAULT_METRICS: Readonly<Record<TaskKind, MetricName>> = {
  binary: 'accuracy',
  regression: 'rmse',
  ranking: 'ndcg',
};

/** Performance of served rows whose outcomes are known. A metric that cannot be computed is null. */
export interface Performance {
  /** Labelled rows judged. */
  readonly n: number;
  readonly correct: number;
  readonly accuracy: number | null;
  /** Natural-log loss per scored row. */
  readonly logLoss: number | null;
  /** Area under the ROC curve; null when only one class is present. */
  readonly auroc: number | null;
}

/** One metric of a window. */
export interface MetricValue {
  /** Null where the rows allow no value; `note` says why. */
  readonly value: number | null;
  /** Rows it rests on. */
  readonly n: number;
  /** Ends of its confidence interval, where it has one. */
  readonly low: number | null;
  readonly high: number | null;
  /** How far the value may be off because it was computed from summaries; 0 when exact. */
  readonly errorBound: number;
  readonly note?: string | undefined;
}

/** Metrics by name. */
export type MetricValues = Readonly<Partial<Record<MetricName, MetricValue>>>;

/** Drift of one feature, of the prediction or of its score, against the reference. */
export interface FeatureDrift {
  readonly feature: string;
  /** A feature where it is absent. */
  readonly of?: 'feature' | 'prediction' | 'score' | undefined;
  readonly status: 'ok' | 'empty' | 'new' | 'missing';
  /** The method's statistic, such as D in [0, 1]; null unless status is ok. */
  readonly statistic: number | null;
  readonly pValue: number | null;
  readonly kind?: 'numeric' | 'categorical' | undefined;
  readonly method?: string | undefined;
  readonly adjustedPValue?: number | undefined;
  /** What the floor is held against. */
  readonly effect?: number | undefined;
  readonly floor?: number | undefined;
  /** Significant after adjustment and at least as large as the floor. */
  readonly flagged?: boolean | undefined;
  /** How far the statistic may be off because it was computed from summaries; 0 when exact. */
  readonly errorBound?: number | undefined;
  /** Rows on either side. */
  readonly n?: readonly [number, number] | undefined;
  /** With a season: the part of the day or week that deviates most, and that the numbers are about. */
  readonly season?: string | undefined;
}
