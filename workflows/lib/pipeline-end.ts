import { ActivityCancellationType } from '@temporalio/workflow';
import { PIPELINE_RUN_LIMITS } from '../../src/contracts';
import type { PipelineResult, RunStage } from '../../src/contracts';
import { activities, LONG, SHORT, UNDO } from './activities';
import type { PipelineRun } from './pipeline';
import { withdrawStage } from './pipeline-deploy';
import { messageOf } from './failures';
import { Saga } from './saga';
import type { SagaWatcher } from './saga';

const run = activities(SHORT);

/** Undoes a run that did not succeed, runs what it declares for that, and records the end. */
export async function finish(
  pipeline: PipelineRun,
  returns: readonly string[],
  cancelled: boolean,
): Promise<PipelineResult> {
  const reasons = cancelled ? [pipeline.cancelledBy ?? 'cancelled in Temporal'] : pipeline.failures();
  if (reasons.length > 0) await undo(pipeline);
  if (reasons.length > 0 && !cancelled) reasons.push(...(await tellFailure(pipeline)));
  await pipeline.record();
  const { run: id, pipeline: name, digest, stages } = pipeline.opened;
  const count = (outcome: string) => stages.filter((stage) => pipeline.endOf(stage.name)?.outcome === outcome).length;
  const result: Omit<PipelineResult, 'outputs'> = {
    run: id,
    pipeline: name,
    digest,
    decision: cancelled ? 'cancelled' : reasons.length > 0 ? 'failed' : 'succeeded',
    reasons: reasons.slice(0, PIPELINE_RUN_LIMITS.reasons),
    stages: { succeeded: count('succeeded'), failed: count('failed'), skipped: count('skipped') },
    undone: pipeline.undone,
  };
  return pipeline.close(await run.closePipelineRun({ run: id, result, returns }, result.decision));
}

/** Newest first: every stage that began here and declares how; one that took its result from elsewhere did nothing. */
async function undo(pipeline: PipelineRun): Promise<void> {
  pipeline.enter('undoing');
  const saga = new Saga(new Watcher(pipeline));
  pipeline.resolve = (command) => {
    if (saga.waitsFor === null) return false;
    saga.resolve(command);
    pipeline.failedCompensation = null;
    pipeline.phase = 'undoing';
    return true;
  };
  const stages = new Map(pipeline.opened.stages.map((stage) => [stage.name, stage]));
  for (const name of pipeline.begun) {
    const stage = stages.get(name)!;
    const work = undoing(pipeline, stage);
    if (work === null) continue;
    await saga.step(name, work, () => Promise.resolve());
  }
  await saga.compensate();
  if (pipeline.undone.length === 0) return;
  const record = { run: pipeline.opened.run, stages: {}, undone: pipeline.undone };
  await run.recordStages(record, `record that ${pipeline.undone.length} stages are undone`);
}

function undoing(pipeline: PipelineRun, stage: RunStage): (() => Promise<void>) | null {
  const { name, deployment, compensateMs } = stage;
  const end = pipeline.endOf(name);
  if (deployment === undefined && (compensateMs === undefined || end?.source === 'cache')) return null;
  const outcome = end?.outcome === 'succeeded' ? 'succeeded' : 'failed';
  return async () => {
    if (deployment !== undefined) await withdrawStage(pipeline, { ...stage, deployment });
    if (compensateMs !== undefined)
      await handlers(compensateMs).runHandler({ run: pipeline.opened.run, stage: name, outcome }, `undo: ${name}`);
    pipeline.undone.push(name);
  };
}

/** What the pipeline declares for a failure; that it failed itself is one more reason. */
async function tellFailure(pipeline: PipelineRun): Promise<string[]> {
  const { onFailureMs, run: id } = pipeline.opened;
  if (onFailureMs === null) return [];
  try {
    await handlers(onFailureMs).runHandler({ run: id, stage: null, outcome: 'failed' }, 'onFailure');
    return [];
  } catch (error) {
    return [`onFailure failed: ${messageOf(error)}`];
  }
}

function handlers(timeoutMs: number) {
  const { retry } = UNDO;
  return activities({
    ...LONG,
    startToCloseTimeout: timeoutMs,
    retry: { ...retry, maximumAttempts: 5 },
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  });
}

/** Shows a compensation that waits for a person. */
class Watcher implements SagaWatcher {
  private readonly pipeline: PipelineRun;

  constructor(pipeline: PipelineRun) {
    this.pipeline = pipeline;
  }

  failed(step: string): Promise<void> {
    this.pipeline.failedCompensation = step;
    this.pipeline.enter('compensation-failed');
    return Promise.resolve();
  }

  resolved(): Promise<void> {
    this.pipeline.enter('undoing');
    return Promise.resolve();
  }
}
