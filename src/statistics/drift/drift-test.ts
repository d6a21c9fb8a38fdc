import {
  droppedNote,
  finiteValues,
  requireCount,
  requireCounts,
  requireOneOf,
  requireSameLength,
  requireShare,
} from '../arguments';
import { noResult, reportedP } from '../result';
import type { NoResult, TestResult } from '../result';
import { CELL_METHODS } from './cell-methods';
import type { CellMethod } from './cell-methods';
import type { FoundEffect, Resampling, WayToP } from './found';
import { DRIFT_METHODS, DRIFT_METHOD_NAMES } from './methods';
import type { DriftMethod } from './methods';
import { PreparedNumbers } from './prepared-numbers';
import { requireBins } from './quantile-bins';
import { testCategories } from './test-categories';
import { testNumbers } from './test-numbers';

/** Permutations where a p-value needs them: p comes in steps of 1/1000 then. */
const REPETITIONS = 999;
/** Below this a tail of permutations cannot be fitted. */
const LEAST_REPETITIONS = 199;

/** Options of a test of drift. */
export interface DriftTestOptions {
  /** .05 by default. */
  readonly alpha?: number;
  /** Of the permutations, where there are any; 0 by default. */
  readonly seed?: number;
  /** 999 by default. */
  readonly repetitions?: number;
}

/** Whether one feature drifted: a test whose p-value is calibrated whatever the sizes and the number of cells. */
export type DriftTestResult =
  | (TestResult & {
      readonly driftMethod: DriftMethod;
      readonly pFrom: WayToP;
      /** Null where nothing is random. */
      readonly resampling: Resampling | null;
    })
  | NoResult<'insufficient-data'>;

/**
 * Whether two samples of numbers come from one law, by any of the methods of drift.
 * @param reference in any unit; missing and infinite values are left out and counted
 * @param current in the reference's unit
 * @param options.method `kolmogorov-smirnov` by default
 * @param options.bins for methods on counts: bins by quantiles of the reference, 10 by default; numbers of at most 20
 * different values are counted by value
 * @throws RangeError on an option out of range; TypeError on a value that is neither a number nor missing
 * @see DRIFT_METHODS for effects; docs/statistics/drift.md for the null laws
 * @example numericDriftTest([1, 2, 3, 4, 5, 6], [4, 5, 6, 7, 8, 9]) // { statistic: 0.5, pValue: 0.474…, pFrom: 'exact' }
 * @example numericDriftTest([1, 2, 3, 4, 5, 6], [4, 5, 6, 7, 8, 9], { method: 'wasserstein' }).statistic // 3
 */
export function numericDriftTest(
  reference: ArrayLike<number | null | undefined>,
  current: ArrayLike<number | null | undefined>,
  options: DriftTestOptions & { readonly method?: DriftMethod; readonly bins?: number } = {},
): DriftTestResult {
  const method = requireOneOf('method', options.method ?? 'kolmogorov-smirnov', DRIFT_METHOD_NAMES);
  const resampling = requireResampling(options);
  const alpha = requireShare('alpha', options.alpha ?? 0.05);
  const bins = requireBins(options.bins);
  const [before, now] = [finiteValues('reference', reference), finiteValues('current', current)];
  const n = [before.values.length, now.values.length] as const;
  const notes = droppedNote(before.dropped + now.dropped);
  if (n[0] === 0 || n[1] === 0) return nothing(method, n, notes);
  const found = testNumbers(method, new PreparedNumbers(before.values), now.values, bins, resampling);
  return driftTestResult(method, found, n, alpha, notes);
}

/**
 * Whether two rows of counts over the same categories come from one law. Rare categories are merged where that hides
 * nothing and else kept, with a p-value by permutation; a category the reference has never seen is one of them.
 * @param reference whole counts
 * @param current whole counts of the same categories in the same order
 * @param options.method `chi-square` by default
 * @throws RangeError on unequal lengths, a count that is not whole, or an option out of range
 * @see DRIFT_METHODS for effects; docs/statistics/drift.md for the null laws
 * @example categoricalDriftTest([500, 300, 200], [230, 180, 90]) // { statistic: 5.53…, pValue: 0.0628… }
 * @example categoricalDriftTest([500, 300, 200], [230, 180, 90], { method: 'population-stability' }).pValue // 0.0652…
 */
export function categoricalDriftTest(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: DriftTestOptions & { readonly method?: CellMethod } = {},
): DriftTestResult {
  const method = requireOneOf('method', options.method ?? 'chi-square', CELL_METHODS);
  const resampling = requireResampling(options);
  const alpha = requireShare('alpha', options.alpha ?? 0.05);
  requireSameLength('reference', reference, 'current', current);
  requireCounts('reference', reference);
  requireCounts('current', current);
  const n = [total(reference), total(current)] as const;
  if (n[0] === 0 || n[1] === 0) return nothing(method, n, []);
  return driftTestResult(method, testCategories(method, reference, current, resampling), n, alpha, []);
}

/** Seed and repetitions as given or by default. */
export function requireResampling(options: Pick<DriftTestOptions, 'seed' | 'repetitions'>): Resampling {
  const repetitions = requireCount('repetitions', options.repetitions ?? REPETITIONS);
  if (repetitions < LEAST_REPETITIONS)
    throw new RangeError(`repetitions is ${repetitions}: expected at least ${LEAST_REPETITIONS}`);
  return { seed: requireCount('seed', options.seed ?? 0), repetitions };
}

function nothing(method: DriftMethod, n: readonly [number, number], notes: readonly string[]) {
  const reason = `${n[0]} and ${n[1]} rows: each side needs at least one`;
  return noResult('insufficient-data', DRIFT_METHODS[method].title, n, reason, notes);
}

function total(counts: ArrayLike<number>): number {
  const { length } = counts;
  let sum = 0;
  for (let k = 0; k < length; k += 1) sum += counts[k]!;
  return sum;
}

function driftTestResult(
  driftMethod: DriftMethod,
  found: FoundEffect,
  n: readonly [number, number],
  alpha: number,
  notes: readonly string[],
): DriftTestResult {
  const p = reportedP(found.logP);
  return {
    status: 'ok',
    method: `${DRIFT_METHODS[driftMethod].title}, ${found.words}`,
    driftMethod,
    alternative: 'two-sided',
    statistic: found.statistic,
    ...p,
    pFrom: found.way,
    n,
    effect: found.effect,
    threshold: alpha,
    significant: p.pValue < alpha,
    assumptions: found.assumptions,
    resampling: found.resampling,
    notes: [...notes, ...found.notes],
  };
}
