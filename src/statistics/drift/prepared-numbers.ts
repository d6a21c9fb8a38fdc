import { PreparedSample } from './prepared-sample';
import { countInBins, innerEdges } from './quantile-bins';

/** Numbers with at most so many different values are compared value by value, */
const FEW_VALUES = 20;
/** if each occurs so often in the mean: of a handful of rows all values differ. */
const REPEATED = 5;

/** A sample with what judging asks of it, each worked out once and only when asked. */
export class PreparedNumbers {
  readonly values: Float64Array;
  /** In order and in buckets, for many comparisons; null where there is to be one. */
  private readonly prepared: PreparedSample | null;
  private inOrder: Float64Array | null;
  private spread: number | null = null;
  private few: Float64Array | null | undefined;
  private readonly binned = new Map<number, { readonly edges: readonly number[]; readonly counts: Float64Array }>();

  /**
   * @param values finite ones, at least one; kept, not copied
   * @param ascending whether they are in order, to be compared with many samples
   */
  constructor(values: Float64Array, ascending = false) {
    this.values = values;
    this.prepared = ascending ? new PreparedSample(values, true) : null;
    this.inOrder = ascending ? values : null;
  }

  /** As the kernels take it. */
  get sample(): PreparedSample | Float64Array {
    return this.prepared ?? this.values;
  }

  /** In ascending order. */
  get sorted(): Float64Array {
    return (this.inOrder ??= this.values.slice().sort());
  }

  /** The population standard deviation. */
  get deviation(): number {
    return (this.spread ??= populationDeviation(this.values));
  }

  /** The different values when they are few and repeat, else null. */
  get levels(): Float64Array | null {
    return this.few === undefined ? (this.few = levelsOf(this.sorted)) : this.few;
  }

  /** Takes bins that are known already. */
  keepBins(count: number, edges: readonly number[], counts: Float64Array): void {
    this.binned.set(count, { edges, counts });
  }

  /** Edges at its quantiles and its own counts between them. */
  bins(count: number): { readonly edges: readonly number[]; readonly counts: Float64Array } {
    const known = this.binned.get(count);
    if (known !== undefined) return known;
    const edges = this.edges(count);
    const counts = countInBins(this.values, edges);
    this.keepBins(count, edges, counts);
    return { edges, counts };
  }

  private edges(count: number): readonly number[] {
    const edges = innerEdges(this.values, count);
    if (edges.length > 0) return edges;
    // One value holds nearly all quantiles: it against the rest, if there is a rest.
    const { sorted } = this;
    const last = sorted[sorted.length - 1]!;
    if (sorted[0] === last) return [];
    return sorted[sorted.length >> 1] === last ? [last] : [sorted.find((value) => value > sorted[0]!)!];
  }
}

function populationDeviation(values: Float64Array): number {
  const deviation = scaledDeviation(values, 1);
  if (deviation > 0 && Number.isFinite(deviation)) return deviation;
  if (values.every((value) => value === values[0])) return 0;
  // Squares end at 1e154 and begin at 1e-162, deviations do not.
  const scale = deviation > 0 ? 2 ** -540 : 2 ** 540;
  return Math.min(Number.MAX_VALUE, scaledDeviation(values, scale) / scale);
}

function scaledDeviation(values: Float64Array, scale: number): number {
  const { length } = values;
  const origin = values[0]! * scale;
  let sum = 0;
  for (let k = 0; k < length; k += 1) sum += values[k]! * scale - origin;
  const mean = sum / length;
  let squares = 0;
  for (let k = 0; k < length; k += 1) squares += (values[k]! * scale - origin - mean) ** 2;
  return Math.sqrt(squares / length);
}

function levelsOf(sorted: Float64Array): Float64Array | null {
  const levels: number[] = [];
  for (const value of sorted) {
    if (value === levels.at(-1)) continue;
    if (levels.length === FEW_VALUES) return null;
    levels.push(value);
  }
  return levels.length * REPEATED <= sorted.length ? Float64Array.from(levels) : null;
}
