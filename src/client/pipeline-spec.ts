import { randomInt } from 'node:crypto';
import { DEFAULT_ENVIRONMENT } from '../contracts';
import type { CompiledPipeline, Instant, ModelTarget, PipelineSpec, PipelineValue } from '../contracts';
import { compilePipeline } from '../domain/pipeline-compile';
import { wrongParameters } from '../domain/pipeline-parameters';
import { didYouMean } from '../domain/suggest';
import { parseWith, pipelineSchema, SchemaError } from '../schemas';
import type { PipelineSpecInput } from '../schemas';
import { problem, problemsIn } from '../schemas/parse';
import type { PipelineDocument, Stores } from '../stores';
import { digestOf } from '../stores/unique-batch';

/** A pipeline that can be run. */
export interface CheckedPipeline {
  readonly spec: PipelineSpec;
  readonly pipeline: CompiledPipeline;
  /** SHA-256 of the declaration with its defaults. */
  readonly digest: string;
}

/**
 * Checks a declaration as it is written: its fields, then what its parts say of each other.
 * @throws SchemaError with path, value and what is accepted
 */
export function checkPipeline(input: PipelineSpecInput): CheckedPipeline {
  const spec = parseWith(pipelineSchema, input, 'pipeline');
  return { ...compiled(spec), digest: digestOf(spec).toString('hex') };
}

/** What is kept has its defaults and its units already: it is not read a second time. @throws SchemaError */
export function checkDocument({ spec, _id }: Pick<PipelineDocument, 'spec' | '_id'>): CheckedPipeline {
  return { ...compiled(spec), digest: _id };
}

/**
 * A pipeline by the name under which it was applied, or by its declaration.
 * @throws Error for a name that nothing was applied under, and as `checkPipeline`
 */
export async function pipelineOf(
  { pipelines }: Pick<Stores, 'pipelines'>,
  nameOrSpec: string | PipelineSpecInput,
): Promise<CheckedPipeline> {
  if (typeof nameOrSpec !== 'string') return checkPipeline(nameOrSpec);
  const found = await pipelines.current(nameOrSpec);
  return found === null ? refuseUnknown(pipelines, nameOrSpec) : checkDocument(found);
}

function compiled(spec: PipelineSpec): Pick<CheckedPipeline, 'spec' | 'pipeline'> {
  const { pipeline, issues } = compilePipeline(spec);
  if (pipeline !== null) return { spec, pipeline };
  throw new SchemaError('pipeline', problemsIn(spec, issues));
}

/** @throws Error that says which pipelines there are */
export async function refuseUnknown(pipelines: Stores['pipelines'], name: string): Promise<never> {
  const known = (await pipelines.list()).map((document) => document.name);
  throw new Error(`no pipeline ${JSON.stringify(name)} was applied: ${didYouMean(name, known)}`);
}

/**
 * The parameters of a run: those given, in the place of their defaults and of the default's type.
 * @throws SchemaError naming the parameter and what is accepted
 */
export function parametersFor(
  pipeline: CompiledPipeline,
  given: Readonly<Record<string, PipelineValue>> = {},
): Readonly<Record<string, PipelineValue>> {
  const issues = wrongParameters(pipeline, given);
  if (issues.length > 0) throw new SchemaError(`run of ${pipeline.name}`, problemsIn({ params: given }, issues));
  return { ...pipeline.parameters, ...given };
}

/** Refuses outputs (`stage.output`) that no stage has. @throws SchemaError */
export function checkReturns({ name, stages }: CompiledPipeline, returns: readonly string[] = []): void {
  const known = stages.flatMap((stage) => stage.outputs.map((output) => `${stage.name}.${output.name}`));
  const issues = returns.flatMap((wanted, k) =>
    known.includes(wanted) ? [] : [problem(`returns.${k}`, wanted, `unknown output, ${didYouMean(wanted, known)}`)],
  );
  if (issues.length > 0) throw new SchemaError(`run of ${name}`, issues);
}

/** What a run is called where nobody says: its time, and what tells it from others of that second. @example runName('2026-11-25T02:00:00.000Z') // '20261125T020000Z-kfqz' */
export function runName(at: Instant): string {
  const letters = Array.from({ length: 4 }, () => String.fromCharCode(97 + randomInt(26)));
  return `${at.slice(0, 19).replace(/[-:]/g, '')}Z-${letters.join('')}`;
}

/** What search attributes say of a run: the model that it lets serve, else the pipeline itself. */
export function targetOf({ metadata, spec }: PipelineSpec): ModelTarget {
  const { model, environment } = spec.stages.find(({ deployment }) => deployment !== undefined)?.deployment ?? {};
  return { model: model ?? metadata.name, environment: environment ?? DEFAULT_ENVIRONMENT };
}
