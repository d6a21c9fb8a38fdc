import type { RetrainingPhase } from '../../src/contracts';
import type { RetrainSpecInput } from '../../src/schemas';
import { startAlertingMonitor } from '../support/alerting';
import { findAndMend, look, place } from '../support/doctor';
import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { grow } from '../support/orphans';
import { prepareRetraining } from '../support/retraining-fixture';
import { archivingFails, EndlessStage } from '../support/stages';

jest.setTimeout(300_000);

const endless = new EndlessStage();

let broken = false;
let loop: TestLoop;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
beforeAll(async () => {
  loop = await startTestLoop({
    stages: { endless: endless.stage },
    interceptActivities: archivingFails(() => broken),
  });
});
afterAll(async () => {
  endless.release();
  await loop.close();
});

const phaseOf = async (model: string) => (await loop.client.retraining.status({ model })).phase;

async function begin(phase: RetrainingPhase, policy: Partial<RetrainSpecInput['policy']>): Promise<string> {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  await loop.client.retraining.start({ ...spec, policy: { ...spec.policy, ...policy } });
  await eventually(async () => (await phaseOf(model)) === phase);
  return model;
}

/** What a retraining that was undone leaves: the first version, and nothing of its own. */
async function expectUndone(model: string): Promise<void> {
  expect(await loop.client.deployments.current({ model })).toMatchObject({
    champion: 1,
    challenger: null,
    split: null,
  });
  const versions = await loop.client.models.list(model);
  expect(versions.slice(1).every(({ state }) => state === 'archived')).toBe(true);
  const [document] = await loop.client.retraining.list({ model });
  expect(document!.result).toMatchObject({ decision: 'failed', challengerVersion: versions[1]?.version ?? null });
  expect(document!.result!.reasons[0]).toContain('undone by doctor');
  for (const { _id } of await loop.client.challenges.list({ model })) {
    expect((await loop.client.challenges.handle(_id).describe()).status.name).not.toBe('RUNNING');
  }
  const needed = new Set(versions.map(({ artifact }) => artifact));
  const claimed = await loop.db
    .collection('artifactClaims')
    .find({ owners: `${model}/1` })
    .toArray();
  expect(claimed).toEqual([]);
  for (const digest of needed) expect(await loop.stores.artifacts.exists(digest)).toBe(true);
  const datasets = await loop.db.collection('datasets').find({ model }).toArray();
  expect(datasets).toHaveLength(versions.length > 1 ? 1 : 0);
}

const person = { who: 'ops', reason: 'because' };

test.each<[RetrainingPhase, Partial<RetrainSpecInput['policy']>]>([
  ['training', { trainer: 'endless' }],
  ['approval', { approval: true }],
  ['experiment', {}],
  ['deploying', { strategy: { kind: 'canary', steps: [{ allocation: 0.5, hold: '30d' }] } }],
  [
    'baking',
    { strategy: { kind: 'direct' }, bake: { duration: '30d', rules: [{ metric: 'accuracy', atLeast: 0.5 }] } },
  ],
])('a retraining terminated in phase %s is found once it is old enough, and undone', async (phase, policy) => {
  const model = await begin(phase, policy);
  await grow(loop);
  expect((await look(loop)).bad).toEqual([]);
  await loop.client.retraining.handle({ model }).terminate('planted');
  await loop.db.collection('retrainings').updateMany({ model }, { $set: { beganAt: new Date() } });
  const early = await look(loop, '--repair');
  expect(early.repairs).toEqual([]);
  expect(early.findings.find(({ check }) => check.startsWith(`retraining ${model}`))).toMatchObject({ state: 'note' });
  await grow(loop);
  await findAndMend(loop, `retraining ${model}/1 of ${place(model)}`);
  await expectUndone(model);
});

