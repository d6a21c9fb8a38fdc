import { ApplicationFailure } from '@temporalio/common';
import { failureTypes, pipelineOwner } from '../src/contracts';
import type { Instant, OpenedRun, RunPipelineInput } from '../src/contracts';
import { runStagesOf } from '../src/domain/pipeline-run-plan';
import { durationMs } from '../src/domain/time';
import { ArtifactCorruptError } from '../src/stores';
import type { PipelineRunDocument, Stores } from '../src/stores';
import { checkWorker } from './pipeline-check';
import { parseInput, resolveRun } from './pipeline-resolve';
import { takeEarlier } from './pipeline-reuse';
import type { StageDeps } from './pipeline-stage';

/** Checks and records a run, and says what is to be run. */
export async function openPipelineRun(
  deps: StageDeps,
  { workflowId, input, at }: { readonly workflowId: string; readonly input: RunPipelineInput; readonly at: Instant },
): Promise<OpenedRun> {
  const asked = parseInput(input);
  const run = (await standing(deps, workflowId)) ?? (await open(deps, workflowId, asked, at));
  const known = await deps.known.pipeline(run.digest);
  const { name, parallelism, onFailure } = known.pipeline;
  const reused = run.result === null && run.retryOf !== null ? await takeEarlier(deps, known, run, run.retryOf) : {};
  return {
    ...{ run: run._id, pipeline: name, digest: run.digest, day: run.day, params: run.params, parallelism },
    stages: runStagesOf(known.pipeline),
    onFailureMs: onFailure === null ? null : durationMs(onFailure.timeout),
    reused,
    ended: run.result,
  };
}

/** The run that is open or has succeeded: it stands as it was asked for, whatever its pipeline's name stands for now. */
async function standing({ stores }: StageDeps, workflowId: string): Promise<PipelineRunDocument | null> {
  const run = await stores.pipelineRuns.newest(workflowId);
  if (run === null) return null;
  const stands = run.result === null ? !(await wasUndone(stores, run)) : run.result.decision === 'succeeded';
  return stands ? run : null;
}

/** A run that was terminated while it was undone does not go on: what it has done may be undone. It is closed. */
async function wasUndone({ pipelineRuns, pipelineStages }: Stores, run: PipelineRunDocument): Promise<boolean> {
  const { _id: id, pipeline, digest } = run;
  const handled = (await pipelineStages.of(id)).filter(({ stage }) => stage.startsWith('@'));
  if (handled.length === 0) return false;
  const none = { succeeded: 0, failed: 0, skipped: 0 };
  const end = { decision: 'failed' as const, reasons: ['it was terminated while it was undone'], outputs: {} };
  await pipelineRuns.close(id, { run: id, pipeline, digest, ...end, stages: none, undone: [] });
  return true;
}

async function open(
  deps: StageDeps,
  workflowId: string,
  input: RunPipelineInput,
  at: Instant,
): Promise<PipelineRunDocument> {
  const { stores, images } = deps;
  const { known, inline, ...facts } = await resolveRun(deps, input, at);
  await checkWorker(images, known.pipeline, facts.files);
  if (inline !== null) await stores.pipelines.keep(inline.spec, inline.digest);
  const run = await stores.pipelineRuns.open({ ...facts, workflowId, pipeline: known.pipeline.name });
  await claimFiles(deps, run);
  return run;
}

/** A run whose files are not there cannot be run; it is closed, so that the same id may be used again. */
async function claimFiles({ stores }: StageDeps, run: PipelineRunDocument): Promise<void> {
  const { _id: id, pipeline, digest, files } = run;
  for (const [path, ref] of Object.entries(files)) {
    try {
      await stores.artifactFiles.claim(ref, pipelineOwner(id));
    } catch (error) {
      if (!(error instanceof ArtifactCorruptError)) throw error;
      const reason = `files.${path} is ${ref.uri}: ${error.message}`;
      const none = { succeeded: 0, failed: 0, skipped: 0 };
      const end = { decision: 'failed' as const, reasons: [reason], stages: none, undone: [], outputs: {} };
      await stores.pipelineRuns.close(id, { run: id, pipeline, digest, ...end });
      throw ApplicationFailure.nonRetryable(reason, failureTypes.artifactCorrupt);
    }
  }
}
