import { isSingle, layoutFor, Scattered } from './buckets';
import type { Bucketed, Layout, Opened } from './buckets';
import { PreparedSample } from './prepared-sample';

/** Up to so many rows to be sorted, sorting is quicker than bucketing. */
const SORT_LIMIT = 6_000;

/**
 * ∫ |F − G| of two samples of finite values, neither empty: infinite only where the distance itself is beyond the
 * largest double. Large samples are not sorted: where the difference keeps its sign inside a bucket, sums are enough.
 */
export function areaBetween(a: Float64Array | PreparedSample, b: Float64Array): number {
  if ((a instanceof PreparedSample ? 2 * b.length : a.length + b.length) > SORT_LIMIT) {
    const area = bucketedArea(a, b) / a.length / b.length;
    // Values near the largest double overflow in sums; sorting never does.
    if (Number.isFinite(area)) return area;
  }
  const sorted = a instanceof PreparedSample ? a.sorted : a.slice().sort();
  return sortedArea(sorted, b.slice().sort());
}

function sortedArea(a: Float64Array, b: Float64Array): number {
  const walk = new Walk(a.length, b.length);
  walk.through(a, 0, a.length, b, 0, b.length, 0);
  const area = walk.area / a.length / b.length;
  if (Number.isFinite(area)) return area;
  // In shares of the rows and quarters of the values nothing on the way is larger than the distance.
  const [quarterA, quarterB] = [a.map((value) => value / 4), b.map((value) => value / 4)];
  const shares = new Walk(a.length, b.length, 1 / a.length / b.length);
  shares.through(quarterA, 0, a.length, quarterB, 0, b.length, 0);
  return shares.area * 4;
}

/** Walks over ascending values and adds up |i·m − j·n| times the gaps. */
class Walk {
  area = 0;
  private readonly up: number;
  private readonly down: number;
  /** What one step counts. */
  private readonly unit: number;
  private net = 0;
  private at = 0;

  constructor(n: number, m: number, unit = 1) {
    [this.up, this.down, this.unit] = [m, n, unit];
  }

  /** Ascending values from a place to another, each moved by `shift`. */
  through(
    a: Float64Array,
    fromA: number,
    toA: number,
    b: Float64Array,
    fromB: number,
    toB: number,
    shift: number,
  ): void {
    const { up, down, unit } = this;
    let i = fromA;
    let j = fromB;
    let { at, net, area } = this;
    while (i < toA || j < toB) {
      const ofA = j >= toB || (i < toA && a[i]! <= b[j]!);
      const value = (ofA ? a[i]! : b[j]!) + shift;
      if (net !== 0) area += Math.abs(net) * unit * (value - at);
      at = value;
      if (ofA) {
        i += 1;
        net += up;
      } else {
        j += 1;
        net -= down;
      }
    }
    [this.at, this.net, this.area] = [at, net, area];
  }

  /** Many rows at one place. */
  steps(value: number, ofA: number, ofB: number): void {
    this.to(value);
    this.net += ofA * this.up - ofB * this.down;
  }

  /** Up to an edge, without a step. */
  to(value: number): void {
    // Before the first value, and after the last, there is no area.
    if (this.net !== 0) this.area += Math.abs(this.net) * (value - this.at);
    this.at = value;
  }

  /** From one edge to the next where the difference keeps its sign: ∫ (F − G) dx by parts. */
  over(from: number, to: number, ofA: number, ofB: number, sum: number): void {
    this.to(from);
    const end = this.net + ofA * this.up - ofB * this.down;
    this.area += Math.abs(end * to - this.net * from - sum);
    [this.net, this.at] = [end, to];
  }
}

/** The area in units of 1/(n·m). */
function bucketedArea(sample: Float64Array | PreparedSample, b: Float64Array): number {
  const prepared = sample instanceof PreparedSample;
  const layout = prepared ? sample.buckets.layout : layoutFor(sample, b);
  const inA = prepared ? sample.buckets.side : new Scattered(sample, layout);
  return areaOver(layout, inA, new Scattered(b, layout));
}

function areaOver(layout: Layout, a: Bucketed, b: Bucketed): number {
  const { map, common } = layout;
  const [n, m] = [a.length, b.length];
  const { buckets, shift } = map;
  const opened = turns(a.counts, b.counts, n, m).filter((k) => !isSingle(a, b, layout, k));
  const [ofA, ofB] = [a.open(opened), b.open(opened)];
  const [sumsA, sumsB, edges] = [a.sums(), b.sums(), map.edges()];
  const walk = new Walk(n, m);
  let next = 0;
  for (let k = 0; k < buckets; k += 1) {
    const [rowsA, rowsB] = [a.counts[k]!, b.counts[k]!];
    if (rowsA + rowsB === 0) continue;
    if (opened[next] === k) {
      next += 1;
      through(walk, common === null ? NaN : common[k]!, k, ofA, ofB, shift);
    } else if (isSingle(a, b, layout, k)) walk.steps(common![k]! + shift, rowsA, rowsB);
    else walk.over(edges[k]!, edges[k + 1]!, rowsA, rowsB, m * sumsA[k]! - n * sumsB[k]!);
  }
  return walk.area;
}

/** A bucket value by value, where many rows may have one that need not be among those at hand. */
function through(walk: Walk, value: number, k: number, a: Opened, b: Opened, shift: number): void {
  a.order(k);
  b.order(k);
  const [fromA, toA, fromB, toB] = [a.starts[k]!, a.starts[k + 1]!, b.starts[k]!, b.starts[k + 1]!];
  const [moreA, moreB] = [a.alsoCommon(k), b.alsoCommon(k)];
  if (moreA + moreB === 0) {
    walk.through(a.values, fromA, toA, b.values, fromB, toB, shift);
    return;
  }
  const [i, j] = [a.placeOf(k, value), b.placeOf(k, value)];
  walk.through(a.values, fromA, i, b.values, fromB, j, shift);
  walk.steps(value + shift, moreA, moreB);
  walk.through(a.values, i, toA, b.values, j, toB, shift);
}

/** The buckets where the difference may change its sign, and the outermost, which have one edge only. */
function turns(inA: Int32Array, inB: Int32Array, n: number, m: number): number[] {
  const { length } = inA;
  const found: number[] = [];
  let net = 0;
  let rows = 0;
  for (let k = 0; k < length; k += 1) {
    const a = inA[k]!;
    const b = inB[k]!;
    if ((a | b) === 0) continue;
    if (rows === 0 || k === length - 1 || (net < b * n && net + a * m > 0)) found.push(k);
    rows += a + b;
    net += a * m - b * n;
  }
  return found;
}
