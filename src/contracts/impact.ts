import { defineQuery, defineSignal, defineUpdate } from '@temporalio/workflow';
import type { ModelTarget } from './ids';
import type { ClockKind, Duration, Instant, Settled, Watermark } from './time';

/** What recommendations are judged by, one value per group and month. */
export const IMPACT_METRICS = [
  'revenuePerUser',
  'conversionRate',
  'averageOrderValue',
  'clickThroughRate',
  'timeToConversion',
  'repeatPurchaseRate',
] as const;

/** One of the metrics above. */
export type ImpactMetric = (typeof IMPACT_METRICS)[number];

/** Control first: whoever is compared with. */
export const IMPACT_GROUPS = ['control', 'treatment'] as const;

/** `treatment` sees what the model recommends, `control` what everybody would see without it. */
export type ImpactGroup = (typeof IMPACT_GROUPS)[number];

/** Recommendations, clicks or conversions in one call, at most. */
export const IMPACT_BATCH_LIMIT = 100_000;

/** A rotation is declared so long before it begins: services read the groups less often than that. */
export const ROTATION_NOTICE: Duration = '1h';

/** From an instant on, users are divided by the hash of their id under the rotation's name. */
export interface ControlGroup {
  /** Part of the hash's seed: another name is another division of the same users. */
  readonly rotation: string;
  /** Share of the users that is in control, in (0, 1). */
  readonly controlGroupSize: number;
  /** The first instant of a month, or the start of the tracking. */
  readonly from: Instant;
}

/** From a month on, what the business case says that the model earns in a month. */
export interface BusinessCase {
  /** `2026-10`. */
  readonly from: string;
  /** In the currency of the revenues. */
  readonly monthlyValue: number;
}

/** What is tracked of a model's recommendations, and how. */
export interface ImpactSpec extends ModelTarget {
  readonly clock: ClockKind;
  /** Recommendations from then on count; the first month begins here. */
  readonly start: Instant;
  readonly impactMetrics: readonly ImpactMetric[];
  /** A conversion counts to the user's last recommendation, if that is less than so long ago. */
  readonly attributionWindow: Duration;
  readonly controlGroupSize: number;
  /** Of the first control group. */
  readonly rotation: string;
  /** How far before a rotation began revenue is the covariate of revenue per user (CUPED); null for none. */
  readonly lookBack: Duration | null;
  /** Of each group: with fewer there are values, but no lift. */
  readonly minimumUsers: number;
  /** A label, such as `EUR`: nothing is converted. */
  readonly currency: string;
  /** By ascending month; a month has the last that began. Empty where nobody promised anything. */
  readonly businessCase: readonly BusinessCase[];
}

/** What of a running tracker may be changed. What is left out stays. */
export interface ImpactChange {
  readonly impactMetrics?: readonly ImpactMetric[] | undefined;
  readonly minimumUsers?: number | undefined;
  readonly businessCase?: readonly BusinessCase[] | undefined;
  /** Divides the users anew from the first instant of a month that is still to come. */
  readonly rotate?: ImpactRotation | undefined;
}

/** A new division of the users. */
export interface ImpactRotation {
  /** A name that was not used before. */
  readonly rotation: string;
  /** Default: as it was. */
  readonly controlGroupSize?: number | undefined;
  readonly from: Instant;
}

/** The names of `ImpactChange`. */
export const IMPACT_CHANGEABLE: readonly (keyof ImpactChange)[] = [
  'impactMetrics',
  'minimumUsers',
  'businessCase',
  'rotate',
];

/** What a user was shown at a time; the group is given by the hash of the user's id. */
export interface RecommendationEvent {
  readonly eventId: string;
  readonly userId: string;
  /** What was recommended, best first. */
  readonly items: readonly string[];
  readonly at: Instant;
  /** The version that recommended; null for what everybody sees. */
  readonly modelVersion: number | null;
}

/** Something that was recommended was clicked. */
export interface RecommendationClick {
  /** The recommendation event. */
  readonly recommendationId: string;
  readonly at: Instant;
}

