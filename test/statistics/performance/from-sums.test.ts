import fc from 'fast-check';
import type { BinarySums, MomentSums, RegressionSums, ScoreHistogram } from '../../../src/contracts';
import {
  areaUnderRoc,
  averagePrecision,
  brierScore,
  coefficientOfDetermination,
  expectedCalibrationError,
  logLoss,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  metricFromSums,
  rootMeanSquaredError,
} from '../../../src/statistics';
import type { MetricResult, NoResult } from '../../../src/statistics';

function momentsOf(values: readonly number[]): MomentSums {
  const sum = values.reduce((total, x) => total + x, 0);
  const mean = sum / values.length;
  return { n: values.length, sum, squares: values.reduce((total, x) => total + (x - mean) ** 2, 0) };
}

function histogramOf(labels: readonly number[], scores: readonly number[], bins: number): ScoreHistogram {
  const rows = [0, 1, 2].map(() => [0, 1, 2].map(() => new Float64Array(bins)));
  scores.forEach((score, row) => {
    const bin = Math.min(bins - 1, Math.floor(score * bins));
    rows[labels[row]!]![row % 3]![bin]! += 1;
  });
  return { count: bins, rows: rows as never };
}

function binarySums(labels: readonly number[], scores: readonly number[], bins = 1_024): BinarySums {
  const parts = Array.from({ length: 10 }, (_, part) =>
    scores
      .map((score, row) => [score, labels[row]!] as const)
      .filter(([score]) => Math.min(9, Math.floor(score * 10)) === part),
  );
  const clipped = (p: number) => Math.min(1 - 2 ** -52, Math.max(2 ** -52, p));
  return {
    task: 'binary',
    confusion: { tn: 3, fp: 1, fn: 2, tp: 4 },
    loss: momentsOf(labels.map((label, row) => -Math.log(clipped(label === 1 ? scores[row]! : 1 - scores[row]!)))),
    nanoNats: 0,
    brier: momentsOf(labels.map((label, row) => (scores[row]! - label) ** 2)),
    calibration: parts
      .filter((part) => part.length > 0)
      .map((part) => ({
        n: part.length,
        positives: part.filter(([, label]) => label === 1).length,
        scores: part.reduce((sum, [score]) => sum + score, 0),
      })),
    scores: histogramOf(labels, scores, bins),
  };
}

function regressionSums(actual: readonly number[], predicted: readonly number[]): RegressionSums {
  const squared = actual.map((y, row) => (predicted[row]! - y) ** 2);
  const { sum, n } = momentsOf(actual);
  const total = actual.map((y) => (y - sum / n) ** 2);
  const [u, v] = [momentsOf(squared).sum / n, momentsOf(total).sum / n];
  const influence =
    u === 0 || v === 0 ? null : squared.reduce((all, l, row) => all + (l / u - total[row]! / v) ** 2, 0);
  return {
    task: 'regression',
    squared: momentsOf(squared),
    absolute: momentsOf(actual.map((y, row) => Math.abs(predicted[row]! - y))),
    percentage: momentsOf(actual.flatMap((y, row) => (y === 0 ? [] : [Math.abs((predicted[row]! - y) / y)]))),
    actual: momentsOf(actual),
    influence,
  };
}

function expectEqual(summed: MetricResult | NoResult, exact: MetricResult | NoResult): void {
  expect(summed.status).toBe(exact.status);
  if (summed.status !== 'ok' || exact.status !== 'ok') return;
  expect([summed.n, summed.direction]).toEqual([exact.n, exact.direction]);
  const near = (a: number, b: number) => expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-8 * Math.max(1, Math.abs(b)));
  near(summed.value, exact.value);
  expect(summed.interval === null).toBe(exact.interval === null);
  if (exact.interval === null) return;
  near(summed.interval!.low!, exact.interval.low!);
  near(summed.interval!.high!, exact.interval.high!);
}

const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 1 }), fc.integer({ min: 0, max: 4_096 })), {
  minLength: 1,
  maxLength: 60,
});

test('means, and the calibration error, are those of the rows', () => {
  fc.assert(
    fc.property(rows, (given) => {
      const [labels, scores] = [given.map(([label]) => label), given.map(([, k]) => k / 4_096)];
      const sums = binarySums(labels, scores);
      expectEqual(metricFromSums('logLoss', sums), logLoss(labels, scores));
      expectEqual(metricFromSums('brier', sums), brierScore(labels, scores));
      expectEqual(metricFromSums('calibrationError', sums), expectedCalibrationError(labels, scores));
    }),
    { seed: 1 },
  );
});

