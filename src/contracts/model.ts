import type { Interval } from './time';
import type { Performance } from './metrics';

/** The states of a version: a challenger is being tried, a champion serves or has served, a deleted one never serves again. */
export type VersionState = 'registered' | 'challenger' | 'champion' | 'archived' | 'deleted';

/** What an artifact is, told from its bytes: `stage` bytes are a user's trainer's own and are never interpreted. */
export type ModelFormat = 'loopwright/logistic-regression@1' | 'loopwright/remote-scorer@1' | 'onnx' | 'stage';

/** A feature as a model takes it. */
export interface SignatureField {
  readonly name: string;
  readonly type: 'number' | 'category';
}

/** The features that a model takes, by name in ascending order. */
export type ModelSignature = readonly SignatureField[];

/** A value of a hyperparameter. */
export type Hyperparameter = string | number | boolean | null;

/** Where a version comes from. */
export interface VersionLineage {
  /** The champion that it was trained to beat. */
  readonly parent: number | null;
  /** The key of the retraining that trained it. */
  readonly retraining: string | null;
}

/** An estimate with the ends of its 95 % interval. */
export interface MetricEstimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

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
  /** What follows is missing in versions that an earlier release registered. */
  readonly format?: ModelFormat | undefined;
  readonly signature?: ModelSignature | undefined;
  /** Commit, package or image that trained it. */
  readonly code?: string | undefined;
  readonly hyperparameters?: Readonly<Record<string, Hyperparameter>> | undefined;
  /** Metrics with their intervals, on the hold-out. */
  readonly estimates?: Readonly<Record<string, MetricEstimate>> | undefined;
  readonly lineage?: VersionLineage | undefined;
  readonly registeredAt?: string | undefined;
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
