import { addUp, countOthers, scatter, scatterOthers, sortPart } from './bucket-loops';
import { BucketMap } from './bucket-map';

/** The values of some buckets, those of bucket k from starts[k] to starts[k + 1]. */
export class Opened {
  readonly values: Float64Array;
  readonly starts: Int32Array;
  private readonly ascending: boolean;
  private readonly hidden: ((bucket: number) => number) | null;

  /**
   * @param ascending whether each bucket's values ascend and are not ours to write
   * @param hidden how many more rows a bucket has, all with its common value
   */
  constructor(
    values: Float64Array,
    starts: Int32Array,
    ascending: boolean,
    hidden: ((bucket: number) => number) | null = null,
  ) {
    [this.values, this.starts, this.ascending, this.hidden] = [values, starts, ascending, hidden];
  }

  /** How many values the buckets from one to another hold, the latter not included. */
  rows(from: number, to: number): number {
    return this.starts[to]! - this.starts[from]!;
  }

  /** How many more rows a bucket has, all with its common value. */
  alsoCommon(bucket: number): number {
    return this.hidden === null ? 0 : this.hidden(bucket);
  }

  /** Puts the values of a bucket in ascending order. */
  order(bucket: number): void {
    if (!this.ascending) sortPart(this.values, this.starts[bucket]!, this.starts[bucket + 1]!);
  }

  /** The first place of a bucket, in ascending order, where `value` or more is found. */
  placeOf(bucket: number, value: number): number {
    let [low, high] = [this.starts[bucket]!, this.starts[bucket + 1]!];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.values[middle]! < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The values of neighbouring buckets in any order, to be used up. */
  own(from: number, to: number): Float64Array {
    const [start, end] = [this.starts[from]!, this.starts[to]!];
    return this.ascending ? this.values.slice(start, end) : this.values.subarray(start, end);
  }
}

/** A sample in the buckets of a map: counts of all rows, values only of those that are asked for. */
export interface Bucketed {
  readonly length: number;
  readonly counts: Int32Array;
  /** Per bucket the rows that do not have its common value; null where no bucket has one. */
  readonly others: Int32Array | null;
  /** Per bucket Σ (value + shift). */
  sums(): Float64Array;
  /** @param buckets ascending */
  open(buckets: readonly number[]): Opened;
}

/** Rows per bucket, both samples together. */
const PER_BUCKET = 16;
const SAMPLED = 512;
/** Values that make up so much of a sample are counted wherever they turn up, and not gathered. */
const COMMON = 0.1;
/** So many rows of the sample make a value common. */
const LEAST_EQUAL = 3;

/** How rows are put into buckets, and which bucket holds which common value. */
export interface Layout {
  readonly map: BucketMap;
  /** Per bucket the value many rows have, or NaN; null where no value is that frequent. */
  readonly common: Float64Array | null;
}

/** A layout after rows of both samples. */
export function layoutFor(a: Float64Array, b: Float64Array): Layout {
  const [fromA, fromB] = [Math.min(SAMPLED, a.length), Math.min(SAMPLED, b.length)];
  const sample = new Float64Array(fromA + fromB);
  for (let k = 0; k < fromA; k += 1) sample[k] = a[Math.floor(((k + 0.5) * a.length) / fromA)]!;
  for (let k = 0; k < fromB; k += 1) sample[fromA + k] = b[Math.floor(((k + 0.5) * b.length) / fromB)]!;
  return layoutOf(sample.sort(), a.length + b.length);
}

/**
 * @param sample ascending
 * @param rows on both sides
 */
export function layoutOf(sample: Float64Array, rows: number): Layout {
  const map = new BucketMap(sample, Math.max(256, rows / PER_BUCKET));
  return { map, common: commonValues(map, sample) };
}

function commonValues(map: BucketMap, sample: Float64Array): Float64Array | null {
  const runs: { readonly value: number; readonly rows: number }[] = [];
  for (let from = 0, to = 0; from < sample.length; from = to) {
    while (to < sample.length && sample[to] === sample[from]) to += 1;
    if (to - from >= LEAST_EQUAL) runs.push({ value: sample[from]!, rows: to - from });
  }
  const held = runs.reduce((rows, run) => rows + run.rows, 0);
  if (held < COMMON * sample.length) return null;
  const common = new Float64Array(map.buckets).fill(NaN);
  // Of several in one bucket the most frequent stays.
  for (const { value } of runs.sort((a, b) => a.rows - b.rows)) common[map.bucketOf(value)] = value;
  return common;
}

/** Values in any order. */
export class Scattered implements Bucketed {
  readonly length: number;
  readonly counts: Int32Array;
  readonly others: Int32Array | null;
  private readonly values: Float64Array;
  private readonly ids: Uint16Array;
  private readonly layout: Layout;

