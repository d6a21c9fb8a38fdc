import { concludeDrift } from '../../activities/judge-drift';
import type { Comparison } from '../../activities/judge-drift';
import type { FeatureDrift } from '../../src/contracts';
import { driftPolicySchema } from '../../src/schemas/drift';
import { twoSampleKolmogorovSmirnov } from '../../src/statistics';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { hour } from '../support/rows';
import { flaggedOf, gaussian, Judging, many, uniform } from '../support/judging';
import type { ServedRow } from '../support/judging';

let opened: TestStores;
let counter = 0;
const fresh = () => new Judging(opened, `m${(counter += 1)}`);
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const ROWS = 200;

interface CleanRow extends ServedRow {
  readonly features: { readonly a: number; readonly b: number; readonly plan: string };
  readonly score: number;
}

/** A day of clean rows: two numbers, a text, a score and the class it makes. */
function clean(seed: number, change: (row: CleanRow) => ServedRow = (row) => row) {
  const [normal, next] = [gaussian(seed), uniform(seed + 1)];
  return many(ROWS, () => {
    const score = next();
    const features = { a: normal(), b: 10 + 3 * normal(), plan: next() < 0.7 ? 'free' : 'pro' };
    return change({ features, score, prediction: score >= 0.5 ? 1 : 0 });
  });
}

test('clean days do not alarm: two flags of a subject in a row do not come up in thirty of them', async () => {
  const judging = fresh();
  await judging.serveDays(0, 40, (day) => clean(100 * day));
  const spec = judging.spec();
  const flags = new Map<string, boolean[]>();
  for (let day = 10; day < 40; day += 1) {
    const report = await judging.judge(spec, day, 'traffic');
    expect(report.drift).toMatchObject({ judged: true, subjects: 5, missing: [], added: [] });
    for (const subject of ['a', 'b', 'plan', 'prediction', 'score'])
      flags.set(subject, [...(flags.get(subject) ?? []), flaggedOf(report).includes(subject)]);
  }
  const alarms = [...flags.values()].flatMap((of) => of.filter((flag, k) => flag && of[k - 1]));
  expect(alarms).toEqual([]);
});

test.each<[string, (row: CleanRow) => ServedRow]>([
  ['a', (row) => ({ ...row, features: { ...row.features, a: row.features.a + 0.7 } })],
  ['plan', (row) => ({ ...row, features: { ...row.features, plan: row.score < 0.4 ? 'free' : 'pro' } })],
  ['plan', (row) => ({ ...row, features: { ...row.features, plan: row.score < 0.2 ? 'team' : row.features.plan } })],
  ['prediction', (row) => ({ ...row, prediction: row.score >= 0.2 ? 1 : 0 })],
  ['score', (row) => ({ ...row, score: row.score >= 0.5 ? 0.5 + row.score / 2 : row.score / 2 })],
])('%s that moved is found, and nothing else is', async (subject, change) => {
  const judging = fresh();
  await judging.serveDays(0, 10, (day) => clean(100 * day));
  await judging.serve(10, clean(4_000, change));
  const report = await judging.judge(judging.spec({ drift: { alpha: 0.01 } }), 10, 'traffic');
  expect(flaggedOf(report)).toEqual([subject]);
  const [found] = report.drift.flagged;
  expect(found!.pValue).toBeLessThan(0.01);
  expect(found!.effect).toBeGreaterThanOrEqual(found!.floor);
  expect(found!.n).toBe(ROWS);
  expect(report.drift.reference).toBe(`${judging.target.model}/production/1`);
});

test('a feature that did not come is missing, one that the reference does not know is new, a rare one is neither', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (day) =>
    clean(100 * day, (row) => ({
      ...row,
      features: { ...row.features, rare: Math.abs(row.features.a) > 2.5 ? 1 : null, odd: 3 },
    })),
  );
  await judging.serve(
    10,
    clean(4_000, ({ features: { a, plan }, ...row }) => ({
      ...row,
      features: { a, plan, c: 1, b: null, odd: 'three' },
    })),
  );
  const report = await judging.judge(judging.spec(), 10, 'traffic');
  expect(report.drift).toMatchObject({ judged: true, missing: ['b', 'odd'], added: ['c', 'odd'], flagged: [] });
});

