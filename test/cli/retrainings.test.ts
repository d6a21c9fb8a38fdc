import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { operatorOf } from '../support/operator';
import type { Operator } from '../support/operator';
import { prepareRetraining } from '../support/retraining-fixture';
import { archivingFails, EndlessStage } from '../support/stages';

jest.setTimeout(240_000);

const endless = new EndlessStage();

let broken = false;
let loop: TestLoop;
let operator: Operator;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
beforeAll(async () => {
  loop = await startTestLoop({
    stages: { endless: endless.stage },
    interceptActivities: archivingFails(() => broken),
  });
  operator = operatorOf(loop);
});
afterAll(async () => {
  endless.release();
  await loop.close();
});

const ann = ['--who', 'ann', '--reason', 'because'];
const phase = async (model: string) => (await loop.client.retraining.status({ model })).phase;
const reached = (model: string, wanted: string) => eventually(async () => (await phase(model)) === wanted);

/** A retraining whose challenger waits for a person. */
async function waiting(): Promise<string> {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  await loop.client.retraining.start({ ...spec, policy: { ...spec.policy, approval: true } });
  await reached(model, 'approval');
  return model;
}

test('a status tells phase, reasons, gate and what is waited for', async () => {
  const model = await waiting();
  const { stdout } = await operator.run('retraining', 'status', model);
  expect(stdout).toMatch(new RegExp(`^retraining +${model}/1 of ${model} in production\n`, 'm'));
  expect(stdout).toMatch(/^phase +approval\n/m);
  expect(stdout).toMatch(/^because +asked for by a test\n/m);
  expect(stdout).toMatch(/^accuracy on the hold-out +champion 1 0\b.*, challenger 1?0?\.?\d+.*, n \d+\n/m);
  expect(stdout).toMatch(/^waits for +approve or reject/m);
  expect(await operator.json('retraining', 'status', model)).toMatchObject({ phase: 'approval' });
});

test('they are listed, approved, cancelled, and their history is told', async () => {
  const model = await waiting();
  await operator.json('retraining', 'approve', model, ...ann);
  await reached(model, 'experiment');
  const running = await operator.run('retraining', 'status', model);
  expect(running.stdout).toMatch(new RegExp(`^waits for +experiment ${model}\\.production\\.1`, 'm'));
  expect((await operator.run('retraining', 'history', model)).stdout).toMatch(
    new RegExp(`^2011-08-21 +${model}/1 +open +– `, 'm'),
  );
  await eventually(async () => (await operator.run('retraining', 'list')).stdout.includes(`retrain:${model}:`));
  await operator.json('retraining', 'cancel', model, ...ann);
  await loop.client.retraining.handle({ model }).result();
  const { stdout } = await operator.run('retraining', 'history', model);
  expect(stdout).toMatch(/^at +key +decision +closed +rows +champion +challenger +experiment +on the hold-out\n/);
  expect(stdout).toMatch(new RegExp(`^2011-08-21 +${model}/1 +(cancelled|failed) .* accuracy 0 to `, 'm'));
  expect(stdout).toContain('    asked for by a test\n    ended: cancelled by ann: because\n');
});

test('a challenger is rejected', async () => {
  const model = await waiting();
  await operator.json('retraining', 'reject', model, ...ann);
  await loop.client.retraining.handle({ model }).result();
  const { stdout } = await operator.run('retraining', 'status', model);
  expect(stdout).toMatch(/^phase +closed: (rejected|not-better)\n/m);
  expect(stdout).toMatch(/^ended +rejected by ann: because\n/m);
  expect(stdout).not.toMatch(/^waits for +\w/m);
});

test('a compensation that failed is told with the command that closes it, and is closed', async () => {
  const model = await waiting();
  await operator.json('retraining', 'approve', model, ...ann);
  await reached(model, 'experiment');
  broken = true;
  try {
    const cancelled = operator.run('retraining', 'cancel', model, ...ann);
    await reached(model, 'compensation-failed');
    const { stdout } = await operator.run('retraining', 'status', model);
    expect(stdout).toContain('waits for');
    expect(stdout).toContain(
      `    loopwright retraining resolve ${model} -e production --action retry --who NAME --reason TEXT\n`,
    );
    expect(stdout).toMatch(/^compensation \S+ failed; when its cause is gone:\n/m);
    await cancelled;
  } finally {
    broken = false;
  }
  await operator.json('retraining', 'resolve', model, '--action', 'retry', ...ann);
  await loop.client.retraining.handle({ model }).result();
  expect(await loop.client.models.find(model, 2)).toMatchObject({ state: 'archived' });
});

test.each([
  [['status', 'nobody'], 'retrain:nobody:production'],
  [['status', 'a b'], 'model is "a b"'],
  [['history'], "missing required argument 'model'"],
  [['approve', 'M', '--who', 'ann'], "required option '--reason <text>' not specified"],
  [['reject', 'M', '--reason', 'r'], "required option '--who <name>' not specified"],
  [['cancel', 'M'], "required option '--who <name>' not specified"],
  [['resolve', 'M', ...ann], "required option '--action <action>' not specified"],
  [['resolve', 'M', '--action', 'forget', ...ann], 'Allowed choices are retry, done-by-hand'],
  [['resolve', 'nobody', '--action', 'retry', ...ann], 'retrain:nobody:production'],
])('%j is refused with what is accepted', async (args, words) => {
  expect(await operator.refusal('retraining', ...args)).toContain(words);
});

test('what does not wait for a person is not approved', async () => {
  const model = fresh();
  const spec = await prepareRetraining(loop, model, 'turned');
  await loop.client.retraining.start({ ...spec, policy: { ...spec.policy, trainer: 'endless' } });
  await reached(model, 'training');
  expect(await operator.refusal('retraining', 'approve', model, ...ann)).toContain('phase training');
});
