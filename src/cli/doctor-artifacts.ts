import { retrainingOwner } from '../contracts';
import { artifactNeeds, pipelineOwners } from '../stores';
import type { OperatorContext } from './context';
import { DOCTOR, REPAIR } from './doctor-finding';
import type { Check } from './doctor-finding';

const HOUR_MS = 3_600_000;

/**
 * An artifact that no version, baseline, retraining under way, run of a pipeline or cached result needs was stored by
 * something that did not get to the end.
 */
export const checkArtifacts: Check = async (context, now) => {
  const before = new Date(now - HOUR_MS);
  const found = await orphans(context, before);
  if (found.size === 0)
    return [{ check: 'artifacts', state: 'good', finding: 'each is needed, or younger than an hour' }];
  return [...found.keys()].sort().map((digest) => ({
    check: `artifact ${digest.slice(0, 12)}`,
    state: 'bad',
    finding: 'no version, baseline, open retraining, pipeline run or cached result needs it',
    repair: 'deletes it',
    command: REPAIR,
    mend: async () => {
      // Somebody may have put the same bytes meanwhile.
      const owners = (await orphans(context, before)).get(digest) ?? [];
      const { artifacts } = context.stores;
      for (const owner of owners) await artifacts.release(digest, owner, artifactNeeds(context.stores));
    },
  }));
};

/** Digests with the owners whose claims are given up; the store deletes what nobody claims or names then. */
async function orphans({ stores }: OperatorContext, before: Date): Promise<Map<string, readonly string[]>> {
  const isNeeded = artifactNeeds(stores);
  const open = new Set((await stores.retrainings.open()).map(({ spec }) => retrainingOwner(spec)));
  const unclaimed = await stores.artifacts.unreferenced(before, isNeeded);
  const claimed = await stores.artifacts.claimed(before);
  const kept = await pipelineOwners(
    stores,
    claimed.flatMap(({ owners }) => owners),
  );
  const givenUp = claimed.filter(({ owners }) => !owners.some((owner) => open.has(owner) || kept.has(owner)));
  const needed = await Promise.all(givenUp.map(({ digest }) => isNeeded(digest)));
  return new Map([
    ...unclaimed.map((digest) => [digest, [DOCTOR]] as const),
    ...givenUp.filter((_, k) => !needed[k]).map(({ digest, owners }) => [digest, owners] as const),
  ]);
}
