import { readFile } from 'node:fs/promises';
import type { CompiledPipeline, PipelineSpec } from '../contracts';
import { compilePipeline } from '../domain/pipeline-compile';
import { pipelineSchema } from '../schemas';
import type { PipelineSpecInput } from '../schemas';
import { parseYaml, parseYamlWith } from '../schemas/yaml';
import { digestOf } from '../stores/unique-batch';

/** A pipeline that can be run, and the SHA-256 of its declaration with its defaults. */
export interface ReadPipeline {
  readonly spec: PipelineSpec;
  readonly pipeline: CompiledPipeline;
  readonly digest: string;
}

/** The compiler's issues go with the schema's, so that both have their line and column. */
const compiledSchema = pipelineSchema.transform((spec, context): ReadPipeline | null => {
  const { pipeline, issues } = compilePipeline(spec);
  for (const { path, expected } of issues) context.addIssue({ code: 'custom', path: [...path], message: expected });
  return pipeline === null ? null : { spec, pipeline, digest: digestOf(spec).toString('hex') };
});

/**
 * A pipeline of a YAML or JSON text.
 * @param what names the text in errors, e.g. its file
 * @throws YamlError or SchemaError with line, column, path, value and what is accepted
 */
export function compileText(text: string, what: string): ReadPipeline {
  return parseYamlWith(compiledSchema, text, what)!;
}

/** The same from a file, and what is written there. @throws Error for a file that cannot be read, and as `compileText` */
export async function readPipeline(file: string): Promise<ReadPipeline & { readonly input: PipelineSpecInput }> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new Error(`${file} cannot be read: ${(error as Error).message}`);
  });
  return { ...compileText(text, file), input: parseYaml(text, file) as PipelineSpecInput };
}
