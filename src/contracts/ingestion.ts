import type { Instant } from './time';

/** A feature's value. Lists and nested values are kept as they are, and no statistic looks at them. */
export type FeatureValue = number | string | boolean | null | readonly unknown[] | Readonly<Record<string, unknown>>;

/** One prediction as it was served. */
export interface PredictionRow {
  /** The caller's id: logging the same row again is harmless, another body under the same id is a conflict. */
  readonly predictionId: string;
  /** When it was served. */
  readonly ts: Instant;
  readonly features: Readonly<Record<string, FeatureValue>>;
  /** The version that served it; `HISTORY_VERSION` for rows nobody predicted. */
  readonly version: number;
  /** Probability of label 1; null when not known. */
  readonly score: number | null;
  /** The predicted label; null for history. */
  readonly prediction: 0 | 1 | null;
  /** The unit of randomisation (a user, a session), if it is not the prediction itself. */
  readonly unit?: string | undefined;
}

/** What really happened. */
export interface OutcomeRow {
  readonly predictionId: string;
  readonly label: 0 | 1;
  /** When the outcome became known. */
  readonly labelTs: Instant;
  /** 0 for the first report; a higher revision corrects a lower. */
  readonly revision?: number | undefined;
  /** The measured quantity behind the label, if any. */
  readonly value?: number | undefined;
}

/** Why a row was set aside. */
export type QuarantineReason =
  'malformed-line' | 'unknown-field' | 'invalid-value' | 'future-timestamp' | 'conflict' | 'unknown-prediction';

/** A row that was set aside, with what was wrong. */
export interface QuarantinedRow {
  readonly reason: QuarantineReason;
  /** Where: `features.temp`, `label`. */
  readonly path: string;
  /** What was found there, as short text, and what would be accepted. */
  readonly message: string;
  readonly predictionId: string | null;
}

/** What became of a batch. `logged + duplicates + quarantined.length` is the number of rows given. */
export interface LogResult {
  readonly logged: number;
  /** The same id and the same body were there already. */
  readonly duplicates: number;
  readonly quarantined: readonly QuarantinedRow[];
}
