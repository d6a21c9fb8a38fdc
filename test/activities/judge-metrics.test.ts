import { METRIC_NAMES, METRICS } from '../../src/contracts';
import type { MetricName } from '../../src/contracts';
import { cellMetrics, cellsOf, computeMetrics } from '../../activities/judge-metrics';
import { valuePerRow } from '../../activities/judge-cost';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { Judging, many } from '../support/judging';

let opened: TestStores;
let counter = 0;
const fresh = () => new Judging(opened, `m${(counter += 1)}`);
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const namesOf = (task: string): MetricName[] => METRIC_NAMES.filter((name) => METRICS[name].task === task);
const columns = {
  labels: [1, 1, 1, 0, 0, 0, 1, 0],
  classes: [1, 1, 0, 0, 0, 1, 1, 0],
  scores: [0.9, 0.8, 0.4, 0.2, 0.1, 0.6, 0.7, 0.3],
  values: [3, 5, 7, 9],
  predicted: [2, 5, 8, 11],
  relevance: [
    [3, 0, 1],
    [0, 0, 2],
    [0, 0],
  ],
};
const plan = { depth: 2, alpha: 0.05 };

test.each([
  ['accuracy', 6 / 8],
  ['precision', 3 / 4],
  ['recall', 3 / 4],
  ['f1', 3 / 4],
  ['ctr', 1 / 2],
  // Of 16 pairs one positive (.4) stands below one negative (.6).
  ['auroc', 15 / 16],
  // Precision at the ranks of the positives: 1, 1, 1, 4 of 5.
  ['averagePrecision', (3 + 4 / 5) / 4],
  ['brier', (0.1 ** 2 + 0.2 ** 2 + 0.6 ** 2 + 0.2 ** 2 + 0.1 ** 2 + 0.6 ** 2 + 0.3 ** 2 + 0.3 ** 2) / 8],
  ['logLoss', -[0.9, 0.8, 0.4, 0.8, 0.9, 0.4, 0.7, 0.7].reduce((sum, p) => sum + Math.log(p), 0) / 8],
  // Every row is alone in its bin of a tenth.
  ['calibrationError', (0.1 + 0.2 + 0.6 + 0.2 + 0.1 + 0.6 + 0.3 + 0.3) / 8],
] as const)('binary %s is %p', (name, expected) => {
  const { [name]: found } = computeMetrics(columns, [name], { ...plan, task: 'binary' });
  expect(found!.value).toBeCloseTo(expected, 12);
  expect(found!).toMatchObject({ n: 8, errorBound: 0 });
  if (name === 'calibrationError') expect([found!.low, found!.high]).toEqual([null, null]);
  else expect(found!.low! < expected && expected < found!.high!).toBe(true);
});

test.each([
  ['regression', 'rmse', Math.sqrt(1.5)],
  ['regression', 'mae', 1],
  ['regression', 'mape', (1 / 3 + 0 + 1 / 7 + 2 / 9) / 4],
  ['regression', 'r2', 1 - 6 / 20],
  // Places one and two count; the order is as served. The best order of the second list puts its 2 first.
  ['ranking', 'ndcg', (3 / (3 + 1 / Math.log2(3)) + 0 + 0) / 3],
  ['ranking', 'mrr', 1 / 3],
  ['ranking', 'precisionAtK', 1 / 2 / 3],
  ['ranking', 'hitRateAtK', 1 / 3],
] as const)('%s %s is %p', (task, name, expected) => {
  const { [name]: found } = computeMetrics(columns, [name], { ...plan, task });
  expect(found!.value).toBeCloseTo(expected, 12);
  expect(found!.n).toBe(task === 'ranking' ? 3 : 4);
  expect(found!.low! <= expected && expected <= found!.high!).toBe(true);
});

test('a metric that the rows do not allow is null and says why', () => {
  const nothing = { labels: [], classes: [], scores: [], values: [], predicted: [], relevance: [] };
  for (const task of ['binary', 'regression', 'ranking'] as const) {
    for (const found of Object.values(computeMetrics(nothing, namesOf(task), { ...plan, task }))) {
      expect(found).toMatchObject({ value: null, low: null, high: null, n: 0 });
      expect(found.note).not.toBe('');
      expect(found.note).toBeDefined();
    }
  }
  const negative = { ...nothing, labels: [0, 0], classes: [0, 0], scores: [0.1, 0.2] };
  const found = computeMetrics(negative, namesOf('binary'), { ...plan, task: 'binary' });
  expect(found.accuracy!.value).toBe(1);
  // 0 by convention would alarm.
  expect([found.precision!.value, found.recall!.value, found.f1!.value, found.auroc!.value]).toEqual([
    null,
    null,
    null,
    null,
  ]);
  expect(found.precision!.note).toContain('no predicted positive');
});

