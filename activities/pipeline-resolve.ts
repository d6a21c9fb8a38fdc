import type { Instant, RunPipelineInput } from '../src/contracts';
import { dayIn } from '../src/domain/calendar';
import { didYouMean } from '../src/domain/suggest';
import { parseWith, runPipelineInputSchema } from '../src/schemas';
import type { PipelineDocument, PipelineRunFacts, Stores } from '../src/stores';
import { problem } from '../src/schemas/parse';
import type { Known, KnownPipeline } from './pipeline-known';
import { checked, compileSpec, paramsOf, refused } from './pipeline-spec';
import type { CompiledSpec } from './pipeline-spec';

/** What a run is to be. */
export interface ResolvedRun extends Omit<PipelineRunFacts, 'workflowId' | 'pipeline'> {
  readonly known: KnownPipeline;
  /** A declaration that is not kept yet. */
  readonly inline: CompiledSpec | null;
}

interface Deps {
  readonly stores: Stores;
  readonly known: Known;
}

/** Checks an input of `runPipeline`. @throws ApplicationFailure not to be tried again */
export function parseInput(given: unknown): RunPipelineInput {
  return checked(() => parseWith(runPipelineInputSchema, given, 'pipeline run'));
}

/**
 * What an input asks for: the pipeline by name, digest or declaration, or that of the run that is retried.
 * @param start the run's nominal time where the input has none
 * @throws ApplicationFailure not to be tried again
 */
export async function resolveRun(deps: Deps, input: RunPipelineInput, start: Instant): Promise<ResolvedRun> {
  const who = input.who ?? null;
  if (input.retryOf !== undefined) return { ...(await resolveRetry(deps, input, input.retryOf)), who };
  const inline = input.spec === undefined ? null : compileSpec(input.spec);
  const digest = inline?.digest ?? (await findPipeline(deps.stores, input))._id;
  const known = inline === null ? await deps.known.pipeline(digest) : deps.known.put(digest, inline.pipeline);
  const params = paramsOf(known.pipeline, input.params ?? {});
  const at = input.at ?? start;
  const day = dayIn(at, known.pipeline.timezone);
  return { known, digest, params, at, day, retryOf: null, files: input.files ?? {}, who, inline };
}

async function findPipeline(
  { pipelines }: Stores,
  { pipeline: name, digest }: RunPipelineInput,
): Promise<PipelineDocument> {
  const found = digest === undefined ? await pipelines.current(name!) : await pipelines.find(digest);
  if (found === null && digest !== undefined)
    throw refused('pipeline run', [
      problem('digest', digest, 'expected the digest of a pipeline that was applied or run'),
    ]);
  if (found === null) {
    const names = (await pipelines.list()).map((document) => document.name);
    throw refused('pipeline run', [
      problem('pipeline', name, `expected one that was applied, ${didYouMean(name!, names)}`),
    ]);
  }
  if (name !== undefined && found.name !== name)
    throw refused('pipeline run', [problem('digest', digest, `expected a digest of ${name}, this is ${found.name}`)]);
  return found;
}

/** A retry is the same run again: its pipeline, parameters, day and files. */
async function resolveRetry(
  { stores, known }: Deps,
  { pipeline, digest }: RunPipelineInput,
  id: string,
): Promise<Omit<ResolvedRun, 'who'>> {
  const earlier = await stores.pipelineRuns.find(id);
  const refuse = (expected: string) => refused('pipeline run', [problem('retryOf', id, expected)]);
  if (earlier === null) throw refuse('expected the id of a run that is recorded');
  if (earlier.result === null) throw refuse('expected a run that has ended, this one has not');
  if (earlier.result.decision === 'succeeded') throw refuse('expected a run that did not succeed, this one has');
  if (pipeline !== undefined && pipeline !== earlier.pipeline) throw refuse(`expected a run of ${pipeline}`);
  if (digest !== undefined && digest !== earlier.digest) throw refuse(`expected a run of the digest ${digest}`);
  const { params, at, day, files } = earlier;
  const pipelineKnown = await known.pipeline(earlier.digest);
  return { known: pipelineKnown, digest: earlier.digest, params, at, day, files, retryOf: id, inline: null };
}
