import { expectedCalibrationError } from '../../../src/statistics';
import { ok } from '../../vectors/map/mapper';
import { LABELS, SCORES } from './sample';
import { overconfident, simulated } from './simulated';

test('bins of one width, by hand and with numpy', () => {
  expect(ok(expectedCalibrationError(LABELS, SCORES)).value).toBeCloseTo(0.15, 12);
  expect(ok(expectedCalibrationError(LABELS, SCORES, { bins: 5 })).value).toBeCloseTo(0.15, 12);
  const found = ok(expectedCalibrationError([0, 1, 1, 1], [0.1, 0.3, 0.9, 0.9], { bins: 2 }));
  // |1 − .4| and |2 − 1.8| over four rows.
  expect(found.value).toBeCloseTo(0.2, 12);
  expect(found.bins).toEqual([
    { n: 2, meanScore: expect.closeTo(0.2, 12), shareOfPositives: 0.5 },
    { n: 2, meanScore: expect.closeTo(0.9, 12), shareOfPositives: 1 },
  ]);
  expect(found.interval).toBeNull();
  expect(found.notes).toEqual(['biased upwards by chance: no interval, see expectedIfCalibrated']);
});

test('bins of equal mass keep equal scores together', () => {
  const found = ok(
    expectedCalibrationError([0, 0, 1, 1, 0, 1], [0.2, 0.2, 0.2, 0.4, 0.6, 0.8], { bins: 3, binning: 'equal-mass' }),
  );
  expect(found.bins.map(({ n }) => n)).toEqual([3, 1, 2]);
  expect(found.bins.reduce((sum, { n }) => sum + n, 0)).toBe(6);
  expect(ok(expectedCalibrationError([1, 0], [0.5, 0.5], { binning: 'equal-mass' })).bins).toHaveLength(1);
});

test('calibrated scores show about what chance shows them, others far more', () => {
  const errors = [1, 2, 3, 4, 5, 6].map((seed) => {
    const { labels, scores } = simulated(seed, 2_000);
    const found = ok(expectedCalibrationError(labels, scores, { binning: 'equal-mass' }));
    return found.value / found.expectedIfCalibrated;
  });
  expect(errors.reduce((sum, error) => sum + error, 0) / errors.length).toBeCloseTo(1, 0);
  const { labels, scores } = simulated(1, 2_000, { warp: overconfident });
  const found = ok(expectedCalibrationError(labels, scores, { binning: 'equal-mass' }));
  expect(found.value).toBeGreaterThan(4 * found.expectedIfCalibrated);
});

test('the ends of the range belong to the outer bins', () => {
  expect(ok(expectedCalibrationError([0, 1], [0, 1])).value).toBe(0);
  expect(ok(expectedCalibrationError([1, 0], [0, 1])).value).toBe(1);
});

test('statuses and refusals', () => {
  expect(expectedCalibrationError([], [])).toMatchObject({ status: 'insufficient-data' });
  expect(expectedCalibrationError([null], [0.1])).toMatchObject({
    status: 'insufficient-data',
    notes: ['1 pair with a missing or infinite value left out'],
  });
  expect(() => expectedCalibrationError([1], [1.5])).toThrow('scores[0] is 1.5: expected a probability from 0 to 1');
  expect(() => expectedCalibrationError([1], [0.5], { bins: 0 })).toThrow('bins is 0: expected at least 1');
  expect(() => expectedCalibrationError([1], [0.5], { bins: 2.5 })).toThrow('bins is 2.5');
  expect(() => expectedCalibrationError([1], [0.5], { binning: 'wide' as never })).toThrow('binning is "wide"');
});
