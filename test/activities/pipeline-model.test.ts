import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PipelineActivities } from '../../src/contracts';
import { logisticOnnx } from '../support/onnx';
import { functions, openTestActivities } from '../support/pipeline-activities';
import type { TestActivities } from '../support/pipeline-activities';
import { stageInput } from '../support/pipelines';
import { modelBytes } from '../support/rollout-fixture';

let opened: TestActivities;
/** What the training stage leaves, by path below its output. */
let left: Record<string, Uint8Array>;
let on: PipelineActivities;
beforeAll(async () => {
  opened = await openTestActivities();
  on = opened.worker(
    functions({
      'trainer:v1': (call) => {
        const { outputs } = call;
        call.log('trains');
        for (const [path, bytes] of Object.entries(left)) {
          if (path === '') writeFileSync(outputs.m!, bytes);
          else {
            mkdirSync(join(outputs.m!, path, '..'), { recursive: true });
            writeFileSync(join(outputs.m!, path), bytes);
          }
        }
        return Promise.resolve({ metrics: { auc: 0.9 } });
      },
    }),
  );
});
afterAll(() => opened.close());

let counter = 0;

/** Trains and lets the deployment stage of a pipeline of its own come to its turn. */
async function trained(
  files: Record<string, Uint8Array>,
  { path = 'm', ...rest }: { path?: string; forEach?: object; model?: string } = {},
) {
  left = files;
  const name = `p${(counter += 1)}`;
  const { forEach, model } = rest;
  const stages = [
    stageInput('train', {
      ...{ image: 'trainer:v1', outputs: [{ name: 'm', path }], hyperparameters: { rate: 0.1, layers: [1, 2] } },
      ...(forEach === undefined ? {} : { forEach: forEach as { items: number[] } }),
    }),
    stageInput('serve', {
      ...{ image: 'none:v1', inputs: [{ name: 'model', from: 'train.m' }] },
      deployment: { strategy: 'direct', environment: 'production', ...(model === undefined ? {} : { model }) },
    }),
  ];
  const { run, digest } = await opened.open(on, stages, { name });
  await on.runStage({ run, stage: 'train', unit: 0 });
  return { run, digest, name, serve: { run, stage: 'serve' } };
}

test('a deployment stage without an image has nothing to run, and that is recorded', async () => {
  const { run, serve } = await trained({ '': modelBytes(1) });
  expect(await on.runStage({ ...serve, unit: 0 })).toEqual({ source: 'run', broken: [], metrics: {}, outputs: {} });
  expect(await opened.stores.pipelineStages.find({ run, stage: 'serve', unit: 0 })).toMatchObject({
    ...{ state: 'succeeded', intended: { executor: 'deployment', image: 'none:v1' } },
  });
});

test('its model is registered once, with what is known of it', async () => {
  const { run, digest, name, serve } = await trained({ '': modelBytes(1) });
  expect(await on.findStageModel(serve)).toBeNull();
  expect(await on.registerStageModel(serve)).toEqual({ version: 1 });
  expect(await on.registerStageModel(serve)).toEqual({ version: 1 });
  expect(await on.findStageModel(serve)).toEqual({ version: 1 });
  const version = (await opened.stores.registry.find(name, 1))!;
  expect(version).toMatchObject({
    ...{ state: 'registered', format: 'loopwright/logistic-regression@1', trainer: 'logistic-regression' },
    ...{ code: `pipeline ${name} ${digest}`, hyperparameters: { rate: 0.1 } },
    ...{ estimates: { auc: { value: 0.9, low: null, high: null } }, lineage: { parent: null, retraining: null } },
  });
  expect(version.hyperparameters).toEqual({ rate: 0.1 });
  expect(Buffer.from(await opened.stores.artifacts.get(version.artifact))).toEqual(Buffer.from(modelBytes(1)));
  const claims = await opened.db.collection('artifactClaims').findOne({ _id: version.artifact as never });
  expect(claims!.owners).toContain(`pipeline/${run}`);
});

test('a folder with one file is its model; a model by another name is that of the deployment', async () => {
  const { serve } = await trained({ 'deep/model.json': modelBytes(2) }, { path: '/models/', model: 'bike' });
  expect(await on.registerStageModel(serve)).toEqual({ version: 1 });
  const { artifact } = (await opened.stores.registry.find('bike', 1))!;
  expect(Buffer.from(await opened.stores.artifacts.get(artifact))).toEqual(Buffer.from(modelBytes(2)));
});

test('an ONNX model is registered with the features that stand beside it', async () => {
  const features = [{ name: 'hours', type: 'number' }];
  const files = { 'model.onnx': logisticOnnx([1], 0), 'signature.json': Buffer.from(JSON.stringify(features)) };
  const { serve } = await trained(files, { path: 'm/', model: 'onnx-bike' });
  await on.registerStageModel(serve);
  const version = await opened.stores.registry.find('onnx-bike', 1);
  expect(version).toMatchObject({ format: 'onnx', trainer: 'onnx', signature: features });
});

test.each([
  [
    { a: modelBytes(1), b: modelBytes(2) },
    'expected one file, or a folder with one and perhaps signature.json: there are 2',
  ],
  [{ a: logisticOnnx([1], 0), 'signature.json': Buffer.from('[') }, 'inputs.model.signature.json is "["'],
  [{ a: logisticOnnx([1], 0), 'signature.json': Buffer.from('[{"name":"x"}]') }, '0.type is missing'],
  [{ '': Buffer.from('PK\u0003\u0004zip') }, 'the artifact is'],
  [{ '': logisticOnnx([1], 0) }, 'inputs.model is "an ONNX model alone": expected a folder'],
  [{ '': Buffer.from('{"format":"mine"}') }, 'expected loopwright/logistic-regression@1 or loopwright/remote-scorer@1'],
])('what cannot be scored with is refused for good: %#', async (files, message) => {
  const { serve } = await trained(files, { path: '' in files ? 'm' : 'm/' });
  const refusal = on.registerStageModel(serve);
  await expect(refusal).rejects.toMatchObject({ type: 'loopwright.InvalidSpec', nonRetryable: true });
  await expect(refusal).rejects.toThrow(message);
});

test('one model serves, not one for each item, and not one that nobody left', async () => {
  const { run, serve } = await trained({ '': modelBytes(1) }, { forEach: { items: [1, 2] } });
  await on.runStage({ run, stage: 'train', unit: 1 });
  await expect(on.registerStageModel(serve)).rejects.toThrow('expected one model, not one for each item');
  await opened.db.collection('pipelineStages').deleteMany({ run });
  await expect(on.registerStageModel(serve)).rejects.toThrow('expected what train left');
});

test('what was registered is archived, and what was not is nothing to do', async () => {
  const { name, serve } = await trained({ '': modelBytes(1) });
  await on.archiveStageModel({ ...serve, reason: 'undone' });
  await on.registerStageModel(serve);
  await on.archiveStageModel({ ...serve, reason: 'undone' });
  expect(await opened.stores.registry.find(name, 1)).toMatchObject({ state: 'archived' });
});
