import { cancelPipelineUpdate, pipelineStatusQuery, resolvePipelineUpdate } from '../../src/contracts';
import type { PipelineStatus } from '../../src/contracts';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { declared, puppet, resultOf, standings, startRun } from '../support/pipeline-loop';
import { Puppet, PUPPET } from '../support/puppet';

jest.setTimeout(180_000);

const stages = new Puppet();
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: stages.settings });
});
afterAll(() => loop.close());

const undo = (args = '') => ({ compensate: { image: PUPPET, args: args === '' ? [] : [args] } });
const person = { who: 'ops', reason: 'because' };

test('when a stage fails, what began is undone newest first, then the failure is told, once', async () => {
  const spec = declared(
    [
      puppet('a', '', undo()),
      puppet('b', '', { dependsOn: ['a'], ...undo() }),
      puppet('plain', '', { dependsOn: ['b'] }),
      puppet('c', 'fail', { dependsOn: ['plain'], ...undo() }),
      puppet('never', '', { dependsOn: ['c'], ...undo() }),
      puppet('beside', '', { dependsOn: ['a'] }),
    ],
    { onFailure: { image: PUPPET } },
  );
  const handle = await startRun(loop, spec);
  expect(await resultOf(handle)).toMatch(/^pipeline p.* failed: c: .*c cannot/s);
  const calls = stages.of(spec.metadata.name);
  expect(calls.slice(0, 5).sort()).toEqual(['a', 'b', 'beside', 'c', 'plain']);
  expect(calls.slice(5)).toEqual([
    'compensate c failed',
    'compensate b succeeded',
    'compensate a succeeded',
    expect.stringMatching(/^failure .* failed$/),
  ]);
  const { result }: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(result).toMatchObject({
    decision: 'failed',
    undone: ['c', 'b', 'a'],
    stages: { succeeded: 4, failed: 1, skipped: 1 },
  });
  const records = await loop.stores.pipelineStages.of(result!.run);
  expect(
    records
      .filter(({ undone }) => undone)
      .map(({ stage }) => stage)
      .sort(),
  ).toEqual(['a', 'b', 'c']);
});

test('a compensation that fails waits for a person; tried again it goes on, and what is told of a failure may fail', async () => {
  const spec = declared(
    [
      puppet('a', '', undo()),
      puppet('b', '', { dependsOn: ['a'], ...undo('fail:5') }),
      puppet('c', 'fail', { dependsOn: ['b'] }),
    ],
    { onFailure: { image: PUPPET, args: ['fail'] } },
  );
  const handle = await startRun(loop, spec);
  await eventually(async () => (await handle.query(pipelineStatusQuery)).phase === 'compensation-failed', 60);
  expect(await handle.query(pipelineStatusQuery)).toMatchObject({ failedCompensations: ['b'] });
  await expect(
    handle.executeUpdate(resolvePipelineUpdate, { args: [{ ...person, action: 'forget' as never }] }),
  ).rejects.toMatchObject({ cause: { message: 'action is "forget": expected retry or done-by-hand' } });
  await handle.executeUpdate(resolvePipelineUpdate, { args: [{ ...person, action: 'done-by-hand' }] });
  expect(await resultOf(handle)).toMatch(/c: .*; onFailure failed: /s);
  const calls = stages.of(spec.metadata.name);
  expect(calls.filter((call) => call === 'compensate b succeeded')).toHaveLength(5);
  expect(calls.filter((call) => call === 'compensate a succeeded')).toHaveLength(1);
});

test('cancelled by a person it stops what runs, undoes, and has a result; not twice', async () => {
  const spec = declared([puppet('a', '', undo()), puppet('b', 'hold', { dependsOn: ['a'], ...undo() })], {
    onFailure: { image: PUPPET },
  });
  const handle = await startRun(loop, spec);
  await eventually(
    async () => (await standings(handle)).b === 'running' && stages.of(spec.metadata.name).includes('b'),
  );
  const status: PipelineStatus = await handle.executeUpdate(cancelPipelineUpdate, { args: [person] });
  expect(status.result).toMatchObject({
    decision: 'cancelled',
    reasons: ['cancelled by ops: because'],
    undone: ['b', 'a'],
  });
  expect(await resultOf(handle)).toMatchObject({ decision: 'cancelled' });
  expect(stages.of(spec.metadata.name)).toEqual(['a', 'b', 'compensate b failed', 'compensate a succeeded']);
  expect(stages.stopped).toContain('b');
});

test('cancelled in Temporal it is undone as well, and ends as cancelled there', async () => {
  const spec = declared([puppet('a', '', undo()), puppet('b', 'hold', { dependsOn: ['a'] })]);
  const handle = await startRun(loop, spec);
  await eventually(() => stages.of(spec.metadata.name).includes('b'));
  await handle.cancel();
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect((await handle.describe()).status.name).toBe('CANCELLED');
  expect(stages.of(spec.metadata.name).at(-1)).toBe('compensate a succeeded');
  expect(await loop.stores.pipelineRuns.find(handle.workflowId)).toMatchObject({
    result: { decision: 'cancelled', reasons: ['cancelled in Temporal'] },
  });
});
