import type { Alternative } from '../result';
import { isSingle, layoutFor, Scattered } from './buckets';
import type { Bucketed, Layout, Opened } from './buckets';
import { Farthest } from './farthest';
import type { LargestStep } from './farthest';
import { PreparedSample } from './prepared-sample';

/** Up to here sorting both samples is quicker than bucketing them. */
const SORT_LIMIT = 3_000;
/** Buckets of buckets of buckets: data that still crowd together are sorted. */
const DEEPEST = 4;

/**
 * The largest distance of two empirical distributions in whole steps of 1/(n·m), so without rounding. Large samples
 * are not sorted: one pass into buckets gives the distance at every edge and a bound inside each bucket; only
 * buckets that can beat the best edge are gathered.
 * @param a finite values, not empty
 * @param b finite values, not empty
 */
export function largestStep(a: Float64Array | PreparedSample, b: Float64Array, alternative: Alternative): LargestStep {
  const search = new Search(a.length, b.length, alternative);
  if (!(a instanceof PreparedSample)) search.within(a, b, 0, 0, 0);
  else if (a.length + b.length <= SORT_LIMIT) search.walkAll(a.sorted, b.slice().sort(), 0, 0);
  else {
    const { layout, side } = a.buckets;
    search.bucketed(layout, side, new Scattered(b, layout), 0, 0, 0);
  }
  return search.farthest.best(alternative);
}

/** What lies before the values that are searched is given as `net`, steps, and `rows`, values of the first sample. */
class Search {
  readonly farthest: Farthest;
  private readonly n: number;
  private readonly m: number;
  private readonly up: boolean;
  private readonly down: boolean;

  constructor(n: number, m: number, alternative: Alternative) {
    [this.n, this.m] = [n, m];
    this.farthest = new Farthest(n, m);
    [this.up, this.down] = [alternative !== 'less', alternative !== 'greater'];
  }

  within(a: Float64Array, b: Float64Array, net: number, rows: number, depth: number): void {
    if (a.length + b.length > SORT_LIMIT && depth < DEEPEST) {
      const layout = layoutFor(a, b);
      this.bucketed(layout, new Scattered(a, layout), new Scattered(b, layout), net, rows, depth);
    } else {
      // What was gathered is ours to sort in place.
      this.walkAll((depth === 0 ? a.slice() : a).sort(), (depth === 0 ? b.slice() : b).sort(), net, rows);
    }
  }

  walkAll(a: Float64Array, b: Float64Array, net: number, rows: number): void {
    this.walk(a, 0, a.length, b, 0, b.length, net, rows);
  }

  /** Over ascending values from a place to another; returns the steps after the last. */
  private walk(
    a: Float64Array,
    fromA: number,
    toA: number,
    b: Float64Array,
    fromB: number,
    toB: number,
    netBefore: number,
    rows: number,
  ): number {
    const { n, m, farthest } = this;
    const before = rows - fromA;
    let { highest, lowest } = farthest;
    let i = fromA;
    let j = fromB;
    let net = netBefore;
    while (i < toA || j < toB) {
      const inFirst = j >= toB || (i < toA && a[i]! <= b[j]!);
      const value = inFirst ? a[i]! : b[j]!;
      while (i < toA && a[i] === value) {
        i += 1;
        net += m;
      }
      while (j < toB && b[j] === value) {
        j += 1;
        net -= n;
      }
      if (net < highest && net > lowest) continue;
      farthest.offer(net, before + i, inFirst, value);
      ({ highest, lowest } = farthest);
    }
    return net;
  }

