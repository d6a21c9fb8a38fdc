import type { Effect } from '../result';
import { testArea } from './area-test';
import type { FoundEffect, Resampling } from './found';
import { asymptoticLogP, exactLogP } from './kolmogorov-smirnov-p';
import { largestStep } from './largest-step';
import { countLevels } from './level-counts';
import type { AddedValue } from './level-counts';
import { DRIFT_METHODS } from './methods';
import type { DriftMethod } from './methods';
import { PreparedNumbers } from './prepared-numbers';
import { countInBins } from './quantile-bins';
import { testCategories } from './test-categories';

/** Samples up to this size get the exact p-value, as `twoSampleKolmogorovSmirnov` gives them. */
const EXACT_LIMIT = 10_000;
/** The level of the interval around D. */
const LEVEL = 0.95;

/** What a comparison of numbers found; `added` are values the reference does not have, where it has few. */
export interface NumbersFound extends FoundEffect {
  readonly added: readonly AddedValue[];
}

/**
 * Compares numbers, values on both sides. Numbers of few different values are compared value by value where counts are
 * compared, others in bins of the reference's quantiles.
 */
export function testNumbers(
  method: DriftMethod,
  reference: PreparedNumbers,
  current: Float64Array,
  bins: number,
  resampling: Resampling,
): NumbersFound {
  if (method === 'kolmogorov-smirnov') return kolmogorovSmirnov(reference, current);
  if (method === 'wasserstein') return wasserstein(reference, current, resampling);
  const { levels } = reference;
  if (levels !== null) {
    const counts = countLevels(levels, reference.values, current);
    const found = testCategories(method, counts.reference, counts.current, resampling);
    return { ...found, added: counts.added };
  }
  const { edges, counts } = reference.bins(bins);
  const found = testCategories(method, counts, countInBins(current, edges), resampling);
  return { ...found, notes: [...found.notes, `${counts.length} bins by quantiles of the reference`], added: [] };
}

function kolmogorovSmirnov(reference: PreparedNumbers, current: Float64Array): NumbersFound {
  const n = [reference.values.length, current.length] as const;
  const { steps } = largestStep(reference.sample, current, 'two-sided');
  const statistic = steps / (n[0] * n[1]);
  const way = Math.max(...n) <= EXACT_LIMIT ? 'exact' : 'asymptotic';
  return {
    statistic,
    logP: way === 'exact' ? exactLogP(...n, steps, 'two-sided') : asymptoticLogP(...n, statistic, 'two-sided'),
    way,
    words: `p ${way}`,
    resampling: null,
    assumptions: [],
    notes: [],
    effect: { name: DRIFT_METHODS['kolmogorov-smirnov'].effect, value: statistic, interval: around(statistic, ...n) },
    added: [],
  };
}

/** D ± how far two empirical distributions stray from their own: Wei & Dudley (2012), wide rather than narrow. */
function around(statistic: number, n: number, m: number): Effect['interval'] {
  const reach = Math.sqrt((Math.log(2 / (1 - LEVEL)) * (n + m)) / (2 * n * m));
  return {
    low: Math.max(0, statistic - reach),
    high: Math.min(1, statistic + reach),
    level: LEVEL,
    method: 'Dvoretzky-Kiefer-Wolfowitz',
  };
}

function wasserstein(reference: PreparedNumbers, current: Float64Array, resampling: Resampling): NumbersFound {
  const found = testArea(reference.sorted, current.slice().sort(), resampling);
  const { deviation } = reference;
  const name = DRIFT_METHODS.wasserstein.effect;
  if (deviation > 0 || found.statistic === 0) {
    const value = found.statistic === 0 ? 0 : Math.min(Number.MAX_VALUE, found.statistic / deviation);
    return { ...found, effect: { name, value, interval: null }, added: [] };
  }
  const pooled = new Float64Array(reference.values.length + current.length);
  pooled.set(reference.values);
  pooled.set(current, reference.values.length);
  return {
    ...found,
    effect: { name, value: found.statistic / new PreparedNumbers(pooled).deviation, interval: null },
    notes: [...found.notes, 'the reference is constant: the effect is in standard deviations of both sides together'],
    added: [],
  };
}
