import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CancelledFailure } from '@temporalio/common';
import { createPipelineActivities } from '../../activities/pipeline';
import { createImages } from '../../src/adapters/executor';
import type { PipelineActivities, PipelineSettings, StageCall } from '../../src/contracts';
import { AT, functions, inContext, mockEnvironment, openTestActivities, specOf } from '../support/pipeline-activities';
import type { TestActivities } from '../support/pipeline-activities';
import { stageInput } from '../support/pipelines';

let opened: TestActivities;
let calls: StageCall[];
/** Takes the calls; replaced by tests that wait or fail. */
let work: (call: StageCall) => Promise<void>;
let on: PipelineActivities;
let settings: PipelineSettings;
beforeAll(async () => {
  opened = await openTestActivities();
});
beforeEach(async () => {
  await opened.db.collection('stageCache').deleteMany({});
  [calls, work] = [[], () => Promise.resolve()];
  settings = functions({
    'worker:v1': async (call) => {
      calls.push(call);
      await work(call);
      writeFileSync(call.outputs.o!, `made by ${call.run}`);
      return { metrics: { m: 1 } };
    },
  });
  on = opened.worker(settings);
});
afterAll(() => opened.close());

const outputs = [{ name: 'o', path: 'o' }];
const a = (rest: object = {}) => stageInput('a', { cache: { maxAge: '1h' }, outputs, ...rest });
const run = async (rest: object = {}, name = 'p', place = on) => {
  const { run: id } = await opened.open(place, [a(rest)], { name });
  return { id, go: () => place.runStage({ run: id, stage: 'a', unit: 0 }) };
};
const outcomeOf = async (id: string) =>
  (await opened.stores.pipelineStages.find({ run: id, stage: 'a', unit: 0 }))!.outcome!;

test('the same is made once, for a pipeline of another name, too', async () => {
  const [first, second] = [await run(), await run({}, 'q')];
  expect((await first.go()).source).toBe('run');
  expect((await second.go()).source).toBe('cache');
  expect(calls).toHaveLength(1);
  const [made, taken] = [await outcomeOf(first.id), await outcomeOf(second.id)];
  expect(taken).toMatchObject({ outputs: made.outputs, metrics: { m: 1 }, from: first.id });
  const claims = await opened.db.collection('artifactClaims').findOne({ _id: made.outputs.o!.sha256 as never });
  expect(claims!.owners).toEqual(expect.arrayContaining([`pipeline/${first.id}`, `pipeline/${second.id}`]));
});

test.each([
  [{ args: ['x'] }],
  [{ command: ['x'] }],
  [{ hyperparameters: { h: 1 } }],
  [{ inputs: [{ name: 'i', value: 1 }] }],
  [{ image: 'worker:v1@sha256:' + 'a'.repeat(64) }],
  [{ outputs: [{ name: 'o', path: 'other' }] }],
  [{ forEach: { items: ['x'] } }],
])('what a result depends on is part of its key: %j', async (rest) => {
  const both = opened.worker({
    executors: { ...settings.executors, worker: settings.executors!['worker:v1']! },
  });
  await (await run({}, 'p', both)).go();
  await (await run(rest, 'p', both)).go();
  expect(calls).toHaveLength(2);
});

test('so is the version of a function, and none of it what does not matter', async () => {
  await (await run()).go();
  const newer = opened.worker({
    executors: { 'worker:v1': { ...settings.executors!['worker:v1']!, version: '2' } as never },
  });
  expect((await (await run({}, 'p', newer)).go()).source).toBe('run');
  expect((await (await run({ retry: { attempts: 1 }, timeout: '5m', resources: { cpu: '2' } })).go()).source).toBe(
    'cache',
  );
});

test('what lies at a path counts by its content', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cache-'));
  const place = opened.worker({ ...settings, paths: { '/data': folder } });
  const inputs = { inputs: [{ name: 'i', path: '/data' }] };
  const sources: string[] = [];
  for (const text of ['1', '2', '1']) {
    writeFileSync(join(folder, 'f'), text);
    sources.push((await (await run(inputs, 'p', place)).go()).source);
  }
  expect(sources).toEqual(['run', 'run', 'cache']);
  writeFileSync(join(folder, 'f'), '3');
  work = () => {
    writeFileSync(join(folder, 'f'), '4');
    return Promise.resolve();
  };
  await expect((await run(inputs, 'p', place)).go()).rejects.toThrow("what lies at an input's path changed");
  rmSync(folder, { recursive: true });
});

test('two that want the same at once: one makes it, the other waits', async () => {
  let release = (): void => undefined;
  work = () => new Promise((resolve) => (release = resolve));
  const [first, second] = [await run(), await run()];
  const both = [first.go(), second.go()];
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(calls).toHaveLength(1);
  release();
  expect((await Promise.all(both)).map(({ source }) => source).sort()).toEqual(['cache', 'run']);
  expect(calls).toHaveLength(1);
});