/** An order of a user. */
export interface Conversion {
  readonly conversionId: string;
  readonly userId: string;
  /** The recommendation event it belongs to, where the shop knows; otherwise it is the user's last one. */
  readonly recommendationId?: string | undefined;
  /** In the currency of the tracker; a refund is below 0. */
  readonly revenue: number;
  readonly at: Instant;
  /** Whether what was recommended was clicked. */
  readonly clicked?: boolean | undefined;
  /** Of the same id the highest counts. Default 0. */
  readonly revision?: number | undefined;
}

/** What was not taken, and why. */
export interface RejectedImpactEvent {
  /** Its place among those given, from 0. */
  readonly index: number;
  readonly reason: 'invalid-value' | 'future-timestamp' | 'before-start';
  readonly path: string;
  readonly message: string;
}

/** What became of events that were given; they are durable by then. */
export interface ImpactWriteResult {
  readonly recorded: number;
  /** Known already, or an older revision. */
  readonly duplicates: number;
  /** Known already with another content; what was there stands. */
  readonly conflicts: number;
  readonly rejected: readonly RejectedImpactEvent[];
}

/** A tracker as it is recorded: what services divide users by. */
export interface ImpactRecord {
  readonly spec: ImpactSpec;
  /** Oldest first. */
  readonly groups: readonly ControlGroup[];
  readonly closed: ImpactClosing | null;
}

/** Who ended a tracker, and why. */
export interface ImpactClosing {
  readonly who: string;
  readonly reason: string;
  readonly at: Instant;
}

/** One month as the workflow keeps it. */
export interface ImpactMonth {
  /** `2026-10`. */
  readonly month: string;
  /** 0 as long as windows are open, then 1; late revenue makes it 2 and so on. */
  readonly revision: number;
  /** Recommendations before it have had their whole attribution window. */
  readonly closedTo: Instant;
  readonly users: readonly [control: number, treatment: number];
  /** Of all treated users; null where it cannot be told. */
  readonly additionalRevenue: number | null;
}

/** What a tracker carries from run to run. */
export interface ImpactState {
  readonly spec: ImpactSpec;
  readonly groups: readonly ControlGroup[];
  readonly watermark: Instant | null;
  readonly settledThrough: Instant | null;
  /** The newest, oldest first. */
  readonly months: readonly ImpactMonth[];
  readonly closed: ImpactClosing | null;
  readonly failure: string | null;
}

/** What `impactStatus` answers. */
export interface ImpactStatus extends Settled, Omit<ImpactState, 'settledThrough'> {
  readonly state: 'tracking' | 'failing' | 'closed';
}

/** Activities behind a tracker. */
export interface ImpactActivities {
  /** Records the tracker, or opens it again; returns the control groups that stand. */
  openImpact(input: { readonly spec: ImpactSpec }): Promise<readonly ControlGroup[]>;
  /** Records changes: services divide by them from then on. */
  recordImpact(input: { readonly spec: ImpactSpec; readonly groups: readonly ControlGroup[] }): Promise<void>;
  /**
   * Closes every attribution window that is over at an instant and writes the reports of the months that changed.
   * Returns those months, the newest at most: repeated, it returns the same.
   */
  closeImpactWindows(input: {
    readonly spec: ImpactSpec;
    readonly groups: readonly ControlGroup[];
    readonly at: Instant;
  }): Promise<readonly ImpactMonth[]>;
  /** Records the end: services are refused from then on. */
  endImpact(input: { readonly model: string; readonly closed: ImpactClosing }): Promise<void>;
}

/** The input of `trackImpact`; `state` is set by continue-as-new only. */
export interface TrackImpactInput {
  readonly spec: ImpactSpec;
  readonly state?: ImpactState | undefined;
}

/** Events were recorded: reports that they change are written now, not at the daily turn. */
export const eventsRecordedSignal = defineSignal('eventsRecorded');
export const configureImpactUpdate = defineUpdate<ImpactStatus, [ImpactChange]>('configure');
export const closeImpactUpdate = defineUpdate<ImpactStatus, [Omit<ImpactClosing, 'at'>]>('close');
export const advanceImpactUpdate = defineUpdate<Settled, [Watermark]>('advance');
export const impactStatusQuery = defineQuery<ImpactStatus>('impactStatus');

/** A user's group, and by which division. */
export interface Division {
  readonly group: ImpactGroup;
  readonly rotation: string;
}
