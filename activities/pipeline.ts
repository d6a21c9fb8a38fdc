import type { PipelineActivities } from '../src/contracts';
import type { Stores } from '../src/stores';
import type { Images } from '../src/adapters/executor';

/** What a pipeline's activities work with. */
export interface PipelineDeps {
  readonly stores: Stores;
  readonly images: Images;
}

/** What a run of a pipeline asks. Whether a stage may run is `domain`'s to say. */
export function createPipelineActivities(_deps: PipelineDeps): PipelineActivities {
  const unbuilt = (): Promise<never> => Promise.reject(new Error('not built yet'));
  return {
    openPipelineRun: unbuilt,
    planPipelineRun: unbuilt,
    runStage: unbuilt,
    runHandler: unbuilt,
    registerStageModel: unbuilt,
    archiveStageModel: unbuilt,
    recordStages: unbuilt,
    closePipelineRun: unbuilt,
  };
}
