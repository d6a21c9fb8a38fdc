import type { TrackResult } from '../contracts';

/** How many were refused and why, in words; empty where none was. */
export function refusals(rejected: TrackResult['rejected']): string {
  return Object.entries(rejected)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(', ');
}
