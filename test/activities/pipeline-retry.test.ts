import { writeFileSync } from 'node:fs';
import type { PipelineActivities, PipelineDecision } from '../../src/contracts';
import { AT, freshId, functions, openTestActivities } from '../support/pipeline-activities';
import type { TestActivities } from '../support/pipeline-activities';
import { stageInput } from '../support/pipelines';

let opened: TestActivities;
let on: PipelineActivities;
let calls: string[];
let failing: Set<string>;
beforeAll(async () => {
  opened = await openTestActivities();
});
beforeEach(() => {
  [calls, failing] = [[], new Set()];
  on = opened.worker(
    functions({
      'worker:v1': (call) => {
        const { stage, item, outputs: left } = call;
        const name = `${stage}${item?.index ?? ''}`;
        calls.push(name);
        call.log(`this is ${name}`);
        if (failing.has(name)) return Promise.reject(new Error('no'));
        for (const path of Object.values(left)) writeFileSync(path, name);
        return Promise.resolve({ metrics: { m: 1, n: 2 } });
      },
    }),
  );
});
afterAll(() => opened.close());

const outputs = [{ name: 'o', path: 'o' }];
const stages = [
  stageInput('a', { outputs }),
  stageInput('b', { outputs, inputs: [{ name: 'i', from: 'a.o' }], forEach: { items: ['x', 'y'] } }),
  stageInput('c', { outputs, inputs: [{ name: 'i', from: 'b.o' }], condition: '{{ .Stages.a.Metrics.m > 0 }}' }),
  stageInput('d', { dependsOn: ['a'] }),
];
const runAll = async (run: string, order: readonly [string, number][]) => {
  for (const [stage, unit] of order) await on.runStage({ run, stage, unit }).catch(() => undefined);
};
const close = (run: string, decision: PipelineDecision = 'failed', returns: string[] = []) =>
  on.closePipelineRun({
    ...{ run, returns },
    result: {
      run,
      pipeline: 'p',
      digest: 'd',
      decision,
      reasons: [],
      stages: { succeeded: 0, failed: 0, skipped: 0 },
      undone: [],
    },
  });
const retry = (retryOf: string, rest = {}) =>
  on.openPipelineRun({ workflowId: freshId(), input: { retryOf, ...rest }, at: '2027-01-01T00:00:00.000Z' });
const begin = async () => {
  failing.add('b1');
  const { run } = await opened.open(on, stages, { parameters: { p: 1 } }, { params: { p: 2 } });
  await runAll(run, [
    ['a', 0],
    ['b', 0],
    ['b', 1],
    ['d', 0],
  ]);
  await on.recordStages({ run, stages: { b: { outcome: 'failed', reason: 'item 1: no' }, c: { outcome: 'skipped' } } });
  failing.clear();
  calls.length = 0;
  return run;
};

test('takes what succeeded, with its day and parameters, and runs the rest', async () => {
  const earlier = await begin();
  await close(earlier);
  const opening = await retry(earlier, { pipeline: 'p' });
  expect(opening).toMatchObject({ day: '2026-11-24', params: { p: 2 } });
  const end = { outcome: 'succeeded', source: 'retry', outputs: {} };
  // Only what conditions ask for goes to the workflow.
  expect(opening.reused).toEqual({ a: { ...end, metrics: { m: 1 } }, d: { ...end, metrics: {} } });
  expect(await opened.stores.pipelineRuns.find(opening.run)).toMatchObject({ retryOf: earlier, at: AT });
  await runAll(opening.run, [
    ['b', 0],
    ['b', 1],
    ['c', 0],
  ]);
  expect(calls).toEqual(['b1', 'c']);
  const taken = (await opened.stores.pipelineStages.find({ run: opening.run, stage: 'b', unit: 0 }))!;
  expect(taken).toMatchObject({ attempt: 0, outcome: { source: 'retry', from: earlier } });
  expect(taken.outcome!.log).not.toBeNull();
  const claims = await opened.db
    .collection('artifactClaims')
    .findOne({ _id: taken.outcome!.outputs.o!.sha256 as never });
  expect(claims!.owners).toEqual([`pipeline/${earlier}`, `pipeline/${opening.run}`]);
  // Said again, as after a worker that died, it is the same.
  const again = { workflowId: opening.run, input: { retryOf: earlier }, at: AT };
  expect(await on.openPipelineRun(again)).toEqual(opening);
});

test('what was undone is run again, with what depends on it', async () => {
  const earlier = await begin();
  await on.recordStages({ run: earlier, stages: {}, undone: ['a'] });
  await close(earlier, 'cancelled');
  expect((await retry(earlier)).reused).toEqual({});
});

test('so is what the store has lost', async () => {
  const earlier = await begin();
  await close(earlier);
  const { outcome } = (await opened.stores.pipelineStages.find({ run: earlier, stage: 'a', unit: 0 }))!;
  const { sha256 } = outcome!.outputs.o!;
  await opened.db.collection('artifacts.files').deleteMany({ filename: sha256 });
  await opened.db.collection('artifactClaims').deleteMany({ _id: sha256 as never });
  const { run, reused } = await retry(earlier);
  expect(reused).toEqual({});
  await runAll(run, [
    ['a', 0],
    ['b', 0],
  ]);
  expect(calls).toEqual(['a', 'b0']);
});

test('only a run that has ended, and not well, can be retried', async () => {
  const { run } = await opened.open(on, [stages[0]!]);
  await expect(retry('none')).rejects.toThrow('retryOf is "none": expected the id of a run that is recorded');
  await expect(retry(run)).rejects.toThrow('expected a run that has ended, this one has not');
  await close(run, 'succeeded');
  await expect(retry(run)).rejects.toThrow('expected a run that did not succeed, this one has');
  const failed = await begin();
  await close(failed);
  await expect(retry(failed, { pipeline: 'q' })).rejects.toThrow('expected a run of q');
  await expect(retry(failed, { params: { p: 1 } })).rejects.toThrow('params is {"p":1}: expected none beside retryOf');
});

test('the end carries the outputs that were asked for, and the first end stands', async () => {
  const { run } = await opened.open(on, stages);
  await runAll(run, [
    ['a', 0],
    ['b', 0],
    ['b', 1],
  ]);
  const { outcome } = (await opened.stores.pipelineStages.find({ run, stage: 'a', unit: 0 }))!;
  const result = await close(run, 'succeeded', ['a.o', 'a.none', 'none.o', 'b.o', 'a.constructor']);
  expect(result.outputs).toEqual({ 'a.o': outcome!.outputs.o });
  expect(await close(run, 'failed')).toEqual(result);
});

test('what the workflow decided is recorded beside what attempts did', async () => {
  const { run } = await opened.open(on, stages);
  await on.recordStages({
    run,
    stages: { c: { outcome: 'skipped', reason: 'the condition is false' }, d: { outcome: 'succeeded', version: 3 } },
    undone: ['a'],
  });
  const whole = (stage: string) => opened.stores.pipelineStages.find({ run, stage, unit: -1 });
  expect(await whole('c')).toMatchObject({ state: 'skipped', reason: 'the condition is false' });
  expect(await whole('d')).toMatchObject({ state: 'succeeded', version: 3, undone: false });
  expect(await whole('a')).toMatchObject({ undone: true });
});
