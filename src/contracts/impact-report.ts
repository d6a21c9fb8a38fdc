import type { Estimate } from './experiment-analysis';
import type { ControlGroup, ImpactGroup, ImpactMetric } from './impact';
import type { Instant } from './time';

/** What a group's users did after the recommendations of a month. */
export interface ImpactTotals {
  readonly users: number;
  /** Recommendation events. */
  readonly events: number;
  /** Recommendation events with a click within the attribution window. */
  readonly clicks: number;
  /** Recommendation events with an order. */
  readonly conversions: number;
  readonly orders: number;
  readonly revenue: number;
  /** Σ of the seconds from a recommendation to its first order. */
  readonly secondsToConversion: number;
  /** Users with an order. */
  readonly buyers: number;
  /** Users with two or more. */
  readonly repeatBuyers: number;
}

/** Raw sums over users: y the numerator, x the denominator, or of revenue per user the covariate. */
export interface ImpactSums {
  readonly y: number;
  readonly yy: number;
  readonly x: number;
  readonly xx: number;
  readonly xy: number;
}

/** One group of a month, reduced inside the database. */
export interface ImpactGroupSums {
  readonly totals: ImpactTotals;
  readonly metrics: Readonly<Record<ImpactMetric, ImpactSums>>;
}

/** A metric's value in each group; null where nothing is counted, such as an order value without an order. */
export type ImpactValues = Readonly<Record<ImpactMetric, number | null>>;

/** Plain numbers of a metric, where the control's value is above 0. */
export interface ImpactLift {
  readonly treatmentValue: number;
  readonly controlValue: number;
  /** (treatment − control) / control · 100. */
  readonly liftPercentage: number;
  readonly absoluteDifference: number;
}

/** Why a metric cannot be compared, or `ok`. */
export type ImpactComparisonStatus =
  | 'ok'
  | 'control-empty'
  | 'control-too-small'
  | 'treatment-empty'
  | 'treatment-too-small'
  | 'no-variation'
  | 'undefined';

/** Treatment against control on one metric. Users are the unit of every interval. */
export interface ImpactComparison {
  readonly metric: ImpactMetric;
  readonly status: ImpactComparisonStatus;
  /** Why there is no comparison; null where there is one. */
  readonly reason: string | null;
  readonly control: number | null;
  readonly treatment: number | null;
  readonly plain: ImpactLift | null;
  /** Treatment − control with its 95 % interval; of revenue per user adjusted by the covariate. */
  readonly difference: Estimate | null;
  /** Relative to the control. */
  readonly lift: Estimate | null;
  readonly pValue: number | null;
  readonly significant: boolean;
  /** Whether the treatment is better, direction considered. */
  readonly better: boolean | null;
  readonly cuped: { readonly theta: number; readonly varianceReduction: number } | null;
}

/** What treated users brought in that they would not have brought in without the model. */
export interface AdditionalRevenue extends Estimate {
  readonly treatedUsers: number;
  /** Of one user. */
  readonly perUser: Estimate;
}

/** The business case against what came of it. */
export interface ImpactValueReport {
  /** Null where nobody promised anything. */
  readonly expected: number | null;
  readonly realised: Estimate | null;
  /** Realised over expected. */
  readonly share: number | null;
  /** `below` and `above`: the whole interval is. */
  readonly status: 'no-business-case' | 'not-measurable' | 'below' | 'in-line' | 'above';
}

/** How the model itself did in the month, by its monitor. */
export interface ImpactModelPerformance {
  /** Judged windows that began in the month. */
  readonly windows: number;
  /** Predictions served in them. */
  readonly served: number;
  readonly alertsRaised: number;
  /** Not resolved when the report was written. */
  readonly alertsOpen: number;
  /** Recommendation events to treated users by model version, most first. */
  readonly versions: readonly { readonly version: number | null; readonly events: number }[];
}

/** Something to do, and why. */
export interface ImpactAdvice {
  readonly kind:
    | 'enlarge-control'
    | 'repair-split'
    | 'harm'
    | 'wait-for-users'
    | 'clicks-without-orders'
    | 'below-business-case'
    | 'answer-alerts'
    | 'keep-going';
  readonly reason: string;
}

/** A month's business report. */
export interface ImpactReport {
  readonly model: string;
  readonly environment: string;
  /** `2026-10`. */
  readonly month: string;
  /** Recommendations in [from, to) are in it. */
  readonly from: Instant;
  readonly to: Instant;
  /** Those before it have had their whole attribution window; others are left out. */
  readonly closedTo: Instant;
  /** 0 as long as windows are open, then 1; late revenue makes it 2 and so on. */
  readonly revision: number;
  /** When it was written, on the tracker's clock. */
  readonly at: Instant;
  readonly currency: string;
  readonly minimumUsers: number;
  readonly controlGroup: ControlGroup;
  readonly groups: Readonly<Record<ImpactGroup, ImpactTotals>>;
  /** Whether the groups are as large as they were meant to be; null without users. */
  readonly sampleRatioP: number | null;
  readonly metrics: readonly ImpactComparison[];
  /** Null where it cannot be told. */
  readonly additionalRevenue: AdditionalRevenue | null;
  readonly value: ImpactValueReport;
  readonly modelPerformance: ImpactModelPerformance;
  readonly recommendations: readonly ImpactAdvice[];
}

/** Reports of a model, oldest first: each month's last revision. */
export type ImpactHistory = readonly ImpactReport[];