test('metrics of ordered scores lie within their bounds, wide bins and all', () => {
  fc.assert(
    fc.property(rows, fc.constantFrom(1, 2, 7, 64, 4_097), (given, bins) => {
      const [labels, scores] = [given.map(([label]) => label), given.map(([, k]) => k / 4_097)];
      const sums = binarySums(labels, scores, bins);
      for (const [name, exact] of [
        ['auroc', areaUnderRoc(labels, scores)],
        ['averagePrecision', averagePrecision(labels, scores)],
      ] as const) {
        const summed = metricFromSums(name, sums);
        expect(summed.status).toBe(exact.status);
        if (summed.status !== 'ok' || exact.status !== 'ok') continue;
        expect(Math.abs(summed.value - exact.value)).toBeLessThanOrEqual(summed.errorBound + 1e-12);
        if (bins === 4_097) expectEqual(summed, exact);
      }
    }),
    { seed: 2, numRuns: 300 },
  );
});

test('a bound is reached: one bin says nothing about the order', () => {
  const labels = [0, 0, 1, 1];
  for (const scores of [
    [0.1, 0.2, 0.3, 0.4],
    [0.4, 0.3, 0.2, 0.1],
  ]) {
    const summed = metricFromSums('auroc', binarySums(labels, scores, 1));
    const exact = areaUnderRoc(labels, scores);
    if (summed.status !== 'ok' || exact.status !== 'ok') throw new Error('both have a value');
    expect([summed.value, Math.abs(exact.value - summed.value)]).toEqual([0.5, summed.errorBound]);
  }
});

test('metrics of predicted numbers are those of the rows', () => {
  const number = fc.integer({ min: -50, max: 50 });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1, maxLength: 40 }), (pairs) => {
      const [actual, predicted] = [pairs.map(([y]) => y), pairs.map(([, f]) => f / 4)];
      const sums = regressionSums(actual, predicted);
      expectEqual(metricFromSums('rmse', sums), rootMeanSquaredError(actual, predicted));
      expectEqual(metricFromSums('mae', sums), meanAbsoluteError(actual, predicted));
      expectEqual(metricFromSums('mape', sums), meanAbsolutePercentageError(actual, predicted));
      expectEqual(metricFromSums('r2', sums), coefficientOfDetermination(actual, predicted));
    }),
    { seed: 3 },
  );
});

test('what leaves the range of a double leaves no interval, or no value', () => {
  const sums = regressionSums([1, 2, 4], [1, 3, 3]);
  const noSquares = { ...sums, absolute: { ...sums.absolute, squares: null }, influence: null };
  expect(metricFromSums('mae', noSquares)).toMatchObject({ status: 'ok', value: 2 / 3, interval: null });
  expect(metricFromSums('r2', noSquares)).toMatchObject({ status: 'ok', interval: null });
  const noSum = { ...sums, squared: { n: 3, sum: Infinity, squares: null }, actual: { ...sums.actual, squares: null } };
  expect(metricFromSums('rmse', noSum)).toMatchObject({ status: 'undefined' });
  expect(metricFromSums('r2', noSum)).toMatchObject({ status: 'undefined' });
});

test('rankings: means of lists, and Wilson for hits', () => {
  const sums = {
    task: 'ranking' as const,
    depth: 3,
    ndcg: momentsOf([1, 0.5]),
    reciprocalRank: momentsOf([1, 0]),
    precision: momentsOf([0.5, 0]),
    hits: 1,
    barren: 1,
  };
  expect(metricFromSums('ndcg', sums)).toMatchObject({
    method: 'NDCG@3',
    value: 0.75,
    n: 2,
    notes: ['1 query without a relevant item: 0'],
  });
  expect(metricFromSums('hitRateAtK', sums)).toMatchObject({
    value: 0.5,
    interval: { method: 'wilson' },
    errorBound: 0,
  });
  const none = { ...sums, ndcg: momentsOf([]), hits: 0 };
  expect(metricFromSums('hitRateAtK', none)).toMatchObject({ status: 'insufficient-data' });
});

test('a metric of another task, or an alpha out of range, is refused', () => {
  const sums = binarySums([0, 1], [0.2, 0.7]);
  expect(() => metricFromSums('rmse', sums)).toThrow('expected a metric of the task binary');
  expect(() => metricFromSums('accuracy', sums, { alpha: 1 })).toThrow('alpha');
});
