/**
 * The loops over all rows. Four rows a turn, since V8 neither unrolls nor vectorises and a turn costs as much as the
 * work in it; tables and scratch are constants of the module, which V8 addresses without a check.
 */

const CHUNK = 2_048;
const work = new Float64Array(CHUNK);
const words = new Int32Array(work.buffer);
const cells = new Int32Array(4_096);

/**
 * Writes and counts the bucket of every value. The upper word of value + shift, as a number that grows with the
 * double, names one of 4 096 cells by its first twelve bits (sign and exponent); the next bits count on from there.
 * @param table per cell base · 32 + drop: a bucket is the base plus the word without its last `drop` bits
 */
export function assignBuckets(
  values: Float64Array,
  shift: number,
  table: Int32Array,
  ids: Uint16Array,
  counts: Int32Array,
): void {
  cells.set(table);
  for (let from = 0; from < values.length; from += CHUNK) {
    const size = Math.min(CHUNK, values.length - from);
    shifted(values, from, size, shift);
    bucketed(size, ids, from, counts);
  }
}

function shifted(values: Float64Array, from: number, size: number, shift: number): void {
  const even = size & ~3;
  for (let i = 0; i < even; i += 4) {
    const at = from + i;
    work[i] = values[at]! + shift;
    work[i + 1] = values[at + 1]! + shift;
    work[i + 2] = values[at + 2]! + shift;
    work[i + 3] = values[at + 3]! + shift;
  }
  for (let i = even; i < size; i += 1) work[i] = values[from + i]! + shift;
}

function bucketed(size: number, ids: Uint16Array, from: number, counts: Int32Array): void {
  const even = size & ~3;
  for (let i = 0; i < even; i += 4) {
    let p = words[2 * i + 1]!;
    let q = words[2 * i + 3]!;
    let r = words[2 * i + 5]!;
    let s = words[2 * i + 7]!;
    p ^= (p >> 31) & 0x7fffffff;
    q ^= (q >> 31) & 0x7fffffff;
    r ^= (r >> 31) & 0x7fffffff;
    s ^= (s >> 31) & 0x7fffffff;
    const a = cells[p >>> 20]!;
    const b = cells[q >>> 20]!;
    const c = cells[r >>> 20]!;
    const d = cells[s >>> 20]!;
    // A shift counts by its last five bits, which are the drop.
    p = ((a >> 5) + (p >> a)) | 0;
    q = ((b >> 5) + (q >> b)) | 0;
    r = ((c >> 5) + (r >> c)) | 0;
    s = ((d >> 5) + (s >> d)) | 0;
    const at = from + i;
    ids[at] = p;
    ids[at + 1] = q;
    ids[at + 2] = r;
    ids[at + 3] = s;
    counts[p] = (counts[p]! + 1) | 0;
    counts[q] = (counts[q]! + 1) | 0;
    counts[r] = (counts[r]! + 1) | 0;
    counts[s] = (counts[s]! + 1) | 0;
  }
  for (let i = even; i < size; i += 1) {
    const word = words[2 * i + 1]!;
    const key = word ^ ((word >> 31) & 0x7fffffff);
    const cell = cells[key >>> 20]!;
    const id = ((cell >> 5) + (key >> cell)) | 0;
    ids[from + i] = id;
    counts[id] = (counts[id]! + 1) | 0;
  }
}

/** Counts per bucket the values that are not the bucket's common one, where it has one. */
export function countOthers(values: Float64Array, ids: Uint16Array, common: Float64Array): Int32Array {
  const others = new Int32Array(common.length);
  const { length } = values;
  for (let i = 0; i < length; i += 1) {
    const id = ids[i]!;
    const usual = common[id]!;
    // Neither holds for NaN nor, as a rule, for anything else: a branch that is foreseen.
    if (values[i]! < usual || values[i]! > usual) others[id] = (others[id]! + 1) | 0;
  }
  return others;
}

/** Adds value + shift to the sum of each value's bucket. */
export function addUp(values: Float64Array, ids: Uint16Array, shift: number, sums: Float64Array): void {
  const even = values.length & ~3;
  for (let i = 0; i < even; i += 4) {
    const p = ids[i]!;
    const q = ids[i + 1]!;
    const r = ids[i + 2]!;
    const s = ids[i + 3]!;
    sums[p] = sums[p]! + (values[i]! + shift);
    sums[q] = sums[q]! + (values[i + 1]! + shift);
    sums[r] = sums[r]! + (values[i + 2]! + shift);
    sums[s] = sums[s]! + (values[i + 3]! + shift);
  }
  for (let i = even; i < values.length; i += 1) {
    const id = ids[i]!;
    sums[id] = sums[id]! + (values[i]! + shift);
  }
}

/** Writes the values of wanted buckets to their bucket's next place. */
export function scatter(
  values: Float64Array,
  ids: Uint16Array,
  wanted: Uint8Array,
  next: Int32Array,
  gathered: Float64Array,
): void {
  const { length } = values;
  for (let i = 0; i < length; i += 1) {
    // Four buckets at a glance: hardly any is wanted.
    while (
      i + 3 < length &&
      (wanted[ids[i]!]! | wanted[ids[i + 1]!]! | wanted[ids[i + 2]!]! | wanted[ids[i + 3]!]!) === 0
    )
      i += 4;
    if (i === length) return;
    const id = ids[i]!;
    if (wanted[id] === 0) continue;
    const at = next[id]!;
    gathered[at] = values[i]!;
    next[id] = at + 1;
  }
}

/** The same without values that are their bucket's common one. */
export function scatterOthers(
  values: Float64Array,
  ids: Uint16Array,
  wanted: Uint8Array,
  common: Float64Array,
  next: Int32Array,
  gathered: Float64Array,
): void {
  const { length } = values;
  for (let i = 0; i < length; i += 1) {
    const id = ids[i]!;
    if (wanted[id] === 0) continue;
    const value = values[i]!;
    if (value === common[id]) continue;
    const at = next[id]!;
    gathered[at] = value;
    next[id] = at + 1;
  }
}

/** Up to so many values insertion is quicker than a call of the native sort. */
const FEW = 24;

/** Puts values[from … to) in ascending order. */
export function sortPart(values: Float64Array, from: number, to: number): void {
  if (to - from > FEW) {
    values.subarray(from, to).sort();
    return;
  }
  for (let i = from + 1; i < to; i += 1) {
    const value = values[i]!;
    let k = i - 1;
    while (k >= from && values[k]! > value) {
      values[k + 1] = values[k]!;
      k -= 1;
    }
    values[k + 1] = value;
  }
}
