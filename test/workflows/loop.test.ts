import { join } from 'node:path';
import { Worker } from '@temporalio/worker';
import { readPipeline } from '../../src/cli/pipelines-file';
import { replay } from '../../src/cli/replay/replay';
import { parseLines } from '../../src/cli/replay/stream';
import type { Scenario } from '../../src/contracts';
import { parseWith, scenarioSchema } from '../../src/schemas';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { sampleRows, sampleScenario } from '../support/streams';

jest.setTimeout(300_000);

/** The whole loop with every workflow replayed from its first event at every activation: side effects would show. */
let loop: TestLoop;
let histories: {
  id: string;
  history: Awaited<ReturnType<ReturnType<TestLoop['temporal']['workflow']['getHandle']>['fetchHistory']>>;
}[];

beforeAll(async () => {
  loop = await startTestLoop({ maxCachedWorkflows: 0 });
  const scenario: Scenario = parseWith(
    scenarioSchema,
    sampleScenario({ name: loop.model, end: '2012-03-05' }),
    'scenario',
  );
  const stream = await parseLines(
    sampleRows().map((row) => JSON.stringify(row)),
    scenario.end,
  );
  const target = { model: loop.model, environment: 'production' };
  const { input: pipeline } = await readPipeline(join(__dirname, '../../examples/pipelines/bike-demand.yaml'));
  const listener = { step: () => Promise.resolve() };
  await replay({ client: loop.client, target, scenario, stream, listener, pipeline });
  histories = [];
  for await (const { workflowId, runId } of loop.temporal.workflow.list({ query: `TaskQueue = '${loop.taskQueue}'` })) {
    histories.push({
      id: workflowId,
      history: await loop.temporal.workflow.getHandle(workflowId, runId).fetchHistory(),
    });
  }
});
afterAll(() => loop.close());

test('without a cache the loop ends as with one', async () => {
  const [retraining] = await loop.client.retraining.list({ model: loop.model });
  expect(retraining!.result).toMatchObject({ decision: 'promoted', rows: 1413, challengerVersion: 2 });
  expect((await loop.client.deployments.current({ model: loop.model }))!.champion).toBe(2);
});

test('the ledger tells what served when, and why', async () => {
  const target = { model: loop.model };
  expect((await loop.client.deployments.at(target, '2011-11-01'))!.champion).toBe(1);
  expect((await loop.client.deployments.at(target, '2012-01-01'))!.split).toMatchObject({
    allocation: 0.5,
    seed: 'ab1-1',
  });
  const promoted = (await loop.client.deployments.at(target, '2012-02-20'))!;
  expect(promoted).toMatchObject({
    champion: 2,
    previous: 1,
    action: 'promote',
    effectiveAt: '2012-02-06T00:00:00.000Z',
  });
  expect(promoted.reason).toContain('significantly better');
});

test('the registry knows who is champion', async () => {
  const versions = await loop.client.models.list(loop.model);
  expect(versions.map(({ state }) => state)).toEqual(['archived', 'champion']);
  expect(versions[1]!.dataset).toMatch(new RegExp(`^${loop.model}-[0-9a-f]{16}$`));
});

test('each workflow replays its own history', async () => {
  expect(histories.map(({ id }) => id.split(':')[0]).sort()).toEqual([
    'deployment',
    'experiment',
    'monitor',
    'pipeline',
    'pipeline',
    'retrain',
  ]);
  const workflowBundle = { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! };
  for (const { id, history } of histories) await Worker.runReplayHistory({ workflowBundle }, history, id);
});

test('no run is long and no payload large', () => {
  for (const { history } of histories) {
    expect(history.events!.length).toBeLessThanOrEqual(2_000);
    for (const event of history.events!)
      for (const size of payloadSizes(event)) expect(size).toBeLessThanOrEqual(65_536);
  }
});

function payloadSizes(value: unknown): number[] {
  if (typeof value !== 'object' || value === null) return [];
  if (value instanceof Uint8Array) return [value.byteLength];
  return Object.values(value).flatMap(payloadSizes);
}
