import type { Double } from 'mongodb';

/** An event as it is stored. */
export interface MetricEventDocument {
  /** The event's id. */
  readonly _id: string;
  readonly unit: string;
  readonly event: string;
  readonly value: Double | number;
  readonly at: Date;
  /** Whether the units it concerns have been told. */
  readonly folded: boolean;
}
