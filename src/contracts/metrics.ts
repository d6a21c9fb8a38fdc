/** Metrics of a binary classifier that a monitor or an experiment may be about. */
export type MetricName = 'accuracy' | 'logLoss' | 'auroc';

/** Which way is good. */
export const METRIC_DIRECTIONS: Readonly<Record<MetricName, 'higher' | 'lower'>> = {
  accuracy: 'higher',
  logLoss: 'lower',
  auroc: 'higher',
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

/** Drift of one feature against the reference: two-sample Kolmogorov-Smirnov. */
export interface FeatureDrift {
  readonly feature: string;
  readonly status: 'ok' | 'empty' | 'new' | 'missing';
  /** The statistic D in [0, 1]; null unless status is ok. */
  readonly statistic: number | null;
  readonly pValue: number | null;
}
