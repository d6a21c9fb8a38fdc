import { readFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import { PIPELINE_LIMITS } from '../contracts';
import type { CompiledPipeline, PipelineValue } from '../contracts';
import { compilePipeline } from '../domain/pipeline-compile';
import { didYouMean } from '../domain/suggest';
import { pipelineSchema } from '../schemas';
import { parseYamlWith } from '../schemas/yaml';
import { digestOf } from '../stores/unique-batch';

/** A pipeline that can be run, and the SHA-256 of its declaration with its defaults. */
export interface ReadPipeline {
  readonly pipeline: CompiledPipeline;
  readonly digest: string;
}

/** The compiler's issues go with the schema's, so that both have their line and column. */
const compiledSchema = pipelineSchema.transform((spec, context): ReadPipeline | null => {
  const { pipeline, issues } = compilePipeline(spec);
  for (const { path, expected } of issues) context.addIssue({ code: 'custom', path: [...path], message: expected });
  return pipeline === null ? null : { pipeline, digest: digestOf(spec).toString('hex') };
});

/**
 * A pipeline of a YAML or JSON text.
 * @param what names the text in errors, e.g. its file
 * @throws YamlError or SchemaError with line, column, path, value and what is accepted
 */
export function compileText(text: string, what: string): ReadPipeline {
  return parseYamlWith(compiledSchema, text, what)!;
}

/** The same from a file. @throws Error for a file that cannot be read, and as `compileText` */
export async function readPipeline(file: string): Promise<ReadPipeline> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  });
  return compileText(text, file);
}

/** A parameter of a command line, as often as it is given. @throws InvalidArgumentError */
export function parameter(text: string, before: ReadonlyMap<string, string> = new Map()): Map<string, string> {
  const cut = text.indexOf('=');
  if (cut < 1) throw new InvalidArgumentError('expected name=value');
  return new Map([...before, [text.slice(0, cut), text.slice(cut + 1)]]);
}

/**
 * The pipeline's parameters, those given in the place of their defaults and of the default's type.
 * @throws Error naming the parameter and what is accepted
 */
export function parametersOf(
  { parameters }: CompiledPipeline,
  given: ReadonlyMap<string, string>,
): Readonly<Record<string, PipelineValue>> {
  const values = new Map(Object.entries(parameters));
  for (const [name, text] of given) {
    const known = values.get(name);
    if (known === undefined)
      throw new Error(`--param ${name} is unknown: ${didYouMean(name, Object.keys(parameters))}`);
    values.set(name, typed(name, text, known));
  }
  return Object.fromEntries(values);
}

function typed(name: string, text: string, like: PipelineValue): PipelineValue {
  const refuse = (expected: string) => new Error(`--param ${name} is ${JSON.stringify(text)}: expected ${expected}`);
  if (typeof like === 'boolean') {
    if (text !== 'true' && text !== 'false') throw refuse('true or false');
    return text === 'true';
  }
  if (typeof like === 'string') {
    if (text.length > PIPELINE_LIMITS.text) throw refuse(`at most ${PIPELINE_LIMITS.text} characters`);
    return text;
  }
  const value = Number(text);
  const exact = Number.isSafeInteger(value) || !Number.isInteger(value);
  if (!/^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) || !Number.isFinite(value) || !exact)
    throw refuse('a number that is kept exactly');
  return value;
}
