import fc from 'fast-check';
import { BucketMap } from '../../../src/statistics/drift/bucket-map';
import { draw, hardLaws } from './hard-samples';

const laws = Object.entries(hardLaws(3));
const MOST = Number.MAX_VALUE;
const SPECIAL = [-MOST, -1, -1e-300, -Number.MIN_VALUE, -0, 0, Number.MIN_VALUE, 1e-300, 1, 1e12, MOST];

function mapOf(law: () => number, wanted = 5_000): BucketMap {
  return new BucketMap(draw(law, 1_000).sort(), wanted);
}

test.each(laws)('a larger value is never in an earlier bucket: %s', (_, law) => {
  const map = mapOf(law);
  const values = Float64Array.of(...draw(law, 5_000), ...SPECIAL).sort();
  const buckets = Array.from(values, (value) => map.bucketOf(value));
  expect(buckets).toEqual(buckets.toSorted((x, y) => x - y));
  expect(buckets[0]).toBeGreaterThanOrEqual(0);
  expect(buckets.at(-1)).toBeLessThan(map.buckets);
  expect(map.buckets).toBeLessThanOrEqual(65_536);
  expect(map.bucketOf(-0)).toBe(map.bucketOf(0));
});

test.each(laws)('neighbouring doubles are in order too: %s', (_, law) => {
  const map = mapOf(law);
  const [double, bits] = [new Float64Array(1), new BigInt64Array(1)];
  const view = new BigInt64Array(double.buffer);
  const next = (value: number) => {
    double[0] = value;
    bits[0] = view[0]! + (value >= 0 ? 1n : -1n);
    view[0] = bits[0];
    return double[0];
  };
  const steps = draw(law, 2_000).filter((value) => value !== 0 && Number.isFinite(next(value)));
  expect(steps.filter((value) => map.bucketOf(next(value)) < map.bucketOf(value))).toHaveLength(0);
});

test.each(laws)('all at once or one by one, and within the edges: %s', (_, law) => {
  const map = mapOf(law);
  const edges = map.edges();
  const values = Float64Array.of(...draw(law, 3_001), ...SPECIAL);
  const [ids, counts] = [new Uint16Array(values.length), new Int32Array(map.buckets)];
  map.assign(values, ids, counts);
  const expected = new Int32Array(map.buckets);
  const outside = values.filter((value, row) => {
    const bucket = map.bucketOf(value);
    expected[bucket]! += 1;
    const shifted = value + map.shift;
    const [from, to] = [bucket === 0 ? -Infinity : edges[bucket]!, edges[bucket + 1]!];
    // Beyond the largest double an edge is none.
    return ids[row] !== bucket || shifted < from || shifted > to;
  });
  expect(outside).toHaveLength(0);
  expect(counts).toEqual(expected);
});

test('no bucket holds much of a continuous law, however heavy its tails', () => {
  for (const name of ['normal', 'cauchy', 'lognormal', 'outliers']) {
    const values = draw(hardLaws(4)[name]!, 50_000);
    const map = new BucketMap(values.slice(0, 1_000).sort(), 5_000);
    const counts = new Int32Array(map.buckets);
    map.assign(values, new Uint16Array(values.length), counts);
    expect(Math.max(...counts)).toBeLessThan(1_000);
  }
});

test('any sample makes a map', () => {
  const values = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 3, maxLength: 50 });
  fc.assert(
    fc.property(values, fc.double({ noNaN: true, noDefaultInfinity: true }), (sample, value) => {
      const sorted = Float64Array.from(sample).sort();
      const map = new BucketMap(sorted, 300);
      const bucket = map.bucketOf(value);
      expect(Number.isInteger(bucket) && bucket >= 0 && bucket < map.buckets).toBe(true);
      if (value >= sorted[0]!) expect(bucket).toBeGreaterThanOrEqual(map.bucketOf(sorted[0]!));
    }),
    { seed: 1, numRuns: 500 },
  );
});
