import type { Attributes, ExperimentDesign } from './experiment-design';
import type { Instant } from './time';

/** Why a unit is in no variant. */
export type UnassignedReason =
  'not-running' | 'not-eligible' | 'not-covered' | 'held-out' | 'other-namespace' | 'dropped';

/** What an assigner needs of an experiment: its design and how far its ramp and its variants are. */
export interface AssignableExperiment {
  readonly design: ExperimentDesign;
  readonly running: boolean;
  /** The share of eligible units that takes part now. */
  readonly coverage: number;
  /** Variants that take no new units. */
  readonly dropped: readonly string[];
}

/** Where a unit is. */
export type Assignment =
  | {
      readonly experiment: string;
      readonly unit: string;
      readonly variant: string;
      /** Its place among the design's variants, the control is 0. */
      readonly index: number;
      readonly version: number | null;
      /** How it came there; only `hash` and `sticky` are counted. */
      readonly by: 'hash' | 'sticky' | 'forced';
    }
  | { readonly experiment: string; readonly unit: string; readonly variant: null; readonly reason: UnassignedReason };

/** A unit met its variant. The first of a unit and experiment stands. */
export interface Exposure {
  readonly experiment: string;
  readonly unit: string;
  readonly variant: string;
  readonly at: Instant;
  /** Of the design's declared attributes, those that results are broken down by. */
  readonly attributes?: Attributes | undefined;
}

/** Something that a unit did: an order, a click, a page load. */
export interface MetricEvent {
  /** Idempotency key: the same id again is dropped. */
  readonly eventId: string;
  readonly unit: string;
  readonly event: string;
  /** What is summed; 1 by default. */
  readonly value: number;
  readonly at: Instant;
}

/** What became of a batch of exposures or events. */
export interface TrackResult {
  readonly accepted: number;
  /** Known already. */
  readonly duplicates: number;
  /** Refused, by reason; nothing of them is stored. */
  readonly rejected: Readonly<Partial<Record<TrackRejection, number>>>;
}

/** Why an exposure or an event is refused. */
export type TrackRejection =
  | 'bad-unit'
  | 'bad-value'
  | 'in-the-future'
  | 'unknown-experiment'
  | 'unknown-variant'
  | 'experiment-over'
  | 'conflicting-id';
