import { randomUUID } from 'node:crypto';
import type { WorkflowFailedError } from '@temporalio/client';
import type { ApplicationFailure } from '@temporalio/common';
import type { LogResult, LoopwrightWorkflowName } from '../../src/contracts';
import { startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { hour, many, outcome, prediction } from '../support/rows';

jest.setTimeout(120_000);

/** As a service in any language starts them: by name, without our client. */
let loop: TestLoop;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const target = () => ({ model: loop.model, environment: 'production' });
const start = (type: LoopwrightWorkflowName, workflowId: string, input: unknown) =>
  loop.temporal.workflow.start(type as string, {
    workflowId,
    taskQueue: loop.taskQueue,
    workflowIdConflictPolicy: 'USE_EXISTING',
    args: [input],
  });
const execute = async (type: LoopwrightWorkflowName, input: Record<string, unknown>): Promise<LogResult> =>
  (await start(type, `batch:${randomUUID()}`, input)).result() as Promise<LogResult>;

async function failureOf(type: LoopwrightWorkflowName, input: unknown): Promise<ApplicationFailure> {
  const handle = await start(type, `batch:${randomUUID()}`, input);
  const error = await handle.result().then(
    () => new Error('it did not fail'),
    (reason: unknown) => reason,
  );
  let cause: unknown = (error as WorkflowFailedError).cause;
  while ((cause as Error).cause !== undefined && (cause as ApplicationFailure).type === undefined) {
    cause = (cause as Error).cause;
  }
  return cause as ApplicationFailure;
}

test('predictions and outcomes come in by two short workflows and meet', async () => {
  const predictions = many(600, prediction);
  const outcomes = many(600, outcome);
  expect(await execute('loopwright.recordOutcomes', { target: target(), batchId: 'o', outcomes })).toEqual({
    logged: 600,
    duplicates: 0,
    quarantined: [],
  });
  expect(await execute('loopwright.recordPredictions', { target: target(), batchId: 'p', predictions })).toEqual({
    logged: 600,
    duplicates: 0,
    quarantined: [],
  });
  await loop.stores.labels.fold(target());
  expect(await loop.client.predictions.find({ model: loop.model }, 'p00002')).toMatchObject({ label: 1, version: 1 });
});

test('the same batch again joins the first, or finds its rows there', async () => {
  const batchId = `${loop.model}-again`;
  const input = { target: target(), batchId, outcomes: many(20, (k) => outcome(k, { predictionId: `again${k}` })) };
  const handles = await Promise.all(many(5, () => start('loopwright.recordOutcomes', `outcomes:${batchId}`, input)));
  for (const handle of handles) expect(await handle.result()).toMatchObject({ logged: 20 });
  const later = await start('loopwright.recordOutcomes', `outcomes:${batchId}`, input);
  expect(await later.result()).toEqual({ logged: 0, duplicates: 20, quarantined: [] });
});

test('the page says what became of it', async () => {
  const outcomes = [outcome(1, { predictionId: 'page' }), { predictionId: 'page2', label: 2, labelTs: hour(1) }];
  const handle = await start('loopwright.recordOutcomes', `batch:${randomUUID()}`, {
    target: target(),
    batchId: 'b',
    outcomes,
  });
  await handle.result();
  const { events } = await handle.fetchHistory();
  expect(events!.length).toBeLessThanOrEqual(12);
  expect(await handle.query('__temporal_workflow_metadata')).toMatchObject({
    currentDetails: expect.stringMatching(/without access to MongoDB[^]*\*\*logged\*\* 1[^]*\*\*set aside\*\* 1/),
  });
});

test.each<[LoopwrightWorkflowName, unknown, string]>([
  ['loopwright.recordOutcomes', undefined, 'input is missing: expected an object { target, batchId, outcomes }'],
  ['loopwright.recordPredictions', [1], 'input is [1]: expected an object { target, batchId, predictions }'],
  ['loopwright.recordOutcomes', { batchId: 'x', outcomes: [] }, 'recordOutcomes target: (root) is missing'],
  ['loopwright.recordOutcomes', { target: { model: 'm' }, batchId: 'x' }, 'recordOutcomes: outcomes is missing'],
  [
    'loopwright.recordPredictions',
    { target: { model: 'm' }, predictions: [] },
    'recordPredictions: batchId is missing',
  ],
  [
    'loopwright.recordOutcomes',
    { target: { model: 'm' }, batchId: 'x', outcomes: many(10_001, () => 0) },
    '10001 rows',
  ],
  [
    'loopwright.recordPredictions',
    { target: { model: 'm' }, batchId: 'x', predictions: ['x'.repeat(1_048_576)] },
    'bytes',
  ],
])('%s refuses %j for good', async (type, input, message) => {
  const failure = await failureOf(type, input);
  expect(failure.message).toContain(message);
  expect(failure).toMatchObject({ type: 'loopwright.InvalidSpec', nonRetryable: true });
});

test('the largest batch goes in, and what it says of it stays small', async () => {
  const outcomes = many(10_000, (k) => ({ predictionId: `l${k}`, label: k < 200 ? 0 : 5, labelTs: '2011-08-01' }));
  const result = await execute('loopwright.recordOutcomes', { target: target(), batchId: 'l', outcomes });
  expect(result).toMatchObject({ logged: 200, unlisted: 9_750 });
  expect(result.quarantined).toHaveLength(50);
});
