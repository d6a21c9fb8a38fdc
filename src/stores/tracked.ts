import type { TrackRejection, TrackResult } from '../contracts';

/** What became of one exposure or event. */
export type TrackStatus = 'accepted' | 'duplicate' | TrackRejection;

/** The sum over a batch. */
export function trackResult(statuses: readonly TrackStatus[]): TrackResult {
  let accepted = 0;
  let duplicates = 0;
  const rejected: Partial<Record<TrackRejection, number>> = {};
  for (const status of statuses)
    if (status === 'accepted') accepted += 1;
    else if (status === 'duplicate') duplicates += 1;
    else rejected[status] = (rejected[status] ?? 0) + 1;
  return { accepted, duplicates, rejected };
}
