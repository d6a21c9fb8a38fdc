import fc from 'fast-check';
import { RandomStream } from '../../../src/statistics/random-stream';
import { areaUnderRoc, classificationMetrics } from '../../../src/statistics';
import { ESTIMATED, expectedPerformance } from '../../../src/statistics/performance/expected-performance';
import { orderedScores } from '../../../src/statistics/performance/ordered-scores';
import { ok } from '../../vectors/map/mapper';

fc.configureGlobal({ seed: 1 });

const NONE = { kind: 'none' } as const;
const expectedOf = (scores: readonly number[], threshold = 0.5) =>
  expectedPerformance(
    orderedScores(
      Uint8Array.from(scores, (score) => Number(score >= threshold)),
      Float64Array.from(scores),
    ),
    NONE,
    0,
  );

test('four rows by hand', () => {
  const { confusion, metrics } = expectedOf([0.9, 0.6, 0.3, 0.1]);
  expect(confusion).toEqual({
    tp: expect.closeTo(1.5, 12),
    fp: expect.closeTo(0.5, 12),
    fn: expect.closeTo(0.4, 12),
    tn: expect.closeTo(1.6, 12),
  });
  expect(metrics.accuracy.value).toBeCloseTo(0.775, 12);
  expect(metrics.accuracy.samplingError).toBeCloseTo(Math.sqrt(0.09 + 0.24 + 0.21 + 0.09) / 4, 12);
  expect(metrics.precision.value).toBeCloseTo(0.75, 12);
  expect(metrics.precision.samplingError).toBeCloseTo(Math.sqrt(0.09 + 0.24) / 2, 12);
  expect(metrics.recall.value).toBeCloseTo(1.5 / 1.9, 12);
  expect(metrics.f1.value).toBeCloseTo(3 / 3.9, 12);
});

test('the area is that of the expected counts, every row against every row', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 19 }), { minLength: 1, maxLength: 40 }), (given) => {
      const scores = given.map((score) => score / 20);
      let [wins, pairs] = [0, 0];
      for (const one of scores)
        for (const zero of scores) {
          wins += one * (1 - zero) * (one > zero ? 1 : one === zero ? 0.5 : 0);
          pairs += one * (1 - zero);
        }
      expect(expectedOf(scores).metrics.auroc.value).toBeCloseTo(wins / pairs, 12);
    }),
  );
});

test('certain rows have the metrics that labels have, and nothing is left to chance', () => {
  const { metrics } = expectedOf([0, 0, 1, 1, 1]);
  for (const name of ESTIMATED) expect(metrics[name]).toEqual({ value: 1, samplingError: 0 });
});

test('nothing below a fraction line is null', () => {
  expect(expectedOf([0.2, 0.3]).metrics.precision.value).toBeNull();
  expect(expectedOf([0, 0]).metrics).toMatchObject({
    recall: { value: null },
    f1: { value: null },
    auroc: { value: null },
  });
});

test('drawn labels have these metrics on average, and scatter by these sampling errors', () => {
  const random = new RandomStream(11);
  const scores = Float64Array.from({ length: 400 }, () => random.next() ** 1.5);
  const { metrics } = expectedOf([...scores], 0.4);
  const draws = Array.from({ length: 600 }, () => {
    const labels = scores.map((score) => Number(random.next() < score));
    const { accuracy, precision, recall, f1 } = ok(classificationMetrics(labels, scores, { threshold: 0.4 }));
    return { accuracy, precision, recall, f1, auroc: ok(areaUnderRoc(labels, scores)) };
  });
  for (const name of ESTIMATED) {
    const values = draws.map((draw) => draw[name].value);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
    const { value, samplingError } = metrics[name];
    // Four errors of a mean of 600, and a bias of order 1/n of the ratios.
    expect(Math.abs(mean - value!)).toBeLessThan((4 * samplingError) / Math.sqrt(600) + 1 / 400);
    expect(Math.abs(deviation / samplingError - 1)).toBeLessThan(0.12);
  }
});
