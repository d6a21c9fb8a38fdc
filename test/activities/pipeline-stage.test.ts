import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { inspect } from 'node:util';
import { ApplicationFailure, CancelledFailure } from '@temporalio/common';
import { createPipelineActivities } from '../../activities/pipeline';
import { createImages } from '../../src/adapters/executor';
import type { PipelineSettings, StageCall, StageFunction } from '../../src/contracts';
import { functions, inContext, mockEnvironment, openTestActivities } from '../support/pipeline-activities';
import type { TestActivities } from '../support/pipeline-activities';
import { stageInput } from '../support/pipelines';

let opened: TestActivities;
let folder: string;
beforeAll(async () => {
  opened = await openTestActivities();
  folder = mkdtempSync(join(tmpdir(), 'stage-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await opened.close();
});

const leave = (path: string, text: string): void => {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
};
const a = (rest: object = {}) => stageInput('a', rest);

/** Runs one stage as a function; says what it was called with and what became of it. */
async function once(
  stages: Parameters<TestActivities['open']>[1],
  run: StageFunction,
  settings: PipelineSettings = {},
  rest = {},
  input = {},
) {
  const calls: StageCall[] = [];
  const worker = functions({ 'worker:v1': (call, context) => (calls.push(call), run(call, context)) });
  const on = opened.worker({ ...worker, folder, ...settings });
  const { run: id } = await opened.open(on, stages, rest, input);
  const unit = (stage: string, k = 0) => ({ run: id, stage, unit: k });
  return {
    id,
    calls,
    go: (stage = 'a', k = 0) => on.runStage(unit(stage, k)),
    record: (stage = 'a', k = 0) => opened.stores.pipelineStages.find(unit(stage, k)),
  };
}

const textOf = async (ref: { sha256: string }) => Buffer.from(await opened.stores.artifacts.get(ref.sha256)).toString();

test('values, artifacts and metrics go from stage to stage; only what is asked for goes to the workflow', async () => {
  const outputs = [
    { name: 'rows', path: 'out/rows.csv' },
    { name: 'all', path: '/data/all/' },
  ];
  const stages = [
    a({
      inputs: [{ name: 'range', value: '{{ .Date.AddDays(-7) }} to {{ .Date }}' }],
      outputs,
      hyperparameters: { n: '{{ .Params.n }}', l: [1, 2] },
    }),
    stageInput('b', {
      inputs: [
        { name: 'rows', from: 'a.rows' },
        { name: 'all', from: 'a.all' },
      ],
      hyperparameters: { seen: '{{ .Stages.a.Metrics.m }}', at: '{{ .Stages.a.Outputs.rows }}' },
      condition: '{{ .Stages.a.Metrics.m > 0 and .Stages.a.Outputs.rows != "" }}',
    }),
  ];
  const seen: string[] = [];
  const work = await once(
    stages,
    (call) => {
      if (call.stage === 'a') {
        leave(call.outputs.rows!, 'x,y');
        leave(join(call.outputs.all!, 'deep/f'), 'f');
        return Promise.resolve({ metrics: { m: 3, unasked: 4 } });
      }
      const { rows, all } = call.inputs as Record<string, { path: string }>;
      seen.push(readFileSync(rows!.path, 'utf8'), readFileSync(join(all!.path, 'deep/f'), 'utf8'));
      return Promise.resolve();
    },
    {},
    { parameters: { n: 5 }, timezone: 'Europe/Berlin' },
  );
  const report = await work.go();
  const { outcome, intended, state } = (await work.record())!;
  expect(report).toEqual({
    source: 'run',
    broken: [],
    metrics: { m: 3 },
    outputs: { rows: outcome!.outputs.rows!.uri },
  });
  expect(state).toBe('succeeded');
  expect(outcome).toMatchObject({ metrics: { m: 3, unasked: 4 }, source: 'run', log: null });
  expect(intended).toMatchObject({
    executor: 'function',
    version: 'function/1',
    inputs: { range: '2026-11-18 to 2026-11-25' },
  });
  expect(await textOf(outcome!.outputs.rows!)).toBe('x,y');
  await work.go('b');
  expect(seen).toEqual(['x,y', 'f']);
  expect(work.calls[0]).toMatchObject({
    stage: 'a',
    attempt: 1,
    date: '2026-11-25',
    parameters: { n: 5 },
    hyperparameters: { n: 5, l: [1, 2] },
  });
  expect(work.calls[1]).toMatchObject({ hyperparameters: { seen: 3, at: outcome!.outputs.rows!.uri } });
  // Nothing is left behind.
  expect(readdirSync(folder)).toEqual([]);
});

test('an attempt whose result is recorded runs nothing', async () => {
  const work = await once([a()], () => Promise.resolve());
  const [first, second] = [await work.go(), await work.go()];
  expect(second).toEqual(first);
  expect(work.calls).toHaveLength(1);
});

test('each item is told its place; what follows is given a folder of them', async () => {
  const stages = [
    a({ forEach: { items: ['x', 'y'] }, outputs: [{ name: 'o', path: 'o' }], hyperparameters: { i: '{{ .Item }}' } }),
    stageInput('b', { inputs: [{ name: 'os', from: 'a.o' }] }),
  ];
  const seen: string[] = [];
  const work = await once(stages, (call) => {
    if (call.stage === 'a') leave(call.outputs.o!, `${call.item!.index} ${String(call.hyperparameters.i)}`);
    else {
      const { path } = call.inputs.os as { path: string };
      seen.push(
        ...readdirSync(path)
          .sort()
          .map((name) => readFileSync(join(path, name), 'utf8')),
      );
    }
    return Promise.resolve();
  });
  await Promise.all([work.go('a', 0), work.go('a', 1)]);
  await work.go('b');
  expect(seen).toEqual(['0 x', '1 y']);
  await expect(work.go('a', 2)).rejects.toThrow('unit is 2: expected 0 to 1');
});

test("what lies at a path comes from this machine, and from the run's files in its place", async () => {
  const place = mkdtempSync(join(tmpdir(), 'place-'));
  leave(join(place, 'in/f'), 'here');
  const inputs = [{ name: 'i', path: '/data/in/' }];
  const read = (call: StageCall) => {
    leave(call.outputs.o!, readFileSync(join((call.inputs.i as { path: string }).path, 'f'), 'utf8'));
    return Promise.resolve();
  };
  const stages = [a({ inputs, outputs: [{ name: 'o', path: 'o' }] })];
  const paths = { '/data': place };
  const here = await once(stages, read, { paths });
  await here.go();
  expect(await textOf((await here.record())!.outcome!.outputs.o!)).toBe('here');
  leave(join(place, 'in/f'), 'brought');
  const ref = await opened.stores.artifactFiles.store(place, 'test');
  leave(join(place, 'in/f'), 'changed');
  const brought = await once(stages, read, { paths }, {}, { files: { '/data': ref } });
  await brought.go();
  expect(await textOf((await brought.record())!.outcome!.outputs.o!)).toBe('brought');
  symlinkSync('/etc/hostname', join(place, 'in/link'));
  await expect((await once(stages, read, { paths })).go()).rejects.toThrow(
    '/data/in/ has a link or a device in it, /link',
  );
  rmSync(place, { recursive: true });
});

test('rules are judged, and the result of one that is broken is final', async () => {
  const rules = [
    { metric: 'auc', threshold: 0.9 },
    { metric: 'none', threshold: 1 },
  ];
  const work = await once([a({ validationRules: rules })], () => Promise.resolve({ metrics: { auc: 0.5 } }));
  const report = await work.go();
  expect(report.broken).toEqual(['auc is 0.5, expected at least 0.9', 'none was not reported']);
  expect(await work.go()).toEqual(report);
  expect(work.calls).toHaveLength(1);
});

test('what a function throws: a failure of its own goes through, anything else may be tried again', async () => {
  const own = ApplicationFailure.nonRetryable('no rows', 'Mine');
  await expect((await once([a()], () => Promise.reject(own))).go()).rejects.toBe(own);
  const other = await once(
    [a({ secrets: [{ name: 'K', ref: 'k' }] })],
    () => Promise.reject(new Error('bad hunter2')),
    { secrets: { k: 'hunter2' } },
  );
  await expect(other.go()).rejects.toMatchObject({
    type: 'loopwright.StageFailed',
    nonRetryable: false,
    message: 'a: attempt 1 failed: bad ***',
  });
  expect(await other.record()).toMatchObject({ state: 'failed', reason: 'a: attempt 1 failed: bad ***' });
});

test('a failure of a function that tells a secret goes through without it, wherever it stands', async () => {
  const settings = { secrets: { k: 'hunter2' } };
  const stages = [a({ secrets: [{ name: 'K', ref: 'k' }] })];
  const cause = new Error('from hunter2');
  for (const failure of [
    ApplicationFailure.nonRetryable('bad hunter2', 'Mine'),
    ApplicationFailure.nonRetryable('bad ***', 'Mine', { deep: ['hunter2'] }),
    ApplicationFailure.create({ message: 'bad ***', type: 'Mine', nonRetryable: true, cause }),
  ]) {
    const work = await once(stages, () => Promise.reject(failure), settings);
    const thrown: unknown = await work.go().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ message: 'bad ***', type: 'Mine', nonRetryable: true });
    expect(inspect(thrown, { depth: 9 })).not.toContain('hunter2');
    expect((await work.record())!.reason).toBe('bad ***');
  }
  const clean = ApplicationFailure.nonRetryable('no rows', 'Mine', { rows: 0 });
  await expect((await once(stages, () => Promise.reject(clean), settings)).go()).rejects.toBe(clean);
});

