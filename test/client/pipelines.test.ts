import { failureTypes } from '../../src/contracts';
import type { PipelineSpecInput } from '../../src/schemas';
import { eventually, openTestLoop, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { puppet, written } from '../support/pipeline-written';
import { Puppet } from '../support/puppet';

jest.setTimeout(240_000);

const ANN = { who: 'ann', reason: 'because' };
const doll = new Puppet();
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: doll.settings });
});
afterAll(() => loop.close());

/** Two stages in a row; the second does as it is told. */
function chain(words = '', rest: Partial<PipelineSpecInput['spec']['stages'][number]> = {}) {
  return written(
    [
      puppet('extract', 'metric:rows=7', { outputs: [{ name: 'rows', path: 'rows' }] }),
      puppet('train', words, {
        inputs: [
          { name: 'rows', from: 'extract.rows' },
          { name: 'day', value: '{{ .Date }} {{ .Params.region }}' },
        ],
        outputs: [{ name: 'model', path: 'model' }],
        ...rest,
      }),
    ],
    { parameters: { region: 'north', days: 28, deploy: false } },
  );
}

describe('run', () => {
  test('of a name: what is applied under it, with parameters, a time and what is to be returned', async () => {
    const spec = chain('metric:auc=0.9', { validationRules: [{ metric: 'auc', threshold: 0.8 }] });
    const { name } = spec.metadata;
    const { digest } = await loop.client.pipelines.apply(spec);
    const started = await loop.client.pipelines.run(name, {
      ...{ params: { region: 'south' }, at: '2026-03-01T23:30:00Z', who: 'ann', returns: ['train.model'] },
    });
    expect(started).toMatchObject({ pipeline: name, digest });
    expect(started.workflowId).toMatch(new RegExp(`^pipeline:${name}:20260301T233000Z-[a-z]{4}$`));
    const result = await loop.client.pipelines.result(started.workflowId);
    expect(result).toMatchObject({
      ...{ pipeline: name, digest, decision: 'succeeded', stages: { succeeded: 2, failed: 0, skipped: 0 } },
      outputs: { 'train.model': { uri: expect.stringMatching(/^artifact:file\/[0-9a-f]{64}$/) } },
    });
    const { sha256 } = result.outputs['train.model']!;
    const model = Buffer.from(await loop.stores.artifacts.get(sha256)).toString();
    expect(model).toBe('train(rows=extract(), day=2026-03-01 south)');
    const record = (await loop.client.pipelines.record(started.workflowId))!;
    expect(record.run).toMatchObject({ at: '2026-03-01T23:30:00.000Z', day: '2026-03-01', who: 'ann' });
    expect(record.run.params).toEqual({ region: 'south', days: 28, deploy: false });
    expect(record.stages.map(({ stage, state, attempt }) => [stage, state, attempt])).toEqual([
      ['extract', 'succeeded', 1],
      ['train', 'succeeded', 1],
    ]);
    expect(record.stages[1]).toMatchObject({
      intended: { image: 'test/puppet:v1', executor: 'function', inputs: { day: '2026-03-01 south' } },
      outcome: { metrics: { auc: 0.9 }, source: 'run' },
    });
    expect(record.spec?.metadata.name).toBe(name);
  });

  test('of a declaration: its history carries the digest, and its name stands for nothing', async () => {
    const spec = chain();
    const { workflowId, digest } = await loop.client.pipelines.run(spec, { run: 'mine' });
    expect(workflowId).toBe(`pipeline:${spec.metadata.name}:mine`);
    await loop.client.pipelines.result(workflowId);
    const { events } = await loop.client.pipelines.handle(workflowId).fetchHistory();
    const [started] = events!;
    const { payloads } = started!.workflowExecutionStartedEventAttributes!.input!;
    expect(JSON.parse(Buffer.from(payloads![0]!.data!).toString())).toEqual({ pipeline: spec.metadata.name, digest });
    expect((await loop.client.pipelines.history(spec.metadata.name)).versions).toEqual([]);
    await expect(loop.client.pipelines.run(spec.metadata.name)).rejects.toThrow('was applied');
    // The same id again is the same run: it has succeeded.
    const again = await loop.client.pipelines.run(spec, { run: 'mine' });
    expect((await loop.client.pipelines.result(again.workflowId)).decision).toBe('succeeded');
    expect(doll.of(spec.metadata.name)).toEqual(['extract', 'train']);
  });

  test('a run that fails throws the stage and why; its log and its record stay', async () => {
    const spec = chain('fail', { retry: { attempts: 2, interval: '100ms' } });
    const { workflowId } = await loop.client.pipelines.run(spec);
    const failed = loop.client.pipelines.result(workflowId);
    await expect(failed).rejects.toMatchObject({ type: failureTypes.pipelineFailed });
    await expect(failed).rejects.toThrow(/^pipeline p\w+ failed: train: .*train cannot/);
    expect(await loop.client.pipelines.log(workflowId, 'train')).toContain('attempt 2 of train');
    const status = await loop.client.pipelines.status(workflowId);
    expect(status).toMatchObject({ phase: 'closed', result: { decision: 'failed' } });
    expect(status.stages.map(({ name, standing }) => [name, standing])).toEqual([
      ['extract', 'succeeded'],
      ['train', 'failed'],
    ]);
    expect(status.stages[1]!.reason).toContain('train cannot');
  });

  test('is refused before anything begins, with what would be accepted', async () => {
    const { pipelines } = loop.client;
    const spec = chain();
    const { name } = spec.metadata;
    const refused = async (options: object, words: string) =>
      expect(pipelines.run(spec, options)).rejects.toThrow(words);
    await refused({ params: { regoin: 'x' } }, 'params.regoin is "x": unknown parameter, did you mean "region"?');
    await refused({ params: { days: '7' } }, 'params.days is "7": expected a number');
    await refused({ params: { deploy: 1 } }, 'params.deploy is 1: expected a boolean');
    await refused({ params: { days: Infinity } }, 'params.days is Infinity');
    await refused({ params: JSON.parse('{"__proto__": 1}') as object }, 'params.__proto__');
    await refused({ params: { constructor: 'x' } }, 'unknown parameter');
    await refused({ at: 'tomorrow' }, 'at is "tomorrow": expected an ISO 8601 day or instant');
    await refused({ run: 'a b' }, 'run is "a b": expected letters, digits');
    await refused({ who: '' }, 'who is ""');
    await refused(
      { returns: ['train.modle'] },
      'returns.0 is "train.modle": unknown output, did you mean "train.model"?',
    );
    await refused({ files: { rows: {} } }, 'files.rows');
    await refused({ parms: {} }, 'parms is not a known field');
    await expect(pipelines.run('no such')).rejects.toThrow('no pipeline "no such" was applied');
    const cyclic = written([puppet('a', '', { dependsOn: ['b'] }), puppet('b', '', { dependsOn: ['a'] })]);
    await expect(pipelines.run(cyclic)).rejects.toThrow(/spec\.stages\.\d.*a -> b|b -> a|cycle/);
    await expect(pipelines.apply({ ...spec, kind: 'Pipeline' } as never)).rejects.toThrow(
      'kind is "Pipeline": expected MLPipeline',
    );
    expect((await pipelines.history(name)).runs).toEqual([]);
  });

  test('is refused where nobody works, and where no worker with a GPU does', async () => {
    const gpu = written([puppet('train', '', { resources: { gpu: 1 } })]);
    await expect(loop.client.pipelines.run(gpu)).rejects.toThrow(`task queue "${loop.taskQueue}-gpu"`);
    const idle = await openTestLoop();
    try {
      await expect(idle.client.pipelines.run(chain())).rejects.toThrow(`task queue "${idle.taskQueue}"`);
      await expect(idle.client.pipelines.plan(chain())).rejects.toThrow(`task queue "${idle.taskQueue}"`);
    } finally {
      await idle.close();
    }
  });
});

