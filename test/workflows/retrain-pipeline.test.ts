import { Worker } from '@temporalio/worker';
import type { RetrainingResult } from '../../src/contracts';
import type { PipelineSpecInput } from '../../src/schemas';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { checkEnd, orphansOf } from '../support/retraining-end';
import { prepareRetraining } from '../support/retraining-fixture';
import { OWN_TRAINER, OwnTrainer, TRAINING, trainingPipeline, untilStopped } from '../support/training-pipeline';

jest.setTimeout(120_000);

/** Rows of the fixture: by the day before the watermark 337 are labelled, of which 49 are the hold-out. */
const [TRAINED_ON, ALL] = [288, 337];

let loop: TestLoop;
let counter = 0;
/** What the trainer of a model's pipeline does before it trains. */
const acts = new Map<string, ConstructorParameters<typeof OwnTrainer>[0]>();
const trainer = new OwnTrainer(async (call, rows, context) => acts.get(call.pipeline)?.(call, rows, context));
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: trainer.settings });
});
afterAll(() => loop.close());

const person = { who: 'ops', reason: 'because' };
const fresh = () => `${loop.model}-${(counter += 1)}`;
const result = (model: string) => loop.client.retraining.handle({ model }).result() as Promise<RetrainingResult>;
const callsOf = (model: string) => trainer.calls.filter(({ pipeline }) => pipeline === model);

/** Starts a retraining of a model whose pipeline has its name. */
async function start(model: string, change: object = {}, pipeline?: PipelineSpecInput) {
  const spec = await prepareRetraining(loop, model, 'turned');
  if (pipeline !== undefined) await loop.client.pipelines.apply(pipeline);
  const policy = { ...spec.policy, strategy: { kind: 'direct' as const }, pipeline: { name: model, ...TRAINING } };
  const whole = { ...spec, policy: { ...policy, ...change } };
  await loop.client.retraining.start(whole);
  return whole;
}

const own = (model: string) => trainingPipeline(model, { image: OWN_TRAINER });

/** The pipeline's runs of a model, oldest first: which step, and how it ended. */
async function runsOf(model: string): Promise<string[]> {
  const runs: (readonly [number, string])[] = [];
  const query = `TaskQueue = '${loop.taskQueue}' AND WorkflowType = 'loopwright.runPipeline'`;
  for await (const { workflowId, status, startTime } of loop.temporal.workflow.list({ query })) {
    if (!workflowId.startsWith(`pipeline:${model}:`)) continue;
    runs.push([startTime.getTime(), `${workflowId.split('.').at(-2)} ${status.name}`]);
  }
  return runs.sort(([a], [b]) => a - b).map(([, run]) => run);
}

test('a pipeline trains the same model as the trainer, byte for byte, on the same rows', async () => {
  const [by, without] = [fresh(), fresh()];
  await start(by, {}, trainingPipeline(by));
  await start(without, { pipeline: undefined });
  expect(await result(by)).toMatchObject({ decision: 'promoted', challengerVersion: 2 });
  await checkEnd(loop, by, { decision: 'promoted', ledger: 'deploy, deploy' });
  const { closedAt: _closed, key: _key, ...ended } = await result(by);
  const { closedAt: _otherClosed, key: _otherKey, ...expected } = await result(without);
  expect(ended).toEqual(expected);
  const [challenger, other] = [await loop.client.models.find(by, 2), await loop.client.models.find(without, 2)];
  expect(challenger!.artifact).toBe(other!.artifact);
  expect(challenger).toMatchObject({ trainer: `pipeline:${by}`, format: 'loopwright/logistic-regression@1' });
  expect(challenger!.signature).toEqual(other!.signature);
  expect(await runsOf(by)).toEqual(['train COMPLETED', 'register COMPLETED']);
});

test('it gets the rows before the hold-out, then all of them, and the day of the watermark', async () => {
  const model = fresh();
  await start(model, {}, own(model));
  expect((await result(model)).decision).toBe('promoted');
  const date = '2011-08-21';
  expect(callsOf(model)).toEqual([
    { pipeline: model, rows: TRAINED_ON, date },
    { pipeline: model, rows: ALL, date },
  ]);
});

test('its history replays', async () => {
  const model = `${loop.model}-1`;
  const history = await loop.temporal.workflow.getHandle(`retrain:${model}:production`).fetchHistory();
  const workflowBundle = { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! };
  await Worker.runReplayHistory({ workflowBundle }, history, model);
});

const rules = (metric: string, threshold: number) => ({ validationRules: [{ metric, threshold }] });

test.each<[string, (model: string) => PipelineSpecInput, string]>([
  ['that breaks a rule', (model) => trainingPipeline(model, rules('accuracy', 1.01)), 'failed: train: accuracy is'],
  [
    'that is given what it does not take',
    (model) => trainingPipeline(model, { hyperparameters: { c: 2 } }),
    'hyperparameters has "c": expected none',
  ],
  [
    'that skips its model',
    (model) => trainingPipeline(model, { condition: '{{ 1 > 2 }}' }),
    'left nothing as train.model: expected a file',
  ],
])('a pipeline %s fails the retraining with its reason, and all is undone', async (_, pipeline, reason) => {
  const model = fresh();
  await start(model, {}, pipeline(model));
  const { decision, reasons } = await result(model);
  expect(decision).toBe('failed');
  expect(reasons.join()).toContain(`pipeline ${model} `);
  expect(reasons.join()).toContain(reason);
  await checkEnd(loop, model, { decision: 'failed', ledger: 'deploy' });
  expect(await loop.client.models.list(model)).toHaveLength(1);
});

