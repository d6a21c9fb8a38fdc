import type { Estimate } from '../src/contracts';
import type { Effect } from '../src/statistics';

/** An effect as contracts have it: its value and the ends of its interval, null where there is none. */
export function estimateOf({ value, interval }: Effect): Estimate {
  return { value, low: interval?.low ?? null, high: interval?.high ?? null };
}
