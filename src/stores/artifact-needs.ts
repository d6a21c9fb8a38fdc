import type { IsReferenced } from './artifact';
import type { BaselineStore } from './baseline';
import type { RegistryStore } from './registry';

/** Whether a version that may serve, or a baseline, needs an artifact: one answer for whoever discards. */
export function artifactNeeds(stores: {
  readonly registry: RegistryStore;
  readonly baselines: BaselineStore;
}): IsReferenced {
  const { registry, baselines } = stores;
  return async (digest) => (await registry.findByArtifact(digest)) !== null || baselines.names(digest);
}
