import { isDeepStrictEqual } from 'node:util';
import type { ModelTarget, Serving } from '../contracts';
import type { OperatorContext } from './context';
import { guarded, isYoung, placeOf, REPAIR, young } from './doctor-finding';
import type { Check, Diagnosis } from './doctor-finding';

/** The deployment document must say what the newest decision says: the ledger leads. */
export const checkDocuments: Check = async (context, now) => {
  const findings: Diagnosis[] = [];
  for (const target of await context.stores.deployments.targets()) {
    findings.push(await guarded(`deployment document of ${placeOf(target)}`, () => compare(context, target, now)));
  }
  return findings;
};

async function compare(
  { stores }: OperatorContext,
  target: ModelTarget,
  now: number,
): Promise<Omit<Diagnosis, 'check'>> {
  // The document first: a decision that comes in between is in the ledger then, and young.
  const current = await stores.deployments.current(target);
  const wanted = await stores.deployments.newest(target);
  if (wanted === null) {
    return {
      state: 'bad',
      finding: `says version ${current?.champion} serves, but the ledger is empty: deploy it again`,
    };
  }
  if (current !== null && isDeepStrictEqual(wanted, current)) {
    return { state: 'good', finding: `agrees with the ledger, token ${wanted.token}` };
  }
  const finding = `half a switch: ${difference(current, wanted)}`;
  const entry = await stores.deployments.findEntry(target, wanted.token);
  if (isYoung(entry?.recordedAt, now)) return young(finding);
  return {
    state: 'bad',
    finding,
    repair: `rewrites it from the ledger, token ${wanted.token}`,
    command: REPAIR,
    mend: async () => {
      await stores.deployments.rewrite(wanted, current?.token ?? null);
    },
  };
}

function difference(current: Serving | null, wanted: Serving): string {
  if (current === null) return `it is missing, the ledger says version ${wanted.champion} serves`;
  const names = [...new Set([...Object.keys(wanted), ...Object.keys(current)])] as (keyof Serving)[];
  return names
    .filter((name) => !isDeepStrictEqual(current[name], wanted[name]))
    .map(
      (name) =>
        `${name} is ${JSON.stringify(current[name] ?? null)}, by the ledger ${JSON.stringify(wanted[name] ?? null)}`,
    )
    .join('; ');
}
