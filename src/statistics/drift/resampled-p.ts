import { logGamma } from '../distributions/log-gamma';
import type { Resampling } from './found';

/** With fewer hits than this the share of hits is too coarse, and the tail of the resamples is fitted. */
const FEW = 10;
/** How many of the largest resamples the tail is fitted to, of few of them a quarter. */
const MOST_TAIL = 100;

/** A p-value from resamples. */
export interface ResampledP {
  readonly logP: number;
  /** Resamples at least as large as what was observed. */
  readonly hits: number;
  /** Whether the fitted tail was needed. */
  readonly tail: boolean;
}

/**
 * ln P(resample ≥ observed) as (hits + 1) / (resamples + 1), which is valid at any size. With fewer than ten hits a
 * generalised Pareto tail through the largest hundred goes on below 1 / (resamples + 1), never lower than a single
 * arrangement of the sides is probable.
 * @param resamples at least 200, in any order; sorted in place where the tail is fitted
 * @param sides rows of either side
 * @see Phipson & Smyth (2010), Permutation p-values should never be zero
 * @see Knijnenburg, Wessels, Reinders & Shmulevich (2009), Fewer permutations, more accurate p-values
 */
export function resampledP(observed: number, resamples: Float64Array, sides: readonly [number, number]): ResampledP {
  // Equal sums may differ in their last digits.
  const reached = observed - 1e-10 * Math.abs(observed);
  let hits = 0;
  for (const resample of resamples) if (resample >= reached) hits += 1;
  const counted = Math.log((hits + 1) / (resamples.length + 1));
  if (hits >= FEW) return { logP: counted, hits, tail: false };
  const fitted = tailLogP(observed, resamples.sort());
  const least = logGamma(sides[0] + 1) + logGamma(sides[1] + 1) - logGamma(sides[0] + sides[1] + 1);
  return { logP: Math.min(counted, Math.max(fitted, least)), hits, tail: fitted < counted };
}

/** By moments; a shape that would end the tail is read as exponential, so that nothing is impossible. */
function tailLogP(observed: number, sorted: Float64Array): number {
  const tail = Math.min(MOST_TAIL, Math.floor(sorted.length / 4));
  const start = sorted[sorted.length - tail - 1]!;
  let [sum, squares] = [0, 0];
  for (let k = sorted.length - tail; k < sorted.length; k += 1) {
    const excess = sorted[k]! - start;
    sum += excess;
    squares += excess * excess;
  }
  const mean = sum / tail;
  const ratio = (mean * mean) / (squares / tail - mean * mean);
  if (!(mean > 0 && ratio < Infinity)) return 0;
  const [heaviness, scale] = [(1 - ratio) / 2, (mean * (ratio + 1)) / 2];
  const share = Math.log(tail / sorted.length);
  const excess = Math.max(0, observed - start);
  return heaviness > 0 ? share - Math.log1p((heaviness * excess) / scale) / heaviness : share - excess / mean;
}

/** How such a p came about, for a result's method. */
export function resampledWords({ tail }: ResampledP, { repetitions, seed }: Resampling): string {
  return `${repetitions} permutations${tail ? ', tail fitted' : ''}, seed ${seed}`;
}
