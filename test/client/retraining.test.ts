import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../src/contracts';
import type { ResolveCompensation, RetrainingResult, RetrainSpec } from '../../src/contracts';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { prepareRetraining } from '../support/retraining-fixture';

jest.setTimeout(240_000);

const PERSON = { who: 'ann', reason: 'because' };
let loop: TestLoop;
let counter = 0;
/** Models whose challengers cannot be archived. */
const stuck = new Set<string>();
/** What was tried to archive, by model. */
const tried: string[] = [];
beforeAll(async () => {
  loop = await startTestLoop({
    interceptActivities: ({ info }) => ({
      inbound: {
        execute: async (input, next) => {
          if (info.activityType !== 'loopwright.archiveChallenger') return next(input);
          const { model } = (input.args[0] as { spec: RetrainSpec }).spec;
          tried.push(model);
          if (stuck.has(model)) throw ApplicationFailure.nonRetryable('the registry is closed');
          return next(input);
        },
      },
    }),
  });
});
afterAll(() => loop.close());

const phase = async (model: string) => (await loop.client.retraining.status({ model })).phase;

/** A retraining whose challenger meets traffic. */
async function inExperiment(): Promise<string> {
  const model = `${loop.model}-${(counter += 1)}`;
  await loop.client.retraining.start(await prepareRetraining(loop, model, 'turned'));
  await eventually(async () => (await phase(model)) === 'experiment');
  return model;
}

test.each(['retry', 'done-by-hand'] as const)('a compensation that failed is resolved: %s', async (action) => {
  const model = await inExperiment();
  stuck.add(model);
  const { retraining } = loop.client;
  await retraining.cancel({ model }, PERSON);
  await eventually(async () => (await phase(model)) === 'compensation-failed');
  expect((await retraining.status({ model })).failedCompensations).not.toEqual([]);
  if (action === 'retry') stuck.delete(model);
  await retraining.resolveCompensation({ model }, { ...PERSON, action });
  const ended = (await retraining.handle({ model }).result()) as RetrainingResult;
  expect(ended.decision).toBe('cancelled');
  expect(tried.filter((name) => name === model)).toHaveLength(action === 'retry' ? 2 : 1);
  expect(await retraining.list({ model })).toMatchObject([{ result: { decision: 'cancelled' } }]);
});

test('what does not wait is not resolved; a word that is none is refused', async () => {
  const model = await inExperiment();
  const { retraining } = loop.client;
  const word: ResolveCompensation = { ...PERSON, action: 'retry' };
  await expect(retraining.resolveCompensation({ model }, word)).rejects.toMatchObject({ type: failureTypes.conflict });
  const none = { ...PERSON, action: 'forget' } as unknown as ResolveCompensation;
  await expect(retraining.resolveCompensation({ model }, none)).rejects.toThrow('action is "forget"');
  await expect(retraining.resolveCompensation({ model }, { ...word, who: '' })).rejects.toThrow('who is ""');
  await expect(retraining.resolveCompensation({ model: 'a b' }, word)).rejects.toThrow('model is "a b"');
  await retraining.cancel({ model }, PERSON);
});

test('an approval that is not waited for, and one of another challenger, are refused', async () => {
  const model = `${loop.model}-${(counter += 1)}`;
  const spec = await prepareRetraining(loop, model, 'turned');
  const { retraining } = loop.client;
  await retraining.start({ ...spec, policy: { ...spec.policy, approval: true } });
  await eventually(async () => (await phase(model)) === 'approval');
  const { challenger } = await retraining.status({ model });
  const other = (challenger ?? 0) + 7;
  const wrong = retraining.approve({ model }, { ...PERSON, challenger: other });
  await expect(wrong).rejects.toMatchObject({
    type: failureTypes.conflict,
    message: expect.stringContaining(`${other}`),
  });
  await retraining.reject({ model }, PERSON);
  expect(await retraining.handle({ model }).result()).toMatchObject({ decision: 'rejected' });
  expect((await retraining.list({ model }))[0]!.result!.decision).toBe('rejected');
});
