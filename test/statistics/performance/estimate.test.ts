import {
  areaUnderRoc,
  classificationMetrics,
  estimatePerformance,
  fitPerformanceEstimator,
  reconcileEstimate,
} from '../../../src/statistics';
import type { Reconciliation } from '../../../src/statistics';
import { ok } from '../../vectors/map/mapper';
import { overconfident, simulated } from './simulated';
import type { World } from './simulated';

/** An estimator from one world, a batch of another, and what its labels say about the estimate. */
function reconciled(seed: number, reference: World, current: World, n = 1_000) {
  const past = simulated(seed, 2_000, reference);
  const now = simulated(seed + 1_000, n, current);
  const estimate = ok(estimatePerformance(ok(fitPerformanceEstimator(past.labels, past.scores)), now.scores));
  const { accuracy, precision, recall, f1 } = ok(classificationMetrics(now.labels, now.scores));
  const auroc = areaUnderRoc(now.labels, now.scores);
  return ok(reconcileEstimate(estimate, { accuracy, precision, recall, f1, auroc }));
}

const SEEDS = Array.from({ length: 12 }, (_, seed) => seed + 1);
const trusted = (of: (seed: number) => Extract<Reconciliation, { status: 'ok' }>) =>
  SEEDS.filter((seed) => of(seed).trusted).length;

test('the estimate holds where nothing changes, whatever the scores are like', () => {
  expect(trusted((seed) => reconciled(seed, {}, {}))).toBeGreaterThanOrEqual(11);
  const warp = overconfident;
  expect(trusted((seed) => reconciled(seed, { warp }, { warp }))).toBeGreaterThanOrEqual(11);
});

test('the estimate follows other inputs of the same meaning', () => {
  const shift = { mean: 0.7, deviation: 1.2 };
  expect(trusted((seed) => reconciled(seed, {}, shift))).toBeGreaterThanOrEqual(11);
  const warp = overconfident;
  expect(trusted((seed) => reconciled(seed, { warp }, { ...shift, warp }))).toBeGreaterThanOrEqual(11);
  // And that is no matter of wide bands: the accuracy itself has changed by more.
  const { gaps } = reconciled(1, {}, { mean: 3 });
  const before = reconciled(1, {}, {}).gaps.accuracy!;
  expect(Math.abs(gaps.accuracy!.realised - before.realised)).toBeGreaterThan(2 * before.band);
});

test('the band stays honest for a batch far larger than the reference', () => {
  expect(trusted((seed) => reconciled(seed, {}, {}, 20_000))).toBeGreaterThanOrEqual(11);
});

test('where scores have come to mean something else, reconciliation says so', () => {
  for (const concept of [-1, 1]) {
    const found = SEEDS.map((seed) => reconciled(seed, {}, { concept }));
    expect(found.filter(({ verdict }) => verdict === 'concept-drift-suspected').length).toBe(SEEDS.length);
    expect(found[0]!.reason).toMatch(/^concept drift suspected, estimate not trusted: .* by -?\d\.\d{4}, band/);
  }
});

const past = simulated(1, 1_000);
const estimator = ok(fitPerformanceEstimator(past.labels, past.scores));

test('an estimator and an estimate survive JSON', () => {
  expect(JSON.parse(JSON.stringify(estimator))).toEqual(estimator);
  const estimate = estimatePerformance(estimator, past.scores);
  expect(JSON.parse(JSON.stringify(estimate))).toEqual(estimate);
  expect(estimatePerformance(JSON.parse(JSON.stringify(estimator)), past.scores)).toEqual(estimate);
});

test('rows in any order, and with missing scores left out and counted', () => {
  const estimate = ok(estimatePerformance(estimator, [0.2, 0.7, 0.9]));
  expect(ok(estimatePerformance(estimator, [0.9, null, 0.2, NaN, 0.7]))).toMatchObject({
    n: 3,
    accuracy: { value: expect.closeTo((estimate.accuracy as { value: number }).value, 12) },
    notes: ['2 rows without a score left out', expect.stringMatching('concept drift')],
  });
});

test('predictions as they were served count, not those of the threshold', () => {
  const flipped = ok(estimatePerformance(estimator, [0.1, 0.9], { predictions: [1, 0] }));
  const straight = ok(estimatePerformance(estimator, [0.1, 0.9]));
  expect(flipped.confusion.fp).toBeCloseTo(straight.confusion.tn / 1, 12);
  expect(() => estimatePerformance(estimator, [0.1], { predictions: [2] })).toThrow('predictions[0] is 2');
  expect(() => estimatePerformance(estimator, [0.1, 0.2], { predictions: [1] })).toThrow('expected one length');
  expect(() => estimatePerformance(estimator, [1.1])).toThrow('scores[0] is 1.1');
});

test('no rows are a status, no predicted positive is 0 by convention and could be anything', () => {
  expect(estimatePerformance(estimator, [])).toMatchObject({ status: 'insufficient-data', n: [0] });
  expect(estimatePerformance(estimator, [null])).toMatchObject({ status: 'insufficient-data' });
  expect(estimatePerformance(estimator, [0.1, 0.2])).toMatchObject({
    precision: { value: 0, interval: { low: 0, high: 1 }, notes: ['no predicted positive: 0 by convention'] },
  });
  const sure = { ...estimator, calibration: { kind: 'isotonic', scores: [0.5], probabilities: [0] } } as const;
  expect(estimatePerformance(sure, [0.1, 0.2])).toMatchObject({ auroc: { status: 'one-class' } });
});

test('bands lie in [0, 1] and widen as rows grow fewer', () => {
  const width = (n: number) => {
    const { interval } = ok(estimatePerformance(estimator, past.scores.subarray(0, n))).accuracy as {
      interval: { low: number; high: number };
    };
    expect(interval.low).toBeGreaterThanOrEqual(0);
    expect(interval.high).toBeLessThanOrEqual(1);
    return interval.high - interval.low;
  };
  expect(width(3)).toBeGreaterThan(width(30));
  expect(width(30)).toBeGreaterThan(width(300));
});
