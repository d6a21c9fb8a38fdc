import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApplicationFailure } from '@temporalio/common';
import { SHIPPED_EXECUTORS } from '../../activities/pipeline-functions';
import { failureTypes } from '../../src/contracts';
import type { StageCall } from '../../src/contracts';
import { decodeModel, encodeModel, encodeTrainingCsv, trainLogisticRegression } from '../../src/models';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loopwright-functions-'));
});
afterAll(() => rm(folder, { recursive: true }));

const context = { heartbeat: () => undefined, signal: new AbortController().signal };
const rows = {
  n: 6,
  labels: Uint8Array.of(0, 0, 1, 0, 1, 1),
  columns: new Map([['x', Float64Array.of(-3, -2, -1, 1, 2, Number.NaN)]]),
};

async function run(csv: Uint8Array | string, change: Partial<StageCall> = {}) {
  const [input, output] = [join(folder, 'rows.csv'), join(folder, 'model')];
  await writeFile(input, csv);
  await rm(output, { force: true });
  const settings = SHIPPED_EXECUTORS['loopwright/logistic-regression']!;
  if (settings.kind !== 'function') throw new Error('no function');
  const call: StageCall = {
    ...{ pipeline: 'p', run: 'r', stage: 's', attempt: 1, date: '2011-08-01', parameters: {}, hyperparameters: {} },
    inputs: { rows: { path: input } },
    outputs: { model: output },
    ...{ command: [], args: [], secrets: {}, folder, log: () => undefined },
    ...change,
  };
  const said = await settings.run(call, context);
  return { metrics: said?.metrics, model: await readFile(output) };
}

test('the model is the one that the trainer makes of the same rows, byte for byte', async () => {
  const { model } = await run(encodeTrainingCsv(rows));
  expect(model.equals(encodeModel(trainLogisticRegression(rows)))).toBe(true);
});

test('its metrics are those of the rows that it was trained on', async () => {
  const { metrics, model } = await run(encodeTrainingCsv(rows));
  const { features, coefficients, intercept } = decodeModel(model);
  const { mean, scale } = features[0]!;
  const losses = [...rows.columns.get('x')!].map((x, row) => {
    const score = 1 / (1 + Math.exp(-(intercept + (coefficients[0]! * ((Number.isNaN(x) ? mean : x) - mean)) / scale)));
    return {
      loss: -Math.log(rows.labels[row] === 1 ? score : 1 - score),
      right: score >= 0.5 === (rows.labels[row] === 1),
    };
  });
  expect(metrics).toEqual({
    rows: 6,
    positives: 3,
    accuracy: losses.filter(({ right }) => right).length / 6,
    logLoss: expect.closeTo(losses.reduce((sum, { loss }) => sum + loss, 0) / 6, 8) as number,
  });
});

test.each([
  ['no CSV', 'no CSV', 'the first column is "no CSV": expected label'],
  ['one class', 'label,x\n1,1\n1,2\n', 'cannot train on one class: 2 of 2 labels are 1'],
  ['no rows', 'label,x\n', 'cannot train on 0 rows'],
])('%s cannot be mended by another try', async (_, csv, why) => {
  const error = await run(csv).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(ApplicationFailure);
  expect(error).toMatchObject({ message: expect.stringContaining(why) as string, nonRetryable: true });
  expect(error).toMatchObject({ type: failureTypes.trainingRefused });
});

test.each<[string, Partial<StageCall>, string]>([
  ['a hyperparameter', { hyperparameters: { c: 2 } }, 'hyperparameters has "c": expected none'],
  ['another input', { inputs: { rows: { path: '/x' }, more: { value: 1 } } }, 'inputs has "more": expected rows'],
  ['no input', { inputs: {} }, 'inputs has no "rows": expected rows'],
  ['rows by value', { inputs: { rows: { value: 'label' } } }, 'inputs.rows is "label": expected a file'],
  ['another output', { outputs: { model: '/x', report: '/y' } }, 'outputs has "report": expected model'],
  ['no output', { outputs: {} }, 'outputs has no "model": expected model'],
  ['a command', { command: ['train'] }, 'command and args has "train": expected none'],
  ['an argument', { args: ['--fast'] }, 'command and args has "--fast": expected none'],
])('%s is refused by name, for good', async (_, change, why) => {
  const error = await run(encodeTrainingCsv(rows), change).catch((reason: unknown) => reason);
  expect(error).toMatchObject({
    message: `loopwright/logistic-regression: ${why}${why.endsWith('file') ? ', by from or path' : ''}`,
  });
  expect(error).toMatchObject({ type: failureTypes.invalidSpec, nonRetryable: true });
});

test('what may be mended is tried again', async () => {
  const error = await run('label\n', { inputs: { rows: { path: join(folder, 'none') } } }).catch(
    (reason: unknown) => reason,
  );
  expect(error).not.toBeInstanceOf(ApplicationFailure);
  expect(error).toMatchObject({ code: 'ENOENT' });
});
