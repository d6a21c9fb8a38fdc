import type { FoundEffect } from './found';

/** A comparison by counts, with how far its statistic may lie from that of the values. */
export interface BoundedFound {
  readonly found: FoundEffect;
  readonly errorBound: number;
}