  /** Two samples in the same buckets. */
  bucketed(layout: Layout, a: Bucketed, b: Bucketed, net: number, rows: number, depth: number): void {
    const [inA, inB] = [a.counts, b.counts];
    const starts = new Float64Array(inA.length + 1);
    starts[0] = net;
    // The edges first: the better the best edge, the fewer buckets are opened.
    const [highest, lowest] = edges(inA, inB, this.n, this.m, starts);
    const up = this.up ? Math.max(highest, this.farthest.highest) : -Infinity;
    const most = Math.max(up, this.down ? -Math.min(lowest, this.farthest.lowest) : -Infinity);
    const [top, bottom] = [this.up ? most : Infinity, this.down ? -most : -Infinity];
    const found = candidates(inA, inB, this.n, this.m, starts, top, bottom);
    // A bucket of one value needs no opening.
    const mixed = layout.common === null ? found : found.filter((k) => !isSingle(a, b, layout, k));
    const [ofA, ofB] = [a.open(mixed), b.open(mixed)];
    let [reached, before] = [0, rows];
    for (let at = 0; at < found.length; at += 1) {
      const k = found[at]!;
      for (; reached < k; reached += 1) before += inA[reached]!;
      const value = layout.common === null ? NaN : layout.common[k]!;
      if (isSingle(a, b, layout, k)) this.farthest.offer(starts[k + 1]!, before + inA[k]!, inA[k]! > 0, value);
      else if (!Number.isNaN(value)) this.around(value, ofA, ofB, k, starts[k]!, before);
      else {
        // Neighbours are searched as one.
        let to = k + 1;
        while (found[at + 1] === to && (layout.common === null || Number.isNaN(layout.common[to]!))) {
          at += 1;
          to += 1;
        }
        this.open(ofA, ofB, k, to, starts[k]!, before, depth);
      }
    }
  }

  private open(a: Opened, b: Opened, from: number, to: number, net: number, rows: number, depth: number): void {
    if (a.rows(from, to) + b.rows(from, to) > SORT_LIMIT) {
      this.within(a.own(from, to), b.own(from, to), net, rows, depth + 1);
      return;
    }
    for (let k = from; k < to; k += 1) {
      a.order(k);
      b.order(k);
    }
    this.walk(a.values, a.starts[from]!, a.starts[to]!, b.values, b.starts[from]!, b.starts[to]!, net, rows);
  }

  /** A bucket where many rows have one value, which need not be among those at hand. */
  private around(value: number, a: Opened, b: Opened, k: number, netBefore: number, rowsBefore: number): void {
    a.order(k);
    b.order(k);
    const [fromA, toA, toB] = [a.starts[k]!, a.starts[k + 1]!, b.starts[k + 1]!];
    const [i, j] = [a.placeOf(k, value), b.placeOf(k, value)];
    let net = this.walk(a.values, fromA, i, b.values, b.starts[k]!, j, netBefore, rowsBefore);
    let [x, y] = [i, j];
    while (x < toA && a.values[x] === value) x += 1;
    while (y < toB && b.values[y] === value) y += 1;
    const [ofA, ofB] = [x - i + a.alsoCommon(k), y - j + b.alsoCommon(k)];
    const rows = rowsBefore + i - fromA + ofA;
    net += ofA * this.m - ofB * this.n;
    if (ofA + ofB > 0) this.farthest.offer(net, rows, ofA > 0, value);
    this.walk(a.values, x, toA, b.values, y, toB, net, rows);
  }
}

/** Writes the steps before each bucket and returns the highest and the lowest at an edge. */
function edges(inA: Int32Array, inB: Int32Array, n: number, m: number, starts: Float64Array): [number, number] {
  const { length } = inA;
  let net = starts[0]!;
  let highest = -Infinity;
  let lowest = Infinity;
  for (let k = 0; k < length; k += 1) {
    const a = inA[k]!;
    const b = inB[k]!;
    if ((a | b) !== 0) {
      net += a * m - b * n;
      if (net > highest) highest = net;
      if (net < lowest) lowest = net;
    }
    starts[k + 1] = net;
  }
  return [highest, lowest];
}

/** The buckets inside which all steps of one side, taken first, would reach `top` or `bottom`. */
function candidates(
  inA: Int32Array,
  inB: Int32Array,
  n: number,
  m: number,
  starts: Float64Array,
  top: number,
  bottom: number,
): number[] {
  const { length } = inA;
  const found: number[] = [];
  for (let k = 0; k < length; k += 1) {
    const a = inA[k]!;
    const b = inB[k]!;
    if ((a | b) === 0) continue;
    const start = starts[k]!;
    if (start + a * m < top && start - b * n > bottom) continue;
    found.push(k);
  }
  return found;
}
