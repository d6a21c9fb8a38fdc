import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PipelineActivities, PipelineDecision, PipelineSettings, RunPipelineInput } from '../../src/contracts';
import { digestOf } from '../../src/stores/unique-batch';
import { AT, freshId, functions, openTestActivities, specOf } from '../support/pipeline-activities';
import type { TestActivities } from '../support/pipeline-activities';
import { pipelineOf, stageInput } from '../support/pipelines';

let opened: TestActivities;
let on: PipelineActivities;
const image = functions({ 'worker:v1': () => Promise.resolve() });
beforeAll(async () => {
  opened = await openTestActivities();
  on = opened.worker(image);
});
afterAll(() => opened.close());

const a = (rest: object = {}) => stageInput('a', rest);
const end = (run: string, decision: PipelineDecision) =>
  on.closePipelineRun({
    ...{ run, returns: [] },
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

test('a declaration is kept by its digest and recorded with its day', async () => {
  const stages = [a({ retry: { attempts: 2 } })];
  const rest = { timezone: 'Europe/Berlin', parameters: { days: 7, on: true } };
  const run = await opened.open(on, stages, rest, { params: { days: 28 }, who: 'ann' });
  const spec = pipelineOf(stages, rest);
  const digest = digestOf(spec).toString('hex');
  expect(run).toMatchObject({
    pipeline: 'p',
    digest,
    day: '2026-11-25',
    params: { days: 28, on: true },
    onFailureMs: null,
  });
  expect(run).toMatchObject({
    parallelism: 50,
    reused: {},
    ended: null,
    stages: [{ name: 'a', retry: { attempts: 2 } }],
  });
  expect(await opened.stores.pipelines.find(digest)).toMatchObject({ spec, version: null });
  const recorded = await opened.stores.pipelineRuns.find(run.run);
  expect(recorded).toMatchObject({
    at: AT,
    day: '2026-11-25',
    who: 'ann',
    retryOf: null,
    params: { days: 28, on: true },
  });
});

test('by name the newest that was applied, by digest that one', async () => {
  const apply = async (parameters: Record<string, number>) => {
    const spec = pipelineOf([a()], { parameters });
    const digest = digestOf(spec).toString('hex');
    await opened.stores.pipelines.apply(spec, digest, null);
    return digest;
  };
  const [first, second] = [await apply({ old: 1 }), await apply({ young: 1 })];
  const open = (input: object) => on.openPipelineRun({ workflowId: freshId(), input, at: AT });
  expect(await open({ pipeline: 'p' })).toMatchObject({ digest: second, params: { young: 1 } });
  expect(await open({ pipeline: 'p', digest: first })).toMatchObject({ digest: first, day: '2026-11-24' });
  expect(await open({ digest: first, at: '2020-02-29' })).toMatchObject({ day: '2020-02-29' });
  await expect(open({ pipeline: 'q' })).rejects.toThrow(
    'pipeline is "q": expected one that was applied, did you mean "p"?',
  );
  await expect(open({ pipeline: 'q', digest: first })).rejects.toThrow('expected a digest of q, this is p');
  await expect(open({ digest: '0'.repeat(64) })).rejects.toThrow(
    'expected the digest of a pipeline that was applied or run',
  );
});

test('a run that is open or has succeeded stands, whatever is asked for then', async () => {
  const workflowId = freshId();
  const open = (...stages: ReturnType<typeof a>[]) =>
    on.openPipelineRun({ workflowId, input: { spec: specOf(stages) }, at: AT });
  const first = await open(a());
  // Its name stands for another pipeline by now, which this worker could not even run.
  expect(await open(stageInput('b', { image: 'unknown:v1' }))).toEqual(first);
  await end(first.run, 'failed');
  const second = await open(a());
  expect(second.run).toBe(`${first.run}~2`);
  const result = await end(second.run, 'succeeded');
  expect(await open(a())).toEqual({ ...second, ended: result });
});

test.each([
  [{ params: { days: '7' } }, 'params.days is "7": expected a number'],
  [{ params: { dais: 7 } }, 'params.dais is 7: unknown parameter, did you mean "days"?'],
  [{ spec: { ...(specOf([]) as object) } }, 'spec.stages'],
  [
    { spec: specOf([a({ inputs: [{ name: 'i', from: 'b.o' }] })]) },
    'spec.stages.0.inputs.0.from is "b.o": unknown stage "b"',
  ],
  [{ spec: 7 }, 'pipeline: (root) is 7'],
  [{ nonsense: 1 }, 'nonsense is not a known field'],
])('%j is refused for good', async (input, message) => {
  const refusal = opened.open(on, [a()], { parameters: { days: 7 } }, input as RunPipelineInput);
  await expect(refusal).rejects.toMatchObject({ type: 'loopwright.InvalidSpec', nonRetryable: true });
  await expect(refusal).rejects.toThrow(message);
});

describe('what this worker does not know', () => {
  const whole = [
    a({ image: 'x:v1', inputs: [{ name: 'i', path: '/data/x' }], secrets: [{ name: 'KEY', ref: 'key' }] }),
    stageInput('b', { compensate: { image: 'y:v1' } }),
  ];

  test('all of it is told at once', async () => {
    const refusal = opened.open(on, whole, { onFailure: { image: 'z:v1' } });
    await expect(refusal).rejects.toMatchObject({ type: 'loopwright.InvalidSpec', nonRetryable: true });
    const mapped = "expected an image that the worker's pipelines.executors map: worker:v1";
    const message = await refusal.catch((error: unknown) => (error as Error).message);
    expect((message as string).split('; ')).toEqual([
      `pipeline p on this worker: a.image is "x:v1": ${mapped}`,
      `a.inputs.i.path is "/data/x": expected a path that the worker's pipelines.paths know, or one of the run's files`,
      'a.secrets.KEY is "key": expected a secret of this worker',
      `b.compensate.image is "y:v1": ${mapped}`,
      `onFailure.image is "z:v1": ${mapped}`,
    ]);
  });

  test('at most twenty things', async () => {
    const stages = Array.from({ length: 25 }, (_, k) => stageInput(`s${k}`, { image: 'x:v1' }));
    await expect(opened.open(on, stages)).rejects.toThrow(/s19\.image.*; and 5 more$/);
  });

  test('a worker that knows it takes it; a file of the run does for a path and what lies below', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'open-'));
    writeFileSync(join(folder, 'x'), 'x');
    const stages = [a({ inputs: [{ name: 'i', path: '/data/x' }], secrets: [{ name: 'KEY', ref: 'key' }] })];
    const known: PipelineSettings = { ...image, secrets: { key: 's' } };
    const place = opened.worker({ ...known, paths: { '/data': folder } });
    expect((await opened.open(place, stages)).stages).toHaveLength(1);
    const ref = await opened.stores.artifactFiles.store(folder, 'test');
    expect((await opened.open(opened.worker(known), stages, {}, { files: { '/data': ref } })).stages).toHaveLength(1);
    await expect(opened.open(opened.worker(known), stages, {}, { files: { '/dat': ref } })).rejects.toThrow('/data/x');
    rmSync(folder, { recursive: true });
  });

  test('a deployment needs no image unless it has something to leave', async () => {
    const deploying = (rest: object) => [
      a({ outputs: [{ name: 'model', path: 'm' }] }),
      stageInput('d', {
        ...{ image: 'deployer:v1', inputs: [{ name: 'model', from: 'a.model' }] },
        ...{ deployment: { strategy: 'direct', environment: 'production' }, ...rest },
      }),
    ];
    expect((await opened.open(on, deploying({}))).stages[1]!.deployment).toMatchObject({ model: 'p' });
    await expect(opened.open(on, deploying({ validationRules: [{ metric: 'm', threshold: 1 }] }))).rejects.toThrow(
      'a deployment without one has no outputs and no rules',
    );
  });

  test('a container is not given the root', async () => {
    const docker = opened.worker({ executors: { 'worker:v1': { kind: 'docker' } } });
    const leaving = (path: string) => opened.open(docker, [a({ outputs: [{ name: 'o', path }] })]);
    await expect(leaving('/model')).rejects.toThrow(
      'a.outputs.o.path is "/model": expected a file in a folder, such as /out/model',
    );
    expect((await leaving('/model/')).stages).toHaveLength(1);
    expect((await leaving('model')).stages).toHaveLength(1);
  });
});

