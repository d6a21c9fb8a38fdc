import { eventually, startTestLoop } from '../support/environment';
import type { TestLoop } from '../support/environment';
import { routeTraffic } from '../../src/domain/routing';
import type { ExperimentSpecInput } from '../../src/schemas';
import { hour, many, outcome, prediction } from '../support/rows';
import { seeded } from '../support/streams';
import { modelBytes } from '../support/models';

jest.setTimeout(240_000);

let loop: TestLoop;
let counter = 0;
const fresh = () => `${loop.model}-${(counter += 1)}`;
beforeAll(async () => {
  loop = await startTestLoop();
});
afterAll(() => loop.close());

const person = { who: 'ops', reason: 'because' };
const WEEK = 7 * 24;

async function begin(model: string, change: Partial<ExperimentSpecInput> = {}): Promise<ExperimentSpecInput> {
  for (const key of ['1', '2']) await loop.client.models.register({ model, key, artifact: modelBytes(Number(key)) });
  await loop.client.deployments.deploy({ model }, 1, { ...person, effectiveAt: hour(0) });
  const spec: ExperimentSpecInput = {
    id: `${model}-e`,
    model,
    clock: 'data',
    champion: 1,
    challenger: 2,
    start: hour(0),
    duration: '28d',
    labelMaturity: '1d',
    allocation: 0.5,
    salt: 's',
    seed: 's-1',
    alpha: 0.05,
    earlyStop: false,
    ...change,
  };
  await loop.client.challenges.start(spec);
  return spec;
}

async function start(model: string, change: Partial<ExperimentSpecInput> = {}): Promise<ExperimentSpecInput> {
  const spec = await begin(model, change);
  await eventually(async () => (await loop.client.challenges.status(spec.id)).phase === 'running');
  return spec;
}

/** Serves 24 rows a day by what the deployment says; each version is right with its own probability. */
async function serve(
  model: string,
  days: number,
  right: Record<number, number>,
): Promise<Record<number, { n: number; successes: number }>> {
  const random = seeded(9);
  const serving = (await loop.client.deployments.current({ model }))!;
  const rows = many(days * 24, (k) => {
    const version = routeTraffic(serving, { predictionId: prediction(k).predictionId });
    const success = random() < right[version]!;
    return { k, version, success };
  });
  await loop.client.predictions.log(
    { model },
    rows.map(({ k, version, success }) => prediction(k, { version, prediction: 1, score: success ? 0.9 : 0.6 })),
  );
  await loop.client.outcomes.log(
    { model },
    rows.map(({ k, success }) => outcome(k, { label: success ? 1 : 0, labelTs: hour(k + 2) })),
  );
  const sums: Record<number, { n: number; successes: number }> = {
    1: { n: 0, successes: 0 },
    2: { n: 0, successes: 0 },
  };
  for (const { version, success } of rows) {
    sums[version]!.n += 1;
    sums[version]!.successes += Number(success);
  }
  return sums;
}

const advance = (id: string, k: number) => loop.client.challenges.advance(id, { source: 'test', at: hour(k) });
const result = async (id: string) => await loop.client.challenges.status(id);

test.each([
  [{ 1: 0.6, 2: 0.85 }, 'ship', 2],
  [{ 1: 0.85, 2: 0.6 }, 'rollback', 1],
  [{ 1: 0.7, 2: 0.7 }, 'inconclusive', 1],
] as const)('arms that are right with %j end in %s', async (right, decision, champion) => {
  const model = fresh();
  const { id } = await start(model);
  expect((await loop.client.deployments.current({ model }))!.split).toMatchObject({ experiment: id, seed: 's-1' });
  const sums = await serve(model, 28, right);
  await advance(id, 4 * WEEK + 23);
  expect((await result(id)).looks).toHaveLength(3);
  await advance(id, 4 * WEEK + 24);
  const { looks, decision: decided, reasons } = await result(id);
  expect(decided).toBe(decision);
  expect(reasons[0]!.length).toBeGreaterThan(10);
  const last = looks.at(-1)!;
  expect(last.arms.map(({ n, successes }) => ({ n, successes }))).toEqual([sums[1], sums[2]]);
  expect(last).toMatchObject({ k: 4, at: hour(4 * WEEK + 24), exposedTo: hour(4 * WEEK), status: 'ok' });
  expect((await loop.client.deployments.current({ model }))!).toMatchObject({
    champion,
    challenger: null,
    split: null,
  });
});

