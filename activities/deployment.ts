import { ApplicationFailure } from '@temporalio/common';
import { failureTypes, versionName } from '../src/contracts';
import type { DeploymentActivities, ModelTarget, ModelVersion } from '../src/contracts';
import { fallbacksOf } from '../src/domain/deployment';
import type { Stores } from '../src/stores';

type Needed = Pick<Stores, 'deployments' | 'registry' | 'artifacts'>;

/** The deployment's reads and writes; they run as local activities. */
export function createDeploymentActivities(
  stores: Needed,
  environments: readonly string[] | undefined,
): DeploymentActivities {
  const { deployments } = stores;
  return {
    writeDeployment: ({ entry }) => deployments.write(entry),
    findDecision: ({ target, key }) => deployments.findByKey(target, key),
    loadDeployment: (target) => deployments.newest(target),
    checkDeployable: async ({ target, version }) => {
      if (environments?.includes(target.environment) === false)
        return `environment is "${target.environment}": expected one of ${environments.join(', ')}`;
      const found = await stores.registry.find(target.model, version);
      if (found !== null) return whyNot(stores, target, found);
      const message = `${versionName(target.model, version)} is not registered`;
      throw ApplicationFailure.nonRetryable(message, failureTypes.notFound);
    },
    findEntry: ({ target, token }) => deployments.findEntry(target, token),
    findFallback: async ({ target, version }) => {
      for (const candidate of fallbacksOf(await deployments.history(target), version)) {
        const found = await stores.registry.find(target.model, candidate);
        if (found !== null && (await whyNot(stores, target, found)) === null) return candidate;
      }
      return null;
    },
  };
}

/** Why a registered version cannot serve, or null. */
async function whyNot(stores: Needed, target: ModelTarget, version: ModelVersion): Promise<string | null> {
  if (version.state === 'deleted') return `${version.name} was deleted: it never serves again`;
  if (!(await stores.artifacts.exists(version.artifact)))
    return `the artifact of ${version.name} is not in the store: ${version.artifact}`;
  const serving = await stores.deployments.newest(target);
  if (serving === null || serving.champion === version.version || version.signature === undefined) return null;
  const champion = await stores.registry.find(target.model, serving.champion);
  if (champion?.signature === undefined) return null;
  const before = new Map(champion.signature.map(({ name, type }) => [name, type]));
  // Fewer features are fine.
  const differing = version.signature.filter(({ name, type }) => before.get(name) !== type);
  if (differing.length === 0) return null;
  // What was trained on logged rows, or has served before, takes features that the traffic carries.
  const isKnown = version.dataset !== null || (await stores.deployments.hasServed(target, version.version));
  const refused = differing.filter(({ name }) => before.has(name) || !isKnown);
  const words = refused.map(({ name, type }) =>
    before.has(name) ? `${name} is a ${type}, was a ${before.get(name)}` : `${name} is new`,
  );
  return words.length === 0 ? null : `${version.name} takes other features than ${champion.name}: ${words.join(', ')}`;
}
