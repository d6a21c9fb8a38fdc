import { MANUAL_SPLIT, workflowIds } from '../contracts';
import type { ClockKind, Instant, ModelTarget, Serving } from '../contracts';
import { experimentOf } from '../domain/deployment';
import type { OperatorContext } from './context';
import { DOCTOR, guarded, isRunning, isYoung, placeOf, REPAIR, targetIn, young } from './doctor-finding';
import type { Check, Diagnosis } from './doctor-finding';

/** A split needs an experiment that runs, a rollout needs a deployment that knows it. */
export const checkTraffic: Check = async (context, now) => {
  const findings: Diagnosis[] = [];
  for (const serving of await context.stores.deployments.all()) {
    const { split, rollout } = serving;
    const byRollout = rollout != null && split?.experiment === experimentOf(rollout);
    if (split !== null && split.experiment !== MANUAL_SPLIT && !byRollout) {
      const check = `split of ${placeOf(serving)}`;
      findings.push(await guarded(check, () => judgeSplit(context, serving, split.experiment, now)));
    }
    if (rollout != null) {
      const check = `rollout of ${placeOf(serving)}`;
      findings.push(await guarded(check, () => judgeRollout(context, serving, rollout, now)));
    }
  }
  return findings;
};

async function judgeSplit(
  context: OperatorContext,
  serving: Serving,
  experiment: string,
  now: number,
): Promise<Omit<Diagnosis, 'check'>> {
  if (await isRunning(context, workflowIds.experiment(experiment))) {
    return { state: 'good', finding: `experiment ${experiment} runs` };
  }
  const clock = (await context.stores.experiments.find(experiment))?.spec?.clock ?? 'wall';
  return orphaned(context, serving, { finding: `experiment ${experiment} does not run`, clock, now });
}

async function judgeRollout(
  context: OperatorContext,
  serving: Serving,
  rollout: string,
  now: number,
): Promise<Omit<Diagnosis, 'check'>> {
  const running = await isRunning(context, workflowIds.deployment(serving));
  const known = running ? (await context.client.deployments.status(targetIn(serving))).rollout : null;
  if (known?.id === rollout) return { state: 'good', finding: `${known.strategy.kind}, ${known.phase}` };
  const finding = running ? `its deployment does not know ${rollout} any more` : 'its deployment does not run';
  const begun = await context.stores.deployments.findByKey(serving, rollout);
  return orphaned(context, serving, { finding, clock: begun?.clock ?? 'wall', now });
}

async function orphaned(
  context: OperatorContext,
  serving: Serving,
  { finding, clock, now }: { readonly finding: string; readonly clock: ClockKind; readonly now: number },
): Promise<Omit<Diagnosis, 'check'>> {
  const { deployments } = context.stores;
  const newest = await deployments.newest(serving);
  const entry = await deployments.findEntry(serving, serving.token);
  // What has ended meanwhile has written an end.
  if (newest?.token !== serving.token || isYoung(entry?.recordedAt, now)) return young(finding);
  const { champion } = serving;
  return {
    state: 'bad',
    finding,
    repair: `gives all traffic to the champion, version ${champion}`,
    command: REPAIR,
    mend: async () => {
      const when = await effectiveAt(context, serving, clock);
      const decision = { who: DOCTOR, reason: finding, ...when, key: `doctor/${serving.token}` };
      await context.client.deployments.setTraffic(targetIn(serving), { shares: { [champion]: 1 } }, decision);
    },
  };
}

/** From when on a repair holds: now, or how far event time is where that is the model's clock. */
export async function effectiveAt(
  { client, stores }: OperatorContext,
  target: ModelTarget,
  clock: ClockKind,
): Promise<{ effectiveAt?: Instant }> {
  if (clock === 'wall') return {};
  const serving = await stores.deployments.current(target);
  // A deployment that does not run knows no watermark; it will go on from its ledger.
  const status = await client.deployments.status(targetIn(target)).catch(() => null);
  const at = [serving?.effectiveAt, status?.settledThrough].filter((each) => each != null).sort();
  return at.length === 0 ? {} : { effectiveAt: at.at(-1)! };
}
