import type { DriftPolicy, FeatureDrift, MetricName, MetricValues, Performance } from '../src/contracts';
import type { FeatureReference, PerformanceEstimator } from '../src/statistics';

/**
 * A window of served traffic as it can be judged, whether from its rows or from their summaries. Rows count as of the
 * request's `asOf`, and only those of the version asked for.
 */
export interface Evidence {
  readonly judgedBy: 'rows' | 'summaries';
  /** Served rows, labelled or not. */
  readonly served: number;
  /** Served rows whose outcome is known as the task needs it: a label, a value or relevances. */
  readonly n: number;
  /** Served rows a day, over the length of the window. */
  readonly rowsPerDay: number;
  /** The metrics of a binary task in the shape of the first release; zeros and nulls for other tasks. */
  readonly performance: Performance;
  /** Labelled rows by what they are and what they were taken for; null when the task is not binary. */
  readonly cells: ConfusionCells | null;
  /** Metrics by name; one that the rows do not allow is null with a note. */
  metrics(names: readonly MetricName[], options?: MetricOptions): MetricValues;
  /** Parts of the traffic under the declared keys with their labelled rows: the largest first, then by name. */
  slices(): readonly Slice[];
  /** Features, prediction and score against the frozen reference, adjusted for all that could be judged (`judge-drift.ts`). */
  drift(reference: FrozenReference, policy: DriftPolicy): readonly FeatureDrift[];
  /** What performance is estimated from; null where there are no scores. Summaries answer with their bins' scores. */
  scores(): ScoredRows | null;
}

/** Which rows a metric is about, and how sure its interval is. */
export interface MetricOptions {
  /** One of `slices()`; all labelled rows without it. */
  readonly slice?: string | undefined;
  /** The interval holds the truth with 1 − alpha; .05 by default. */
  readonly alpha?: number | undefined;
}

/** A part of the traffic. */
export interface Slice {
  /** `key=value`; a number as JavaScript writes it. */
  readonly slice: string;
  /** Labelled rows. */
  readonly n: number;
}

/** Counts of labelled rows. */
export interface ConfusionCells {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
  readonly tn: number;
}

/** Rows with a score and a predicted class, side by side. */
export interface ScoredRows {
  readonly scores: Float64Array;
  /** 0 or 1, as served. */
  readonly predictions: Uint8Array;
  /** 0 or 1; 255 where not known. */
  readonly labels: Uint8Array;
}

/** What windows are compared with: frozen when it was first needed, never changed by what is judged with it. */
export interface FrozenReference {
  /** `bike/production/2`. */
  readonly name: string;
  /** By season key (`seasonKey`); the one key of a reference without seasons is ''. */
  readonly seasons: ReadonlyMap<string, SeasonReference>;
}

/** The reference of the rows of one season key. */
export interface SeasonReference {
  readonly rows: number;
  /** By name and kind: a feature that held both numbers and texts is there twice. */
  readonly features: readonly FeatureReference[];
  /** Classes `'0'` and `'1'`, or numbers; null where nothing was predicted. */
  readonly prediction: FeatureReference | null;
  readonly score: FeatureReference | null;
}

/** What was served in the baseline: frozen once its labels are mature. */
export interface FrozenBaseline {
  readonly name: string;
  readonly served: number;
  readonly n: number;
  /** Every metric of the task. */
  readonly metrics: MetricValues;
  readonly cells: ConfusionCells | null;
  /** Every metric of the task that has an interval, by slice. */
  readonly slices: ReadonlyMap<string, { readonly n: number; readonly metrics: MetricValues }>;
  /** Fitted on its labelled and scored rows; a text says why there is none. */
  readonly estimator: PerformanceEstimator | string;
}

/** The seasons that a policy knows; the seed knows none. */
export function seasonOf({ mode, season }: DriftPolicy): DriftPolicy['season'] {
  return mode === 'seed' ? 'none' : season;
}

/**
 * The part of the day or week that an instant belongs to, in UTC: the hour from '0' to '23', the weekday from '0'
 * (Sunday) to '6', or both as '1-17'. '' without seasons.
 * @param at milliseconds since 1970
 */
export function seasonKey(at: number, season: DriftPolicy['season']): string {
  if (season === 'none') return '';
  const date = new Date(at);
  if (season === 'hour') return String(date.getUTCHours());
  if (season === 'weekday') return String(date.getUTCDay());
  return `${date.getUTCDay()}-${date.getUTCHours()}`;
}