test('what is to be ignored is neither judged nor missing; with few rows or drift off nothing is judged', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (day) => clean(100 * day));
  await judging.serve(
    10,
    clean(4_000, (row) => ({ ...row, features: { a: 9, c: 1 } })),
  );
  await judging.serve(11, clean(5_000).slice(0, 19));
  await judging.serve(12, clean(6_000));
  const spec = judging.spec({ drift: { ignore: ['a', 'b', 'c'], prediction: false } });
  const ignoring = await judging.judge(spec, 10, 'traffic');
  expect(ignoring.drift).toMatchObject({ judged: true, subjects: 1, flagged: [], missing: ['plan'], added: [] });
  const lists = { flagged: [], missing: [], added: [], unjudged: [] };
  const nothing = { judged: false, reference: null, subjects: 0, ...lists };
  expect((await judging.judge(spec, 11, 'traffic')).drift).toEqual(nothing);
  expect((await judging.judge(judging.spec({ drift: { mode: 'off' } }), 12, 'traffic')).drift).toEqual(nothing);
  const [, few, off] = await opened.stores.evaluations.list(judging.target);
  expect(few!.driftReason).toBe('19 served rows: expected 20');
  expect(off!.driftReason).toBe('drift is off');
});

test('methods and floors are the policy’s: by feature, then for all, then the method’s own', async () => {
  const judging = fresh();
  await judging.serveDays(0, 10, (day) => clean(100 * day));
  await judging.serve(
    10,
    clean(4_000, (row) => ({ ...row, features: { ...row.features, a: row.features.a + 0.7 } })),
  );
  const features = {
    a: { method: 'population-stability', floor: 0.2 },
    b: { method: 'wasserstein' },
    plan: { method: 'wasserstein', floor: 0.3 },
  } as const;
  await judging.judge(judging.spec({ drift: { features, floor: 0.4 } }), 10, 'traffic');
  const { drift } = (await opened.stores.evaluations.list(judging.target))[0]!;
  expect(drift.map(({ feature, of, method, floor, flagged }) => [of ?? feature, method, floor, flagged])).toEqual([
    ['a', 'population-stability', 0.2, true],
    ['b', 'wasserstein', 0.4, false],
    // A distance of numbers cannot compare texts: the default does.
    ['plan', 'chi-square', 0.3, false],
    ['prediction', 'chi-square', 0.4, false],
    ['score', 'kolmogorov-smirnov', 0.4, false],
  ]);
});

test('the seed compares numbers only, without adjustment or floor, and knows no least number of rows', async () => {
  const judging = fresh();
  const row = (x: number, text = 'a') => ({ features: { x, y: x % 3, text }, score: x / 100, prediction: 1 });
  await judging.serve(
    0,
    many(10, (k) => row(k)),
  );
  await judging.serve(
    10,
    many(8, (k) => row(k + 5, 'b')),
  );
  const spec = judging.spec({ drift: { mode: 'seed', season: 'hour' } });
  const report = await judging.judge(spec, 10, 'traffic');
  const { drift } = (await opened.stores.evaluations.list(judging.target))[0]!;
  const x = twoSampleKolmogorovSmirnov([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], [5, 6, 7, 8, 9, 10, 11, 12]);
  expect(drift.find(({ feature }) => feature === 'x')).toMatchObject({
    statistic: (x as { statistic: number }).statistic,
    pValue: (x as { pValue: number }).pValue,
    adjustedPValue: (x as { pValue: number }).pValue,
    flagged: false,
  });
  expect(report.drift.subjects).toBe(2);
  await judging.serve(
    11,
    many(8, (k) => row(k + 20)),
  );
  expect(flaggedOf(await judging.judge(spec, 11, 'traffic'))).toEqual(['x']);
});

