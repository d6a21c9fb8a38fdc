import { ActivityFailure, TimeoutFailure } from '@temporalio/common';
import { ActivityCancellationType, isCancellation, workflowInfo } from '@temporalio/workflow';
import { NON_RETRYABLE } from '../../src/contracts';
import type { EndedStage, RunStage, StageReport, StageSource } from '../../src/contracts';
import { activities, LONG } from './activities';
import type { PipelineRun } from './pipeline';
import { deployStage } from './pipeline-deploy';
import type { Slots } from './pipeline-slots';
import { messageOf } from './failures';

/** Runs a stage, once or for each item, and says how it ended. It takes its slots at once. Only a cancellation is thrown. */
export async function executeStage(run: PipelineRun, stage: RunStage, slots: Slots): Promise<EndedStage> {
  const units = Array.from({ length: stage.units }, (_, unit) => slots.run(() => runUnit(run, stage, unit)));
  const ends = await Promise.all(units.map((unit) => unit.catch(failureOf)));
  const cancelled = ends.find((end) => end instanceof Cancelled);
  if (cancelled !== undefined) throw cancelled.error;
  const reports = ends as (StageReport | string)[];
  const failed = reports.flatMap((end, unit) => {
    const why = typeof end === 'string' ? end : end.broken.join('; ');
    return why === '' ? [] : [stage.units === 1 ? why : `item ${unit}: ${why}`];
  });
  if (failed.length > 0) return { outcome: 'failed', reason: wordsOf(failed), source: 'run' };
  const good = reports as StageReport[];
  const [only] = good;
  const end: EndedStage = {
    outcome: 'succeeded',
    source: sourceOf(good),
    // Of a fan-out no condition can ask.
    ...(only !== undefined && stage.units === 1 ? { metrics: only.metrics, outputs: only.outputs } : {}),
  };
  if (stage.deployment === undefined) return end;
  try {
    return await deployStage(run, { ...stage, deployment: stage.deployment }, end);
  } catch (error) {
    if (isCancellation(error)) throw error;
    return { outcome: 'failed', reason: messageOf(error), source: 'run' };
  }
}

class Cancelled {
  readonly error: unknown;

  constructor(error: unknown) {
    this.error = error;
  }
}

/** The other items go on, so that a retry finds them done. */
function failureOf(error: unknown): string | Cancelled {
  if (isCancellation(error)) return new Cancelled(error);
  if (error instanceof ActivityFailure && error.cause instanceof TimeoutFailure)
    return `${error.cause.timeoutType === 'HEARTBEAT' ? 'its worker was lost' : 'it took too long'}, and it may not be tried again`;
  return messageOf(error);
}

function runUnit({ opened }: PipelineRun, stage: RunStage, unit: number): Promise<StageReport> {
  const { name, gpu, timeoutMs, retry, units } = stage;
  const attempt = activities({
    ...LONG,
    startToCloseTimeout: timeoutMs,
    // What was told to stop may leave things behind until it has.
    cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
    retry: {
      maximumAttempts: retry.attempts,
      initialInterval: retry.intervalMs,
      backoffCoefficient: retry.backoff,
      nonRetryableErrorTypes: [...NON_RETRYABLE],
    },
    ...(gpu ? { taskQueue: `${workflowInfo().taskQueue}-gpu` } : {}),
  });
  return attempt.runStage({ run: opened.run, stage: name, unit }, units === 1 ? name : `${name} ${unit + 1}/${units}`);
}

/** What ran in part here ran here. */
function sourceOf(reports: readonly StageReport[]): StageSource {
  const sources = new Set(reports.map(({ source }) => source));
  if (sources.size === 1) return reports[0]!.source;
  return 'run';
}

function wordsOf(failed: readonly string[]): string {
  const shown = failed.slice(0, 5).join('; ');
  return failed.length > 5 ? `${shown}; and ${failed.length - 5} more` : shown;
}
