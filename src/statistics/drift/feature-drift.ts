import type { Assumption, Effect } from '../result';
import type { Resampling, WayToP } from './found';
import type { DriftMethod, FeatureKind } from './methods';

/** What is known of a feature whether or not it could be judged. */
interface FeatureFacts {
  readonly feature: string;
  readonly kind: FeatureKind | 'unknown';
  /** Values compared, reference and current. */
  readonly n: readonly [number, number];
  /** Shares of rows without a value, infinite numbers among them; null where there are no rows. */
  readonly missing: { readonly reference: number | null; readonly current: number | null };
  readonly notes: readonly string[];
}

/** Categories of a batch that its reference has never seen. */
export interface NewCategories {
  /** How many categories. */
  readonly count: number;
  /** Rows that hold one of them. */
  readonly rows: number;
  /** The most frequent of them, 20 at most. */
  readonly names: readonly string[];
}

/** How far a feature lies from its reference. */
export interface JudgedFeature extends FeatureFacts {
  readonly status: 'ok';
  readonly driftMethod: DriftMethod;
  /** In words, with the way to p. */
  readonly method: string;
  readonly statistic: number;
  /** In (0, 1]: never 0. */
  readonly pValue: number;
  readonly log10PValue: number;
  readonly pFrom: WayToP;
  /** Null where nothing is random. */
  readonly resampling: Resampling | null;
  readonly effect: Effect;
  readonly floor: number;
  /** Whether the effect reaches the floor. */
  readonly isLarge: boolean;
  /** They count as any other category. */
  readonly newCategories: NewCategories;
  readonly assumptions: readonly Assumption[];
}

/** Why a feature could not be judged. */
export type UnjudgedStatus =
  | 'missing-column'
  | 'new-column'
  | 'no-reference-values'
  | 'no-current-values'
  | 'wrong-type'
  /** In the mode `seed`, which compares numbers only. */
  | 'not-numeric';

/** A feature that could not be judged: a finding about the data, not an error. */
export interface UnjudgedFeature extends FeatureFacts {
  readonly status: UnjudgedStatus;
  readonly reason: string;
}

/** What is to be said of one feature of a batch. */
export type FeatureDrift = JudgedFeature | UnjudgedFeature;
