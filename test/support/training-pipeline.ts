import { readFile, writeFile } from 'node:fs/promises';
import type { PipelineSettings, StageCall, StageContext } from '../../src/contracts';
import { decodeTrainingCsv, encodeModel, trainLogisticRegression } from '../../src/models';
import type { PipelineSpecInput } from '../../src/schemas';

type Stage = PipelineSpecInput['spec']['stages'][number];

/** What retrainings of tests name: where the rows lie, and which output is the model. */
export const TRAINING = { rows: '/data/rows.csv', model: 'train.model' } as const;

/** A pipeline of one stage that trains by the function that ships, unless its image is another. */
export function trainingPipeline(name: string, train: Partial<Stage> = {}): PipelineSpecInput {
  const stage: Stage = {
    name: 'train',
    image: 'loopwright/logistic-regression:v1',
    inputs: [{ name: 'rows', path: TRAINING.rows }],
    outputs: [{ name: 'model', path: 'model' }],
    retry: { attempts: 1, interval: '100ms' },
    ...train,
  };
  return { apiVersion: 'ml/v1', kind: 'MLPipeline', metadata: { name }, spec: { stages: [stage] } };
}

/** The image of a stage that trains as a test says. */
export const OWN_TRAINER = 'test/trainer:v1';

/** Trains like the function that ships, unless `before` does something else; tells what it was called with. */
export class OwnTrainer {
  /** Rows of every call, with its pipeline. */
  readonly calls: { readonly pipeline: string; readonly rows: number; readonly date: string | undefined }[] = [];
  private readonly before: (call: StageCall, rows: number, context: StageContext) => Promise<Uint8Array | undefined>;

  /** @param before throws, waits, or gives other bytes to leave as the model */
  constructor(before: (call: StageCall, rows: number, context: StageContext) => Promise<Uint8Array | undefined>) {
    this.before = before;
  }

  get settings(): PipelineSettings {
    return { executors: { 'test/trainer': { kind: 'function', version: '1', run: (...call) => this.run(...call) } } };
  }

  private async run(call: StageCall, context: StageContext): Promise<void> {
    const { rows: input } = call.inputs;
    const rows = decodeTrainingCsv(await readFile((input as { readonly path: string }).path));
    this.calls.push({ pipeline: call.pipeline, rows: rows.n, date: call.date });
    const bytes = (await this.before(call, rows.n, context)) ?? encodeModel(trainLogisticRegression(rows));
    await writeFile(call.outputs.model!, bytes);
  }
}

/** Waits until it is told to stop. */
export async function untilStopped(signal: StageContext['signal']): Promise<never> {
  while (!signal.aborted) await new Promise((resolve) => setTimeout(resolve, 20));
  throw new Error('told to stop');
}