describe('seasons', () => {
  /** A number that follows the hour of the day. */
  const daily = (seed: number, shift: (hour: number) => number) => {
    const normal = gaussian(seed);
    return many(480, (k) => ({ features: { load: Math.floor(k / 20) + normal() + shift(Math.floor(k / 20)) } }));
  };

  /** What a policy with and one without seasons flag in day 10. */
  async function withAndWithout(day: readonly ServedRow[]): Promise<[string[], string[]]> {
    const flags = [];
    for (const season of ['hour', 'none'] as const) {
      const judging = fresh();
      await judging.serveDays(0, 10, (k) => daily(k, () => 0));
      await judging.serve(10, day);
      flags.push(flaggedOf(await judging.judge(judging.spec({ drift: { alpha: 0.01, season } }), 10, 'traffic')));
    }
    return flags as [string[], string[]];
  }

  test('an hour that is unlike the same hour before is found, though the days as a whole are alike', async () => {
    const swapped = daily(900, (k) => (k === 3 ? 12 : k === 15 ? -12 : 0));
    expect(await withAndWithout(swapped)).toEqual([['load'], []]);
  });

  test('half a day is held against the same half: hours that are not there have not drifted', async () => {
    const half = daily(900, () => 0).slice(0, 240);
    const morning = half.map((row, k) => ({ ...row, ts: hour(240 + Math.floor(k / 20)) }));
    expect(await withAndWithout(morning)).toEqual([[], ['load']]);
  });

  test('the result names the hour, and days of the week are told apart', async () => {
    const judging = fresh();
    await judging.serveDays(0, 21, (day) => daily(day, () => (day % 7 === 2 ? 30 : 0)));
    const weekly = {
      baseline: { from: hour(0), to: hour(14 * 24) },
      drift: { season: 'weekday', alpha: 0.01 },
    } as const;
    for (let day = 14; day < 21; day += 1)
      expect(flaggedOf(await judging.judge(judging.spec(weekly), day, 'traffic'))).toEqual([]);
    await judging.serve(
      23,
      daily(900, () => 0),
    );
    expect(flaggedOf(await judging.judge(judging.spec(weekly), 23, 'traffic'))).toEqual(['load']);
    const evaluations = await opened.stores.evaluations.list(judging.target);
    // 2011-08-24 is a Wednesday.
    expect(evaluations.at(-1)!.drift[0]).toMatchObject({ feature: 'load', season: '3', flagged: true });
  });
});

describe('what comparisons come to', () => {
  const policy = driftPolicySchema.parse({});
  const comparison = (feature: string, pValue: number, change: Partial<Comparison> = {}): Comparison => ({
    of: 'feature',
    feature,
    kind: 'numeric',
    season: '',
    rows: [1_000, 200],
    n: [1_000, 200],
    found: { method: 'kolmogorov-smirnov', statistic: 0.3, pValue, effect: 0.3, floor: 0.1, errorBound: 0 },
    ...change,
  });
  const adjustedOf = (drift: readonly FeatureDrift[]) =>
    drift.map(({ adjustedPValue, flagged }) => [adjustedPValue, flagged]);

  test('p is adjusted for every subject that was compared', () => {
    const four = ['a', 'b', 'c', 'd'].map((name, k) => comparison(name, [0.02, 0.9, 0.8, 0.7][k]!));
    expect(adjustedOf(concludeDrift(four, policy))[0]).toEqual([0.08, false]);
    expect(adjustedOf(concludeDrift(four, { ...policy, adjustment: 'none' }))[0]).toEqual([0.02, true]);
    expect(adjustedOf(concludeDrift(four, { ...policy, mode: 'seed' }))[0]).toEqual([0.02, true]);
    // What could not be compared is not among them.
    const two = [four[0]!, four[1]!, { ...four[2]!, found: null }, { ...four[3]!, found: null }];
    expect(adjustedOf(concludeDrift(two, policy))[0]).toEqual([0.04, true]);
  });

  test('an effect below the floor is no drift however sure it is', () => {
    const small = { ...comparison('a', 1e-12).found!, effect: 0.099 };
    expect(concludeDrift([comparison('a', 0, { found: small })], policy)[0]).toMatchObject({ flagged: false });
  });

  test('every season counts in the adjustment, and the one that deviates most is told', () => {
    const found = (effect: number, pValue: number) => ({ ...comparison('a', pValue).found!, effect });
    const parts = [
      comparison('a', 0, { season: '1', found: found(0.9, 0.5) }),
      comparison('a', 0, { season: '2', found: found(0.3, 0.001) }),
      comparison('a', 0, { season: '3', found: found(0.4, 0.002) }),
      comparison('b', 0, { season: '1', found: found(0.2, 0.4) }),
    ];
    const [a, b] = concludeDrift(parts, policy);
    expect(a).toMatchObject({ feature: 'a', season: '3', effect: 0.4, adjustedPValue: 0.004, flagged: true });
    expect(b).toMatchObject({ feature: 'b', season: '1', flagged: false });
  });

  test.each([
    [[1_000, 0], 'missing'],
    // Of 200 rows one in ten would have had a value: 20.
    [[100, 0], 'missing'],
    [[99, 0], 'empty'],
    [[0, 200], 'new'],
    [[0, 4], 'new'],
    [[0, 3], 'empty'],
    [[0, 0], 'empty'],
    [[19, 19], 'empty'],
  ] as const)('with %p values of 1 000 and 200 rows a feature is %s', (n, status) => {
    expect(concludeDrift([comparison('a', 1, { n, found: null })], policy)).toEqual([
      { feature: 'a', kind: 'numeric', status, statistic: null, pValue: null, n },
    ]);
  });
});
