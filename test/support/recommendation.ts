import { readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { compileText } from '../../src/cli/pipelines-file';
import type { PipelineSettings, StageCall, StageFunction } from '../../src/contracts';
import { encodeModel, logisticRegressionStage, decodeModel, scoreRows } from '../../src/models';
import { SAMPLE_PIPELINE } from './pipelines';

const FOLDER = resolve(__dirname, '../../examples/pipelines');

/** Images of the pipeline that ships, without their tags, and what its script calls them. */
export const IMAGES = {
  'data-extractor': 'extract',
  'feature-engineer': 'features',
  'model-trainer': 'train',
  'model-validator': 'validate',
} as const;

/** Where the pipeline's rows for validation lie. */
export const PATHS = { '/data/validation': join(FOLDER, 'validation') };

/** The script that ships carries out each image, as a process. @param before words that come before `sh` */
export function processes(before: readonly string[] = []): PipelineSettings {
  const executors = Object.entries(IMAGES).map(([image, stage]) => {
    const command = [...before, 'sh', join(FOLDER, 'recommendation.sh'), stage];
    return [image, { kind: 'process', command } as const] as const;
  });
  return { executors: Object.fromEntries(executors), paths: PATHS };
}

/** The same four stages as functions. */
export const functions: PipelineSettings = {
  executors: Object.fromEntries(
    Object.entries({
      'data-extractor': extract,
      'feature-engineer': copy,
      'model-trainer': train,
      'model-validator': validate,
    } satisfies Record<keyof typeof IMAGES, StageFunction>).map(([image, run]) => [
      image,
      { kind: 'function', version: '1', run } as const,
    ]),
  ),
  paths: PATHS,
};

/** The declaration that ships, as it stands in its file. */
export const RECOMMENDATION = SAMPLE_PIPELINE;

/** Its digest. */
export const RECOMMENDATION_DIGEST = compileText(SAMPLE_PIPELINE, 'the sample').digest;

async function extract({ outputs }: StageCall): Promise<void> {
  const rows = Array.from({ length: 400 }, (_, i) => `${i % 40} ${i % 40 >= 18 + (i % 5) ? 1 : 0}`);
  await writeFile(join(outputs.raw_data!, 'rows.txt'), rows.join('\n'));
}

async function copy({ inputs, outputs }: StageCall): Promise<void> {
  await writeFile(join(outputs.features!, 'rows.txt'), await readFile(pathOf(inputs.raw_data)));
}

async function train({ inputs, outputs }: StageCall, context: Parameters<StageFunction>[1]): Promise<void> {
  const { hours, labels } = rowsOf(await readFile(pathOf(inputs.features), 'utf8'));
  const rows = { n: labels.length, columns: new Map([['hours', hours]]), labels };
  const model = decodeModel(await logisticRegressionStage.train(rows, context));
  await writeFile(join(outputs.model!, 'model.json'), encodeModel(model));
}

async function validate({ inputs }: StageCall) {
  const model = decodeModel(await readFile(pathOf(inputs.model, 'model.json')));
  const { hours, labels } = rowsOf(await readFile(pathOf(inputs.validation_data), 'utf8'));
  const scores = scoreRows(model, new Map([['hours', hours]]), labels.length);
  const right = [...scores].filter((score, k) => Number(score >= 0.5) === labels[k]).length;
  const [ones, zeros] = [1, 0].map((label) => [...scores].filter((_, k) => labels[k] === label)) as [
    number[],
    number[],
  ];
  const above = ones.map((one) => zeros.reduce((sum, zero) => sum + (one > zero ? 1 : one === zero ? 0.5 : 0), 0));
  const auc = above.reduce((sum, one) => sum + one, 0) / (ones.length * zeros.length);
  return { metrics: { accuracy: right / labels.length, auc } };
}

function pathOf(input: StageCall['inputs'][string] | undefined, file = 'rows.txt'): string {
  if (input === undefined || !('path' in input)) throw new Error('expected an input with a path');
  return join(input.path, file);
}

function rowsOf(text: string): { readonly hours: Float64Array; readonly labels: Uint8Array } {
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.split(' ').map(Number));
  return { hours: Float64Array.from(rows, ([x]) => x!), labels: Uint8Array.from(rows, ([, y]) => y!) };
}
