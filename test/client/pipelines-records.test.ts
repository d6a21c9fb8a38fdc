import { randomUUID } from 'node:crypto';
import { eventually, openTestLoop, startTestLoop, workOn } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { puppet, written } from '../support/pipeline-written';
import { Puppet } from '../support/puppet';

jest.setTimeout(240_000);

let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop({ pipelines: new Puppet().settings });
});
afterAll(() => loop.close());

/** One stage that does as it is told. */
function chain(words = '') {
  return written([puppet('train', words)]);
}

test('what became of a run is known when its workflow is gone', async () => {
  const { pipelines } = loop.client;
  const failing = chain('fail');
  const [bad, good] = [await pipelines.run(failing), await pipelines.run(chain())];
  await pipelines.result(good.workflowId);
  await expect(pipelines.result(bad.workflowId)).rejects.toThrow('train cannot');
  const { workflowService, options } = loop.temporal;
  for (const { workflowId } of [bad, good]) {
    const workflowExecution = { workflowId };
    await workflowService.deleteWorkflowExecution({ namespace: options.namespace, workflowExecution });
    const gone = () =>
      pipelines
        .handle(workflowId)
        .describe()
        .then(() => false)
        .catch(() => true);
    // The server deletes when it has the time.
    await eventually(gone, 90);
  }
  expect(await pipelines.result(good.workflowId)).toMatchObject({ decision: 'succeeded' });
  await expect(pipelines.result(bad.workflowId)).rejects.toThrow(/^pipeline p\w+ failed: train: .*train cannot/);
  expect(await pipelines.status(bad.workflowId)).toMatchObject({ phase: 'closed', result: { decision: 'failed' } });
  expect(await pipelines.log(bad.workflowId, 'train')).toContain('attempt 1 of train');
  await expect(pipelines.result('pipeline:no:run')).rejects.toThrow('pipeline:no:run');
  // The same id again is a run of its own: the newest is shown, and the one before by its own id.
  await pipelines.run(failing, { run: bad.run });
  await expect(pipelines.result(bad.workflowId)).rejects.toThrow('train cannot');
  expect((await pipelines.record(bad.workflowId))!.run._id).toBe(`${bad.workflowId}~2`);
  expect((await pipelines.retry(`${bad.workflowId}~2`)).run).toBe(`${bad.run}.r1`);
});

test('an item of a fan-out has a log of its own', async () => {
  const { pipelines } = loop.client;
  const spec = written([puppet('train', 'fail', { forEach: { items: [1, 2] } })]);
  const { workflowId } = await pipelines.run(spec);
  await expect(pipelines.result(workflowId)).rejects.toThrow('train cannot');
  await expect(pipelines.log(workflowId, 'train')).rejects.toThrow(
    'train has run for several items: expected a unit, 0 to 1',
  );
  await expect(pipelines.log(workflowId, 'train', 2)).rejects.toThrow('0 to 1');
  expect(await pipelines.log(workflowId, 'train', 1)).toContain('attempt 1 of train');
});

test('what is applied is found, listed and kept by versions', async () => {
  const { pipelines } = loop.client;
  const name = `kept-${randomUUID().slice(0, 8)}`;
  const [one, other] = [chain(), chain('metric:a=1')].map((spec) => ({ ...spec, metadata: { name } }));
  await pipelines.apply(one!, { who: 'ann' });
  await pipelines.apply(other!, { who: 'bob' });
  expect(await pipelines.find(name)).toMatchObject({ name, version: 2, who: 'bob' });
  expect((await pipelines.list()).filter((each) => each.name === name)).toHaveLength(1);
  expect((await pipelines.history(name)).versions.map(({ version, who }) => [version, who])).toEqual([
    [1, 'ann'],
    [2, 'bob'],
  ]);
  await expect(pipelines.find(`${name}x`)).rejects.toThrow(`did you mean "${name}"?`);
  expect(await pipelines.record('pipeline:no:run')).toBeNull();
});

test('where no worker answers, a run is told by its record', async () => {
  const idle = await openTestLoop();
  const stop = await workOn(idle, { pipelines: new Puppet().settings });
  try {
    const { pipelines } = idle.client;
    const { workflowId } = await pipelines.run(chain('hold'));
    await eventually(async () => (await pipelines.record(workflowId))?.stages[0]?.state === 'running');
    await stop();
    expect(await pipelines.status(workflowId)).toMatchObject({
      ...{ run: workflowId, phase: 'running', result: null },
      stages: [{ name: 'train' }],
    });
    await idle.temporal.workflow.getHandle(workflowId).terminate();
  } finally {
    await idle.close();
  }
});
