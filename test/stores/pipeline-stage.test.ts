import type { StageUnit } from '../../src/contracts';
import type { IntendedStage, StageOutcome } from '../../src/stores';
import { openStores } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';

let opened: TestStores;
let counter = 0;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const fresh = (): StageUnit => ({ run: `pipeline:p:r${(counter += 1)}`, stage: 's', unit: 0 });
const ref = (digit: string) => ({ sha256: digit.repeat(64), bytes: 1, uri: `artifact:file/${digit.repeat(64)}` });
const intended: IntendedStage = {
  ...{ image: 'team/trainer:v1', executor: 'process', version: 'v', command: ['$x'], args: ['a.b'] },
  ...{ inputs: { rows: '$$ROOT', n: 2 ** 40 }, hyperparameters: { depth: 3, rates: [0.1, 1] }, key: 'k' },
};
const outcomeOf = (rest: Partial<StageOutcome> = {}): StageOutcome => ({
  ...{ outputs: { model: ref('a') }, metrics: { auc: 0.91 }, broken: [], source: 'run', log: ref('b') },
  ...rest,
});

test('the intended stands beside the actual', async () => {
  const { pipelineStages } = opened.stores;
  const unit = fresh();
  expect(await pipelineStages.find(unit)).toBeNull();
  expect(await pipelineStages.begin(unit, 1, intended)).toBeNull();
  const blank = { outcome: null, reason: null, log: null, undone: false, version: null, endedAt: null };
  expect(await pipelineStages.find(unit)).toEqual({
    ...{ _id: `${unit.run}/s/0`, ...unit, state: 'running', attempt: 1, intended, ...blank },
    beganAt: expect.any(Date),
  });
  expect(await pipelineStages.succeed(unit, outcomeOf())).toEqual(outcomeOf());
  const document = (await pipelineStages.find(unit))!;
  expect(document).toMatchObject({ state: 'succeeded', intended, outcome: outcomeOf(), log: ref('b') });
  expect(document.endedAt).toBeInstanceOf(Date);
});

test('an optional field that is undefined is missing afterwards', async () => {
  const unit = fresh();
  await opened.stores.pipelineStages.succeed(unit, outcomeOf({ from: undefined }));
  expect('from' in (await opened.stores.pipelineStages.find(unit))!.outcome!).toBe(false);
});

test('an attempt that failed is followed by another; what began first stays', async () => {
  const { pipelineStages } = opened.stores;
  const unit = fresh();
  await pipelineStages.begin(unit, 1, intended);
  const { beganAt } = (await pipelineStages.find(unit))!;
  await pipelineStages.fail(unit, 'exit code 1', ref('c'));
  expect(await pipelineStages.find(unit)).toMatchObject({
    ...{ state: 'failed', reason: 'exit code 1', log: ref('c'), outcome: null, attempt: 1, intended },
  });
  expect(await pipelineStages.begin(unit, 2, { ...intended, version: 'w' })).toBeNull();
  expect(await pipelineStages.find(unit)).toMatchObject({
    ...{ state: 'running', reason: null, endedAt: null, attempt: 2, intended: { version: 'w' }, beganAt },
  });
});

test('what has succeeded stays so, whatever comes later', async () => {
  const { pipelineStages } = opened.stores;
  const unit = fresh();
  await pipelineStages.begin(unit, 1, intended);
  await pipelineStages.succeed(unit, outcomeOf());
  const before = await pipelineStages.find(unit);
  expect(await pipelineStages.begin(unit, 2, intended)).toEqual(outcomeOf());
  expect(await pipelineStages.succeed(unit, outcomeOf({ metrics: { auc: 0.1 } }))).toEqual(outcomeOf());
  await pipelineStages.fail(unit, 'late', null);
  expect(await pipelineStages.find(unit)).toEqual(before);
});

