import { pipelineStatusQuery, PIPELINE_RUN_LIMITS } from '../../src/contracts';
import type { PipelineStatus } from '../../src/contracts';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { declared, puppet, resultOf, startRun } from '../support/pipeline-loop';
import { Puppet } from '../support/puppet';

jest.setTimeout(300_000);

const stages = new Puppet();
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: stages.settings });
});
afterAll(() => loop.close());

test('five hundred stages run once each, in histories that end in time, at most twelve events a stage', async () => {
  const wide = Array.from({ length: 498 }, (_, k) =>
    puppet(`s${k}`, k === 7 ? 'fail' : '', { dependsOn: ['first'], allowFailure: true }),
  );
  const spec = declared(
    [puppet('first', ''), ...wide, puppet('last', '', { dependsOn: wide.slice(0, 100).map(({ name }) => name) })],
    { parallelism: 50 },
  );
  const handle = await startRun(loop, spec);
  expect(await resultOf(handle)).toMatchObject({ decision: 'succeeded', stages: { succeeded: 499, failed: 1 } });
  const calls = stages.of(spec.metadata.name);
  expect([calls.length, new Set(calls).size, calls[0]]).toEqual([500, 500, 'first']);
  const status: PipelineStatus = await handle.query(pipelineStatusQuery);
  expect(status.stages.find(({ name }) => name === 's7')).toMatchObject({ standing: 'failed' });
  const lengths: number[] = [];
  for await (const { historyLength } of loop.temporal.workflow.list({ query: `WorkflowId = '${handle.workflowId}'` }))
    lengths.push(historyLength);
  expect(lengths.length).toBeGreaterThan(1);
  // What runs when a history is full ends in it.
  expect(Math.max(...lengths)).toBeLessThan(PIPELINE_RUN_LIMITS.events + 50 * 12);
  expect(lengths.reduce((sum, length) => sum + length, 0) / 500).toBeLessThanOrEqual(12);
});
