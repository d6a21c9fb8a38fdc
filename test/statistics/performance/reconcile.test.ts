import { areaUnderRoc, estimatePerformance, fitPerformanceEstimator, reconcileEstimate } from '../../../src/statistics';
import { ok } from '../../vectors/map/mapper';
import { simulated } from './simulated';

const past = simulated(1, 2_000);
const estimator = ok(fitPerformanceEstimator(past.labels, past.scores));
const estimate = ok(estimatePerformance(estimator, simulated(2, 1_000).scores));
const accuracy = estimate.accuracy as { value: number; samplingError: number; referenceError: number };
const band = 3 * Math.hypot(accuracy.samplingError, accuracy.referenceError);

test('a gap beyond the band, either way, is concept drift suspected', () => {
  for (const side of [-1, 1]) {
    const inside = ok(reconcileEstimate(estimate, { accuracy: accuracy.value + 0.99 * side * band }));
    expect(inside).toMatchObject({ verdict: 'consistent', trusted: true });
    const beyond = ok(reconcileEstimate(estimate, { accuracy: accuracy.value + 1.01 * side * band }));
    expect(beyond).toMatchObject({ verdict: 'concept-drift-suspected', trusted: false });
    expect(beyond.gaps.accuracy).toMatchObject({
      estimated: accuracy.value,
      gap: expect.closeTo(1.01 * side * band, 12),
      band: expect.closeTo(band, 12),
      exceeds: true,
    });
  }
});

test('one metric beyond its band is enough, and only those on both sides are compared', () => {
  const found = ok(reconcileEstimate(estimate, { accuracy: accuracy.value, recall: 0, auroc: null }));
  expect(found.trusted).toBe(false);
  expect(Object.keys(found.gaps)).toEqual(['accuracy', 'recall']);
  expect(found.reason).toMatch(/not trusted: recall by -/);
});

test('labels of a part of the rows widen the band by their own sampling error', () => {
  const { labels, scores } = simulated(2, 250);
  const found = ok(reconcileEstimate(estimate, { auroc: areaUnderRoc(labels, scores) }));
  const { samplingError, referenceError } = estimate.auroc as { samplingError: number; referenceError: number };
  expect(found.gaps.auroc!.band).toBeCloseTo(3 * Math.hypot(2 * samplingError, referenceError), 12);
  expect(found.notes).toEqual(['auroc: labels of 250 rows against an estimate of 1000']);
});

test('nothing to compare is a status, a number outside [0, 1] is refused', () => {
  expect(reconcileEstimate(estimate, {})).toMatchObject({ status: 'insufficient-data' });
  expect(reconcileEstimate(estimate, { auroc: areaUnderRoc([1], [0.5]) })).toMatchObject({
    status: 'insufficient-data',
  });
  expect(reconcileEstimate(estimatePerformance(estimator, []), { accuracy: 1 })).toMatchObject({
    status: 'insufficient-data',
    reason: 'no row has a score',
  });
  expect(() => reconcileEstimate(estimate, { accuracy: 1.2 })).toThrow('realised.accuracy is 1.2');
  expect(() => reconcileEstimate(estimate, { accuracy: NaN })).toThrow('realised.accuracy is NaN');
});
