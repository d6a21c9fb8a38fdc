import type { RetrainingResult, Stage } from '../../src/contracts';
import { logisticRegressionStage } from '../../src/models';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { HOURS, prepareRetraining } from '../support/retraining-fixture';
import { hour } from '../support/rows';
import { EndlessStage } from '../support/stages';

jest.setTimeout(180_000);

let failures = 0;
const flaky: Stage = {
  ...logisticRegressionStage,
  train: (rows, context) =>
    (failures += 1) <= 2
      ? Promise.reject(new Error('the cluster is busy'))
      : logisticRegressionStage.train(rows, context),
};
const endless = new EndlessStage();

let loop: TestLoop;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
beforeAll(async () => {
  loop = await startTestLoop({ stages: { flaky, endless: endless.stage } });
});
afterAll(async () => {
  endless.release();
  await loop.close();
});

const result = (model: string) => loop.client.retraining.handle({ model }).result() as Promise<RetrainingResult>;
const phase = async (model: string) => (await loop.client.retraining.status({ model })).phase;
const person = { who: 'ops', reason: 'because' };

test('a challenger that is not better is a normal end: nothing is registered', async () => {
  const model = fresh();
  await loop.client.retraining.start(await prepareRetraining(loop, model, 'as-trained'));
  const ended = await result(model);
  expect(ended).toMatchObject({ decision: 'not-better', challengerVersion: null });
  expect(ended.gate!.champion.accuracy).toBe(1);
  expect(ended.rows).toBe(360 - 24 + 1);
  expect(await loop.client.models.list(model)).toHaveLength(1);
});

test('a single class is refused with the counts, nothing is registered, traffic stays whole', async () => {
  const model = fresh();
  await loop.client.retraining.start(await prepareRetraining(loop, model, 'one-class'));
  const ended = await result(model);
  expect(ended).toMatchObject({ decision: 'failed', challengerVersion: null });
  expect(ended.reasons[0]).toMatch(/one class: 0 of \d+ labels are 1/);
  expect(await loop.client.models.list(model)).toHaveLength(1);
});

test('a corrupt champion is said by its digest', async () => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  const { artifact } = (await loop.client.models.find(model, 1))!;
  const chunk = await loop.db.collection('artifacts.chunks').findOne({ files_id: artifact });
  await loop.db.collection('artifacts.chunks').updateOne({ _id: chunk!._id }, { $set: { data: Buffer.from('x') } });
  await loop.client.retraining.start(spec);
  const ended = await result(model);
  await loop.db.collection('artifacts.chunks').updateOne({ _id: chunk!._id }, { $set: { data: chunk!.data } });
  expect(ended.decision).toBe('failed');
  expect(ended.reasons[0]).toContain(artifact);
});

test('a stage that fails now and then is tried again; the experiment then runs and ships', async () => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  await loop.client.retraining.start({ ...spec, policy: { ...spec.policy, trainer: 'flaky' } });
  await eventually(async () => (await phase(model)) === 'experiment');
  expect(failures).toBeGreaterThan(2);
  const { experiment, challenger, gate } = await loop.client.retraining.status({ model });
  expect(gate!.challenger.accuracy).toBeGreaterThan(gate!.champion.accuracy!);
  expect(challenger).toBe(2);
  await eventually(async () => (await loop.client.deployments.current({ model }))!.split !== null);
  expect((await loop.client.deployments.current({ model }))!.split).toMatchObject({
    experiment,
    allocation: 0.5,
    seed: 's-1',
  });
  await loop.client.challenges.stop(experiment!, { ...person, decision: 'inconclusive' });
  expect(await result(model)).toMatchObject({ decision: 'inconclusive', challengerVersion: 2, experiment });
  expect((await loop.client.deployments.current({ model }))!).toMatchObject({
    champion: 1,
    challenger: null,
    split: null,
  });
  expect((await loop.client.models.find(model, 2))!.state).toBe('archived');
});

test('cancelled in training: nothing is left behind', async () => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  await loop.client.retraining.start({ ...spec, policy: { ...spec.policy, trainer: 'endless' } });
  await eventually(async () => (await phase(model)) === 'training');
  await loop.client.retraining.cancel({ model }, person);
  const ended = await result(model);
  expect(ended).toMatchObject({ decision: 'cancelled', reasons: ['cancelled by ops: because'] });
  expect(await loop.client.models.list(model)).toHaveLength(1);
});

test('cancelled in its experiment: traffic is given back and the challenger archived', async () => {
  const model = fresh();
  await loop.client.retraining.start(await prepareRetraining(loop, model, 'turned'));
  await eventually(async () => (await phase(model)) === 'experiment');
  await loop.client.retraining.cancel({ model }, person);
  expect((await result(model)).decision).toBe('cancelled');
  expect((await loop.client.deployments.current({ model }))!).toMatchObject({
    champion: 1,
    challenger: null,
    split: null,
  });
  expect((await loop.client.models.find(model, 2))!.state).toBe('archived');
  const [experiment] = await loop.client.challenges.list({ model });
  expect(experiment!.result!.decision).toBe('stop');
});