test('a retraining and its experiment terminated: the split goes too', async () => {
  const model = await begin('experiment', {});
  const { experiment } = await loop.client.retraining.status({ model });
  await eventually(async () => (await loop.client.deployments.current({ model }))?.split != null);
  await loop.client.retraining.handle({ model }).terminate('planted');
  await loop.client.challenges.handle(experiment!).terminate('planted');
  await grow(loop);
  await findAndMend(loop, `retraining ${model}/1 of ${place(model)}`, `split of ${place(model)}`);
  await expectUndone(model);
});

test('the monitor that asked for a retraining is told of its end', async () => {
  const model = fresh();
  const retrain = { lookback: '10d', holdout: '1d', trainer: 'endless' };
  // The monitor answers when its retraining has ended, so not before the doctor has been there.
  const advanced = startAlertingMonitor(loop, model, { response: { medium: ['retrain'], high: ['retrain'] }, retrain });
  await eventually(async () => (await loop.client.retraining.list({ model })).length > 0);
  await eventually(async () => (await phaseOf(model)) === 'training');
  const { spec } = (await loop.client.retraining.list({ model }))[0]!;
  await loop.client.retraining.handle({ model }).terminate('planted');
  await grow(loop);
  await findAndMend(loop, `retraining ${spec.key} of ${place(model)}`);
  await advanced;
  expect((await loop.client.monitors.status({ model })).open).toBeNull();
  const { events } = await loop.temporal.workflow.getHandle(spec.reportTo!).fetchHistory();
  const signals = events!.map((event) => event.workflowExecutionSignaledEventAttributes?.signalName);
  expect(signals).toContain('retrainingReported');
});

test('a retraining that runs is left alone when an older one of its model is undone', async () => {
  const model = await begin('approval', { approval: true });
  const { spec } = (await loop.client.retraining.list({ model }))[0]!;
  await loop.client.retraining.handle({ model }).terminate('planted');
  await loop.client.retraining.start({ ...(spec as RetrainSpecInput), key: `${model}/2` });
  await eventually(async () => (await phaseOf(model)) === 'approval');
  await grow(loop);
  await findAndMend(loop, `retraining ${model}/1 of ${place(model)}`);
  expect(await phaseOf(model)).toBe('approval');
  expect((await loop.client.models.list(model)).map(({ state }) => state)).toEqual([
    'champion',
    'archived',
    'challenger',
  ]);
  await loop.client.retraining.cancel({ model }, person);
});

test('a compensation that failed is told with the command that closes it, and is left to a person', async () => {
  const model = await begin('approval', { approval: true });
  broken = true;
  const cancelled = loop.client.retraining.cancel({ model }, person).catch(() => undefined);
  await eventually(async () => (await phaseOf(model)) === 'compensation-failed', 120);
  await grow(loop);
  const { bad, repairs, code } = await look(loop, '--repair');
  expect(repairs).toEqual([]);
  expect(code).toBe(1);
  expect(bad).toMatchObject([
    {
      check: `retraining ${model}/1 of ${place(model)}`,
      finding: expect.stringContaining('compensation register failed'),
      command: `loopwright retraining resolve ${model} -e production --action retry --who NAME --reason TEXT`,
    },
  ]);
  broken = false;
  await loop.client.retraining.resolveCompensation({ model }, { ...person, action: 'retry' });
  await loop.client.retraining.handle({ model }).result();
  await cancelled;
  expect((await look(loop)).bad).toEqual([]);
});

test('a retraining terminated while a compensation waits is undone by the doctor', async () => {
  const model = await begin('approval', { approval: true });
  broken = true;
  const cancelled = loop.client.retraining.cancel({ model }, person).catch(() => undefined);
  await eventually(async () => (await phaseOf(model)) === 'compensation-failed');
  broken = false;
  await loop.client.retraining.handle({ model }).terminate('planted');
  await cancelled;
  await grow(loop);
  await findAndMend(loop, `retraining ${model}/1 of ${place(model)}`);
  await expectUndone(model);
});
