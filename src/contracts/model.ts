import type { Interval } from './time';
import type { Performance } from './metrics';

/** The states of a version: a challenger is being tried, a champion serves or has served. */
export type VersionState = 'registered' | 'challenger' | 'champion' | 'archived';

/** A version of a model, as the registry keeps it. */
export interface ModelVersion {
  readonly model: string;
  /** 1, 2, 3 …, without gaps. */
  readonly version: number;
  /** `bike@3`. */
  readonly name: string;
  /** SHA-256 of the artifact, hex: its address in the artifact store. */
  readonly artifact: string;
  /** The stage that trained it and can score with it. */
  readonly trainer: string;
  /** The dataset version it was trained on, if recorded. */
  readonly dataset: string | null;
  readonly trainedOn: Interval | null;
  readonly metrics: Readonly<Record<string, Performance>>;
  readonly state: VersionState;
}

/** Rows as a stage sees them: columns of numbers, missing values are NaN. */
export interface TrainingRows {
  readonly n: number;
  readonly columns: ReadonlyMap<string, Float64Array>;
  /** 0 or 1 for each row. */
  readonly labels: Uint8Array;
}

/** The part of an `AbortSignal` that contracts can name without a platform; what a stage gets is a real one. */
export interface StageSignal {
  readonly aborted: boolean;
  throwIfAborted(): void;
}

/** What a stage may use while it works. */
export interface StageContext {
  /** Tells Temporal that the stage is alive; `progress` shows in the UI. */
  heartbeat(progress: string): void;
  /** Aborted when the retraining is cancelled or timed out. */
  readonly signal: StageSignal;
}

/**
 * A trainer of the user's own, given to the plugin by name. Both functions must be deterministic in their
 * inputs: a retry after a crash must give the same bytes.
 */
export interface Stage {
  train(rows: TrainingRows, context: StageContext): Promise<Uint8Array>;
  /** The probability of label 1 for each row. */
  score(artifact: Uint8Array, rows: Pick<TrainingRows, 'n' | 'columns'>): Promise<Float64Array>;
}

/** Stages by name. */
export type Stages = Readonly<Record<string, Stage>>;

/** The trainer that ships: scikit-learn's default logistic regression. */
export const DEFAULT_TRAINER = 'logistic-regression';
