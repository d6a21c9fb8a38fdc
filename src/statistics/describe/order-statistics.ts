/** Up to here sorting beats bucketing. */
const SORT_LIMIT = 10_000;
const LINEAR_BUCKETS = 4_096;
/** Sign, exponent and four bits of the mantissa of a double. */
const BINARY_BUCKETS = 65_536;
/** Values looked at to choose the buckets. */
const PROBES = 1_024;
/** A bucket that was opened so often is sorted: no data can keep the selection going. */
const DEEPEST = 8;

/**
 * The values at some places of the sorted sample, without sorting it: one histogram over buckets in ascending order
 * tells which few hold a wanted place, and only those are opened, by the same means. Buckets have one width over the
 * bulk of the values; where those crowd into one all the same, the next round buckets by binary exponent.
 * @param values finite ones, left as they are
 * @param places from 0 to n − 1, ascending and each once
 * @returns one value per place
 * @example orderStatistics(Float64Array.of(30, 10, 20), [0, 2]) // [10, 30]
 */
export function orderStatistics(values: Float64Array, places: readonly number[]): Float64Array {
  const found = new Float64Array(places.length);
  // Sorting is in place, and only here does it meet the caller's array.
  select(values.length <= SORT_LIMIT ? values.slice() : values, places, found, 0, false);
  return found;
}

function select(
  values: Float64Array,
  places: readonly number[],
  found: Float64Array,
  depth: number,
  binary: boolean,
): void {
  const n = values.length;
  if (n <= SORT_LIMIT || depth > DEEPEST) {
    const sorted = values.sort();
    for (let index = 0; index < places.length; index += 1) found[index] = sorted[places[index]!]!;
    return;
  }
  const probes = Float64Array.from({ length: PROBES }, (_, probe) => values[Math.floor((probe * n) / PROBES)]!).sort();
  // Tails beyond the probes' 2 % share the outermost buckets: outliers do not widen the others.
  const low = probes[20]!;
  const range = probes[PROBES - 21]! - low;
  if (range === 0 && values.every((value) => value === low)) {
    found.fill(low);
    return;
  }
  const buckets = new Uint16Array(n);
  const scale = (LINEAR_BUCKETS - 3) / range;
  const linear = !binary && scale > 0 && scale < Infinity;
  if (linear) byWidth(values, low, scale, buckets);
  else byExponent(values, probes[PROBES / 2]!, buckets);
  const counts = new Uint32Array(linear ? LINEAR_BUCKETS : BINARY_BUCKETS);
  for (let row = 0; row < n; row += 1) counts[buckets[row]!]! += 1;
  for (const group of opened(values, buckets, counts, places)) {
    const part = found.subarray(group.from, group.to);
    // Half of the values in one bucket: this map does not tell them apart, the other kind may.
    select(group.values, group.places, part, depth + 1, linear && group.values.length > n / 2);
  }
}

/** Buckets of one width from `low` on, one for what lies below and one for what lies above. */
function byWidth(values: Float64Array, low: number, scale: number, buckets: Uint16Array): void {
  for (let row = 0; row < values.length; row += 1) {
    const place = (values[row]! - low) * scale + 1;
    buckets[row] = place < 0 ? 0 : place > LINEAR_BUCKETS - 1 ? LINEAR_BUCKETS - 1 : place;
  }
}

/** Buckets by the leading bits of the distance from a centre, mapped so that they ascend with it. */
function byExponent(values: Float64Array, centre: number, buckets: Uint16Array): void {
  const distance = new Float64Array(1);
  const words = new Int32Array(distance.buffer);
  distance[0] = 1;
  const leading = words[0] === 0 ? 1 : 0;
  for (let row = 0; row < values.length; row += 1) {
    // Halves, because the distance between the largest doubles of either sign overflows.
    distance[0] = values[row]! / 2 - centre / 2;
    const bits = words[leading]!;
    buckets[row] = (bits < 0 ? ~bits : bits ^ 0x80000000) >>> 16;
  }
}

interface Group {
  readonly values: Float64Array;
  /** Wanted places, counted from the bucket's first value. */
  readonly places: readonly number[];
  /** Which of the wanted places these are. */
  readonly from: number;
  readonly to: number;
}

function opened(
  values: Float64Array,
  buckets: Uint16Array,
  counts: Uint32Array,
  places: readonly number[],
): readonly Group[] {
  const groups: Group[] = [];
  const targets: Float64Array[] = [];
  const slots = new Int32Array(counts.length).fill(-1);
  let [before, from] = [0, 0];
  for (let bucket = 0; bucket < counts.length && from < places.length; bucket += 1) {
    const after = before + counts[bucket]!;
    let to = from;
    while (to < places.length && places[to]! < after) to += 1;
    if (to > from) {
      const start = before;
      slots[bucket] = groups.length;
      targets.push(new Float64Array(counts[bucket]!));
      groups.push({ values: targets.at(-1)!, places: places.slice(from, to).map((place) => place - start), from, to });
    }
    [before, from] = [after, to];
  }
  const ends = new Uint32Array(groups.length);
  for (let row = 0; row < values.length; row += 1) {
    const slot = slots[buckets[row]!]!;
    if (slot >= 0) targets[slot]![ends[slot]!++] = values[row]!;
  }
  return groups;
}