test('an outcome that breaks a rule is a failure that is not tried again', async () => {
  const { pipelineStages } = opened.stores;
  const unit = fresh();
  const broken = outcomeOf({ broken: ['auc is 0.91, below 0.95', 'f1 is missing'] });
  await pipelineStages.begin(unit, 1, intended);
  await pipelineStages.succeed(unit, broken);
  expect(await pipelineStages.find(unit)).toMatchObject({
    ...{ state: 'failed', reason: 'auc is 0.91, below 0.95; f1 is missing', outcome: broken },
  });
  expect(await pipelineStages.begin(unit, 2, intended)).toEqual(broken);
});

test('a result that was taken, and a failure before the attempt began, need no beginning', async () => {
  const { pipelineStages } = opened.stores;
  const [taken, early] = [fresh(), fresh()];
  const outcome = outcomeOf({ source: 'retry', from: 'pipeline:p:before' });
  await pipelineStages.succeed(taken, outcome);
  expect(await pipelineStages.find(taken)).toMatchObject({ state: 'succeeded', attempt: 0, intended: null, outcome });
  await pipelineStages.fail(early, 'no such input', null);
  expect(await pipelineStages.find(early)).toMatchObject({ state: 'failed', attempt: 0, reason: 'no such input' });
});

test('of outcomes at the same time one stands, and all are told it', async () => {
  const both = [opened.stores, openStores(opened.mongo, opened.db)];
  for (let round = 0; round < 5; round += 1) {
    const unit = fresh();
    const told = await Promise.all(
      many(12, async (k) => {
        const { pipelineStages } = both[k % 2]!;
        if (k % 3 === 0) await pipelineStages.begin(unit, k, intended);
        if (k % 3 === 1) await pipelineStages.fail(unit, `${k}`, null);
        return k % 3 === 2 ? pipelineStages.succeed(unit, outcomeOf({ metrics: { k } })) : null;
      }),
    );
    const standing = (await opened.stores.pipelineStages.find(unit))!;
    expect(standing.state).toBe('succeeded');
    for (const outcome of told) if (outcome !== null) expect(outcome).toEqual(standing.outcome);
  }
});

test('what the workflow decides of a stage stands beside its units', async () => {
  const { pipelineStages } = opened.stores;
  const { run } = fresh();
  await pipelineStages.decide(run, 's', { state: 'skipped', reason: 'its condition is false' });
  const whole = { run, stage: 's', unit: -1 };
  expect(await pipelineStages.find(whole)).toMatchObject({
    ...{ state: 'skipped', reason: 'its condition is false', undone: false, version: null, attempt: 0 },
    endedAt: expect.any(Date),
  });
  await Promise.all([
    pipelineStages.decide(run, 't', { version: 3 }),
    pipelineStages.decide(run, 't', { undone: true }),
  ]);
  expect(await pipelineStages.find({ ...whole, stage: 't' })).toMatchObject({
    ...{ state: 'running', version: 3, undone: true, endedAt: null },
  });
  await pipelineStages.decide(run, 't', { state: 'succeeded' });
  expect(await pipelineStages.find({ ...whole, stage: 't' })).toMatchObject({
    ...{ state: 'succeeded', version: 3, undone: true, reason: null, endedAt: expect.any(Date) },
  });
});

test('units are read by stage and number', async () => {
  const { pipelineStages } = opened.stores;
  const { run } = fresh();
  for (const unit of [10, 2, 0, 1]) await pipelineStages.begin({ run, stage: 'fan', unit }, 1, intended);
  await pipelineStages.begin({ run, stage: 'early', unit: 0 }, 1, intended);
  await pipelineStages.decide(run, 'fan', { state: 'failed', reason: 'r' });
  const read = async (stage?: string) =>
    (await pipelineStages.of(run, stage)).map((document) => `${document.stage} ${document.unit}`);
  expect(await read()).toEqual(['early 0', 'fan -1', 'fan 0', 'fan 1', 'fan 2', 'fan 10']);
  expect(await read('early')).toEqual(['early 0']);
  expect(await read('no such')).toEqual([]);
});
