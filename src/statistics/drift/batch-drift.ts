import type { Adjustment } from '../experiments/multiplicity';
import type { DriftHistory, DriftState, Hysteresis } from './drift-state';
import type { JudgedFeature, UnjudgedFeature } from './feature-drift';

/** `calibrated`, or `seed`: Kolmogorov-Smirnov on numbers, any p < .05 is drift. */
export type DriftMode = 'calibrated' | 'seed';

/** Ways to allow for the number of features; the last one whatever their dependence. */
export type DriftAdjustment = Extract<
  Adjustment,
  'none' | 'bonferroni' | 'holm' | 'benjamini-hochberg' | 'benjamini-yekutieli'
>;

/** A judged feature among the others of its batch. */
export interface JudgedInBatch extends JudgedFeature {
  readonly adjustedPValue: number;
  /** Whether the adjusted p is below α. */
  readonly significant: boolean;
  /** Significant and large. */
  readonly flagged: boolean;
  readonly state: DriftState;
}

/** A feature that could not be judged: no flag either way, its state stays what its history says. */
export interface UnjudgedInBatch extends UnjudgedFeature {
  readonly state: DriftState;
}

/** What is to be said of a batch. */
export interface BatchDrift {
  readonly mode: DriftMode;
  /** The rule in words. */
  readonly method: string;
  /** The version of the reference it was judged by. */
  readonly referenceVersion: string;
  /** α. */
  readonly threshold: number;
  readonly adjustment: DriftAdjustment;
  readonly hysteresis: Hysteresis;
  /** The worst state of any feature. */
  readonly state: DriftState;
  /** Whether any feature is in the state `drift`. */
  readonly driftDetected: boolean;
  /** Their names, in the reference's order, as the lists below. */
  readonly driftFeatures: readonly string[];
  /** Features flagged in this batch. */
  readonly flaggedFeatures: readonly string[];
  /** Features that could not be judged. */
  readonly unjudgedFeatures: readonly string[];
  /** In the reference's order, then the columns that are new. */
  readonly features: readonly (JudgedInBatch | UnjudgedInBatch)[];
  /** To be handed in with the next batch; plain JSON. */
  readonly history: DriftHistory;
}
