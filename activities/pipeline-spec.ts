import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../src/contracts';
import type { CompiledPipeline, PipelineSpec, PipelineValue } from '../src/contracts';
import { compilePipeline } from '../src/domain/pipeline-compile';
import { wrongParameters } from '../src/domain/pipeline-parameters';
import { parseWith, pipelineSchema, SchemaError } from '../src/schemas';
import type { SchemaIssue } from '../src/schemas';
import { problemsIn } from '../src/schemas/parse';
import { digestOf } from '../src/stores/unique-batch';

/** As many problems as one failure tells. */
const TOLD = 20;

/** A declaration with its defaults, what it compiles to, and its digest. */
export interface CompiledSpec {
  readonly spec: PipelineSpec;
  readonly pipeline: CompiledPipeline;
  /** SHA-256 over the canonical JSON of the declaration with its defaults, hex. */
  readonly digest: string;
}

/**
 * Reads and compiles a declaration.
 * @throws ApplicationFailure not to be tried again, naming every path, value and what is accepted
 */
export function compileSpec(given: unknown): CompiledSpec {
  const spec = checked(() => parseWith(pipelineSchema, given, 'pipeline'));
  return { spec, pipeline: compiled(spec), digest: digestOf(spec).toString('hex') };
}

/** Compiles a declaration that is kept; one that an earlier release accepted may be refused by this one. */
export function compiled(spec: PipelineSpec): CompiledPipeline {
  const { pipeline, issues } = compilePipeline(spec);
  if (pipeline !== null) return pipeline;
  throw refused(`pipeline ${spec.metadata.name}`, problemsIn(spec, issues));
}

/** The parameters of a run: the declared ones with what is given in the place of their defaults. */
export function paramsOf(
  pipeline: CompiledPipeline,
  given: Readonly<Record<string, PipelineValue>>,
): Readonly<Record<string, PipelineValue>> {
  const issues = wrongParameters(pipeline, given);
  if (issues.length > 0) throw refused(`run of ${pipeline.name}`, problemsIn({ params: given }, issues));
  return { ...pipeline.parameters, ...given };
}

/** A failure that no retry can mend, with the first of what is wrong. */
export function refused(what: string, problems: readonly SchemaIssue[]): ApplicationFailure {
  const { message } = new SchemaError(what, problems.slice(0, TOLD));
  const more = problems.length > TOLD ? `; and ${problems.length - TOLD} more` : '';
  return ApplicationFailure.nonRetryable(message + more, failureTypes.invalidSpec);
}

/** What a check returns; what it refuses is refused for good. */
export function checked<T>(check: () => T): T {
  try {
    return check();
  } catch (error) {
    throw error instanceof SchemaError ? refused(error.what, error.issues) : (error as Error);
  }
}
