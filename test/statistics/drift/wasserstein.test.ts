import fc from 'fast-check';
import { wassersteinDistance, weightedWassersteinDistance } from '../../../src/statistics';
import { areaBetween } from '../../../src/statistics/drift/area-between';
import { populationDeviation } from '../../../src/statistics/drift/deviation';
import { PreparedSample, prepareSample } from '../../../src/statistics/drift/prepared-sample';
import { casesOf, expectClose } from '../../support/vectors';
import { ok } from '../../vectors/map/mapper';
import { hardPairs } from './hard-samples';

/** Σ |i·m − j·n| · gap over both sorted, compensated; large values in quarters, so that nothing overflows. */
function merged(x: Float64Array, y: Float64Array): number {
  const [a, b] = [x.slice().sort(), y.slice().sort()];
  const [n, m] = [a.length, b.length];
  const all = Float64Array.of(...a, ...b).sort();
  const unit = Math.max(-all[0]!, all.at(-1)!) > 1e200 ? 2 ** 200 : 1;
  let [i, j, area, lost] = [0, 0, 0, 0];
  for (let k = 0; k + 1 < all.length; k += 1) {
    while (i < n && a[i]! <= all[k]!) i += 1;
    while (j < m && b[j]! <= all[k]!) j += 1;
    const term = Math.abs(i * m - j * n) * (all[k + 1]! / unit - all[k]! / unit) - lost;
    const sum = area + term;
    lost = sum - area - term;
    area = sum;
  }
  return (area / n / m) * unit;
}

test.each(hardPairs(11))('is that of sorting and merging: %s', (_, a, b) => {
  const expected = merged(a, b);
  for (const first of [a, new PreparedSample(a)]) {
    const area = areaBetween(first, b);
    if (!Number.isFinite(expected)) expect(area).toBe(Infinity);
    else expect(Math.abs(area - expected)).toBeLessThanOrEqual(1e-11 * expected);
  }
});

const plain = casesOf('drift', 'wasserstein1d').filter(([, { input }]) => input.xWeights === undefined);

test.each(plain)('matches scipy: %s', (_, entry) => {
  const found = ok(wassersteinDistance(entry.input.x, entry.input.y));
  expectClose(found.distance, entry.expected.distance, entry);
  if (entry.expected.normalisedByRefStd != null)
    expectClose(found.normalised!, entry.expected.normalisedByRefStd, entry);
  expect(ok(wassersteinDistance(prepareSample(entry.input.x), entry.input.y)).distance).toBeCloseTo(found.distance, 12);
});

test('a shift by c is a distance of c, in any order, and the sides may be exchanged', () => {
  const sample = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 50 });
  fc.assert(
    fc.property(sample, sample, fc.double({ min: 0, max: 100, noNaN: true }), (a, b, shift) => {
      const moved = ok(
        wassersteinDistance(
          a,
          [...a].reverse().map((value) => value + shift),
        ),
      );
      expect(moved.distance).toBeCloseTo(shift, 9);
      const there = ok(wassersteinDistance(a, b)).distance;
      expect(ok(wassersteinDistance(b, a)).distance).toBeCloseTo(there, 9);
      const [ones, twos] = [a.map(() => 1), b.map(() => 2)];
      expect(ok(weightedWassersteinDistance(a, ones, b, twos)).distance).toBeCloseTo(there, 9);
    }),
    { seed: 1, numRuns: 300 },
  );
});

test('whole weights are repetitions', () => {
  const weighted = ok(weightedWassersteinDistance([1, 4], [3, 1], [2, 9], [1, 3]));
  const repeated = ok(wassersteinDistance([1, 1, 1, 4], [2, 9, 9, 9]));
  expect(weighted.distance).toBeCloseTo(repeated.distance, 12);
  expect(weighted.normalised).toBeCloseTo(repeated.normalised!, 12);
});

test('nothing to compare is a status, as is a distance no double holds; a constant has no deviations', () => {
  expect(wassersteinDistance([], [1])).toMatchObject({ status: 'insufficient-data', n: [0, 1] });
  expect(weightedWassersteinDistance([], [], [1], [1])).toMatchObject({ status: 'insufficient-data' });
  const most = Number.MAX_VALUE;
  expect(wassersteinDistance([-most], [most])).toMatchObject({ status: 'undefined' });
  expect(weightedWassersteinDistance([-most], [1], [most], [1])).toMatchObject({ status: 'undefined' });
  expect(ok(wassersteinDistance([-most / 2, -most / 2], [most / 2, -most / 2])).distance).toBe(most / 2);
  expect(ok(wassersteinDistance([2, 2], [3, null, NaN]))).toMatchObject({ distance: 1, normalised: null, n: [2, 1] });
  expect(ok(wassersteinDistance([0.1, 0.1, 0.1], [0.1]))).toMatchObject({ distance: 0, normalised: null });
});

test('wrong arguments are refused by name', () => {
  expect(() => wassersteinDistance([1], 'x' as never)).toThrow('y is "x"');
  expect(() => weightedWassersteinDistance([1], [0], [1], [1])).toThrow('xWeights[0] is 0');
  expect(() => weightedWassersteinDistance([1, 2], [1], [1], [1])).toThrow('xWeights');
  expect(() => weightedWassersteinDistance([1], [1], [NaN], [1])).toThrow('y has 1 missing');
});

test('the deviation is in two passes, also where squares overflow', () => {
  expect(populationDeviation(Float64Array.of(1e9, 1e9 + 1, 1e9 + 2, 1e9 + 3, 1e9 + 4))).toBeCloseTo(Math.SQRT2, 12);
  expect(populationDeviation(Float64Array.of(1e308, -1e308))).toBe(1e308);
  expect(populationDeviation(Float64Array.of(0.1, 0.1, 0.1))).toBe(0);
});
