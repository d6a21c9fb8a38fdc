import type { Duration, ClockKind } from './time';

/** The limits of a design. */
export const DESIGN_LIMITS = {
  variants: 16,
  metrics: 50,
  rampSteps: 20,
  looks: 60,
  conditions: 50,
  segments: 5,
  /** Success and guardrail metrics times variants beside the control: what a look's evidence holds. */
  deciding: 120,
  /** Comparisons of one analysis, those of segments and weeks with it: it is one document. */
  comparisons: 15_000,
  /** Checks, or looks of an always-valid plan, over the exposure: the record is one document. */
  checks: 2_000,
  /** Bytes of a design as JSON: it travels with every analysis. */
  bytes: 32_768,
} as const;

/** A value of an attribute of a unit. */
export type AttributeValue = string | number | boolean | null;

/** What is known of a unit when it is assigned, by name: country, plan, age. */
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** How an attribute is compared. */
export const CONDITION_OPERATORS = [
  'is',
  'isNot',
  'in',
  'notIn',
  'greaterThan',
  'atLeast',
  'lessThan',
  'atMost',
  'exists',
] as const;

/** One rule of eligibility; all rules must hold. An attribute that a unit does not have meets `isNot` and `notIn` only. */
export interface Condition {
  /** One of the design's declared attributes. */
  readonly attribute: string;
  readonly operator: (typeof CONDITION_OPERATORS)[number];
  /** A list for `in` and `notIn`, true or false for `exists`, otherwise one value. */
  readonly value: AttributeValue | readonly AttributeValue[];
}

/** One of the arms; the first of a design is the control. */
export interface DesignVariant {
  readonly name: string;
  /** Its share of the assigned traffic; the weights sum to 1. */
  readonly weight: number;
  /** The model version that serves it; what is promoted when it wins. */
  readonly version?: number | undefined;
  /** Units that always get it, whatever the hash says: testers. They are never counted. */
  readonly force?: readonly string[] | undefined;
}

/** Where a metric's numbers come from. */
export type MetricSource =
  /** Metric events by name: summed over a unit's conversion window. */
  | { readonly kind: 'event'; readonly event: string }
  /** Served predictions with their outcomes, averaged over a unit's rows. `label` is the outcome itself. */
  | { readonly kind: 'outcome'; readonly metric: 'accuracy' | 'logLoss' | 'label' };

/** A metric of an experiment. */
export interface DesignMetric {
  readonly name: string;
  /**
   * `success` decides (Holm over metrics and variants), `guardrail` stops or forbids to ship, `secondary` is looked at
   * (Benjamini-Hochberg).
   */
  readonly role: 'success' | 'guardrail' | 'secondary';
  /** `proportion`: a unit with at least one event; `mean`: the unit's sum; `ratio`: sums over sums. */
  readonly type: 'proportion' | 'mean' | 'ratio';
  readonly source: MetricSource;
  /** Of a ratio only. */
  readonly denominator?: MetricSource | undefined;
  readonly direction: 'higher-is-better' | 'lower-is-better';
  /** Events so long after a unit's first exposure count, later ones do not. */
  readonly conversionWindow: Duration;
  /** A unit's sum counts as no more than this (winsorising); null takes it as it is. */
  readonly cap: number | null;
  /** Events so long before a unit's first exposure are its covariate (CUPED); null adjusts nothing. */
  readonly lookBack: Duration | null;
  /** Of a guardrail: the relative loss that is accepted, such as .02. */
  readonly margin?: number | undefined;
  /** What is known before the start, where no events tell it: the control's mean and a unit's standard deviation. */
  readonly baseline?: { readonly mean: number; readonly standardDeviation?: number | undefined } | undefined;
}

/** One step of a ramp: so much of the traffic, held for so long. */
export interface RampStep {
  readonly coverage: number;
  readonly hold: Duration;
}

/** Experiments of one namespace share no unit: each has a part of [0, 1). */
export interface Namespace {
  readonly name: string;
  /** Half-open: [from, to). */
  readonly range: readonly [number, number];
}

/** Units that see no experiment of those who name it, for its whole life. */
export interface Holdout {
  readonly name: string;
  readonly share: number;
}

/** How looks are paid for. */
export type SequentialPlan =
  /** So many looks, evenly spread, α spent as O'Brien and Fleming or Pocock would. */
  | { readonly kind: 'spending'; readonly looks: number; readonly spending: 'obrien-fleming' | 'pocock' }
  /** Any look may decide, with wider intervals. */
  | { readonly kind: 'always-valid' };

/** What must hold before an experiment may ship, and what is done then. */
export interface DecisionCriteria {
  /** Whether a look before the last may ship or roll back. */
  readonly earlyStop: boolean;
  /** Nothing ships sooner; whole weeks, because weekdays differ from weekends. */
  readonly minimumDuration: Duration;
  /** What a win does. `promote` needs a model and versions. */
  readonly onShip: 'promote' | 'nothing';
}

/** An experiment as it is declared. */
export interface ExperimentDesign {
  readonly id: string;
  readonly hypothesis: string;
  readonly owner: string;
  /** The model whose versions are compared, if any. */
  readonly model?: string | undefined;
  readonly environment: string;
  readonly clock: ClockKind;
  /** Seed of the assignment hash, the id by default. */
  readonly seed: string;
  /** What is assigned: the name of an attribute such as `userId`. */
  readonly unit: string;
  /** Attributes that rules and segments may name. */
  readonly attributes: readonly string[];
  readonly variants: readonly DesignVariant[];
  /** The share of eligible units that takes part once the ramp is over, in (0, 1]. */
  readonly allocation: number;
  readonly ramp: readonly RampStep[];
  readonly eligibility: readonly Condition[];
  readonly namespace?: Namespace | undefined;
  readonly holdout?: Holdout | undefined;
  /** An instant, at which it starts by itself; or `draft`, which waits for the update `start`. */
  readonly start: string;
  readonly duration: Duration;
  readonly metrics: readonly DesignMetric[];
  /** Attributes by which results are broken down. */
  readonly segments: readonly string[];
  readonly alpha: number;
  readonly power: number;
  /** The relative difference that is worth finding. */
  readonly minimumDetectableEffect: number;
  readonly sequential: SequentialPlan;
  /** How often sample ratio and guardrails are checked between looks; costs no α. */
  readonly checkEvery: Duration;
  readonly criteria: DecisionCriteria;
  /** Whether a unit keeps its variant when attributes or weights change. */
  readonly sticky: boolean;
}
