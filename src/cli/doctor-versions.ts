import { versionName, workflowIds } from '../contracts';
import type { ModelVersion, Serving } from '../contracts';
import type { OperatorContext } from './context';
import { DOCTOR, guarded, isRunning, isYoung, REPAIR, targetIn, young } from './doctor-finding';
import type { Check, Diagnosis } from './doctor-finding';

/** A challenger needs something that tries it: a retraining, an experiment, a split, a shadow or a rollout. */
export const checkChallengers: Check = async (context, now) => {
  const findings: Diagnosis[] = [];
  for (const version of await context.stores.registry.openChallengers()) {
    findings.push(await guarded(`challenger ${version.name}`, () => judge(context, version, now)));
  }
  return findings;
};

async function judge(context: OperatorContext, version: ModelVersion, now: number): Promise<Omit<Diagnosis, 'check'>> {
  const by = await triedBy(context, version);
  if (by !== null) return { state: 'good', finding: `is tried by ${by}` };
  const finding = 'no retraining, experiment, split or rollout tries it';
  if (isYoung(version.registeredAt, now)) return young(finding);
  return {
    state: 'bad',
    finding,
    repair: 'archives it',
    command: REPAIR,
    mend: async () => {
      if ((await triedBy(context, version)) !== null) return;
      await context.stores.registry.setState(version.model, version.version, 'archived', `${DOCTOR}: ${finding}`);
    },
  };
}

/** What tries a version, or null. */
async function triedBy(context: OperatorContext, { model, version }: ModelVersion): Promise<string | null> {
  const { stores } = context;
  for (const { spec } of await stores.retrainings.open()) {
    if (spec.model !== model) continue;
    if ((await stores.registry.findByKey(model, spec.key))?.version === version) return `retraining ${spec.key}`;
  }
  for (const serving of (await stores.deployments.all()).filter((each) => each.model === model)) {
    const { champion, challenger, shadow, environment } = serving;
    if ([champion, challenger, shadow].includes(version)) return `the traffic in ${environment}`;
    if ((await rolledOut(context, serving)) === version) return `rollout ${serving.rollout}`;
    for (const { _id, result, spec } of await stores.experiments.list(serving)) {
      if (result !== null || spec?.challenger !== version) continue;
      if (await isRunning(context, workflowIds.experiment(_id))) return `experiment ${_id}`;
    }
  }
  return null;
}

async function rolledOut(context: OperatorContext, serving: Serving): Promise<number | null> {
  if (serving.rollout == null || !(await isRunning(context, workflowIds.deployment(serving)))) return null;
  const known = (await context.client.deployments.status(targetIn(serving))).rollout;
  return known?.version ?? null;
}

/** Every version that may serve must have its artifact, whole; nothing mends one that is not. */
export const checkContents: Check = async (context) => {
  const findings: Diagnosis[] = [];
  const whole = new Map<string, Promise<void>>();
  const serving = await context.stores.deployments.all();
  for (const version of await versions(context)) {
    findings.push(await guarded(`artifact of ${version.name}`, () => verify(context, version, whole, serving)));
  }
  const known = new Set(findings.map(({ check }) => check));
  for (const { model, environment, champion } of serving) {
    const name = versionName(model, champion);
    if (known.has(`artifact of ${name}`)) continue;
    findings.push({ check: name, state: 'bad', finding: `serves in ${environment}, but is not registered` });
  }
  return findings;
};

async function verify(
  { stores }: OperatorContext,
  { model, version, artifact }: ModelVersion,
  whole: Map<string, Promise<void>>,
  servings: readonly Serving[],
): Promise<Omit<Diagnosis, 'check'>> {
  const read = whole.get(artifact) ?? stores.artifacts.get(artifact).then(() => undefined);
  whole.set(artifact, read);
  try {
    await read;
    return { state: 'good', finding: `${artifact.slice(0, 12)} is whole` };
  } catch (error) {
    const serves = servings.find((each) => each.model === model && each.champion === version);
    const back = serves === undefined || serves.previous === null ? undefined : rollBack(serves);
    return { state: 'bad', finding: (error as Error).message, command: back };
  }
}

function rollBack({ model, environment }: Serving): string {
  return `loopwright deployment roll-back ${model} -e ${environment} --who NAME --reason TEXT`;
}

/** Of every model, but for what never serves again. */
async function versions({ stores }: OperatorContext): Promise<ModelVersion[]> {
  const models = await stores.registry.models();
  const found = await Promise.all(models.map((model) => stores.registry.list(model)));
  return found.flat().filter(({ state }) => state !== 'deleted');
}