describe('plan', () => {
  test('tells what the declaration says and what a worker knows, and runs nothing', async () => {
    const spec = written([
      puppet('train', '', { cache: { maxAge: '1d' }, outputs: [{ name: 'model', path: 'model' }] }),
      puppet('ship', '', { dependsOn: ['train'] }),
    ]);
    const { name } = spec.metadata;
    const plan = await loop.client.pipelines.plan(spec, { at: '2026-03-01T23:30:00Z' });
    expect(plan).toMatchObject({
      name,
      day: '2026-03-01',
      worker: { executors: { train: 'function', ship: 'function' } },
    });
    expect(plan.worker!.cached).toEqual([]);
    expect(doll.of(name)).toEqual([]);
    expect(await loop.client.pipelines.history(name)).toEqual({ versions: [], runs: [] });
    const { workflowId } = await loop.client.pipelines.run(spec);
    await loop.client.pipelines.result(workflowId);
    expect((await loop.client.pipelines.plan(spec)).worker!.cached).toEqual(['train']);
  });

  test('an image that no worker carries out, and a bad parameter, are refused', async () => {
    const spec = written([{ name: 'train', image: 'nobody/trainer:v1' }], { parameters: { days: 1 } });
    await expect(loop.client.pipelines.plan(spec)).rejects.toThrow('nobody/trainer:v1');
    await expect(loop.client.pipelines.plan(spec, { params: { days: true } })).rejects.toThrow('expected a number');
  });
});

