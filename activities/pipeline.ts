import type { Images } from '../src/adapters/executor';
import type { ArtifactRef, PipelineActivities, PipelineResult } from '../src/contracts';
import type { Stores } from '../src/stores';
import { inParallel } from '../src/stores/in-parallel';
import { planPipelineRun } from './pipeline-foresight';
import { runHandler } from './pipeline-handler';
import { Known } from './pipeline-known';
import { archiveStageModel, findStageModel, registerStageModel } from './pipeline-model';
import { openPipelineRun } from './pipeline-open';
import { runStage } from './pipeline-stage';

/** What a pipeline's activities work with. */
export interface PipelineDeps {
  readonly stores: Stores;
  readonly images: Images;
}

/** What a run of a pipeline asks. Whether a stage may run is `domain`'s to say. */
export function createPipelineActivities({ stores, images }: PipelineDeps): PipelineActivities {
  const deps = { stores, images, known: new Known(stores) };
  return {
    openPipelineRun: (input) => openPipelineRun(deps, input),
    planPipelineRun: (input) => planPipelineRun(deps, input),
    runStage: (input) => runStage(deps, input),
    runHandler: (input) => runHandler(deps, input),
    registerStageModel: (input) => registerStageModel(deps, input),
    findStageModel: (input) => findStageModel(deps, input),
    archiveStageModel: (input) => archiveStageModel(deps, input),
    recordStages: (input) => recordStages(stores, input),
    closePipelineRun: (input) => closePipelineRun(stores, input),
  };
}

async function recordStages(
  { pipelineStages }: Stores,
  { run, stages, undone = [] }: Parameters<PipelineActivities['recordStages']>[0],
): Promise<void> {
  await inParallel(Object.entries(stages), ([name, { outcome, reason, version }]) => {
    const given = { state: outcome, ...(reason === undefined ? {} : { reason }) };
    return pipelineStages.decide(run, name, { ...given, ...(version === undefined ? {} : { version }) });
  });
  await inParallel(undone, (name) => pipelineStages.decide(run, name, { undone: true }));
}

async function closePipelineRun(
  stores: Stores,
  { run, result, returns }: Parameters<PipelineActivities['closePipelineRun']>[0],
): Promise<PipelineResult> {
  const outputs: Record<string, ArtifactRef> = {};
  for (const name of returns) {
    const [stage, output] = name.split('.');
    const units = (await stores.pipelineStages.of(run, stage)).filter(({ unit }) => unit >= 0);
    const left = units.length === 1 ? (units[0]!.outcome?.outputs ?? {}) : {};
    if (output !== undefined && Object.hasOwn(left, output)) outputs[name] = left[output]!;
  }
  return stores.pipelineRuns.close(run, { ...result, outputs });
}