test('a row without a class counts for no class', () => {
  expect(cellsOf({ labels: [1, 0, 1, 254], classes: [1, 255, 0, 1] })).toEqual({ tp: 1, fn: 1, tn: 0, fp: 0 });
});

test('a wider interval for a smaller alpha', () => {
  const cells = { tp: 30, fp: 10, fn: 5, tn: 55 };
  const [usual, wide] = [cellMetrics(cells, 0.05).accuracy, cellMetrics(cells, 0.001).accuracy];
  expect(wide.low!).toBeLessThan(usual.low!);
  expect(wide.high!).toBeGreaterThan(usual.high!);
});

test('what a row is worth: the share of correct ones, or the mean of the matrix, with an interval', () => {
  const cells = { tp: 30, fp: 10, fn: 10, tn: 50 };
  const share = valuePerRow({ currency: 'EUR', perCorrect: 2 }, cells);
  expect(share).toMatchObject({ value: 1.6, n: 100 });
  expect(share.low! / 2).toBeCloseTo(cellMetrics(cells, 0.05).accuracy.low!, 12);
  const loss = valuePerRow({ currency: 'EUR', perCorrect: -2 }, cells);
  expect([loss.low, loss.high]).toEqual([-share.high!, -share.low!]);
  const matrix = { truePositive: 10, falsePositive: -2, falseNegative: -5, trueNegative: 0 };
  const mean = valuePerRow({ currency: 'EUR', matrix }, cells);
  expect(mean.value).toBeCloseTo(2.3, 12);
  // Variance of 100 rows by hand: (30·7.7² + 10·4.3² + 10·7.3² + 50·2.3²) / 99, t(99) = 1.98422.
  const error = Math.sqrt((30 * 7.7 ** 2 + 10 * 4.3 ** 2 + 10 * 7.3 ** 2 + 50 * 2.3 ** 2) / 99 / 100);
  expect(mean.high! - mean.value!).toBeCloseTo(1.984217 * error, 6);
  expect(valuePerRow({ currency: 'EUR', matrix }, { tp: 0, fp: 0, fn: 0, tn: 0 }).value).toBeNull();
});

test('a regression is judged by its numbers: metrics, drift of the prediction, segments', async () => {
  const judging = fresh();
  const day = (shift: number, error: (k: number) => number) =>
    many(200, (k) => {
      const value = (k % 50) + shift;
      return { features: { site: k % 2 === 0 ? 'n' : 's' }, prediction: value + error(k), outcome: { value } };
    });
  await judging.serveDays(0, 10, () => day(0, (k) => (k % 4 < 2 ? 1 : -1)));
  await judging.serve(
    10,
    day(20, (k) => (k % 2 === 0 ? (k % 4 === 0 ? 5 : -5) : 1)),
  );
  const spec = judging.spec({
    task: 'regression',
    metrics: [{ metric: 'mae', baselineDrop: 0.5 }],
    segments: { keys: ['site'], minSamples: 50, alpha: 0.05 },
  });
  const baseline = await judging.judge(spec, 0, 'baseline', 10);
  expect(baseline.metrics.rmse!.value).toBe(1);
  const report = await judging.judge(spec, 10);
  expect(report.n).toBe(200);
  expect(report.metrics.rmse!.value).toBeCloseTo(Math.sqrt(13), 12);
  expect(report.metrics.mae!.value).toBe(3);
  const traffic = await judging.judge(spec, 10, 'traffic');
  expect(traffic.drift.flagged.map(({ of }) => of)).toEqual(['prediction']);
  expect(report.segments.flagged.map(({ segment, metric }) => `${segment}/${metric}`)).toEqual([
    'site=n/rmse',
    'site=n/mae',
  ]);
  expect(report.valuePerRow).toBeNull();
});

test('a ranking is judged by relevances in the order served', async () => {
  const judging = fresh();
  const day = (relevance: readonly number[]) => many(60, () => ({ prediction: null, outcome: { relevance } }));
  await judging.serveDays(0, 10, () => day([1, 0, 0]));
  await judging.serve(10, day([0, 0, 1]));
  await judging.serve(
    11,
    many(60, () => ({ prediction: null })),
  );
  const metrics = [{ metric: 'mrr', baselineDrop: 0.1 } as const];
  const spec = judging.spec({ task: 'ranking', rankingDepth: 3, metrics });
  expect((await judging.judge(spec, 0, 'baseline', 10)).metrics.ndcg!.value).toBe(1);
  const report = await judging.judge(spec, 10);
  expect(report.n).toBe(60);
  expect(report.metrics.ndcg!.value).toBeCloseTo(1 / 2, 12);
  expect(report.metrics.mrr!.value).toBeCloseTo(1 / 3, 12);
  expect(await judging.judge(spec, 11)).toMatchObject({ served: 60, n: 0, metrics: { ndcg: { value: null } } });
});
