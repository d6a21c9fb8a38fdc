import type { Instant } from './time';

/** Sums of one metric in one variant: x is the covariate (or a ratio's denominator), y the metric. */
export interface UnitSums {
  readonly n: number;
  readonly meanY: number;
  /** Σ(y − mean)². */
  readonly m2Y: number;
  readonly meanX: number;
  readonly m2X: number;
  readonly cXY: number;
}

/** Units of one group of units, variant by variant in the design's order; metric by metric within. */
export interface VariantSums {
  readonly variant: string;
  /** Units whose conversion windows are over. */
  readonly units: number;
  /** In the order of the design's metrics. */
  readonly metrics: readonly UnitSums[];
}

/** What an analysis is computed from: nothing of it grows with the number of units. */
export interface ExperimentSums {
  /** Units first exposed in [from, to) are in it. */
  readonly from: Instant;
  readonly to: Instant;
  readonly variants: readonly VariantSums[];
  /** Units per variant by weights epoch: dropping a variant begins a new one. */
  readonly exposed: readonly { readonly weights: readonly number[]; readonly units: readonly number[] }[];
  /** Units that were seen in more than one variant; they stay where they were first. */
  readonly crossed: number;
  readonly segments: readonly {
    readonly attribute: string;
    readonly value: string;
    readonly variants: readonly VariantSums[];
  }[];
  /** By week of first exposure, from 0. */
  readonly weeks: readonly { readonly week: number; readonly variants: readonly VariantSums[] }[];
}

/** A value with the interval around it. */
export interface Estimate {
  readonly value: number;
  readonly low: number | null;
  readonly high: number | null;
}

/** A variant against the control, on one metric. */
export interface Comparison {
  readonly variant: string;
  readonly metric: string;
  readonly role: 'success' | 'guardrail' | 'secondary';
  /** Anything but `ok` says why there are no numbers. */
  readonly status: 'ok' | 'insufficient-data' | 'no-variation' | 'undefined';
  readonly units: readonly [number, number];
  /** Control and variant, unadjusted. */
  readonly means: readonly [number, number];
  readonly difference: Estimate | null;
  /** Relative to the control's mean. */
  readonly lift: Estimate | null;
  /** Two-sided, of this look alone. */
  readonly pValue: number | null;
  /** Within its family: Holm or Benjamini-Hochberg; null for guardrails. */
  readonly adjustedPValue: number | null;
  readonly z: number | null;
  /** What |z| must reach at this look; null where nothing may be claimed. */
  readonly bound: number | null;
  /** By the plan: beyond its bound, or (always valid) by its sequence. Of a guardrail: not inferior. */
  readonly significant: boolean;
  /** Whether the variant is better on it, direction considered; null without a difference. */
  readonly better: boolean | null;
  /** The always-valid interval of the difference: holds at any look. */
  readonly anytime: Estimate | null;
  /** Of a guardrail: shown to be worse than its margin, by the always-valid bound. */
  readonly breached: boolean;
  readonly chanceToWin: number | null;
  readonly cuped: { readonly theta: number; readonly varianceReduction: number } | null;
  /** The chance to find the design's effect with the units so far; null without a baseline. */
  readonly power: number | null;
}

/** Results at one time. */
export interface ExperimentAnalysis {
  readonly at: Instant;
  readonly exposedTo: Instant;
  /**
   * `look`: planned, spends α; `check`: between looks, may stop; `peek`: asked for by a person, decides nothing: its
   * intervals are the always-valid ones.
   */
  readonly kind: 'look' | 'check' | 'peek';
  /** 1, 2, …, K of a look, otherwise null. */
  readonly k: number | null;
  readonly status: 'ok' | 'no-data' | 'no-new-information' | 'below-minimum';
  readonly units: readonly { readonly variant: string; readonly units: number }[];
  readonly sampleRatio: {
    /** Running minimum, may be looked at every day. */
    readonly sequentialP: number;
    readonly chiSquareP: number | null;
    /** Units that came, in the order of the variants: more than are judged. */
    readonly exposed?: readonly number[] | undefined;
  };
  readonly crossed: number;
  readonly comparisons: readonly Comparison[];
  readonly segments: readonly {
    readonly attribute: string;
    readonly value: string;
    readonly comparisons: readonly Comparison[];
  }[];
  /** By week of first exposure: an effect that wears off is novelty. */
  readonly weeks: readonly { readonly week: number; readonly comparisons: readonly Comparison[] }[];
  /** Metrics whose effect in the first week differs from that of later ones (p < .01, Holm). */
  readonly novelty: readonly string[];
  readonly notes: readonly string[];
}

/** What an analysis says should be done. */
export interface Recommendation {
  readonly decision: 'invalid' | 'stop' | 'rollback' | 'ship' | 'continue' | 'inconclusive';
  /** Of `ship`: the best variant. */
  readonly variant: string | null;
  /** Variants that breach a guardrail while others go on. */
  readonly drop: readonly string[];
  readonly reasons: readonly string[];
}

/** What is needed and what time gives, said before the start. */
export interface DesignPlan {
  readonly looks: number;
  /** Per success metric and arm; null without a baseline. */
  readonly metrics: readonly {
    readonly metric: string;
    readonly baseline: number | null;
    readonly unitsPerArm: number | null;
    /** With the units expected by the end; relative. */
    readonly detectableEffect: number | null;
  }[];
  /** Units per day that may take part, measured before the start; null where nothing tells. */
  readonly unitsPerDay: number | null;
  /** From that: days until the smallest arm has enough; null where it cannot be said. */
  readonly daysNeeded: number | null;
  readonly warnings: readonly string[];
  /** How it was computed. */
  readonly notes?: readonly string[] | undefined;
}