test('early stopping decides at the first look whose bound is crossed', async () => {
  const model = fresh();
  const { id } = await start(model, { earlyStop: true });
  await serve(model, 28, { 1: 0.4, 2: 0.95 });
  await advance(id, 4 * WEEK + 24);
  const { looks, decision } = await result(id);
  expect(decision).toBe('ship');
  expect(looks.length).toBeLessThan(4);
  expect(looks.at(-1)!.z!).toBeGreaterThanOrEqual(looks.at(-1)!.bound!);
});

test('an empty look has a status and no bound, and decides nothing', async () => {
  const { id } = await start(fresh(), { earlyStop: true });
  await advance(id, 2 * WEEK + 24);
  const { looks, decision } = await result(id);
  expect(decision).toBeNull();
  expect(looks).toMatchObject([
    { status: 'no-data', z: null, bound: null },
    { status: 'no-data', z: null, bound: null },
  ]);
});

test('a broken split is invalid and promotes nobody', async () => {
  const model = fresh();
  const { id } = await start(model);
  await loop.client.predictions.log(
    { model },
    many(WEEK, (k) => prediction(k, { version: k < 5 ? 1 : 2 })),
  );
  await loop.client.outcomes.log(
    { model },
    many(WEEK, (k) => outcome(k)),
  );
  await advance(id, WEEK + 24);
  expect(await result(id)).toMatchObject({ decision: 'invalid' });
  expect((await loop.client.deployments.current({ model }))!.champion).toBe(1);
});

test('log loss: the challenger with the lower one ships', async () => {
  const model = fresh();
  const { id } = await start(model, { successMetric: 'logLoss' });
  await serve(model, 28, { 1: 0.6, 2: 0.9 });
  await advance(id, 4 * WEEK + 24);
  const { decision, looks } = await result(id);
  expect(decision).toBe('ship');
  expect(looks.at(-1)!.difference).toBeLessThan(0);
});

test('an operator ramps, extends and stops; decided, it takes no more decisions', async () => {
  const model = fresh();
  const { id } = await start(model);
  await loop.client.challenges.ramp(id, { allocation: 0.2, ...person });
  expect((await loop.client.deployments.current({ model }))!.split!.allocation).toBe(0.2);
  const handle = loop.client.challenges.handle(id);
  expect(await handle.executeUpdate('extend', { args: [{ duration: '35d', ...person }] })).toMatchObject({
    end: hour(5 * WEEK),
  });
  await expect(handle.executeUpdate('extend', { args: [{ duration: '20d', ...person }] })).rejects.toThrow();
  expect(await loop.client.challenges.stop(id, person)).toMatchObject({
    decision: 'stop',
    reasons: ['because (ops)'],
  });
  expect((await loop.client.deployments.current({ model }))!).toMatchObject({ champion: 1, split: null });
  await expect(loop.client.challenges.ramp(id, { allocation: 0.5, ...person })).rejects.toThrow();
});

test('decisions that come while the experiment is being planned wait for the plan', async () => {
  const model = fresh();
  const { id } = await begin(model);
  // Sent at once, in the order in which a hurried operator would: none of them may be lost or refused.
  const extended = loop.client.challenges
    .handle(id)
    .executeUpdate('extend', { args: [{ ...person, duration: '42d' }] });
  const ramped = loop.client.challenges.ramp(id, { ...person, allocation: 0.25 });
  expect(await extended).toMatchObject({ phase: 'running' });
  expect(await ramped).toMatchObject({ phase: 'running' });
  expect((await loop.client.deployments.current({ model }))!.split).toMatchObject({ allocation: 0.25 });
  expect(await result(id)).toMatchObject({ phase: 'running', end: hour(42 * 24) });
  expect(await loop.client.challenges.stop(id, person)).toMatchObject({ decision: 'stop' });

  const hurried = await begin(fresh());
  expect(await loop.client.challenges.stop(hurried.id, person)).toMatchObject({ decision: 'stop' });
});

test('the same id twice is refused while it runs', async () => {
  const spec = await start(fresh());
  await expect(loop.client.challenges.start(spec)).rejects.toThrow(/already/i);
});

test('a cancelled experiment gives the traffic back', async () => {
  const model = fresh();
  const { id } = await start(model);
  await loop.client.challenges.handle(id).cancel();
  await expect(loop.client.challenges.handle(id).result()).rejects.toThrow();
  expect((await loop.client.deployments.current({ model }))!).toMatchObject({ champion: 1, split: null });
});

test('on the wall clock the last look comes by a timer', async () => {
  const { id } = await start(fresh(), {
    clock: 'wall',
    start: new Date().toISOString(),
    duration: '2s',
    labelMaturity: '1s',
  });
  await eventually(async () => (await result(id)).decision === 'inconclusive', 20);
});
