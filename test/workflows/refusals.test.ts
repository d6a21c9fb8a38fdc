import { WorkflowFailedError } from '@temporalio/client';
import { LoopwrightClient } from '../../src/client';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { MONITOR } from '../support/specs';
import { modelBytes } from '../support/models';

jest.setTimeout(120_000);

let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const { model: _model, ...monitor } = MONITOR;

/** The innermost message of a workflow that failed. */
async function failureOf(type: string, args: unknown[]): Promise<{ type: string | undefined; message: string }> {
  const handle = await loop.temporal.workflow.start(type, {
    workflowId: `bad-${Math.random()}`,
    taskQueue: loop.taskQueue,
    args,
  });
  try {
    await handle.result();
  } catch (error) {
    expect(error).toBeInstanceOf(WorkflowFailedError);
    let cause = (error as WorkflowFailedError).cause as Error & { type?: string };
    while (cause.cause instanceof Error) cause = cause.cause;
    return { type: cause.type, message: cause.message };
  }
  throw new Error('the workflow did not fail');
}

describe('a start that did not come through our client fails at once, with path and value', () => {
  test.each([
    ['loopwright.monitorModel', [], 'monitor spec: (root)'],
    ['loopwright.monitorModel', [null], 'monitor spec: (root)'],
    ['loopwright.monitorModel', ['text'], 'monitor spec: (root)'],
    ['loopwright.monitorModel', [{ spec: { ...monitor, model: 'm', window: '7 days' } }], 'window is "7 days"'],
    ['loopwright.monitorModel', [{ spec: { ...monitor, model: 'm', surprise: 1 } }], 'surprise'],
    [
      'loopwright.monitorModel',
      [{ spec: { ...monitor, model: 'm', retrain: { lookback: '63d', trainer: 'none' } } }],
      'retrain.trainer is "none"',
    ],
    ['loopwright.retrainModel', [{ spec: { model: 'a/b' } }], 'model is "a/b"'],
    ['loopwright.deployModel', [{ target: { model: '' } }], 'model is ""'],
    ['loopwright.deployModel', [], 'deployment spec'],
    ['loopwright.runExperiment', [{ spec: { id: 'x', allocation: 2 } }], 'allocation is 2'],
    ['loopwright.runPipeline', [], 'pipeline'],
    ['loopwright.runPipeline', [null], 'pipeline'],
    ['loopwright.runPipeline', [[1]], 'pipeline'],
    ['loopwright.runPipeline', [{ pipeline: 'nobody-applied-it' }], 'nobody-applied-it'],
    ['loopwright.runPipeline', [{ pipeline: { $ne: null } }], 'pipeline is {"$ne":null}'],
    ['loopwright.runPipeline', [{ spec: { kind: 'MLPipeline' } }], 'apiVersion'],
    ['loopwright.runPipeline', [{ pipeline: 'p', state: { begun: 5, ended: 'x' } }], 'p'],
    ['loopwright.runPipeline', [{ pipeline: 'p', returns: 5 }], 'returns is 5'],
  ])('%s with %j', async (type, args, words) => {
    const failure = await failureOf(type, args);
    expect(failure.type).toBe('loopwright.InvalidSpec');
    expect(failure.message).toContain(words);
  });
});

test('the client refuses a bad spec before anything starts', async () => {
  await expect(loop.client.monitors.start({ ...monitor, model: loop.model, baselineDrop: undefined })).rejects.toThrow(
    'baselineDrop',
  );
  await expect(loop.client.challenges.start({ id: 'x' } as never)).rejects.toThrow('experiment spec');
});

test('a queue that nobody polls is named', async () => {
  const lonely = new LoopwrightClient({
    temporal: loop.temporal,
    mongo: loop.mongo,
    db: loop.db,
    taskQueue: 'nobody-there',
  });
  await expect(lonely.monitors.start({ ...monitor, model: loop.model })).rejects.toThrow('"nobody-there"');
});

test('messages with anything in them leave a monitor healthy', async () => {
  await loop.client.monitors.start({ ...monitor, model: loop.model });
  const handle = loop.client.monitors.handle({ model: loop.model });
  const garbage = [
    undefined,
    null,
    7,
    'x',
    [],
    {},
    { at: 'never', source: 3 },
    { outcomes: 'no' },
    { batchId: 1, outcomes: [{}] },
  ];
  for (const value of garbage) {
    for (const name of [
      'watermarkAdvanced',
      'recordOutcomes',
      'outcomesRecorded',
      'retrainingReported',
      'experimentReported',
    ]) {
      await handle.signal(name, value);
    }
  }
  await expect(handle.executeUpdate('advance', { args: [{ at: 'never' }] })).rejects.toThrow();
  await expect(handle.executeUpdate('advance', { args: [{ at: '2011-09-01', source: 'stranger' }] })).rejects.toThrow();
  await expect(handle.executeUpdate('configure', { args: [{ window: '1d' }] })).rejects.toThrow();
  await expect(handle.executeUpdate('pause', { args: [{}] })).rejects.toThrow();
  const settled = await loop.client.monitors.advance(
    { model: loop.model },
    { source: 'default', at: '2011-08-02T00:00:00.000Z' },
  );
  expect(settled.settledThrough).toBe('2011-08-02T00:00:00.000Z');
  await eventually(async () => (await loop.client.monitors.status({ model: loop.model })).ingested.quarantined > 0);
  expect((await handle.describe()).status.name).toBe('RUNNING');
});

test('a decision that does not fit says why', async () => {
  const target = { model: loop.model };
  await loop.client.models.register({ model: loop.model, key: 'v1', artifact: modelBytes(1) });
  const decision = { who: 'ops', reason: 'try' };
  await expect(loop.client.deployments.rollBack(target, decision)).rejects.toThrow('nothing is deployed yet');
  await loop.client.deployments.deploy(target, 1, decision);
  await expect(loop.client.deployments.rollBack(target, decision)).rejects.toThrow('nothing to roll back to');
  await expect(loop.client.deployments.deploy(target, 9, decision)).rejects.toThrow('@9 is not registered');
});
