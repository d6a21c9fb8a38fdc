import { Context } from '@temporalio/activity';
import { cacheOwner, pipelineOwner } from '../src/contracts';
import type { ArtifactRef } from '../src/contracts';
import { ArtifactCorruptError } from '../src/stores';
import type { CachedOutcome, StageOutcome, Stores } from '../src/stores';

const [BEAT_MS, POLL_MS] = [5_000, 250];

/** Who wants which result. */
export interface Wanted {
  readonly key: string;
  readonly holder: string;
  readonly run: string;
  readonly maxAgeMs: number;
  /** Rules that metrics break: a result is judged by the rules of today. */
  readonly judge: (metrics: Readonly<Record<string, number>>) => readonly string[];
}

/** Takes a result that is there, or makes it while others who want the same one wait. A failure is never kept. */
export async function sharedOutcome(
  stores: Stores,
  wanted: Wanted,
  make: () => Promise<StageOutcome>,
): Promise<StageOutcome> {
  const { key, holder, run, maxAgeMs, judge } = wanted;
  // A result whose artifacts are gone counts as none, until somebody has made it anew.
  let age = maxAgeMs;
  for (;;) {
    const claim = await stores.stageCache.claim(key, holder, age);
    if (claim.state === 'mine') return makeIt(stores, wanted, make);
    if (claim.state === 'made') {
      const { outputs, metrics, log, run: from } = claim.outcome;
      if (await claimAll(stores, Object.values(outputs), pipelineOwner(run)))
        return {
          outputs,
          metrics,
          broken: judge(metrics),
          source: 'cache',
          from,
          log: await claimLog(stores, log, run),
        };
      age = 0;
      continue;
    }
    age = maxAgeMs;
    Context.current().heartbeat('waits for another run that makes the same');
    await Context.current().sleep(POLL_MS);
  }
}

/** Claims artifacts for an owner; false where one is no longer there. */
export async function claimAll(stores: Stores, refs: readonly ArtifactRef[], owner: string): Promise<boolean> {
  try {
    for (const ref of refs) await stores.artifactFiles.claim(ref, owner);
    return true;
  } catch (error) {
    if (error instanceof ArtifactCorruptError) return false;
    throw error;
  }
}

/** A log that is gone takes no result with it. */
export async function claimLog(stores: Stores, log: ArtifactRef | null, run: string): Promise<ArtifactRef | null> {
  return log !== null && (await claimAll(stores, [log], pipelineOwner(run))) ? log : null;
}

/** What is made stands for this run also where the right to it was lost; then somebody else puts the same. */
async function makeIt(
  stores: Stores,
  { key, holder, run }: Wanted,
  make: () => Promise<StageOutcome>,
): Promise<StageOutcome> {
  const { stageCache } = stores;
  // A beat that does not get through is like one that was not sent: the next one counts.
  const timer = setInterval(() => void stageCache.beat(key, holder).catch(() => undefined), BEAT_MS);
  let kept = false;
  try {
    const { outputs, metrics, log, ...made } = await make();
    if (made.broken.length === 0) {
      // What the cache keeps outlives the run.
      await claimAll(stores, [...Object.values(outputs), ...(log === null ? [] : [log])], cacheOwner(key));
      const outcome: CachedOutcome = { outputs, metrics, log, run, at: new Date() };
      await stageCache.commit(key, holder, outcome);
      kept = true;
    }
    return { outputs, metrics, log, ...made };
  } finally {
    clearInterval(timer);
    // A right that cannot be given up is lost by silence: it must not hide how the attempt ended.
    if (!kept) await stageCache.release(key, holder).catch(() => undefined);
  }
}
