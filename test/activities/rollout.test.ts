import { createActivities } from '../../activities';
import { comparePaired, compareSides } from '../../activities/rollout-tests';
import type { Guardrail, LoopwrightActivities, Stages } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { modelBytes, registerVersion, served } from '../support/rollout-fixture';
import type { VersionChange } from '../support/rollout-fixture';
import { hour, many, newPrediction } from '../support/rows';

jest.setTimeout(120_000);

let opened: TestStores;
let activities: LoopwrightActivities;
let counter = 0;
const stages: Stages = {
  broken: { train: async () => new Uint8Array(), score: async (_, { n }) => new Float64Array(n).fill(2) },
  short: { train: async () => new Uint8Array(), score: async () => new Float64Array(1) },
  away: { train: async () => new Uint8Array(), score: async () => Promise.reject(new Error('connection refused')) },
};
beforeAll(async () => {
  opened = await openTestStores();
  activities = createActivities({ stores: opened.stores, stages });
});
afterAll(() => opened.close());

const fresh = (environment = 'production') => ({ model: `m${(counter += 1)}`, environment });

const register = (target: { readonly model: string }, key: string, change: VersionChange = {}) =>
  registerVersion(opened.stores, target.model, key, change);

async function log(target: { model: string; environment: string }, rows: ReturnType<typeof served>): Promise<void> {
  await opened.stores.predictions.log(target, rows.predictions);
  await opened.stores.outcomes.log(target, rows.outcomes);
}

describe('the tests of a guardrail', () => {
  const rows = (label: number[], prediction: number[], score: number[]) => ({
    n: label.length,
    label: Uint8Array.from(label),
    prediction: Uint8Array.from(prediction),
    score: Float64Array.from(score),
  });
  const labels = many(100, (k) => k % 2);
  const right = (n: number) =>
    rows(
      labels,
      labels.map((label, k) => (k < n ? label : 1 - label)),
      labels.map((label, k) => (k < n === (label === 1) ? 0.8 : 0.2)),
    );

  test.each([
    // z = (0.6 − 0.8)/√(0.7·0.3·2/100)
    ['accuracy', 80, 60, 0.001018],
    ['accuracy', 60, 80, 0.998982],
    ['accuracy', 100, 100, 1],
    // Areas of 0.8 and 0.6, placements with variances 0.04 and 0.06 in both classes: z = −0.2/√(2·(0.04 + 0.06)/49).
    ['auroc', 80, 60, 0.000873],
    ['auroc', 60, 80, 0.999127],
    ['auroc', 100, 100, 1],
  ] as const)('%s, %d right against %d: p %d', (metric, was, is, pValue) => {
    expect(compareSides(metric, right(was), right(is))).toBeCloseTo(pValue, 5);
  });

  test('log loss is worse when larger; rows without an outcome or a score do not count', () => {
    expect(compareSides('logLoss', right(80), right(60))).toBeLessThan(0.01);
    expect(compareSides('logLoss', right(60), right(80))).toBeGreaterThan(0.99);
    const blind = { ...right(60), score: new Float64Array(100).fill(NaN) };
    expect(compareSides('logLoss', right(80), blind)).toBeNull();
    expect(comparePaired('logLoss', right(80), blind)).toBeNull();
    const unlabelled = { ...right(60), label: new Uint8Array(100).fill(255) };
    expect(compareSides('accuracy', right(80), unlabelled)).toBeNull();
    for (const other of [blind, unlabelled]) expect(compareSides('auroc', right(80), other)).toBeNull();
    expect(comparePaired('auroc', right(80), blind)).toBeNull();
  });

  test('a share of positives is as bad when larger as when smaller', () => {
    const positives = (n: number) =>
      rows(
        labels,
        many(100, (k) => (k < n ? 1 : 0)),
        labels,
      );
    const [up, down] = [positives(70), positives(30)].map((other) =>
      compareSides('positiveRate', positives(50), other),
    );
    expect(up).toBeCloseTo(down!, 12);
    expect(up).toBeLessThan(0.05);
    const [more, less] = [positives(70), positives(30)].map((one) => comparePaired('positiveRate', positives(50), one));
    expect(more).toBeCloseTo(less!, 12);
    expect(more).toBeLessThan(1e-4);
  });

  test('paired rows find what the two sides alone do not', () => {
    // The same six rows flip: mean 0.06, z = 0.06/√(0.06·0.94/99) = 2.5138.
    expect(comparePaired('accuracy', right(90), right(84))).toBeCloseTo(0.00597, 4);
    expect(compareSides('accuracy', right(90), right(84))!).toBeGreaterThan(0.05);
    expect(comparePaired('accuracy', right(84), right(90))).toBeCloseTo(1 - 0.00597, 4);
    expect(comparePaired('accuracy', right(90), right(90))).toBe(1);
    expect(comparePaired('accuracy', right(100), right(0))).toBe(0.5 ** 100);
    expect(comparePaired('accuracy', right(0), right(100))).toBe(1);
    expect(comparePaired('logLoss', right(90), right(84))).toBeLessThan(0.01);
    expect(comparePaired('auroc', right(90), right(84))).toBeLessThan(0.01);
    expect(comparePaired('auroc', right(84), right(90))).toBeGreaterThan(0.99);
  });
});

