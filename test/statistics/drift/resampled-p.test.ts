import { resampledP } from '../../../src/statistics/drift/resampled-p';
import { RandomStream } from '../../../src/statistics/random-stream';

const sides = [500, 500] as const;

function exponential(size: number, seed: number): Float64Array {
  const random = new RandomStream(seed);
  return Float64Array.from({ length: size }, () => -Math.log(random.next()));
}

test('the share of hits, the observed one counted in', () => {
  const resamples = Float64Array.from({ length: 999 }, (_, k) => k);
  expect(resampledP(949, resamples, sides)).toEqual({ logP: Math.log(51 / 1_000), hits: 50, tail: false });
  expect(resampledP(-1, resamples, sides)).toEqual({ logP: 0, hits: 999, tail: false });
});

test('sums that differ by rounding are equal', () => {
  const resamples = new Float64Array(999).fill(0.1 + 0.2);
  expect(resampledP(0.3, resamples, sides).hits).toBe(999);
  expect(resampledP(0.1 + 0.2, new Float64Array(999).fill(0.3), sides).hits).toBe(999);
});

test('beyond the resamples the fitted tail goes on, about right and rather too large', () => {
  // Of an exponential law P(X > 12) = e⁻¹²; the median of 25 fits.
  const logPs = Array.from({ length: 25 }, (_, seed) => resampledP(12, exponential(999, seed), sides).logP);
  logPs.sort((a, b) => a - b);
  expect(logPs[12]).toBeGreaterThan(-14);
  expect(logPs[12]).toBeLessThan(-8);
});

test('p falls as what was observed grows, across the seam', () => {
  let last = 0;
  for (let observed = 0; observed < 40; observed += 0.05) {
    const { logP } = resampledP(observed, exponential(999, 1), sides);
    expect(logP).toBeLessThanOrEqual(last);
    last = logP;
  }
  expect(last).toBeLessThan(-20);
});

test('no p is below that of one arrangement of the sides', () => {
  // 3 432 ways to choose seven of fourteen rows.
  expect(resampledP(1e9, exponential(999, 1), [7, 7]).logP).toBeCloseTo(Math.log(1 / 3_432), 10);
});

test('resamples that are all the same leave the share of hits', () => {
  expect(resampledP(5, new Float64Array(999).fill(2), sides)).toEqual({
    logP: Math.log(1 / 1_000),
    hits: 0,
    tail: false,
  });
});