test('what cannot be scored is refused before it meets the champion', async () => {
  const model = fresh();
  acts.set(model, () => Promise.resolve(Buffer.from('abc')));
  await start(model, {}, own(model));
  const { decision, reasons, gate } = await result(model);
  expect({ decision, gate }).toEqual({ decision: 'failed', gate: null });
  expect(reasons[0]).toContain(`train.model of pipeline ${model} is no model that can be scored: bytes of an unknown`);
  expect(callsOf(model)).toHaveLength(1);
});

test('a pipeline that nobody applied fails the retraining by name', async () => {
  const model = fresh();
  await start(model);
  const { decision, reasons } = await result(model);
  expect(decision).toBe('failed');
  expect(reasons[0]).toContain(model);
});

test('one that fails on all rows registers nothing', async () => {
  const model = fresh();
  acts.set(model, (_, rows) =>
    rows === ALL ? Promise.reject(new Error('the disk is full')) : Promise.resolve(undefined),
  );
  await start(model, {}, own(model));
  const { decision, reasons } = await result(model);
  expect(decision).toBe('failed');
  expect(reasons[0]).toContain('the disk is full');
  await checkEnd(loop, model, { decision: 'failed', ledger: 'deploy' });
  expect(await loop.client.models.list(model)).toHaveLength(1);
  expect(await runsOf(model)).toEqual(['train COMPLETED', 'register FAILED']);
});

test('a retraining that is cancelled cancels what trains for it, and waits for its end', async () => {
  const model = fresh();
  acts.set(model, (_, __, { signal }) => untilStopped(signal));
  await start(model, {}, own(model));
  await eventually(() => callsOf(model).length === 1);
  await loop.client.retraining.cancel({ model }, person);
  expect(await result(model)).toMatchObject({ decision: 'cancelled', challengerVersion: null });
  expect(await runsOf(model)).toEqual(['train CANCELLED']);
  await checkEnd(loop, model, { decision: 'cancelled', ledger: 'deploy' });
});

test('a pipeline that takes longer than a step may is cancelled, and the retraining has timed out', async () => {
  const model = fresh();
  acts.set(model, (_, __, { signal }) => untilStopped(signal));
  await start(model, { stepTimeout: '4s' }, own(model));
  expect(await result(model)).toMatchObject({
    decision: 'timed-out',
    reasons: [`pipeline ${model} did not end in 4 s; it was cancelled`],
  });
  expect(await runsOf(model)).toEqual(['train CANCELLED']);
  await checkEnd(loop, model, { decision: 'timed-out', ledger: 'deploy' });
});

test('a run that a person cancels fails the retraining and says so', async () => {
  const model = fresh();
  acts.set(model, (_, __, { signal }) => untilStopped(signal));
  await start(model, {}, own(model));
  await eventually(() => callsOf(model).length === 1);
  const query = `WorkflowType = 'loopwright.runPipeline' AND ExecutionStatus = 'Running'`;
  for await (const { workflowId } of loop.temporal.workflow.list({ query })) {
    if (workflowId.startsWith(`pipeline:${model}:`)) await loop.client.pipelines.cancel(workflowId, person);
  }
  const { decision, reasons } = await result(model);
  expect(decision).toBe('failed');
  expect(reasons[0]).toContain(`pipeline ${model} cancelled: `);
  expect(reasons[0]).toContain('because');
});

test('a retraining that was lost half-way goes on: what has been trained is not trained again', async () => {
  const model = fresh();
  let lost = false;
  acts.set(model, (_, rows, { signal }) => (rows === ALL && !lost ? untilStopped(signal) : Promise.resolve(undefined)));
  const spec = await start(model, {}, own(model));
  await eventually(() => callsOf(model).length === 2);
  await loop.client.retraining.handle({ model }).terminate('lost');
  await eventually(async () => (await runsOf(model)).join() === 'train COMPLETED,register CANCELLED', 40);
  lost = true;
  await loop.client.retraining.start(spec);
  expect(await result(model)).toMatchObject({ decision: 'promoted', challengerVersion: 2 });
  expect(callsOf(model).map(({ rows }) => rows)).toEqual([TRAINED_ON, ALL, ALL]);
});

test('nothing is left that no version names, but what runs of pipelines claim', async () => {
  const claimed = await loop.stores.artifacts.claimed(new Date(Date.now() + 60_000));
  const byRuns = claimed.filter(({ owners }) => owners.every((owner) => owner.startsWith('pipeline/')));
  const left = (await orphansOf(loop)).filter((orphan) => !byRuns.some(({ digest }) => orphan.startsWith(digest)));
  expect(left).toEqual([]);
});
