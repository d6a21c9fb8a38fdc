import type { DeploymentActivities } from '../src/contracts';
import type { Stores } from '../src/stores';

/** The deployment's writes; they run as local activities. */
export function createDeploymentActivities({ deployments }: Pick<Stores, 'deployments'>): DeploymentActivities {
  return {
    writeDeployment: ({ entry }) => deployments.write(entry),
    findDecision: ({ target, key }) => deployments.findByKey(target, key),
    loadDeployment: (target) => deployments.newest(target),
  };
}
