import { assignBuckets } from './bucket-loops';

/** Sign and exponent of a double, its upper twelve bits, name a cell. */
const CELLS = 4_096;
/** With one more per cell, as many buckets as sixteen bits can name. */
const MOST = 43_000;
/** Beyond these bits a cell's base does not fit beside its drop; in the last cells below zero one less. */
const MOST_BITS = 15;
const LAST_BELOW = CELLS / 2 + 2;
/** Equal widths serve as long as no 256th of the range holds more of the sample than this. */
const UNEVEN = 0.05;
const PARTS = 256;

const double = new Float64Array(1);
const words = new Int32Array(double.buffer);

/**
 * A monotone way from a value to one of at most 65 536 buckets, shaped by a sample of the data. A value is shifted,
 * then the bits of the double are its place: cells are powers of two, and each is split into as many buckets of equal
 * width as its share of the sample asks for. Around the median that tames heavy tails; moved away from zero by their
 * own range, data lie in one or two cells, in buckets of nearly equal width.
 */
export class BucketMap {
  readonly buckets: number;
  /** What is added to a value first. */
  readonly shift: number;
  /** Per cell base · 32 + drop, as `assignBuckets` takes it. */
  private readonly table = new Int32Array(CELLS);

  /**
   * @param sample ascending, finite, at least three values
   * @param wanted about how many buckets
   */
  constructor(sample: Float64Array, wanted: number) {
    this.shift = shiftFor(sample);
    const held = new Map<number, number>();
    for (const value of sample) {
      const cell = upperKey(value + this.shift) >>> 20;
      held.set(cell, (held.get(cell) ?? 0) + 1);
    }
    const drops = new Uint8Array(CELLS).fill(20);
    for (const [cell, rows] of held) {
      const bits = Math.round(Math.log2((rows / sample.length) * Math.min(MOST, wanted)));
      const most = cell >= CELLS / 2 && cell < LAST_BELOW ? MOST_BITS - 1 : MOST_BITS;
      drops[cell] = 20 - Math.max(0, Math.min(most, bits));
    }
    let buckets = 0;
    for (let key = -CELLS / 2; key < CELLS / 2; key += 1) {
      const cell = key & (CELLS - 1);
      const drop = drops[cell]!;
      this.table[cell] = ((buckets - ((key << 20) >> drop)) << 5) | drop;
      buckets += 1 << (20 - drop);
    }
    this.buckets = buckets;
  }

  /** Writes each value's bucket and counts it. */
  assign(values: Float64Array, ids: Uint16Array, counts: Int32Array): void {
    assignBuckets(values, this.shift, this.table, ids, counts);
  }

  /** The bucket of one value. */
  bucketOf(value: number): number {
    const key = upperKey(value + this.shift);
    const cell = this.table[key >>> 20]!;
    return (cell >> 5) + (key >> cell);
  }

  /** Where each bucket begins, shifted: no value of an earlier bucket lies above, none of its own below. */
  edges(): Float64Array {
    const edges = new Float64Array(this.buckets + 1);
    let bucket = 0;
    for (let key = -CELLS / 2; key < CELLS / 2; key += 1) {
      const drop = this.table[key & (CELLS - 1)]! & 31;
      for (let part = 0; part < 1 << (20 - drop); part += 1) {
        const word = (key << 20) | (part << drop);
        // Of a negative number the lower word counts down.
        words[1] = word ^ ((word >> 31) & 0x7fffffff);
        words[0] = word < 0 ? -1 : 0;
        edges[bucket++] = double[0]!;
      }
    }
    edges[bucket] = Infinity;
    return edges;
  }
}

/** The upper word of a double as a number that grows with it. */
function upperKey(value: number): number {
  double[0] = value;
  const word = words[1]!;
  return word ^ ((word >> 31) & 0x7fffffff);
}

function shiftFor(sample: Float64Array): number {
  const [low, high] = [sample[1]!, sample[sample.length - 2]!];
  const shift = high - low - low;
  if (high > low && Number.isFinite(shift) && isEven(sample, low, high)) return shift;
  // +0 for a median of either zero, so that −0 + shift is +0: both zeros are one value.
  return 0 - sample[sample.length >> 1]!;
}

function isEven(sample: Float64Array, low: number, high: number): boolean {
  const scale = PARTS / (high - low);
  let [part, held, least] = [-1, 0, sample[0]!];
  for (const value of sample) {
    const here = Math.floor((value - low) * scale);
    if (here !== part) [part, held, least] = [here, 0, value];
    held += 1;
    // Many equal values are one bucket's whatever the map.
    if (held > UNEVEN * sample.length && value !== least) return false;
  }
  return true;
}