describe('retry', () => {
  test('runs what failed and takes what succeeded as it is, under an id of its own', async () => {
    const { pipelines } = loop.client;
    const spec = chain('fail');
    const { name } = spec.metadata;
    const first = await pipelines.run(spec, { run: 'x', at: '2026-03-01', params: { region: 'west' } });
    await expect(pipelines.result(first.workflowId)).rejects.toThrow('train cannot');
    const second = await pipelines.retry(first.workflowId, { who: 'ann' });
    expect(second).toMatchObject({ workflowId: `pipeline:${name}:x.r1`, run: 'x.r1' });
    await expect(pipelines.result(second.workflowId)).rejects.toThrow('train cannot');
    expect(doll.of(name)).toEqual(['extract', 'train', 'train']);
    const { run, stages } = (await pipelines.record(second.workflowId))!;
    expect(run).toMatchObject({ retryOf: first.workflowId, who: 'ann', day: '2026-03-01', params: { region: 'west' } });
    expect(stages.find(({ stage }) => stage === 'extract')?.outcome).toMatchObject({
      ...{ source: 'retry', from: first.workflowId },
    });
    // A retry of the retry, and another one of the first.
    expect(await pipelines.retry(second.workflowId)).toMatchObject({ run: 'x.r2' });
    await expect(pipelines.result(`pipeline:${name}:x.r2`)).rejects.toThrow('train cannot');
    expect(await pipelines.retry(first.workflowId)).toMatchObject({ run: 'x.r3' });
    expect((await pipelines.history(name)).runs.map(({ _id }) => _id.split(':')[2]).sort()).toEqual(
      ['x', 'x.r1', 'x.r2', 'x.r3'].slice(0, (await pipelines.history(name)).runs.length),
    );
    await expect(pipelines.result(`pipeline:${name}:x.r3`)).rejects.toThrow('train cannot');
  });

  test('what is open, what succeeded and what never was is not retried', async () => {
    const { pipelines } = loop.client;
    const spec = chain('hold');
    const { name } = spec.metadata;
    const { workflowId } = await pipelines.run(spec);
    await eventually(() => doll.of(name).includes('train'));
    await expect(pipelines.retry(workflowId)).rejects.toThrow('is open: it is retried once it has failed');
    await expect(pipelines.log(workflowId, 'train')).rejects.toThrow('train has no log yet: it runs');
    doll.release(name, 'train');
    await pipelines.result(workflowId);
    await expect(pipelines.retry(workflowId)).rejects.toThrow('succeeded: there is nothing to retry');
    await expect(pipelines.retry('pipeline:no:run')).rejects.toThrow('there is no run "pipeline:no:run"');
    await expect(pipelines.log('pipeline:no:run', 'train')).rejects.toThrow('there is no run');
    await expect(pipelines.log(workflowId, 'trian')).rejects.toThrow('expected one of extract, train');
  });
});

describe('people', () => {
  const asked = { approval: { message: 'look at it' } };

  test('approve and reject a stage that waits', async () => {
    const { pipelines } = loop.client;
    const run = async () => {
      const { workflowId } = await pipelines.run(chain('', asked));
      await eventually(async () => (await pipelines.status(workflowId)).approvals.length === 1);
      return workflowId;
    };
    const [good, bad] = [await run(), await run()];
    expect((await pipelines.status(good)).approvals).toEqual([{ stage: 'train', message: 'look at it', until: null }]);
    await expect(pipelines.approve(good, { ...ANN, stage: 'extract' })).rejects.toThrow('extract');
    await expect(pipelines.approve(good, { ...ANN, who: '', stage: 'train' })).rejects.toThrow('who');
    await pipelines.approve(good, { ...ANN, stage: 'train' });
    expect((await pipelines.result(good)).decision).toBe('succeeded');
    await pipelines.reject(bad, { ...ANN, stage: 'train' });
    await expect(pipelines.result(bad)).rejects.toThrow('ann: because');
  });

  test('cancel a run', async () => {
    const { pipelines } = loop.client;
    const spec = chain('hold');
    const { workflowId } = await pipelines.run(spec);
    await eventually(() => doll.of(spec.metadata.name).includes('train'));
    await pipelines.cancel(workflowId, ANN);
    expect(await pipelines.result(workflowId)).toMatchObject({
      ...{ decision: 'cancelled', reasons: ['cancelled by ann: because'] },
    });
    await expect(pipelines.cancel('pipeline:no:run', ANN)).rejects.toThrow('pipeline:no:run');
  });
});
