import { cellMetrics } from '../../activities/judge-metrics';
import type { MonitorSpecInput } from '../../src/schemas';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { Judging, many, uniform } from '../support/judging';

let opened: TestStores;
let counter = 0;
const fresh = () => new Judging(opened, `m${(counter += 1)}`);
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const COUNTRIES = many(10, (k) => `C${k}`);
const POLICY: Partial<MonitorSpecInput> = {
  drift: { mode: 'off' },
  segments: { keys: ['country', 'tier'], minSamples: 100 },
};

/** 150 rows of each country, right with the probability that belongs to it. */
function traffic(seed: number, rightIn: (country: string) => number, countries = COUNTRIES) {
  const next = uniform(seed);
  return countries.flatMap((country) =>
    many(150, (k) => ({
      features: { country, tier: k % 3 },
      prediction: 1,
      score: 0.8,
      outcome: { label: next() < rightIn(country) ? (1 as const) : (0 as const) },
    })),
  );
}

test('one bad segment among many is found, with the numbers it was found by', async () => {
  const judging = fresh();
  await judging.serveDays(0, 3, (day) => traffic(day, () => 0.9));
  await judging.serve(
    10,
    traffic(99, (country) => (country === 'C7' ? 0.6 : 0.9)),
  );
  const { segments } = await judging.judge(judging.spec(POLICY), 10);
  // Ten countries and three tiers.
  expect(segments.judged).toBe(13);
  expect(segments.flagged).toHaveLength(1);
  const [bad] = segments.flagged;
  expect(bad).toMatchObject({ segment: 'country=C7', metric: 'accuracy', flagged: true, value: { n: 150 } });
  expect(bad!.level).toBeCloseTo(0.85, 1);
  expect(bad!.value.high).toBeLessThan(bad!.level!);
  // As wide as thirteen intervals ask for.
  const tp = Math.round(bad!.value.value! * 150);
  const { low, high } = cellMetrics({ tp, fp: 150 - tp, fn: 0, tn: 0 }, 0.05 / 13).accuracy;
  expect(bad!.value).toMatchObject({ low, high });
  const recorded = (await opened.stores.evaluations.list(judging.target))[0]!;
  expect(recorded.segments!.map(({ segment }) => segment)).toContain('tier=0');
});

test('where every segment is as good as before, none is flagged in twenty windows', async () => {
  const judging = fresh();
  await judging.serveDays(0, 3, (day) => traffic(day, () => 0.9));
  await judging.serveDays(10, 30, (day) => traffic(1_000 + day, () => 0.9));
  const flagged = [];
  for (let day = 10; day < 30; day += 1)
    flagged.push(...(await judging.judge(judging.spec(POLICY), day)).segments.flagged);
  expect(flagged).toEqual([]);
});

test('a segment is held against itself: one that was always bad is not flagged, a new one is held against all traffic', async () => {
  const judging = fresh();
  const quality = (country: string) => (country === 'C3' ? 0.6 : 0.9);
  await judging.serveDays(0, 3, (day) => traffic(day, quality));
  await judging.serve(
    10,
    traffic(99, (country) => (country === 'new' ? 0.6 : quality(country)), [...COUNTRIES, 'new']),
  );
  const spec = judging.spec(POLICY);
  expect((await judging.judge(spec, 10)).segments.flagged.map(({ segment }) => segment)).toEqual(['country=new']);
  // A level that does not depend on the past is the same for all.
  const fixed = { ...spec, baselineDrop: undefined, threshold: 0.8 };
  await judging.serve(11, traffic(98, quality));
  const { flagged } = (await judging.judge(fixed, 11)).segments;
  expect(flagged.map(({ segment, level }) => [segment, level])).toEqual([['country=C3', 0.8]]);
});

test('segments with few rows are not judged, nor is a metric without an interval', async () => {
  const judging = fresh();
  await judging.serveDays(0, 3, (day) => traffic(day, () => 0.9));
  await judging.serve(10, [...traffic(99, () => 0.1, ['C0']), ...traffic(98, () => 0.1, ['C1']).slice(0, 99)]);
  const spec = judging.spec({ ...POLICY, segments: { keys: ['country'], minSamples: 100 } });
  const metrics = [
    { metric: 'calibrationError', threshold: 0.01 },
    { metric: 'logLoss', baselineDrop: 0.1 },
  ] as const;
  const { segments, metrics: all } = await judging.judge({ ...spec, metrics }, 10);
  expect(segments.judged).toBe(1);
  expect(segments.flagged.map(({ segment, metric }) => `${segment}/${metric}`)).toEqual([
    'country=C0/accuracy',
    'country=C0/logLoss',
  ]);
  expect(all.calibrationError!.value).toBeGreaterThan(0.5);
  expect(all.calibrationError!.low).toBeNull();
});
