import { ApplicationFailure } from '@temporalio/common';
import {
  allHandlersFinished,
  CancellationScope,
  condition,
  continueAsNew,
  isCancellation,
  setWorkflowOptions,
  workflowInfo,
} from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type { PipelineResult, RunPipelineInput, WorkerPlan } from '../src/contracts';
import { iso } from '../src/domain/time';
import { activities, SHORT } from './lib/activities';
import { EarlyUpdates } from './lib/early';
import { isRecord } from './lib/guards';
import { PipelineMessages } from './lib/pipeline-messages';
import { nominalTime, PipelineRun } from './lib/pipeline';
import { schedule } from './lib/pipeline-schedule';
import { finish } from './lib/pipeline-end';
import { versioned } from './lib/versioning';

const run = activities(SHORT);

const UPDATES = [contracts.approveStageUpdate, contracts.cancelPipelineUpdate, contracts.resolvePipelineUpdate];

setWorkflowOptions(versioned('PINNED'), runPipeline);

/**
 * Runs the stages of a pipeline as their order allows; what failed is undone and fails the workflow, so that a list
 * of workflows and a schedule see it. With `planOnly` it says what a worker would do and does nothing.
 */
export async function runPipeline(input: RunPipelineInput): Promise<PipelineResult | WorkerPlan> {
  const updates = new EarlyUpdates(UPDATES);
  // A start from elsewhere may be anything: the first activity refuses it.
  const { state: given, ...asked }: RunPipelineInput = isRecord(input) ? input : {};
  const at = nominalTime() ?? iso(workflowInfo().startTime.getTime());
  if (asked.planOnly === true) return run.planPipelineRun({ input: asked, at }, 'what this worker would do');
  const scope = new CancellationScope();
  const pipeline = new PipelineRun();
  const messages = new PipelineMessages(pipeline, scope, updates);
  const { workflowId, continuedFromExecutionRunId } = workflowInfo();
  // A run that is recorded is ended as well: one that is cancelled meanwhile is seen through.
  const opened = await CancellationScope.nonCancellable(() =>
    run.openPipelineRun({ workflowId, input: asked, at }, 'check, compile and record the run'),
  );
  // Only an earlier history of this run may say what has been done.
  pipeline.open(opened, continuedFromExecutionRunId === undefined ? undefined : given);
  messages.listen();
  if (opened.ended !== null) {
    pipeline.close(opened.ended);
    await answered();
    return opened.ended;
  }
  let cancellation: Error | null = null;
  try {
    await scope.run(async () => {
      if ((await schedule(pipeline)) === 'full') await goOn(pipeline, asked);
    });
  } catch (error) {
    // Stages that fail have ended: the schedule itself is only ended by a cancellation.
    if (!isCancellation(error)) throw error as Error;
    cancellation = error as Error;
  }
  const result = await CancellationScope.nonCancellable(() =>
    finish(pipeline, asked.returns ?? [], cancellation !== null),
  );
  await answered();
  if (result.decision === 'failed') throw failed(result);
  // Cancelled in Temporal it ends as cancelled there, too; by a person's update it has a result.
  if (cancellation !== null && pipeline.cancelledBy === null) throw cancellation;
  return result;
}

/** Whoever asked is answered, also when the workflow is being cancelled. */
function answered(): Promise<void> {
  return CancellationScope.nonCancellable(() => condition(allHandlersFinished));
}

async function goOn(pipeline: PipelineRun, { spec, ...input }: RunPipelineInput): Promise<never> {
  await pipeline.record();
  await condition(allHandlersFinished);
  const { pipeline: name, digest } = pipeline.opened;
  // A declaration is kept by now: its digest is enough.
  const named = spec === undefined ? {} : { pipeline: name, digest };
  return continueAsNew<typeof runPipeline>({ ...input, ...named, state: pipeline.state() });
}

function failed({ pipeline, reasons }: PipelineResult): ApplicationFailure {
  const message = `pipeline ${pipeline} failed: ${reasons.join('; ')}`;
  return ApplicationFailure.nonRetryable(message.slice(0, 8_000), contracts.failureTypes.pipelineFailed);
}
