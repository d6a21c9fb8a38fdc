import { measure } from '../measure';
import type { Result } from '../monitors/result';
import { experiment } from '../rows/experiment';
import { shownTime } from '../table';

/** Twenty metrics from sums to full results beside GrowthBook's engine: the row of `npm run bench -- statistics`. */
export function fromSums(peers: string | null): () => Promise<readonly Result[]> {
  return async () => {
    const results: Result[] = [];
    for (const row of experiment.rows(() => '')) {
      const found = await measure(row, peers);
      if (found.wrong !== null) throw new Error(found.wrong);
      results.push({
        work: found.work,
        ours: shownTime(found.ours.median),
        against: found.peer === null ? null : `${found.peer.what}: ${shownTime(found.peer.timing.median)}`,
        ratio: found.ratio,
        goal: found.goal === null ? null : `≥ ${found.goal}×`,
        met: found.met,
        measured: found,
        notes: found.skipped === null ? [] : [`skipped: ${found.skipped}`],
      });
    }
    return results;
  };
}
