/** `npm run bench -- experiment`: what an experiment's results and assignments cost, and a month's business report. */
import { assignments } from './experiments/assignment';
import { fromSums } from './experiments/from-sums';
import { monthOfImpact } from './experiments/impact';
import { results } from './experiments/results';
import { fourWeeks } from './experiments/weeks';
import type { Suite } from './suite';

/** What is measured of experiments; `peers` is a folder of virtual environments, or null. */
export function experimentSuite(peers: string | null): Suite {
  return {
    assignment: assignments,
    sums: fromSums(peers),
    results: results(peers),
    weeks: fourWeeks,
    impact: monthOfImpact,
  };
}
