import { workflowInfo } from '@temporalio/workflow';
import type { WorkflowDefinitionOptions } from '@temporalio/common';

/**
 * How a workflow moves between worker versions. The server refuses a behaviour from a worker that is not versioned,
 * so it is declared only where there is a deployment version.
 */
export function versioned(behaviour: 'AUTO_UPGRADE' | 'PINNED'): () => WorkflowDefinitionOptions {
  return () => {
    const version = workflowInfo().currentDeploymentVersion;
    return version?.deploymentName ? { versioningBehavior: behaviour } : {};
  };
}