test('a file that is not there closes the run, so that its id may be used again', async () => {
  const sha256 = 'c'.repeat(64);
  const files = { '/data': { sha256, bytes: 1, uri: `artifact:file/${sha256}` } };
  const input = { spec: specOf([a()]), files };
  const workflowId = freshId();
  const refusal = on.openPipelineRun({ workflowId, input, at: AT });
  await expect(refusal).rejects.toMatchObject({ type: 'loopwright.ArtifactCorrupt', nonRetryable: true });
  expect(await opened.stores.pipelineRuns.find(workflowId)).toMatchObject({ result: { decision: 'failed' } });
  expect((await on.openPipelineRun({ workflowId, input: { spec: specOf([a()]) }, at: AT })).run).toBe(
    `${workflowId}~2`,
  );
});

test('a run that was terminated while it was undone is closed, and the same id begins anew', async () => {
  const workflowId = freshId();
  const stages = [a({ compensate: { image: 'worker:v1' } })];
  const open = () => on.openPipelineRun({ workflowId, input: { spec: specOf(stages) }, at: AT });
  const { run } = await open();
  await on.runStage({ run, stage: 'a', unit: 0 });
  expect((await open()).run).toBe(run);
  await on.runHandler({ run, stage: 'a', outcome: 'succeeded' });
  expect((await open()).run).toBe(`${workflowId}~2`);
  expect((await opened.stores.pipelineRuns.find(run))!.result).toMatchObject({
    ...{ decision: 'failed', reasons: ['it was terminated while it was undone'] },
  });
});