describe('approval', () => {
  type Policy = Awaited<ReturnType<typeof prepareRetraining>>['policy'];
  const start = async (model: string, approval: Policy['approval'] = true) => {
    const spec = await prepareRetraining(loop, model, 'turned');
    await loop.client.retraining.start({ ...spec, policy: { ...spec.policy, approval } });
    await eventually(async () => (await phase(model)) !== 'opening' && (await phase(model)) !== 'snapshot');
  };
  const waiting = (model: string) => eventually(async () => (await phase(model)) === 'approval');

  test('a rejected challenger is dropped with the reason', async () => {
    const model = fresh();
    await start(model);
    await waiting(model);
    await loop.client.retraining.reject({ model }, person);
    const ended = await result(model);
    expect(ended).toMatchObject({ decision: 'rejected', reasons: ['rejected by ops: because'] });
    expect(ended.approval).toMatchObject({ approved: false, who: 'ops', reason: 'because' });
    expect((await loop.client.models.find(model, 2))!.state).toBe('archived');
    expect((await loop.client.deployments.history({ model })).map(({ action }) => action)).toEqual(['deploy']);
    await expect(loop.client.retraining.approve({ model }, person)).rejects.toThrow();
  });

  test('an approved one meets traffic', async () => {
    const model = fresh();
    await start(model);
    await waiting(model);
    await loop.client.retraining.approve({ model }, person);
    await eventually(async () => (await phase(model)) === 'experiment');
    await expect(loop.client.retraining.approve({ model }, person)).rejects.toThrow('nothing to approve');
  });

  test('an approval that names another version is refused, and so is a second one at once', async () => {
    const model = fresh();
    await start(model);
    await waiting(model);
    const handle = loop.client.retraining.handle({ model });
    const approve = (decision: object) => handle.executeUpdate('approve', { args: [decision] });
    await expect(approve({ ...person, challenger: 7 })).rejects.toMatchObject({
      cause: { message: 'challenger is 7: version 2 waits for approval' },
    });
    const both = await Promise.allSettled([
      approve({ ...person, challenger: 2 }),
      handle.executeUpdate('reject', { args: [person] }),
    ]);
    expect(both.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await loop.client.retraining.cancel({ model }, person).catch(() => undefined);
  });

  test('nobody decides: a reminder is an alert, and the time-out takes the declared default', async () => {
    const [rejected, approved] = [fresh(), fresh()];
    await start(rejected, { timeout: '6s', reminder: '1s', onTimeout: 'reject' });
    await start(approved, { timeout: '1s', onTimeout: 'approve' });
    const alerts = () => loop.client.alerts.list({ model: rejected }, { state: 'unresolved' });
    await eventually(async () => (await alerts()).length === 1);
    const [alert] = await alerts();
    expect(alert).toMatchObject({ kind: 'approval', severity: 'medium' });
    expect(alert!.summary).toContain(`${rejected}@2 waits for approval`);
    const ended = await result(rejected);
    expect(ended).toMatchObject({ decision: 'timed-out', approval: { who: 'time-out', approved: false } });
    expect(await alerts()).toEqual([]);
    await eventually(async () => (await phase(approved)) === 'experiment');
    expect((await loop.client.retraining.status({ model: approved })).approval).toMatchObject({ approved: true });
    await loop.client.retraining.cancel({ model: approved }, person);
  });
});

test('cancelled in Temporal: everything is undone all the same', async () => {
  const model = fresh();
  await loop.client.retraining.start(await prepareRetraining(loop, model, 'turned'));
  await eventually(async () => (await phase(model)) === 'experiment');
  await loop.client.retraining.handle({ model }).cancel();
  expect(await result(model)).toMatchObject({ decision: 'cancelled', reasons: ['cancelled in Temporal'] });
  expect((await loop.client.deployments.current({ model }))!).toMatchObject({ champion: 1, split: null });
  expect((await loop.client.models.find(model, 2))!.state).toBe('archived');
});

test('the same key after the end returns what was recorded; another trigger while open joins with its reasons', async () => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  await loop.client.retraining.start(spec);
  await eventually(async () => (await phase(model)) === 'experiment');
  await loop.client.retraining.start({ ...spec, key: 'another', reasons: ['drift'] });
  await eventually(async () => (await loop.client.retraining.status({ model })).reasons.includes('drift'));
  await loop.client.retraining.cancel({ model }, person);
  const first = await result(model);
  await loop.client.retraining.start(spec);
  expect(await result(model)).toEqual(first);
  expect(await loop.client.models.list(model)).toHaveLength(2);
});

test('the monitor’s own window: rows are those labelled by the watermark', async () => {
  const model = fresh();
  await loop.client.retraining.start(await prepareRetraining(loop, model, 'turned'));
  await eventually(async () => (await phase(model)) === 'experiment');
  const { snapshot } = await loop.client.retraining.status({ model });
  expect(snapshot).toMatchObject({ rows: 360 - 24 + 1, asOf: hour(HOURS), holdoutFrom: hour(HOURS - 72) });
});