describe('comparing versions', () => {
  const guardrails: Guardrail[] = ['accuracy', 'logLoss', 'auroc', 'positiveRate'].map((metric) => ({
    metric: metric as Guardrail['metric'],
    tolerance: 0,
  }));

  test('served rows: each version on its own, between the times only', async () => {
    const target = fresh();
    const sides = [
      { version: 1, rows: 100, right: 0.9 },
      { version: 2, rows: 50, right: 0.6 },
      { version: 3, rows: 10, right: 1 },
    ];
    await log(target, served(10, sides));
    await log(target, served(1_000, sides));
    const question = { target, champion: 1, challenger: 2, from: hour(10), to: hour(1_000), guardrails };
    const evidence = await activities.compareVersions({ ...question, shadow: false });
    expect(evidence).toMatchObject({
      paired: false,
      champion: { version: 1, rows: 100, performance: { n: 100, correct: 90, accuracy: 0.9 } },
      challenger: { version: 2, rows: 50, performance: { n: 50, correct: 30, accuracy: 0.6 } },
    });
    expect(evidence.pValues.accuracy).toBeLessThan(1e-4);
    expect(evidence.pValues.logLoss).toBeLessThan(1e-4);
    expect(evidence.pValues.auroc).toBeLessThan(1e-4);
    expect(evidence.champion.positives).toBeGreaterThan(20);
    const part = await activities.compareVersions({ ...question, from: hour(20), to: hour(60), shadow: false });
    expect(part.champion.rows).toBe(40);
    expect(part.challenger).toMatchObject({ rows: 0, performance: { n: 0, accuracy: null } });
    expect(part.pValues).toMatchObject({ accuracy: null, auroc: null });
  });

  test('shadow: the challenger scores what the champion served, on the same rows', async () => {
    const target = fresh();
    await register(target, 'good');
    await register(target, 'turned', { bytes: modelBytes(2, true) });
    await log(
      target,
      served(0, [
        { version: 1, rows: 100, right: 0.9 },
        { version: 5, rows: 20, right: 1 },
      ]),
    );
    const question = { target, champion: 1, from: hour(0), to: hour(500), guardrails, shadow: true };
    const turned = await activities.compareVersions({ ...question, challenger: 2 });
    expect(turned).toMatchObject({ paired: true, champion: { rows: 100, performance: { correct: 90 } } });
    // The world follows the sign of x, the model says the opposite.
    expect(turned.challenger).toMatchObject({ version: 2, rows: 100, performance: { n: 100, correct: 0 } });
    expect(turned.pValues.accuracy).toBeLessThan(1e-9);
    expect(turned.pValues.auroc).toBeLessThan(1e-9);
    const good = await activities.compareVersions({ ...question, challenger: 1 });
    expect(good.challenger.performance.correct).toBe(100);
    expect(good.pValues.accuracy).toBeGreaterThan(0.9);
    const none = await activities.compareVersions({ ...question, challenger: 2, to: hour(0) });
    expect(none.challenger).toMatchObject({ rows: 0, positives: 0 });
  });
});

describe('probing a version', () => {
  const probe = (target: ReturnType<typeof fresh>, version: number, probes = 20, until = hour(5_000)) =>
    activities.probeVersion({ target, version, probes, until });

  test('it scores the newest rows, as many as are asked for', async () => {
    const target = fresh();
    await register(target, 'v');
    expect(await probe(target, 1)).toEqual({ rows: 0, problems: [] });
    await log(target, served(0, [{ version: 1, rows: 60, right: 1 }]));
    expect(await probe(target, 1)).toEqual({ rows: 20, problems: [] });
    expect(await probe(target, 1, 500)).toEqual({ rows: 60, problems: [] });
    expect(await probe(target, 1, 500, hour(9))).toEqual({ rows: 10, problems: [] });
    expect(await probe(target, 1, 0)).toEqual({ rows: 0, problems: [] });
  });

  test.each([
    [{ trainer: 'broken' }, 'gave 20 of 20 rows no probability, such as 2'],
    [{ trainer: 'short' }, 'gave 1 scores for 20 rows'],
    [{ trainer: 'nobody' }, 'trainer is "nobody"'],
    [{ bytes: new TextEncoder().encode('{}') }, 'cannot score: format of the model is missing'],
    [{ signature: [{ name: 'y', type: 'number' as const }] }, 'takes y: none of the 20 newest rows has it'],
    [{ signature: [{ name: 'word', type: 'number' as const }] }, 'takes word as a number: the traffic has texts'],
  ])('%j: %s', async (change, words) => {
    const target = fresh();
    await register(target, 'v', change);
    const rows = many(30, (k) => newPrediction(k, { features: { x: 1, word: 'w' } }));
    await opened.stores.predictions.log(target, rows);
    const { problems } = await probe(target, 1);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(words);
  });

  test('bytes that are gone are a problem, also without traffic; a scorer that is away is tried again', async () => {
    const target = fresh();
    await register(target, 'v', { bytes: modelBytes(7) });
    const { artifact } = (await opened.stores.registry.find(target.model, 1))!;
    await opened.db.collection('artifacts.files').deleteMany({ filename: artifact });
    expect((await probe(target, 1)).problems[0]).toContain('is not in the store');
    expect((await probe(target, 9)).problems[0]).toContain('@9 is not registered');
    await register(target, 'away', { trainer: 'away' });
    await log(target, served(0, [{ version: 1, rows: 5, right: 1 }]));
    await expect(probe(target, 2)).rejects.toThrow('connection refused');
  });
});