test('files of a run stand beside one another, however long the paths are that a stage names of them', async () => {
  const place = mkdtempSync(join(tmpdir(), 'place-'));
  leave(join(place, 'all/long/name'), 'of the outer');
  leave(join(place, 'all/x'), 'covered');
  leave(join(place, 'x'), 'of the inner');
  const store = (path: string) => opened.stores.artifactFiles.store(join(place, path), 'test');
  const files = { '/data': await store('all'), '/data/x': await store('x') };
  const inputs = [
    { name: 'long', path: '/data/long/name' },
    { name: 'x', path: '/data/x' },
  ];
  const seen: Record<string, string> = {};
  const work = await once(
    [a({ inputs })],
    (call) => {
      for (const [name, input] of Object.entries(call.inputs))
        seen[name] = readFileSync((input as { path: string }).path, 'utf8');
      return Promise.resolve();
    },
    {},
    {},
    { files },
  );
  await work.go();
  expect(seen).toEqual({ long: 'of the outer', x: 'of the inner' });
  rmSync(place, { recursive: true });
});

test('a template that nobody can fill in is not tried again, nor is an input that nobody left', async () => {
  const stages = [
    a({ allowFailure: true, outputs: [{ name: 'o', path: 'o' }] }),
    stageInput('b', { dependsOn: ['a'], hyperparameters: { m: '{{ .Stages.a.Metrics.m }}' } }),
    stageInput('c', { inputs: [{ name: 'i', from: 'a.o' }] }),
    stageInput('d', { dependsOn: ['a'], hyperparameters: { f: '{{ .Stages.a.Failed }}' } }),
  ];
  const work = await once(stages, (call) => (call.stage === 'a' ? Promise.reject(new Error('x')) : Promise.resolve()));
  await expect(work.go('a')).rejects.toThrow('x');
  await expect(work.go('b')).rejects.toMatchObject({ type: 'loopwright.InvalidSpec', nonRetryable: true });
  await expect(work.go('b')).rejects.toThrow(
    'hyperparameters.m is ".Stages.a.Metrics.m": expected a value that is known by now',
  );
  await expect(work.go('c')).rejects.toThrow('inputs.i.from is "a.o": expected what a left, it failed');
  await work.go('d');
  expect(work.calls.at(-1)!.hyperparameters).toEqual({ f: true });
});

