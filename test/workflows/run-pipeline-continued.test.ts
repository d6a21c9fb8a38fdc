import { approveStageUpdate, pipelineStatusQuery, PIPELINE_RUN_LIMITS } from '../../src/contracts';
import type { PipelineStatus } from '../../src/contracts';
import type { WorkflowHandle } from '@temporalio/client';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { HeldActivities } from '../support/held-activities';
import { declared, fillHistory, puppet, resultOf, standings, startRun } from '../support/pipeline-loop';
import { Puppet, PUPPET } from '../support/puppet';

jest.setTimeout(300_000);

const stages = new Puppet();
const activities = new HeldActivities();
/** Fails with as many words as a failure may have. */
const wordy = {
  kind: 'function',
  version: '1',
  run: (call: { log: (line: string) => void }) => {
    call.log('界'.repeat(3_000));
    throw new Error('世'.repeat(3_000));
  },
} as const;
let loop: TestLoop;
beforeAll(async () => {
  const { executors } = stages.settings;
  loop = await startTestLoop({
    pipelines: { executors: { ...executors, wordy } },
    interceptActivities: activities.interceptor,
  });
});
afterAll(() => loop.close());

const undo = { compensate: { image: PUPPET } };
const person = { who: 'ann', reason: 'because' };

/** How long the histories of a run are, in events. */
async function historiesOf({ workflowId }: WorkflowHandle): Promise<number[]> {
  const lengths: number[] = [];
  for await (const { historyLength } of loop.temporal.workflow.list({ query: `WorkflowId = '${workflowId}'` }))
    lengths.push(historyLength);
  return lengths;
}

test('what is said while a run goes on in a new history is heard', async () => {
  const gates = Array.from({ length: 30 }, (_, k) => puppet(`g${k}`, '', { approval: { message: 'may it?' } }));
  const spec = declared([puppet('a', 'hold'), ...gates]);
  const handle = await startRun(loop, spec);
  await eventually(() => stages.of(spec.metadata.name).includes('a'));
  await fillHistory(handle);
  stages.release(spec.metadata.name, 'a');
  const said = gates.map(async ({ name: stage }, k) => {
    await new Promise((resolve) => setTimeout(resolve, k * 10));
    await handle.executeUpdate(approveStageUpdate, { args: [{ stage, approved: k !== 7, ...person }] });
  });
  await Promise.all(said);
  expect(await resultOf(handle)).toMatch(/^pipeline p\S+ failed: g7: rejected by ann: because$/);
  const calls = stages.of(spec.metadata.name);
  expect([calls.length, new Set(calls).size]).toEqual([30, 30]);
  expect((await historiesOf(handle)).length).toBeGreaterThan(1);
});

test('what an earlier history began is undone, what it was told holds, and a state of another run is none', async () => {
  const spec = declared([
    puppet('a', '', undo),
    puppet('b', 'metric:auc=0.9', { dependsOn: ['a'], ...undo }),
    puppet('may', 'fail', { dependsOn: ['a'], allowFailure: true }),
    puppet('gate', '', { approval: { message: 'may it?' } }),
    puppet('slow', 'hold', { dependsOn: ['b'] }),
    puppet('c', 'fail', { dependsOn: ['slow', 'may'], condition: '{{ .Stages.b.Metrics.auc > 0.5 }}', ...undo }),
    puppet('skipped', '', { dependsOn: ['slow', 'b'], condition: '{{ .Stages.b.Metrics.auc < 0.5 }}' }),
  ]);
  const forged = { run: 'another', ended: { a: { outcome: 'succeeded' } }, begun: 7 } as never;
  const handle = await startRun(loop, spec, { state: forged });
  await eventually(() => stages.of(spec.metadata.name).includes('slow'));
  await eventually(async () => (await standings(handle)).may === 'failed');
  const asked: PipelineStatus = await handle.query(pipelineStatusQuery);
  await fillHistory(handle);
  stages.release(spec.metadata.name, 'slow');
  await eventually(async () => (await historiesOf(handle)).length > 1);
  await eventually(async () => (await standings(handle)).c === 'failed');
  const status: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(status.approvals).toEqual(asked.approvals);
  expect(status.stages.find(({ name }) => name === 'may')!.reason).toContain('may cannot');
  await handle.executeUpdate(approveStageUpdate, { args: [{ stage: 'gate', approved: false, ...person }] });
  expect(await resultOf(handle)).toMatch(/failed: gate: rejected by ann: because; c: .*c cannot/s);
  const { result }: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(result).toMatchObject({ undone: ['c', 'b', 'a'], stages: { succeeded: 3, failed: 3, skipped: 1 } });
  expect(stages.of(spec.metadata.name).slice(-3)).toEqual([
    'compensate c failed',
    'compensate b succeeded',
    'compensate a succeeded',
  ]);
});

test('wide fan-outs do not begin in a history that is full', async () => {
  const items = Array.from({ length: 100 }, (_, k) => k);
  const wide = Array.from({ length: 12 }, (_, k) => puppet(`w${k}`, '', { forEach: { items } }));
  const spec = declared(wide, { parallelism: 50 });
  const handle = await startRun(loop, spec);
  expect(await resultOf(handle)).toMatchObject({ decision: 'succeeded', stages: { succeeded: 12 } });
  const calls = stages.of(spec.metadata.name);
  expect([calls.length, new Set(calls).size]).toEqual([1_200, 1_200]);
  // Two may run when it is full, one of them just begun.
  expect(Math.max(...(await historiesOf(handle)))).toBeLessThan(PIPELINE_RUN_LIMITS.events + 150 * 12);
});

test('hundreds of failures with long reasons fit into what a run hands on, and are recorded together', async () => {
  const many = Array.from({ length: 250 }, (_, k) => ({
    ...puppet(`s${k}`, '', { dependsOn: ['first'], allowFailure: true }),
    image: 'wordy:v1',
  }));
  const spec = declared(
    [
      puppet('first', 'fail', { allowFailure: true }),
      ...many,
      puppet('slow', 'hold', { dependsOn: ['first'] }),
      puppet('last', '', { dependsOn: ['slow', 's0'] }),
    ],
    { parallelism: 100 },
  );
  const handle = await startRun(loop, spec);
  await eventually(
    async () => Object.values(await standings(handle)).filter((one) => one === 'failed').length === 251,
    120,
  );
  await fillHistory(handle);
  stages.release(spec.metadata.name, 'slow');
  expect(await resultOf(handle)).toMatchObject({ decision: 'succeeded', stages: { succeeded: 2, failed: 251 } });
  expect((await historiesOf(handle)).length).toBeGreaterThan(1);
  expect(activities.count(handle.workflowId, 'recordStages')).toBeLessThan(6);
  const status: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(Buffer.byteLength(JSON.stringify(status))).toBeLessThan(256 * 1024);
  expect(status.stages.find(({ name }) => name === 's0')!.reason).toMatch(/^s0: attempt 1 failed: 世+…$/);
});
