import { registrationCommand, SEARCH_ATTRIBUTE_NAMES, workflowIds } from '../contracts';
import type { OperatorContext } from './context';
import { guarded, stateOf } from './doctor-finding';
import type { Check, Diagnosis } from './doctor-finding';

/** Search attributes, MongoDB, and whether both are of the same set-up. */
export const checkSetup: Check = async (context) => [
  await guarded('search attributes', () => checkAttributes(context)),
  await guarded('MongoDB', () => checkMongo(context)),
  await guarded('namespace', () => checkNamespace(context)),
];

async function checkAttributes({ temporal }: OperatorContext): Promise<Omit<Diagnosis, 'check'>> {
  const { namespace } = temporal.options;
  const { customAttributes } = await temporal.connection.operatorService.listSearchAttributes({ namespace });
  const missing = SEARCH_ATTRIBUTE_NAMES.filter((name) => customAttributes?.[name] === undefined);
  if (missing.length === 0) return { state: 'good', finding: 'all registered' };
  return {
    state: 'note',
    finding: 'missing, the memo takes their place',
    command: registrationCommand(missing),
  };
}

async function checkMongo({ mongo }: OperatorContext): Promise<Omit<Diagnosis, 'check'>> {
  const hello = await mongo.db('admin').command({ hello: 1 });
  const set = hello.setName as string | undefined;
  if (set === undefined) return { state: 'bad', finding: 'no replica set: transactions need one' };
  const { version } = (await mongo.db('admin').command({ buildInfo: 1 })) as { version?: string };
  return { state: 'good', finding: `replica set ${set}, version ${version ?? 'unknown'}` };
}

/** A database beside another Temporal looks as if every workflow had been ended: mending that would end what runs. */
async function checkNamespace(context: OperatorContext): Promise<Omit<Diagnosis, 'check'>> {
  const { namespace } = context.temporal.options;
  const servings = await context.stores.deployments.all();
  for (const serving of servings) {
    if ((await stateOf(context, workflowIds.deployment(serving))) !== null) {
      return { state: 'good', finding: `${namespace} knows the deployments of the database` };
    }
  }
  if (servings.length === 0) return { state: 'good', finding: `${namespace}, nothing is deployed yet` };
  const finding = `${namespace} knows no deployment of the database: is it of another Temporal? Nothing is repaired`;
  return { state: 'bad', finding, blocks: true };
}
