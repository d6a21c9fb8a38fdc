import { defineSignal } from '@temporalio/workflow';
import type { ModelTarget } from './ids';
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
  /** Probability of label 1; null when not known or not a classifier. */
  readonly score: number | null;
  /** The predicted label 0 or 1, or the predicted number of a regression; null for history and for rankings. */
  readonly prediction: number | null;
  /** The unit of randomisation and of erasure (a user, a session), if it is not the prediction itself. */
  readonly unit?: string | undefined;
}

/** A prediction to be logged: without an id it gets one, which `log` answers with and which is several times quicker. */
export type NewPrediction = Omit<PredictionRow, 'predictionId'> & { readonly predictionId?: string | undefined };

/** Ids that `log` gives: the segment and the row in it. A caller's id may not look like one. */
export const MINTED_ID_PATTERN = /^[0-9a-f]{32}\/[0-9]{3}$/;

/** What really happened: a label, a number, or how relevant each item of a ranking was. At least one of the three. */
export interface OutcomeRow {
  readonly predictionId: string;
  /** The class that came true. */
  readonly label?: 0 | 1 | undefined;
  /** When the outcome became known. */
  readonly labelTs: Instant;
  /** 0 for the first report; a higher revision corrects a lower. */
  readonly revision?: number | undefined;
  /** The number that came true, or the measured quantity behind the label. */
  readonly value?: number | undefined;
  /** Gains ≥ 0 of the items in the order in which they were served, at most 1 000. */
  readonly relevance?: readonly number[] | undefined;
}

/** Why a row was set aside. */
export type QuarantineReason =
  | 'malformed-line'
  | 'unknown-field'
  | 'invalid-value'
  | 'future-timestamp'
  | 'conflict'
  | 'unknown-prediction'
  | 'expired-prediction';

/** A row that was set aside, with what was wrong. */
export interface QuarantinedRow {
  readonly reason: QuarantineReason;
  /** Where: `features.temp`, `label`. */
  readonly path: string;
  /** What was found there, as short text, and what would be accepted. */
  readonly message: string;
  readonly predictionId: string | null;
}

/** What became of a batch. `logged + duplicates + quarantined.length + (unlisted ?? 0)` is the number of rows given. */
export interface LogResult {
  readonly logged: number;
  /** The same id and the same body were there already. */
  readonly duplicates: number;
  readonly quarantined: readonly QuarantinedRow[];
  /** Further rows set aside that a message is too small to list; they stand in the store with the others. */
  readonly unlisted?: number | undefined;
}

/** What became of a batch of predictions. */
export interface PredictionLogResult extends LogResult {
  /** The id of each row given, in the given order: the caller's, or the one it was given; null where set aside. */
  readonly ids: readonly (string | null)[];
}

/** Outcomes inline, for services without access to MongoDB: ≤ 500 and ≤ 48 KiB a signal. */
export interface RecordOutcomes {
  /** The same batch again is harmless. */
  readonly batchId: string;
  readonly outcomes: readonly OutcomeRow[];
}

/** The input of `recordOutcomes`, a short workflow with the id `outcomes:{batchId}`: ≤ 10 000 rows and ≤ 1 MiB. */
export interface RecordOutcomesInput extends RecordOutcomes {
  readonly target: ModelTarget;
}

/** The input of `recordPredictions`, a short workflow with the id `predictions:{batchId}`: ≤ 10 000 rows and ≤ 1 MiB. */
export interface RecordPredictionsInput {
  readonly target: ModelTarget;
  /** The same batch again is harmless. */
  readonly batchId: string;
  /** Rows with ids of the caller's. */
  readonly predictions: readonly PredictionRow[];
}

export const recordOutcomesSignal = defineSignal<[RecordOutcomes]>('recordOutcomes');
export const outcomesRecordedSignal = defineSignal('outcomesRecorded');

/** Activities that write what came through Temporal. */
export interface IngestionActivities {
  /**
   * Writes outcomes; a bad row is set aside, a batch above the limit is refused whole. A batch came by signal unless
   * it says that it came by a workflow of its own, which may be larger.
   */
  logOutcomes(input: {
    readonly target: ModelTarget;
    readonly batch: RecordOutcomes;
    readonly by?: 'signal' | 'workflow' | undefined;
  }): Promise<LogResult>;
  /** Writes predictions in the same way. */
  logPredictions(input: RecordPredictionsInput): Promise<LogResult>;
  /** Whether clients nudge this target's monitor when they have written outcomes. */
  setEager(input: { readonly target: ModelTarget; readonly eager: boolean }): Promise<void>;
}