  constructor(values: Float64Array, layout: Layout) {
    [this.values, this.layout, this.length] = [values, layout, values.length];
    this.counts = new Int32Array(layout.map.buckets);
    this.ids = new Uint16Array(values.length);
    layout.map.assign(values, this.ids, this.counts);
    this.others = layout.common === null ? null : countOthers(values, this.ids, layout.common);
  }

  sums(): Float64Array {
    const sums = new Float64Array(this.counts.length);
    addUp(this.values, this.ids, this.layout.map.shift, sums);
    return sums;
  }

  open(buckets: readonly number[]): Opened {
    const { counts, others, values, ids } = this;
    const { common } = this.layout;
    const hidden = common === null ? null : (k: number) => (Number.isNaN(common[k]!) ? 0 : counts[k]! - others![k]!);
    const starts = new Int32Array(counts.length + 1);
    const wanted = new Uint8Array(counts.length);
    let rows = 0;
    for (const k of buckets) {
      wanted[k] = 1;
      starts[k] = rows;
      rows += hidden === null ? counts[k]! : counts[k]! - hidden(k);
      starts[k + 1] = rows;
    }
    const gathered = new Float64Array(rows);
    if (rows > 0 && common === null) scatter(values, ids, wanted, starts.slice(), gathered);
    else if (rows > 0) scatterOthers(values, ids, wanted, common!, starts.slice(), gathered);
    return new Opened(gathered, starts, false, hidden);
  }
}

/** Values in ascending order. */
export class Ordered implements Bucketed {
  readonly length: number;
  readonly counts: Int32Array;
  readonly others: Int32Array | null;
  private readonly values: Float64Array;
  private readonly shift: number;
  private readonly starts: Int32Array;
  private added: Float64Array | null = null;

  constructor(values: Float64Array, { map, common }: Layout) {
    [this.values, this.shift, this.length] = [values, map.shift, values.length];
    this.counts = new Int32Array(map.buckets);
    const ids = new Uint16Array(values.length);
    map.assign(values, ids, this.counts);
    this.others = common === null ? null : countOthers(values, ids, common);
    this.starts = new Int32Array(map.buckets + 1);
    for (let k = 0; k < map.buckets; k += 1) this.starts[k + 1] = this.starts[k]! + this.counts[k]!;
  }

  sums(): Float64Array {
    if (this.added !== null) return this.added;
    const { values, shift, starts } = this;
    return (this.added = Float64Array.from(this.counts, (_, bucket) => {
      let sum = 0;
      for (let k = starts[bucket]!; k < starts[bucket + 1]!; k += 1) sum += values[k]! + shift;
      return sum;
    }));
  }

  open(): Opened {
    return new Opened(this.values, this.starts, true);
  }
}

/** Whether all rows of a bucket have its common value. */
export function isSingle(a: Bucketed, b: Bucketed, { common }: Layout, bucket: number): boolean {
  return common !== null && !Number.isNaN(common[bucket]!) && a.others![bucket] === 0 && b.others![bucket] === 0;
}
