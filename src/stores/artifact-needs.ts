import { cacheOwner, pipelineOwner } from '../contracts';
import type { IsReferenced } from './artifact';
import type { BaselineStore } from './baseline';
import type { PipelineRunStore } from './pipeline-run';
import type { RegistryStore } from './registry';
import type { StageCacheStore } from './stage-cache';

/** Whether a version that may serve, or a baseline, needs an artifact: one answer for whoever discards. */
export function artifactNeeds(stores: {
  readonly registry: RegistryStore;
  readonly baselines: BaselineStore;
}): IsReferenced {
  const { registry, baselines } = stores;
  return async (digest) => (await registry.findByArtifact(digest)) !== null || baselines.names(digest);
}

/** Owners that are asked for at once. */
const BATCH = 1_000;

/** Which of these owners are recorded runs of pipelines, or results that the cache has: they keep what they claim. */
export async function pipelineOwners(
  stores: { readonly pipelineRuns: PipelineRunStore; readonly stageCache: StageCacheStore },
  owners: readonly string[],
): Promise<Set<string>> {
  const kinds = [
    { ownerOf: pipelineOwner, known: (runs: readonly string[]) => stores.pipelineRuns.recorded(runs) },
    { ownerOf: cacheOwner, known: (keys: readonly string[]) => stores.stageCache.made(keys) },
  ];
  const found = new Set<string>();
  for (const { ownerOf, known } of kinds) {
    const prefix = ownerOf('');
    const ids = [...new Set(owners.filter((owner) => owner.startsWith(prefix)))].map((key) => key.slice(prefix.length));
    for (let from = 0; from < ids.length; from += BATCH)
      for (const id of await known(ids.slice(from, from + BATCH))) found.add(ownerOf(id));
  }
  return found;
}
