import { isSingle, layoutFor, Ordered, Scattered } from '../../../src/statistics/drift/buckets';
import { draw, hardLaws } from './hard-samples';

const laws = Object.entries(hardLaws(5));

/** All of a bucket, what is not gathered because it is common included. */
function whole(side: Scattered | Ordered, k: number, common: number): number[] {
  const opened = side.open([k]);
  opened.order(k);
  const values = Array.from(opened.values.subarray(opened.starts[k], opened.starts[k + 1]));
  for (let more = opened.alsoCommon(k); more > 0; more -= 1) values.push(common);
  return values.map((value) => value + 0).sort((x, y) => x - y);
}

test.each(laws)('opened buckets hold their values, in any order or in order: %s', (_, law) => {
  const [a, b] = [draw(law, 4_000), draw(law, 4_000)];
  const layout = layoutFor(a, b);
  const { map, common } = layout;
  const sorted = a.slice().sort();
  const [scattered, ordered, other] = [new Scattered(a, layout), new Ordered(sorted, layout), new Scattered(b, layout)];
  expect(ordered.counts).toEqual(scattered.counts);
  expect(scattered.counts.reduce((sum, count) => sum + count, 0)).toBe(a.length);
  const occupied = Array.from(scattered.counts.keys()).filter((k) => scattered.counts[k]! > 0);
  const chosen = occupied.filter((_, index) => index % Math.ceil(occupied.length / 40) === 0);
  for (const k of chosen) {
    const expected = Array.from(
      sorted.filter((value) => map.bucketOf(value) === k),
      (value) => value + 0,
    );
    const usual = common?.[k] ?? NaN;
    expect(whole(scattered, k, usual)).toEqual(expected);
    expect(whole(ordered, k, usual)).toEqual(expected);
    const sum = ordered.sums()[k]!;
    // Of the largest doubles even two overflow.
    if (Number.isFinite(sum)) expect(Math.abs(scattered.sums()[k]! - sum)).toBeLessThanOrEqual(1e-12 * Math.abs(sum));
    const all = [...expected, ...b.filter((value) => map.bucketOf(value) === k)];
    const single = new Set(all).size === 1 && all[0] === usual;
    expect(isSingle(scattered, other, layout, k)).toBe(single);
  }
});

test('many buckets opened at once are as each alone', () => {
  const a = draw(hardLaws(6).normal!, 5_000);
  const layout = layoutFor(a, a);
  const side = new Scattered(a, layout);
  const all = Array.from(side.counts.keys());
  const opened = side.open(all);
  for (const k of all) opened.order(k);
  expect(opened.values).toEqual(a.slice().sort());
  expect(opened.rows(0, all.length)).toBe(5_000);
});

test('values that make up a tenth are common, others are not', () => {
  const zeros = draw(hardLaws(7)['half zeros']!, 5_000);
  const { map, common } = layoutFor(zeros, zeros);
  expect(common?.[map.bucketOf(0)]).toBe(0);
  const normal = draw(hardLaws(7).normal!, 5_000);
  expect(layoutFor(normal, normal).common).toBeNull();
});
