import { chooseCalibration } from '../../../src/statistics/performance/calibration-choice';
import { overconfident, simulated } from './simulated';

const OPTIONS = { folds: 5, seed: 0, bins: 10 };
const SEEDS = Array.from({ length: 12 }, (_, seed) => seed + 1);

const chosen = (n: number, warp?: (p: number) => number) =>
  SEEDS.map((seed) => {
    const { labels, scores } = simulated(seed, n, warp ? { warp } : {});
    return chooseCalibration(labels, scores, OPTIONS);
  });

test('scores that are probabilities are mostly left alone, also where an isotonic curve would fit them better', () => {
  const found = chosen(1_000);
  expect(found.filter(({ calibration }) => calibration.kind === 'none').length).toBeGreaterThanOrEqual(8);
});

test('miscalibrated scores are always calibrated, and the error on held-out rows falls to a fraction', () => {
  for (const { calibration, heldOut } of chosen(1_000, overconfident)) {
    expect(calibration.kind).not.toBe('none');
    expect(Math.min(heldOut.platt, heldOut.isotonic)).toBeLessThan(0.5 * heldOut.none);
  }
});

test('what no logistic curve can straighten an isotonic one does', () => {
  const kinked = (p: number) => (p < 0.5 ? 0.4 * p : 0.6 + 0.8 * (p - 0.5));
  const kinds = chosen(3_000, kinked).map(({ calibration }) => calibration.kind);
  expect(kinds.filter((kind) => kind === 'isotonic').length).toBeGreaterThanOrEqual(10);
});

test('the order of the rows does not matter, the seed of the folds does', () => {
  const { labels, scores } = simulated(5, 500, { warp: overconfident });
  const given = chooseCalibration(labels, scores, OPTIONS);
  expect(chooseCalibration(labels.slice().reverse(), scores.slice().reverse(), OPTIONS)).toEqual(given);
  expect(chooseCalibration(labels, scores, { ...OPTIONS, seed: 1 }).heldOut).not.toEqual(given.heldOut);
});
