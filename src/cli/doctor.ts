import { registrationCommand, SEARCH_ATTRIBUTE_NAMES, workflowIds } from '../contracts';
import type { OperatorContext } from './context';

/** One thing that was looked at. */
export interface Finding extends Record<string, unknown> {
  readonly check: string;
  readonly state: 'good' | 'bad' | 'note';
  readonly finding: string;
}

/** Looks at the set-up and at what a crash or a terminate may have left. */
export async function diagnose(context: OperatorContext): Promise<Finding[]> {
  return [
    await guarded('search attributes', () => checkAttributes(context)),
    await guarded('MongoDB', () => checkMongo(context)),
    ...(await checkRetrainings(context)),
    ...(await checkServing(context)),
  ];
}

async function guarded(check: string, work: () => Promise<Omit<Finding, 'check'>>): Promise<Finding> {
  try {
    return { check, ...(await work()) } as Finding;
  } catch (error) {
    return { check, state: 'bad', finding: (error as Error).message };
  }
}

async function checkAttributes({ temporal }: OperatorContext): Promise<Omit<Finding, 'check'>> {
  const { namespace } = temporal.options;
  const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({ namespace });
  const missing = SEARCH_ATTRIBUTE_NAMES.filter((name) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return { state: 'good', finding: 'all registered' };
  return {
    state: 'note',
    finding: `missing, the memo takes their place; to register: ${registrationCommand(missing)}`,
  };
}

async function checkMongo({ mongo }: OperatorContext): Promise<Omit<Finding, 'check'>> {
  const hello = await mongo.db('admin').command({ hello: 1 });
  const set = hello.setName as string | undefined;
  if (set === undefined) return { state: 'bad', finding: 'no replica set: transactions need one' };
  const { version } = (await mongo.db('admin').command({ buildInfo: 1 })) as { version?: string };
  return { state: 'good', finding: `replica set ${set}, version ${version ?? 'unknown'}` };
}

/** A retraining that has no result needs a workflow that works on it. */
async function checkRetrainings({ temporal, stores }: OperatorContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const { model, environment, spec } of await stores.retrainings.open()) {
    const id = workflowIds.retraining({ model, environment });
    const found = await temporal.workflow
      .getHandle(id)
      .describe()
      .catch(() => null);
    const alive = found?.status.name === 'RUNNING';
    findings.push({
      check: `retraining ${spec.key}`,
      state: alive ? 'good' : 'bad',
      finding: alive ? 'open, its workflow runs' : `open in the store, but ${id} does not run`,
    });
  }
  return findings;
}

/** What serves must be registered, with its artifact whole. */
async function checkServing({ stores }: OperatorContext): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const serving of await stores.deployments.all()) {
    for (const number of [serving.champion, serving.challenger]) {
      if (number === null) continue;
      const check = `${serving.model}@${number} in ${serving.environment}`;
      findings.push(
        await guarded(check, async () => {
          const version = await stores.registry.find(serving.model, number);
          if (version === null) return { state: 'bad', finding: 'serves, but is not registered' };
          await stores.artifacts.get(version.artifact);
          return { state: 'good', finding: `artifact ${version.artifact.slice(0, 12)} is whole` };
        }),
      );
    }
  }
  return findings;
}
