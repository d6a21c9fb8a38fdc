import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compileText } from '../../src/cli/pipelines-file';
import type { CompiledPipeline, PipelineIssue, PipelineSpec } from '../../src/contracts';
import { compilePipeline } from '../../src/domain/pipeline-compile';
import { parseWith, pipelineSchema } from '../../src/schemas';
import type { PipelineSpecInput } from '../../src/schemas';
import { SchemaError } from '../../src/schemas';
import { YamlError } from '../../src/schemas/yaml';

type StageInput = PipelineSpecInput['spec']['stages'][number];

/** The pipeline that ships. */
export const SAMPLE_PIPELINE = readFileSync(
  join(__dirname, '../../examples/pipelines/recommendation-pipeline.yaml'),
  'utf8',
);

/** A stage with what a test needs of it. */
export function stageInput(name: string, rest: Partial<StageInput> = {}): StageInput {
  return { name, image: 'worker:v1', ...rest };
}

/** A pipeline of stages, with its defaults. */
export function pipelineOf(stages: readonly StageInput[], rest: Partial<PipelineSpecInput['spec']> = {}): PipelineSpec {
  const spec = { ...rest, stages: [...stages] };
  const whole = { apiVersion: 'ml/v1', kind: 'MLPipeline', metadata: { name: 'p' }, spec };
  return parseWith(pipelineSchema, whole, 'pipeline');
}

/** The same, compiled. */
export function compiledOf(
  stages: readonly StageInput[],
  rest: Partial<PipelineSpecInput['spec']> = {},
): CompiledPipeline {
  const { pipeline, issues } = compilePipeline(pipelineOf(stages, rest));
  if (pipeline === null) throw new Error(issues.map(told).join('\n'));
  return pipeline;
}

/** What is wrong with a pipeline of stages: path and words. */
export function issuesOf(stages: readonly StageInput[], rest: Partial<PipelineSpecInput['spec']> = {}): string[] {
  return compilePipeline(pipelineOf(stages, rest)).issues.map(told);
}

function told({ path, expected }: PipelineIssue): string {
  return `${path.slice(1).join('.')}: ${expected}`;
}

/** What becomes of a text: accepted, refused with its place, or anything else, which is a fault of ours. */
export function fateOf(text: string): 'accepted' | 'refused' {
  try {
    compileText(text, 'f');
    return 'accepted';
  } catch (error) {
    if (!(error instanceof YamlError || error instanceof SchemaError)) throw error;
    if (!/^f:\d+:\d+ /.test(error.message)) throw new Error(`no place: ${error.message}`, { cause: error });
    return 'refused';
  }
}

/** A YAML text of one stage with more fields, each a line of YAML. */
export function yamlOf(...lines: readonly string[]): string {
  const head = [
    'apiVersion: ml/v1',
    'kind: MLPipeline',
    'metadata: { name: p }',
    'spec:',
    '  parameters: { p: x, n: 1 }',
  ];
  const stage = ['  stages:', '    - name: a', '      image: a:v1', ...lines.map((line) => `      ${line}`)];
  return `${[...head, ...stage].join('\n')}\n`;
}
