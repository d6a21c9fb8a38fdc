import fc from 'fast-check';
import { numericDriftTest, wassersteinDistance } from '../../../src/statistics';
import { PermutedArea } from '../../../src/statistics/drift/permuted-area';
import { RandomStream } from '../../../src/statistics/random-stream';
import { testArea } from '../../../src/statistics/drift/area-test';
import { ok } from '../../vectors/map/mapper';

const resampling = { seed: 1, repetitions: 999 };

/** The places a generator chooses, as PermutedArea does. */
function chosen(random: RandomStream, of: number, size: number): Set<number> {
  const places = new Set<number>();
  while (places.size < size) places.add(Math.floor(random.next() * of));
  return places;
}

test('the area of a part is that of two samples', () => {
  const value = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
  fc.assert(
    fc.property(fc.array(value, { minLength: 2, maxLength: 80 }), fc.nat(), fc.nat(), (values, cut, seed) => {
      const sorted = Float64Array.from(values).sort();
      const part = 1 + (cut % Math.floor(sorted.length / 2));
      const places = chosen(new RandomStream(seed), sorted.length, part);
      const [mine, others] = [sorted.filter((_, k) => places.has(k)), sorted.filter((_, k) => !places.has(k))];
      const area = new PermutedArea(sorted, part).draws(new RandomStream(seed), 1)[0]!;
      const { distance } = ok(wassersteinDistance(mine, others));
      expect(Math.abs(area - distance)).toBeLessThanOrEqual(1e-9 * (1 + sorted.at(-1)! - sorted[0]!));
    }),
    { seed: 1, numRuns: 300 },
  );
});

function normals(size: number, seed: number, shift = 0): Float64Array {
  const random = new RandomStream(seed);
  const one = () => Math.sqrt(-2 * Math.log(random.next())) * Math.cos(2 * Math.PI * random.next());
  return Float64Array.from({ length: size }, () => one() + shift);
}

test('over blocks of pooled values p is about the same', () => {
  // 2 500 rows are permuted gap by gap, 2 501 in blocks.
  const [a, b] = [normals(2_500, 1), normals(2_500, 2, 0.03)];
  const gaps = testArea(a.slice().sort(), b.slice().sort(), resampling);
  const [c, d] = [a, b].map((values) => Float64Array.from([...values, 0]).sort());
  const blocks = testArea(c!, d!, resampling);
  expect(blocks.notes[0]).toMatch(/blocks of pooled values/);
  expect(gaps.notes).toEqual([]);
  expect(Math.exp(gaps.logP)).toBeGreaterThan(0.02);
  expect(Math.abs(Math.exp(gaps.logP) - Math.exp(blocks.logP))).toBeLessThan(0.04);
});

test('which side is the reference makes no difference to the distance, and little to p', () => {
  const [a, b] = [normals(300, 5), normals(120, 6, 0.2)];
  const there = ok(numericDriftTest(a, b, { method: 'wasserstein' }));
  const back = ok(numericDriftTest(b, a, { method: 'wasserstein' }));
  expect(back.statistic).toBeCloseTo(there.statistic, 12);
  expect(Math.abs(back.pValue - there.pValue)).toBeLessThan(0.03);
});

test('a larger shift of the same rows has a smaller p, down to where it is fitted', () => {
  const [a, b] = [normals(300, 5), normals(200, 6)];
  const ps = [0, 0.1, 0.2, 0.4, 0.8, 1.6, 3.2].map((shift) => {
    const found = ok(numericDriftTest(a, b.map((value) => value + shift), { method: 'wasserstein' })); // prettier-ignore
    expect(found.pFrom).toBe(found.pValue < 0.001 ? 'permutation tail' : 'permutation');
    return found.pValue;
  });
  for (let k = 1; k < ps.length; k += 1) expect(ps[k]).toBeLessThanOrEqual(ps[k - 1]!);
  expect(ps.at(-1)).toBeLessThan(1e-6);
});

test('units do not matter to p, however large', () => {
  const [a, b] = [normals(60, 5), normals(50, 6, 0.5)];
  const plain = ok(numericDriftTest(a, b, { method: 'wasserstein' }));
  for (const unit of [1e-200, 1e200, 1e305]) {
    const [x, y] = [a, b].map((values) => values.map((value) => value * unit));
    const scaled = ok(numericDriftTest(x!, y!, { method: 'wasserstein' }));
    expect(scaled.pValue).toBeCloseTo(plain.pValue, 10);
    expect(scaled.effect.value / plain.effect.value).toBeCloseTo(1, 9);
    expect(scaled.statistic / unit / plain.statistic).toBeCloseTo(1, 9);
  }
});

test('constants: equal ones are no distance, a reference that is one lends no unit', () => {
  expect(ok(numericDriftTest([4, 4, 4], [4, 4], { method: 'wasserstein' }))).toMatchObject({
    statistic: 0,
    pValue: 1,
    effect: { value: 0 },
  });
  const moved = ok(numericDriftTest([4, 4, 4, 4], [5, 5, 5, 5], { method: 'wasserstein' }));
  // In standard deviations of all eight values, a half each.
  expect(moved).toMatchObject({ statistic: 1, effect: { value: 2 } });
  expect(moved.notes[0]).toMatch(/the reference is constant/);
});
