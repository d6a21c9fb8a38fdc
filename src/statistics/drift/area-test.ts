import { areaBetween } from './area-between';
import type { CellMeasure } from './cell-measures';
import type { Found, Resampling } from './found';
import { PermutedArea } from './permuted-area';
import { permutedMeasures } from './permuted-cells';
import { RandomStream } from '../random-stream';
import { resampledP, resampledWords } from './resampled-p';

// Looked up once: in a `vm` context, such as a test, a global costs more than the draw.
const { abs, sqrt } = Math;

/** Up to so many rows on the smaller side every permutation is measured to the last gap. */
const EVERY_GAP = 2_500;
/** Values as large as this are scaled down, since sums of their gaps would overflow. */
const HUGE = 1e280;
const DOWN = 2 ** -100;
/** Above, pooled values share about so many blocks by count, and as many by what they can add to the area. */
const BLOCKS = 200;

/**
 * The Wasserstein distance of two samples with a p-value by permutation, which is valid whatever the law; resamples of
 * the reference alone are not: they alarm in 10 % where 5 % is asked when tails are heavy.
 * @param reference ascending, not empty
 * @param current ascending, not empty
 */
export function testArea(reference: Float64Array, current: Float64Array, resampling: Resampling): Found {
  if ([reference, current].some((side) => Math.max(-side[0]!, side[side.length - 1]!) > HUGE)) {
    const scaled = [reference, current].map((side) => side.map((value) => value * DOWN));
    const found = testArea(scaled[0]!, scaled[1]!, resampling);
    return { ...found, statistic: Math.min(Number.MAX_VALUE, found.statistic / DOWN) };
  }
  const sides = [reference.length, current.length] as const;
  const statistic = areaBetween(reference, current);
  const pooled = mergeSorted(reference, current);
  const random = new RandomStream(resampling.seed);
  const smaller = Math.min(...sides);
  let [observed, blocks] = [statistic, 0];
  let resamples: Float64Array;
  if (smaller <= EVERY_GAP) resamples = new PermutedArea(pooled, smaller).draws(random, resampling.repetitions);
  else {
    const { ends, gaps } = blocksOf(pooled);
    const cells = {
      reference: countUpTo(reference, ends),
      current: countUpTo(current, ends),
      n: sides[0],
      m: sides[1],
    };
    const measure = areaOver(gaps);
    observed = measure(cells.reference, cells.current, ...sides);
    resamples = permutedMeasures(cells, measure, random, resampling.repetitions);
    blocks = ends.length;
  }
  const p = resampledP(observed, resamples, sides);
  return {
    statistic,
    logP: p.logP,
    way: p.tail ? 'permutation tail' : 'permutation',
    words: resampledWords(p, resampling),
    resampling,
    assumptions: [],
    notes: blocks > 0 ? [`p compares the distance over ${blocks} blocks of pooled values`] : [],
  };
}

function mergeSorted(a: Float64Array, b: Float64Array): Float64Array {
  const merged = new Float64Array(a.length + b.length);
  for (let i = 0, j = 0; i + j < merged.length;) {
    merged[i + j] = j >= b.length || (i < a.length && a[i]! <= b[j]!) ? a[i++]! : b[j++]!;
  }
  return merged;
}

/** Neighbouring pooled values whose sides are given out together: how they are cut depends on no side. */
function blocksOf(pooled: Float64Array): { readonly ends: Float64Array; readonly gaps: Float64Array } {
  const n = pooled.length;
  // What a gap can add: its width times the deviation of the difference of the distributions there.
  const weight = (k: number) => sqrt(k * (n - k)) * (pooled[k]! - pooled[k - 1]!);
  let total = 0;
  for (let k = 1; k < n; k += 1) total += weight(k);
  const ends: number[] = [];
  const centres: number[] = [];
  let [rows, held, sum] = [0, 0, 0];
  for (let k = 0; k < n; k += 1) {
    const step = k === 0 ? 0 : weight(k);
    const full = rows >= n / BLOCKS || held + step > total / BLOCKS;
    // Equal values stay together.
    if (rows > 0 && full && pooled[k]! > pooled[k - 1]!) {
      ends.push(pooled[k - 1]!);
      centres.push(sum / rows);
      [rows, held, sum] = [0, 0, 0];
    } else held += step;
    rows += 1;
    sum += pooled[k]!;
  }
  ends.push(pooled[n - 1]!);
  centres.push(sum / rows);
  return {
    ends: Float64Array.from(ends),
    gaps: Float64Array.from(centres.slice(1), (centre, k) => centre - centres[k]!),
  };
}

function countUpTo(sorted: Float64Array, ends: Float64Array): Float64Array {
  let from = 0;
  return ends.map((end) => {
    let to = from;
    while (to < sorted.length && sorted[to]! <= end) to += 1;
    const count = to - from;
    from = to;
    return count;
  });
}

/** The area between the distributions of blocks, each taken for its mean. */
function areaOver(gaps: Float64Array): CellMeasure {
  return (reference, current, n, m) => {
    let [net, area] = [0, 0];
    for (let k = 0; k < gaps.length; k += 1) {
      net += reference[k]! / n - current[k]! / m;
      area += abs(net) * gaps[k]!;
    }
    return area;
  };
}
