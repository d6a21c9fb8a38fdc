import { startAlertingMonitor } from '../support/alerting';
import { inProcess } from '../support/cli';
import { findAndMend, look, place } from '../support/doctor';
import { eventually, openTestStores, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { grow } from '../support/orphans';
import { registerModel } from '../support/registered';
import { hour } from '../support/rows';

jest.setTimeout(300_000);

let loop: TestLoop;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const person = { who: 'ops', reason: 'because' };

test('a set-up that is in order has nothing bad', async () => {
  const { code, findings, bad } = await look(loop);
  expect(bad).toEqual([]);
  expect(code).toBe(0);
  expect(findings.map(({ check }) => check)).toEqual(expect.arrayContaining(['search attributes', 'MongoDB']));
});

describe('a deployment document', () => {
  let model: string;
  const edit = (change: object) =>
    loop.db.collection<{ _id: string }>('deployments').updateOne({ _id: `${model}:production` }, { $set: change });
  beforeEach(async () => {
    model = fresh();
    for (const key of ['1', '2']) await registerModel(loop, model, key);
    await loop.client.deployments.deploy({ model }, 1, { ...person, effectiveAt: hour(0) });
    await loop.client.deployments.deploy({ model }, 2, { ...person, effectiveAt: hour(1) });
  });

  test.each([
    ['is behind the ledger', () => edit({ token: 1, champion: 1, previous: null, effectiveAt: hour(0) })],
    ['says something else', () => edit({ champion: 1 })],
    ['says too much', () => edit({ shadow: 1 })],
    ['is missing', () => loop.db.collection<{ _id: string }>('deployments').deleteOne({ _id: `${model}:production` })],
  ])('that %s is rewritten', async (_, plant) => {
    const wanted = await loop.client.deployments.current({ model });
    await plant();
    const young = await look(loop, '--repair');
    expect(young.repairs).toEqual([]);
    expect(young.findings).toContainEqual(
      expect.objectContaining({ state: 'note', finding: expect.stringMatching(/^half a switch: /) }),
    );
    await grow(loop);
    await findAndMend(loop, `deployment document of ${place(model)}`);
    expect(await loop.client.deployments.current({ model })).toEqual(wanted);
  });
});

test('a split whose experiment was terminated is ended; one by a person, and one that runs, are left alone', async () => {
  const [orphan, manual, running] = [fresh(), fresh(), fresh()];
  for (const model of [orphan, manual, running]) {
    for (const key of ['1', '2']) await registerModel(loop, model, key);
    await loop.client.deployments.deploy({ model }, 1, { ...person, effectiveAt: hour(0) });
  }
  await loop.client.deployments.setTraffic({ model: manual }, { shares: { 1: 0.5, 2: 0.5 } }, person);
  for (const model of [orphan, running]) {
    await loop.client.challenges.start({
      ...{ id: `${model}-e`, model, clock: 'data', champion: 1, challenger: 2, start: hour(0), duration: '28d' },
      ...{ labelMaturity: '1d', allocation: 0.5, salt: 's', seed: 's-1' },
    });
    await eventually(async () => (await loop.client.deployments.current({ model }))?.split != null);
  }
  await loop.client.challenges.handle(`${orphan}-e`).terminate('planted');
  await grow(loop);
  await findAndMend(loop, `split of ${place(orphan)}`);
  const history = await loop.client.deployments.history({ model: orphan });
  expect(history.at(-1)).toMatchObject({ who: 'doctor', split: null, champion: 1, effectiveAt: hour(0) });
  expect(history.at(-1)!.reason).toBe(`experiment ${orphan}-e does not run`);
  for (const model of [manual, running]) {
    expect((await loop.client.deployments.current({ model }))!.split).not.toBeNull();
  }
});

test('a rollout whose deployment was terminated is ended', async () => {
  const model = fresh();
  for (const key of ['1', '2']) await registerModel(loop, model, key);
  await loop.client.deployments.deploy({ model }, 1, person);
  const strategy = { kind: 'canary' as const, steps: [{ allocation: 0.5, hold: '1d' }] };
  await loop.client.deployments.deploy({ model }, 2, { ...person, strategy });
  await eventually(async () => (await loop.client.deployments.current({ model }))?.split != null);
  await grow(loop);
  expect((await look(loop)).bad).toEqual([]);
  await loop.client.deployments.handle({ model }).terminate('planted');
  await findAndMend(loop, `rollout of ${place(model)}`);
  const serving = await loop.client.deployments.current({ model });
  expect(serving).toMatchObject({ champion: 1, challenger: null, split: null });
  expect(serving!.rollout ?? null).toBeNull();
});

test('a challenger that nothing tries is archived', async () => {
  const model = fresh();
  const { version } = await registerModel(loop, model, '1');
  await loop.stores.registry.setState(model, version, 'challenger', 'planted');
  expect((await look(loop, '--repair')).repairs).toEqual([]);
  await grow(loop);
  await findAndMend(loop, `challenger ${model}@1`);
  expect(await loop.client.models.find(model, 1)).toMatchObject({ state: 'archived' });
});

test('an artifact that nobody needs is deleted after an hour, whoever stored it', async () => {
  const digests = [
    await loop.stores.artifacts.put(Buffer.from('a'), 'registration/m/1'),
    await loop.stores.artifacts.put(Buffer.from('b'), 'a retraining'),
  ];
  expect((await look(loop, '--repair')).repairs).toEqual([]);
  await grow(loop);
  await findAndMend(loop, ...digests.map((digest) => `artifact ${digest.slice(0, 12)}`));
  for (const digest of digests) expect(await loop.stores.artifacts.exists(digest)).toBe(false);
});

test('the frozen reference of a monitor is no orphan, with or without a claim', async () => {
  const model = fresh();
  await startAlertingMonitor(loop, model, { drift: {}, reference: { from: hour(0), to: hour(72) } });
  const baseline = await loop.db.collection('baselines').findOne({ model });
  await grow(loop);
  expect((await look(loop, '--repair')).repairs).toEqual([]);
  await loop.db.collection<{ _id: string }>('artifactClaims').deleteOne({ _id: baseline!.artifact });
  expect((await look(loop, '--repair')).repairs).toEqual([]);
  expect(await loop.stores.artifacts.exists(baseline!.artifact)).toBe(true);
});

test('an artifact that is altered or missing is only told, with the way back', async () => {
  const model = fresh();
  const versions = [await registerModel(loop, model, '8'), await registerModel(loop, model, '9')];
  for (const { version } of versions) await loop.client.deployments.deploy({ model }, version, person);
  const [first, second] = versions.map(({ artifact }) => artifact);
  await loop.db.collection('artifacts.files').deleteMany({ filename: first });
  await loop.db.collection('artifacts.chunks').updateOne({ files_id: second }, { $set: { data: Buffer.from('x') } });
  await grow(loop);
  const { bad, code } = await look(loop, '--repair');
  expect(code).toBe(1);
  expect(bad.map(({ check }) => check)).toEqual([`artifact of ${model}@1`, `artifact of ${model}@2`]);
  expect(bad[0].finding).toContain('is not in the store');
  expect(bad[1]).toMatchObject({
    command: `loopwright deployment roll-back ${model} -e production --who NAME --reason TEXT`,
  });
});

test('a database of another Temporal is not repaired', async () => {
  const other = await openTestStores();
  try {
    const target = { model: 'elsewhere', environment: 'production' };
    const serving = { ...target, token: 1, champion: 1, challenger: null, split: null, previous: null };
    const at = hour(0);
    await other.stores.deployments.write({ ...serving, effectiveAt: at, action: 'deploy', key: 'k', ...person });
    const named = { ...target, artifact: 'a'.repeat(64), trainer: 't', dataset: null, trainedOn: null, metrics: {} };
    await other.stores.registry.register({ ...named, key: 'k', state: 'challenger' });
    await grow(other);
    const { bad, repairs, code } = await look(loop, '--repair', '--database', other.db.databaseName);
    expect(repairs).toEqual([]);
    expect(code).toBe(1);
    expect(bad[0]).toMatchObject({ check: 'namespace', finding: expect.stringContaining('Nothing is repaired') });
  } finally {
    await other.close();
  }
});

test('people see what a repair does', async () => {
  const model = fresh();
  const { version } = await registerModel(loop, model, '1');
  await loop.stores.registry.setState(model, version, 'challenger', 'planted');
  await grow(loop);
  const where = ['--database', loop.db.databaseName, '--mongodb', process.env.LOOPWRIGHT_TEST_MONGODB!];
  const { stdout } = await inProcess('doctor', ...where);
  process.exitCode = undefined;
  expect(stdout).toMatch(/^check +state +finding\n/);
  expect(stdout).toMatch(
    new RegExp(`^challenger ${model}@1 +bad +no retraining.*\n    loopwright doctor --repair: archives it\n`, 'm'),
  );
  expect((await inProcess('doctor', '--mend')).stderr).toContain("unknown option '--mend'");
});