test('a run or a stage that is not there', async () => {
  const work = await once([a()], () => Promise.resolve());
  await expect(work.go('zz')).rejects.toMatchObject({ type: 'loopwright.NotFound', nonRetryable: true });
  const on = opened.worker({});
  await expect(on.runStage({ run: 'none', stage: 'a', unit: 0 })).rejects.toMatchObject({
    type: 'loopwright.NotFound',
  });
  // Another worker, such as that of the GPUs, may lack the image.
  await expect(on.runStage({ run: work.id, stage: 'a', unit: 0 })).rejects.toThrow(
    'a.image is "worker:v1": expected an image that the worker\'s pipelines.executors map: it maps none',
  );
});

test('cancelled, it ends what runs, leaves nothing and is recorded as failed', async () => {
  const env = mockEnvironment();
  const settings: PipelineSettings = {
    executors: { 'worker:v1': { kind: 'process', command: ['sh', '-c', 'echo up; sleep 60'] } },
    folder,
  };
  const { run } = await opened.open(opened.worker(settings), [a()]);
  const on = createPipelineActivities({ stores: opened.stores, images: createImages(settings) });
  const unit = { run, stage: 'a', unit: 0 };
  const running = inContext(() => on.runStage(unit), env);
  while (readdirSync(folder).length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
  env.cancel('CANCELLED');
  await expect(running).rejects.toBeInstanceOf(CancelledFailure);
  expect(readdirSync(folder)).toEqual([]);
  expect(await opened.stores.pipelineStages.find(unit)).toMatchObject({ state: 'failed', outcome: null });
});
