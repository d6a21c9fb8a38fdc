import { approveStageUpdate, cancelPipelineUpdate, pipelineStatusQuery, workflowIds } from '../../src/contracts';
import type { PipelineStatus } from '../../src/contracts';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { HeldActivities } from '../support/held-activities';
import { declared, fillHistory, puppet, resultOf, standings, startRun } from '../support/pipeline-loop';
import { Puppet, PUPPET } from '../support/puppet';

jest.setTimeout(180_000);

const stages = new Puppet();
const activities = new HeldActivities();
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: stages.settings, interceptActivities: activities.interceptor });
});
afterAll(() => loop.close());

const undo = (...args: string[]) => ({ compensate: { image: PUPPET, args } });
const person = { who: 'ops', reason: 'because' };
const idOf = (spec: ReturnType<typeof declared>) => workflowIds.pipeline(spec.metadata.name, 'r1');

test('cancelled while it is opened it is recorded as cancelled, and no stage has begun', async () => {
  const spec = declared([puppet('a', '', undo())]);
  activities.hold(idOf(spec), 'openPipelineRun');
  const handle = await startRun(loop, spec);
  await eventually(() => activities.count(handle.workflowId, 'openPipelineRun') === 1);
  await handle.cancel();
  activities.release(handle.workflowId, 'openPipelineRun');
  await expect(handle.result()).rejects.toMatchObject({ cause: { name: 'CancelledFailure' } });
  expect(await loop.stores.pipelineRuns.find(handle.workflowId)).toMatchObject({
    result: { decision: 'cancelled', undone: [] },
  });
  expect(stages.of(spec.metadata.name)).toEqual([]);
});

test('a person who cancels while a full history is left is heard', async () => {
  const spec = declared([
    puppet('a', 'hold fail', { allowFailure: true, ...undo() }),
    puppet('b', '', { dependsOn: ['a'] }),
  ]);
  const handle = await startRun(loop, spec);
  await eventually(() => stages.of(spec.metadata.name).includes('a'));
  await fillHistory(handle);
  activities.hold(handle.workflowId, 'recordStages');
  stages.release(spec.metadata.name, 'a');
  await eventually(() => activities.count(handle.workflowId, 'recordStages') === 1);
  const said = handle.executeUpdate(cancelPipelineUpdate, { args: [person] });
  await eventually(async () => (await acceptedUpdates(handle.workflowId)) === 1);
  activities.release(handle.workflowId, 'recordStages');
  expect((await said).result).toMatchObject({ decision: 'cancelled', undone: ['a'] });
  expect(await resultOf(handle)).toMatchObject({ decision: 'cancelled' });
  expect(stages.of(spec.metadata.name)).toEqual(['a', 'compensate a failed']);
});

test('a run that is being cancelled asks nobody, and takes no word on a stage', async () => {
  const spec = declared([puppet('a', '', undo('hold')), puppet('gate', '', { approval: { message: 'may it?' } })]);
  const handle = await startRun(loop, spec);
  await eventually(
    async () => (await standings(handle)).gate === 'approval' && (await standings(handle)).a === 'succeeded',
  );
  const said = handle.executeUpdate(cancelPipelineUpdate, { args: [person] });
  await eventually(() => stages.of(spec.metadata.name).includes('compensate a succeeded'));
  const status: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect([status.phase, status.approvals]).toEqual(['undoing', []]);
  const word = { stage: 'gate', approved: true, ...person };
  await expect(handle.executeUpdate(approveStageUpdate, { args: [word] })).rejects.toMatchObject({
    cause: { message: 'stage gate does not wait for a person: none waits for a person' },
  });
  await expect(handle.executeUpdate(cancelPipelineUpdate, { args: [person] })).rejects.toMatchObject({
    cause: { message: 'the run is undoing' },
  });
  stages.release(spec.metadata.name, 'a');
  expect((await said).result).toMatchObject({ decision: 'cancelled', undone: ['a'] });
});

test('a failed run that is cancelled in Temporal while it is undone ends as failed', async () => {
  const spec = declared([puppet('a', '', undo('hold')), puppet('b', 'fail', { dependsOn: ['a'] })], {
    onFailure: { image: PUPPET },
  });
  const handle = await startRun(loop, spec);
  await eventually(() => stages.of(spec.metadata.name).includes('compensate a succeeded'));
  await handle.cancel();
  stages.release(spec.metadata.name, 'a');
  expect(await resultOf(handle)).toMatch(/failed: b: /);
  expect((await handle.describe()).status.name).toBe('FAILED');
  expect(await loop.stores.pipelineRuns.find(handle.workflowId)).toMatchObject({ result: { decision: 'failed' } });
});

test('a person and Temporal who cancel at once are both heard', async () => {
  const spec = declared([puppet('a', '', undo('hold'))], { onFailure: { image: PUPPET } });
  const gated = declared([...spec.spec.stages, puppet('b', 'hold', { dependsOn: ['a'] })]);
  const handle = await startRun(loop, gated);
  await eventually(() => stages.of(gated.metadata.name).includes('b'));
  const said = handle.executeUpdate(cancelPipelineUpdate, { args: [person] });
  await eventually(() => stages.of(gated.metadata.name).includes('compensate a succeeded'));
  await handle.cancel();
  stages.release(gated.metadata.name, 'a');
  expect((await said).result).toMatchObject({ decision: 'cancelled', reasons: ['cancelled by ops: because'] });
  expect(await resultOf(handle)).toMatchObject({ decision: 'cancelled' });
});

test('what waits for its turn has not begun: nothing of it is undone', async () => {
  const spec = declared([puppet('a', 'hold', undo()), puppet('b', '', undo()), puppet('c', '', undo())], {
    parallelism: 1,
  });
  const handle = await startRun(loop, spec);
  await eventually(() => stages.of(spec.metadata.name).includes('a'));
  expect(await standings(handle)).toEqual({ a: 'running', b: 'waiting', c: 'waiting' });
  await handle.executeUpdate(cancelPipelineUpdate, { args: [person] });
  expect(stages.of(spec.metadata.name)).toEqual(['a', 'compensate a failed']);
});

test('terminated and started again under its id it goes on where it was', async () => {
  const spec = declared([puppet('a', '', undo()), puppet('b', 'hold', { dependsOn: ['a'] })]);
  const first = await startRun(loop, spec);
  await eventually(() => stages.of(spec.metadata.name).includes('b'));
  await first.terminate();
  stages.release(spec.metadata.name, 'b');
  const second = await startRun(loop, spec);
  expect(await resultOf(second)).toMatchObject({ decision: 'succeeded', run: first.workflowId });
  // What ran when it was terminated may have ended all the same; then its result stands.
  expect([...new Set(stages.of(spec.metadata.name))]).toEqual(['a', 'b']);
  expect(stages.of(spec.metadata.name).filter((call) => call === 'a')).toHaveLength(1);
});

async function acceptedUpdates(workflowId: string): Promise<number> {
  const { events } = await loop.temporal.workflow.getHandle(workflowId).fetchHistory();
  return (events ?? []).filter((event) => event.workflowExecutionUpdateAcceptedEventAttributes).length;
}
