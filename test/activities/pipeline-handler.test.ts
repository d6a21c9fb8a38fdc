import { handlerUnit } from '../../src/contracts';
import type { PipelineActivities, StageCall } from '../../src/contracts';
import { functions, openTestActivities } from '../support/pipeline-activities';
import type { TestActivities } from '../support/pipeline-activities';
import { stageInput } from '../support/pipelines';

let opened: TestActivities;
let on: PipelineActivities;
let calls: StageCall[];
let fails: boolean;
beforeAll(async () => {
  opened = await openTestActivities();
});
beforeEach(() => {
  [calls, fails] = [[], false];
  const handle = (call: StageCall) => {
    calls.push(call);
    call.log(`key ${call.secrets.KEY ?? 'none'}`);
    return fails ? Promise.reject(new Error('no')) : Promise.resolve();
  };
  on = opened.worker({
    ...functions({ 'worker:v1': () => Promise.resolve(), 'undo:v1': handle, 'alarm:v1': handle }),
    secrets: { key: 'the-secret' },
  });
});
afterAll(() => opened.close());

const stages = [
  stageInput('a', {
    ...{ compensate: { image: 'undo:v1', args: ['--all'] }, secrets: [{ name: 'KEY', ref: 'key' }] },
    inputs: [
      { name: 'table', value: 'rows_{{ .Date.Format("20060102") }}' },
      { name: 'item', value: '{{ .Item }}' },
    ],
    ...{ forEach: { items: ['x', 'y'] }, hyperparameters: { n: '{{ .Params.n }}', of: '{{ .Item }}' } },
  }),
];
const begin = () => opened.open(on, stages, { parameters: { n: 1 }, onFailure: { image: 'alarm:v1' } });

test('what undoes a stage is told its values and secrets, and is done once', async () => {
  const { run } = await begin();
  await on.runHandler({ run, stage: 'a', outcome: 'succeeded' });
  await on.runHandler({ run, stage: 'a', outcome: 'succeeded' });
  expect(calls).toHaveLength(1);
  expect(calls[0]).toMatchObject({
    ...{ stage: 'a', args: ['--all'], secrets: { KEY: 'the-secret' }, parameters: { n: 1 } },
    handles: { kind: 'compensate', outcome: 'succeeded' },
  });
  // What names an item has no single value.
  expect(calls[0]!.inputs).toEqual({ table: { value: 'rows_20261124' } });
  expect(calls[0]!.hyperparameters).toEqual({ n: 1 });
  const record = (await opened.stores.pipelineStages.find(handlerUnit(run, 'a')))!;
  expect(record).toMatchObject({ state: 'succeeded', intended: { image: 'undo:v1', executor: 'function' } });
  const log = Buffer.from(await opened.stores.artifacts.get(record.outcome!.log!.sha256)).toString();
  expect(log).toBe('key ***\n');
});

test('one that failed is done again', async () => {
  const { run } = await begin();
  fails = true;
  const failure = on.runHandler({ run, stage: 'a', outcome: 'failed' });
  await expect(failure).rejects.toMatchObject({ type: 'loopwright.StageFailed', nonRetryable: false });
  await expect(failure).rejects.toThrow('a: attempt 1 failed: no\nThe end of its log:\nkey ***');
  fails = false;
  await on.runHandler({ run, stage: 'a', outcome: 'failed' });
  expect(calls).toHaveLength(2);
});

test('what is run when the run has failed knows that', async () => {
  const { run } = await begin();
  await on.runHandler({ run, stage: null, outcome: 'failed' });
  expect(calls[0]).toMatchObject({
    stage: 'onFailure',
    handles: { kind: 'failure', outcome: 'failed' },
    inputs: {},
    secrets: {},
  });
  // Its record is none of a stage's: a retry takes nothing from it, a stage may have its name.
  expect(await opened.stores.pipelineStages.find(handlerUnit(run, null))).toMatchObject({ state: 'succeeded' });
});

test('one that is not declared, or that this worker does not know', async () => {
  const { run } = await opened.open(on, [stageInput('b')]);
  await expect(on.runHandler({ run, stage: 'b', outcome: 'failed' })).rejects.toMatchObject({
    type: 'loopwright.NotFound',
  });
  await expect(on.runHandler({ run, stage: null, outcome: 'failed' })).rejects.toMatchObject({
    type: 'loopwright.NotFound',
  });
  const { run: other } = await begin();
  await expect(opened.worker({}).runHandler({ run: other, stage: null, outcome: 'failed' })).rejects.toThrow(
    'onFailure.image is "alarm:v1"',
  );
});
