import fc from 'fast-check';
import type { LargestStep } from '../../../src/statistics/drift/farthest';
import { largestStep } from '../../../src/statistics/drift/largest-step';
import { PreparedSample } from '../../../src/statistics/drift/prepared-sample';
import type { Alternative } from '../../../src/statistics/result';
import { draw, hardLaws, hardPairs } from './hard-samples';

const ALTERNATIVES: readonly Alternative[] = ['two-sided', 'greater', 'less'];

/** How many of ascending values are at most each of others, which ascend too. */
function countsUpTo(sorted: Float64Array, others: Float64Array): number[] {
  let count = 0;
  return Array.from(others, (value) => {
    while (count < sorted.length && sorted[count]! <= value) count += 1;
    return count;
  });
}

/** As scipy does it: the first sample's values in order, then the second's; the first of the largest differences. */
function merged(x: Float64Array, y: Float64Array): Record<Alternative, LargestStep> {
  const [a, b] = [x.slice().sort(), y.slice().sort()];
  const [n, m] = [a.length, b.length];
  const places = [a, b].flatMap((values) => {
    const [first, second] = [countsUpTo(a, values), countsUpTo(b, values)];
    return Array.from(values, (location, k) => {
      const [i, j] = [first[k]!, second[k]!];
      return { location, steps: i * m - j * n, difference: i / n - j / m };
    });
  });
  const above = places.reduce((best, place) => (place.difference > best.difference ? place : best));
  const below = places.reduce((best, place) => (place.difference < best.difference ? place : best));
  const greater = { steps: Math.max(0, above.steps), location: above.location, sign: 1 as const };
  const less = { steps: Math.max(0, -below.steps), location: below.location, sign: -1 as const };
  const either = Math.max(0, -below.difference) > Math.max(0, above.difference) ? less : greater;
  return { greater, less, 'two-sided': either };
}

/** Zeros of both signs are one value. */
function unsigned({ steps, location, sign }: LargestStep): LargestStep {
  return { steps: steps + 0, location: location + 0, sign };
}

test.each(hardPairs(1))('is that of sorting and merging: %s', (_, a, b) => {
  const expected = merged(a, b);
  const before = [a.slice(), b.slice()];
  const prepared = new PreparedSample(a);
  for (const alternative of ALTERNATIVES)
    for (const first of [a, prepared])
      expect(unsigned(largestStep(first, b, alternative))).toEqual(unsigned(expected[alternative]));
  expect([a, b]).toEqual(before);
});

test('is that of sorting and merging, whatever the law, the sizes and a shift', () => {
  const laws = Object.values(hardLaws(2));
  const law = fc.nat(laws.length - 1);
  const size = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.integer({ min: 1_400, max: 7_000 }));
  fc.assert(
    fc.property(law, law, size, size, fc.constantFrom(0, 0, 0.1, -3), (of, other, n, m, shift) => {
      const a = draw(laws[of]!, n);
      const b = draw(() => laws[other]!() + shift, m);
      const expected = merged(a, b);
      for (const alternative of ALTERNATIVES)
        expect(unsigned(largestStep(a, b, alternative))).toEqual(unsigned(expected[alternative]));
      const prepared = largestStep(new PreparedSample(a), b, 'two-sided');
      expect(unsigned(prepared)).toEqual(unsigned(expected['two-sided']));
    }),
    { seed: 1, numRuns: 60 },
  );
});

test('no distance is no step; one at the first value, one at the last', () => {
  const values = Float64Array.from({ length: 5_000 }, (_, index) => index % 97);
  for (const alternative of ALTERNATIVES) expect(largestStep(values, values, alternative).steps).toBe(0);
  const [low, high] = [values.map((value) => value - 100), values];
  expect(largestStep(low, high, 'two-sided')).toEqual({ steps: 25e6, location: -4, sign: 1 });
  expect(largestStep(high, low, 'two-sided')).toEqual({ steps: 25e6, location: -4, sign: -1 });
  expect(largestStep(high, low, 'greater').steps).toBe(0);
});

test('of equal distances to either side the one above counts; of equal places the one scipy names', () => {
  // Both sides have 1, the second alone has 0.
  const expected = { steps: 2, location: 1, sign: -1 };
  expect(largestStep(Float64Array.of(1, 9), Float64Array.of(0, 1), 'two-sided')).toEqual(expected);
  expect(largestStep(Float64Array.of(2, 3), Float64Array.of(1, 4), 'two-sided')).toEqual({
    steps: 2,
    location: 3,
    sign: 1,
  });
});
