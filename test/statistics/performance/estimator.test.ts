import { fitPerformanceEstimator } from '../../../src/statistics';
import { ok } from '../../vectors/map/mapper';
import { overconfident, simulated } from './simulated';

const { labels, scores } = simulated(3, 600, { warp: overconfident });

test('what is fitted: how scores are read, how well on held-out rows, and how sure the reference is', () => {
  const found = ok(fitPerformanceEstimator(labels, scores, { threshold: 0.4, seed: 7 }));
  expect(found).toMatchObject({ n: 600, threshold: 0.4, seed: 7, notes: [] });
  expect(found.calibration.kind).not.toBe('none');
  expect(found.heldOutErrors.none).toBeGreaterThan(found.heldOutErrors.platt);
  for (const error of Object.values(found.referenceErrors)) {
    expect(error).toBeGreaterThan(0.005);
    expect(error).toBeLessThan(0.1);
  }
});

test('the order of the rows does not matter', () => {
  const turned = fitPerformanceEstimator(labels.slice().reverse(), scores.slice().reverse());
  const found = ok(fitPerformanceEstimator(labels, scores));
  expect(turned).toMatchObject({ calibration: found.calibration, heldOutErrors: found.heldOutErrors });
});

test('too few rows, too few of a label, one label only, missing values', () => {
  expect(fitPerformanceEstimator(labels.subarray(0, 99), scores.subarray(0, 99))).toMatchObject({
    status: 'insufficient-data',
    reason: expect.stringMatching(/expected 100, 10 of either$/),
  });
  const rare = labels.map((_, row) => Number(row < 9));
  expect(fitPerformanceEstimator(rare, scores)).toMatchObject({ status: 'insufficient-data', n: [591, 9] });
  expect(
    fitPerformanceEstimator(
      labels.map(() => 0),
      scores,
    ),
  ).toMatchObject({ status: 'one-class', n: [600, 0] });
  expect(fitPerformanceEstimator([], [])).toMatchObject({ status: 'insufficient-data' });
  expect(fitPerformanceEstimator([...labels, null, 1], [...scores, 0.5, NaN])).toMatchObject({
    n: 600,
    notes: ['2 pairs with a missing or infinite value left out'],
  });
});

test('arguments out of place are refused by name', () => {
  expect(() => fitPerformanceEstimator(labels, scores, { folds: 1 })).toThrow('folds is 1');
  expect(() => fitPerformanceEstimator(labels, scores, { folds: 11 })).toThrow('folds is 11');
  expect(() => fitPerformanceEstimator(labels, scores, { bins: 0 })).toThrow('bins is 0');
  expect(() => fitPerformanceEstimator(labels, scores, { seed: -1 })).toThrow('seed is -1');
  expect(() => fitPerformanceEstimator(labels, scores, { threshold: NaN })).toThrow('threshold is NaN');
  expect(() => fitPerformanceEstimator([1], [2])).toThrow('scores[0] is 2');
  expect(() => fitPerformanceEstimator([2], [0.2])).toThrow('labels[0] is 2');
  expect(() => fitPerformanceEstimator([1], [])).toThrow('expected one length');
});
