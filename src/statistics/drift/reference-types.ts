/** What all kinds of feature have. */
interface FeatureFacts {
  readonly name: string;
  /** Rows of the column. */
  readonly rows: number;
  /** Rows without a value, infinite ones included. */
  readonly missing: number;
}

/** The accepted distribution of a number. */
export interface NumericReference extends FeatureFacts {
  readonly kind: 'numeric';
  /** Values kept. */
  readonly n: number;
  /** All of them in ascending order: base64 of little-endian doubles. */
  readonly sorted: string;
  readonly min: number;
  readonly median: number;
  readonly max: number;
  readonly standardDeviation: number;
  /** Bins by its quantiles for methods on counts: where they meet and how many values are in each. */
  readonly innerEdges: readonly number[];
  readonly binCounts: readonly number[];
  /** As asked for; ties may have left fewer. */
  readonly bins: number;
}

/** The accepted distribution of a category. */
export interface CategoricalReference extends FeatureFacts {
  readonly kind: 'categorical';
  readonly n: number;
  /** In descending order of their counts. */
  readonly names: readonly string[];
  readonly counts: readonly number[];
}

/** A column that had nothing but missing values when it was accepted. */
export interface EmptyReference extends FeatureFacts {
  readonly kind: 'empty';
  readonly n: 0;
}

/** The accepted distribution of one feature: deeply frozen, and JSON there and back. */
export type FeatureReference = NumericReference | CategoricalReference | EmptyReference;

/** The accepted distributions of a table. Nothing that is judged by it ever changes it. */
export interface DriftReference {
  readonly version: string;
  readonly features: readonly FeatureReference[];
}
