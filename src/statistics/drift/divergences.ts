import { requireArray, requirePositive, requireSameLength } from '../arguments';
import { noResult } from '../result';
import type { NoResult } from '../result';
import {
  jensenShannonOf,
  kullbackLeiblerOf,
  PSI_FLOOR,
  psiWithFloor,
  squaredHellingerOf,
  totalVariationOf,
} from './cell-measures';
import type { CellMeasure } from './cell-measures';

/** A distance between two rows of counts over the same bins or categories. */
export type DivergenceResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      readonly value: number;
      /** What the reference and the current side sum to. */
      readonly n: readonly [number, number];
      readonly notes: readonly string[];
    }
  | NoResult<'insufficient-data'>;

function measured(
  method: string,
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  measure: CellMeasure,
): DivergenceResult {
  requireSameLength('reference', reference, 'current', current);
  const sides = [weights('reference', reference), weights('current', current)] as const;
  const n = [sides[0].total, sides[1].total] as const;
  if (n[0] === 0 || n[1] === 0)
    return noResult('insufficient-data', method, n, `totals ${n[0]} and ${n[1]}: each side needs at least one row`);
  return { status: 'ok', method, value: measure(sides[0].values, sides[1].values, ...n), n, notes: [] };
}

function weights(name: string, given: ArrayLike<number>) {
  requireArray(name, given);
  const values = new Float64Array(given.length);
  let total = 0;
  for (let k = 0; k < values.length; k += 1) {
    const value = given[k]!;
    if (typeof value !== 'number' || !(value >= 0 && value < Infinity))
      throw new RangeError(`${name}[${k}] is ${String(value)}: expected a count or a share from 0 on`);
    values[k] = value;
    total += value;
  }
  if (total === Infinity) throw new RangeError(`${name} sums to Infinity: expected counts or shares`);
  return { values, total };
}

/**
 * Population stability index Σ (q − p) ln(q / p) over bins, shares below `floor` read as `floor`.
 * @param reference counts or shares per bin
 * @param current counts or shares per bin, in the same order
 * @param options.floor the least share of a bin, 1e-4 by default
 * @throws RangeError on unequal lengths, a negative count, or a floor that is not above 0
 * @see Siddiqi (2006), Credit Risk Scorecards; Yurdakul (2018) for its law
 * @example populationStabilityIndex([96, 63], [97, 94]).value // 0.0373894…
 */
export function populationStabilityIndex(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: { readonly floor?: number } = {},
): DivergenceResult {
  const floor = requirePositive('floor', options.floor ?? PSI_FLOOR);
  return measured('population stability index', reference, current, psiWithFloor(floor));
}

/**
 * Jensen-Shannon distance, the square root of the divergence: a metric, in [0, 1] for base 2, in [0, √ln 2] for nats.
 * @param reference counts or shares per bin
 * @param current counts or shares per bin, in the same order
 * @param options.base 2 by default, or `natural`
 * @throws RangeError on unequal lengths, a negative count, or another base
 * @see Lin (1991), Divergence measures based on the Shannon entropy
 * @example jensenShannonDistance([96, 63], [97, 94]).value // 0.0820465…
 */
export function jensenShannonDistance(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  options: { readonly base?: 2 | 'natural' } = {},
): DivergenceResult {
  const base = options.base ?? 2;
  if (base !== 2 && base !== 'natural') throw new RangeError(`base is ${String(base)}: expected 2 or natural`);
  const unit = base === 2 ? Math.LN2 : 1;
  return measured(`Jensen-Shannon distance, base ${base}`, reference, current, (...sides) =>
    Math.sqrt(jensenShannonOf(...sides) / unit),
  );
}

/**
 * Hellinger distance √(½ Σ (√p − √q)²), in [0, 1].
 * @param reference counts or shares per bin
 * @param current counts or shares per bin, in the same order
 * @throws RangeError on unequal lengths or a negative count
 * @see Hellinger (1909); Le Cam (1986), Asymptotic methods in statistical decision theory
 * @example hellingerDistance([96, 63], [97, 94]).value // 0.0683362…
 */
export function hellingerDistance(reference: ArrayLike<number>, current: ArrayLike<number>): DivergenceResult {
  return measured('Hellinger distance', reference, current, (...sides) => Math.sqrt(squaredHellingerOf(...sides)));
}

/**
 * Total variation ½ Σ |p − q|: the largest difference in probability of any set of bins, in [0, 1].
 * @param reference counts or shares per bin
 * @param current counts or shares per bin, in the same order
 * @throws RangeError on unequal lengths or a negative count
 * @example totalVariation([96, 63], [97, 94]).value // 0.0959201…
 */
export function totalVariation(reference: ArrayLike<number>, current: ArrayLike<number>): DivergenceResult {
  return measured('total variation', reference, current, totalVariationOf);
}

/** What the Kullback-Leibler divergence says: where the current side has an empty bin it is `undefined`. */
export type KullbackLeiblerResult = DivergenceResult | NoResult<'undefined'>;

/**
 * Kullback-Leibler divergence Σ p ln(p / q) of the reference from the current side, in nats; undefined (infinite)
 * where the reference has rows in a bin that the current side lacks.
 * @param reference counts or shares per bin
 * @param current counts or shares per bin, in the same order
 * @throws RangeError on unequal lengths or a negative count
 * @see Kullback & Leibler (1951), On information and sufficiency
 * @example kullbackLeiblerDivergence([96, 63], [97, 94]).value // 0.0185584…
 */
export function kullbackLeiblerDivergence(
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
): KullbackLeiblerResult {
  const method = 'Kullback-Leibler divergence, nats';
  const found = measured(method, reference, current, kullbackLeiblerOf);
  if (found.status !== 'ok' || found.value < Infinity) return found;
  return noResult('undefined', method, found.n, 'the reference has rows in a bin where the current side has none');
}
