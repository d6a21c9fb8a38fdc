import { retrainingOwner } from '../contracts';
import { OrphanStore } from '../stores/orphans';
import type { OperatorContext } from './context';
import { DOCTOR, REPAIR } from './doctor-finding';
import type { Check } from './doctor-finding';

const HOUR_MS = 3_600_000;

/** An artifact that no version, baseline or retraining under way needs was stored by something that did not get to the end. */
export const checkArtifacts: Check = async (context, now) => {
  const before = new Date(now - HOUR_MS);
  const found = await orphans(context, before);
  if (found.size === 0)
    return [{ check: 'artifacts', state: 'good', finding: 'each is needed, or younger than an hour' }];
  return [...found.keys()].sort().map((digest) => ({
    check: `artifact ${digest.slice(0, 12)}`,
    state: 'bad',
    finding: 'no version, baseline or open retraining needs it',
    repair: 'deletes it',
    command: REPAIR,
    mend: async () => {
      // Somebody may have put the same bytes meanwhile.
      const owners = (await orphans(context, before)).get(digest) ?? [];
      const isNamed = (each: string): Promise<boolean> => new OrphanStore(context.db).isNamed(each);
      for (const owner of owners) await context.stores.artifacts.release(digest, owner, isNamed);
    },
  }));
};

/** Digests with the owners whose claims are given up; the store deletes what nobody claims or names then. */
async function orphans({ stores, db }: OperatorContext, before: Date): Promise<Map<string, readonly string[]>> {
  const store = new OrphanStore(db);
  const open = new Set((await stores.retrainings.open()).map(({ spec }) => retrainingOwner(spec)));
  const unclaimed = await stores.artifacts.unreferenced(before, (digest) => store.isNamed(digest));
  const claimed = (await store.claimed(before)).filter(({ owners }) => !owners.some((key) => open.has(key)));
  return new Map([
    ...unclaimed.map((digest) => [digest, [DOCTOR]] as const),
    ...claimed.map(({ digest, owners }) => [digest, owners] as const),
  ]);
}