test('one that waits can be cancelled', async () => {
  let release = (): void => undefined;
  work = () => new Promise((resolve) => (release = resolve));
  const first = (await run()).go();
  while (calls.length === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  const { id } = await run();
  const raw = createPipelineActivities({ stores: opened.stores, images: createImages(settings) });
  const env = mockEnvironment();
  let beats = 0;
  env.on('heartbeat', () => (beats += 1));
  const second = inContext(() => raw.runStage({ run: id, stage: 'a', unit: 0 }), env);
  while (beats === 0) await new Promise((resolve) => setTimeout(resolve, 10));
  env.cancel('CANCELLED');
  await expect(second).rejects.toBeInstanceOf(CancelledFailure);
  release();
  expect((await first).source).toBe('run');
});

test('a failure is not kept, nor a result that breaks a rule; who waits makes it anew', async () => {
  work = () => Promise.reject(new Error('no'));
  await expect((await run()).go()).rejects.toThrow('no');
  work = () => Promise.resolve();
  const strict = { validationRules: [{ metric: 'm', threshold: 2 }] };
  expect((await (await run(strict)).go()).broken).toHaveLength(1);
  expect((await (await run()).go()).source).toBe('run');
  expect(calls).toHaveLength(3);
  // A result that is taken is judged by the rules of the stage that takes it.
  expect(await (await run(strict)).go()).toMatchObject({ source: 'cache', broken: ['m is 1, expected at least 2'] });
});

test('a result whose artifacts are gone is made anew, once', async () => {
  const first = await run();
  await first.go();
  const { sha256 } = (await outcomeOf(first.id)).outputs.o!;
  const lose = async () => {
    await opened.db.collection('artifacts.files').deleteMany({ filename: sha256 });
    await opened.db.collection('artifactClaims').deleteMany({ _id: sha256 as never });
  };
  await lose();
  expect((await (await run()).go()).source).toBe('run');
  expect((await (await run()).go()).source).toBe('cache');
  expect(calls).toHaveLength(2);
});

test('a result that is too old is made anew', async () => {
  await (await run()).go();
  await opened.db.collection('stageCache').updateMany({}, { $set: { at: new Date(Date.now() - 2 * 3_600_000) } });
  expect((await (await run()).go()).source).toBe('run');
  expect((await (await run({ cache: { maxAge: '3h' } })).go()).source).toBe('cache');
});

describe('what this worker would do', () => {
  const stages = [
    a(),
    stageInput('b', {
      cache: { maxAge: '1h' },
      outputs,
      inputs: [{ name: 'i', from: 'a.o' }],
      forEach: { items: [1, 2] },
    }),
    stageInput('c', {
      cache: { maxAge: '1h' },
      outputs,
      inputs: [{ name: 'i', from: 'b.o' }],
      hyperparameters: { m: '{{ .Stages.a.Metrics.m }}' },
    }),
    stageInput('d', {
      inputs: [{ name: 'model', from: 'a.o' }],
      image: 'x:v1',
      deployment: { strategy: 'direct', environment: 'e' },
    }),
    stageInput('e', { outputs, cache: { maxAge: '1h' }, dependsOn: ['d'] }),
  ];
  const plan = (input = {}) => on.planPipelineRun({ input: { spec: specOf(stages), ...input }, at: AT });

  test('which executors, and which results are there, as far as that is known', async () => {
    const executors = { a: 'function', b: 'function', c: 'function', d: 'deployment', e: 'function' };
    expect(await plan()).toEqual({ executors, cached: [] });
    const { run: id } = await opened.open(on, stages);
    const go = (stage: string, unit = 0) => on.runStage({ run: id, stage, unit });
    await go('a');
    expect((await plan()).cached).toEqual(['a']);
    await go('b', 0);
    expect((await plan()).cached).toEqual(['a']);
    await go('b', 1);
    expect((await plan()).cached).toEqual(['a', 'b']);
    await go('c');
    expect((await plan()).cached).toEqual(['a', 'b', 'c']);
    // Nothing was recorded or kept for it.
    expect(await opened.db.collection('pipelineRuns').countDocuments({ _id: id as never })).toBe(1);
  });

  test('a worker that does not know an image refuses the plan', async () => {
    await expect(opened.worker({}).planPipelineRun({ input: { spec: specOf([a()]) }, at: AT })).rejects.toThrow(
      'it maps none',
    );
  });
});

test('a stage with a cache is told neither the day nor the parameters: they are not part of the key', async () => {
  const { go } = await run();
  await go();
  const plain = await run({ cache: undefined });
  await plain.go();
  expect(calls.map(({ date, parameters }) => [date, parameters])).toEqual([
    [undefined, {}],
    ['2026-11-24', {}],
  ]);
});
