/** Every activation replays the run from its first event: what is not the same twice fails the workflow's task. */
import { approveStageUpdate, cancelPipelineUpdate } from '../../src/contracts';
import type { WorkflowHandle } from '@temporalio/client';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { declared, fillHistory, puppet, resultOf, standings, startRun } from '../support/pipeline-loop';
import { Puppet, PUPPET } from '../support/puppet';

jest.setTimeout(300_000);

const stages = new Puppet();
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: stages.settings, maxCachedWorkflows: 0 });
});
afterAll(() => loop.close());

const undo = { compensate: { image: PUPPET } };
const person = { who: 'ann', reason: 'because' };

/** Messages of the tasks of its workflow that failed; one that only came too late failed nothing. */
async function failedTasks({ workflowId }: WorkflowHandle): Promise<string[]> {
  const failed: string[] = [];
  for await (const { runId } of loop.temporal.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const { events } = await loop.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { workflowTaskFailedEventAttributes: task } of events ?? [])
      if (task?.failure?.message && task.failure.message !== 'UnhandledCommand') failed.push(task.failure.message);
  }
  return failed;
}

test('fan-outs, conditions, failures that are allowed and skips', async () => {
  const items = Array.from({ length: 40 }, (_, k) => k);
  const spec = declared(
    [
      puppet('each', '', { forEach: { items } }),
      puppet('flaky', 'fail:1', { retry: { attempts: 2, interval: '10ms' } }),
      puppet('may', 'fail', { allowFailure: true }),
      puppet('told', '', { dependsOn: ['may'], condition: '{{ .Stages.may.Failed }}' }),
      puppet('no', '', { dependsOn: ['may', 'each'], condition: '{{ .Stages.may.Success }}' }),
      puppet('after', '', { dependsOn: ['no'] }),
      puppet('told-too', '', {
        dependsOn: ['after'],
        condition: '{{ .Stages.after.Skipped and not .Stages.after.Failed }}',
      }),
    ],
    { parallelism: 7 },
  );
  const handle = await startRun(loop, spec);
  expect(await resultOf(handle)).toMatchObject({
    decision: 'succeeded',
    stages: { succeeded: 4, failed: 1, skipped: 2 },
  });
  expect(await failedTasks(handle)).toEqual([]);
});

test('approvals, a new history, a failure that is undone and told', async () => {
  const approval = { message: 'may it?', timeout: '1d' };
  const spec = declared(
    [
      puppet('a', '', undo),
      puppet('slow', 'hold', { dependsOn: ['a'] }),
      puppet('gate', '', { approval }),
      puppet('other', '', { approval }),
      puppet('last', 'fail', { dependsOn: ['slow', 'gate'], ...undo }),
    ],
    { onFailure: { image: PUPPET } },
  );
  const handle = await startRun(loop, spec);
  await eventually(() => stages.of(spec.metadata.name).includes('slow'));
  await handle.executeUpdate(approveStageUpdate, { args: [{ stage: 'gate', approved: true, ...person }] });
  await fillHistory(handle);
  stages.release(spec.metadata.name, 'slow');
  await eventually(async () => (await standings(handle)).last === 'failed', 60);
  await handle.executeUpdate(approveStageUpdate, { args: [{ stage: 'other', approved: false, ...person }] });
  expect(await resultOf(handle)).toMatch(/failed: other: rejected by ann: because; last: /);
  expect(stages.of(spec.metadata.name).slice(-3)).toEqual([
    'compensate last failed',
    'compensate a succeeded',
    expect.stringMatching(/^failure .* failed$/),
  ]);
  expect(await failedTasks(handle)).toEqual([]);
});

test('a cancellation', async () => {
  const spec = declared(
    [puppet('a', '', undo), puppet('b', 'hold', { dependsOn: ['a'], ...undo }), puppet('c', 'hold')],
    {
      parallelism: 2,
    },
  );
  const handle = await startRun(loop, spec);
  await eventually(() => stages.of(spec.metadata.name).length === 3);
  const { result } = await handle.executeUpdate(cancelPipelineUpdate, { args: [person] });
  expect(result).toMatchObject({ decision: 'cancelled', undone: ['b', 'a'] });
  expect(await resultOf(handle)).toMatchObject({ decision: 'cancelled' });
  expect(await failedTasks(handle)).toEqual([]);
});
