import { droppedNote, finiteValues, requirePositive, requireSameLength } from '../arguments';
import { noResult } from '../result';
import type { NoResult } from '../result';
import { areaBetween } from './area-between';
import { populationDeviation } from './deviation';
import { PreparedSample } from './prepared-sample';

export { areaBetween };

const METHOD = 'Wasserstein distance, one dimension';

/** How far apart two distributions lie, in the unit of the values. */
export type WassersteinResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      readonly distance: number;
      /** The distance in standard deviations (population) of the first sample; null when that is constant. */
      readonly normalised: number | null;
      readonly n: readonly [number, number];
      readonly notes: readonly string[];
    }
  /** `undefined`: farther apart than the largest double. */
  | NoResult<'insufficient-data' | 'undefined'>;

/**
 * The area between two empirical distribution functions, exactly: what it costs to move one sample onto the other.
 * Large samples are not sorted: where the difference keeps its sign inside a bucket, sums are enough.
 * @param x the reference, prepared or not, in any unit; missing and infinite values are left out and counted
 * @param y the current values
 * @throws TypeError on what is no array of numbers
 * @see Vallender (1974), "Calculation of the Wasserstein distance between probability distributions on the line"
 * @example wassersteinDistance([0, 1, 3], [5, 6, 8]).distance // 5
 */
export function wassersteinDistance(
  x: ArrayLike<number | null | undefined> | PreparedSample,
  y: ArrayLike<number | null | undefined>,
): WassersteinResult {
  const first = x instanceof PreparedSample ? { values: x, dropped: x.dropped } : finiteValues('x', x);
  const second = finiteValues('y', y);
  const n = [first.values.length, second.values.length] as const;
  const notes = droppedNote(first.dropped + second.dropped);
  if (n[0] === 0 || n[1] === 0)
    return noResult('insufficient-data', METHOD, n, `${n[0]} and ${n[1]} values: each side needs at least one`, notes);
  const { values } = first;
  const spread = values instanceof PreparedSample ? values.deviation : populationDeviation(values);
  return answer(areaBetween(values, second.values), spread, n, notes);
}

/**
 * The same for values with weights, which need not sum to 1.
 * @param x the reference, finite, in any unit
 * @param xWeights one per value, above 0
 * @param y the current values
 * @param yWeights one per value, above 0
 * @throws RangeError on a weight that is not above 0, a length that differs, or a value that is missing
 * @example weightedWassersteinDistance([0, 1, 3], [0.4, 0.5, 0.1], [5, 6, 8], [1, 1, 2]).distance // 5.95
 */
export function weightedWassersteinDistance(
  x: ArrayLike<number>,
  xWeights: ArrayLike<number>,
  y: ArrayLike<number>,
  yWeights: ArrayLike<number>,
): WassersteinResult {
  const [first, second] = [weighted('x', x, xWeights), weighted('y', y, yWeights)];
  const n = [first.length, second.length] as const;
  if (n[0] === 0 || n[1] === 0)
    return noResult('insufficient-data', METHOD, n, `${n[0]} and ${n[1]} values: each side needs at least one`);
  // Squares of larger values would overflow.
  const unit = [...first, ...second].some(({ value }) => Math.abs(value) > 1e150) ? 2 ** 520 : 1;
  const steps = [...first, ...second.map(({ value, mass }) => ({ value, mass: -mass }))];
  steps.sort((a, b) => a.value - b.value);
  let [net, area] = [0, 0];
  for (let k = 0; k + 1 < steps.length; k += 1) {
    net += steps[k]!.mass;
    area += Math.abs(net) * (steps[k + 1]!.value / unit - steps[k]!.value / unit);
  }
  const mean = first.reduce((sum, { value, mass }) => sum + mass * (value / unit), 0);
  const variance = first.reduce((sum, { value, mass }) => sum + mass * (value / unit - mean) ** 2, 0);
  const constant = first.every(({ value }) => value === first[0]!.value);
  return answer(area * unit, constant ? 0 : Math.sqrt(variance) * unit, n, ['weighted']);
}

function answer(
  distance: number,
  spread: number,
  n: readonly [number, number],
  notes: readonly string[],
): WassersteinResult {
  if (!Number.isFinite(distance))
    return noResult('undefined', METHOD, n, 'the distance is beyond the largest number a double holds', notes);
  const normalised = spread > 0 ? Math.min(Number.MAX_VALUE, distance / spread) : null;
  return { status: 'ok', method: METHOD, distance, normalised, n, notes };
}

function weighted(name: string, values: ArrayLike<number>, weights: ArrayLike<number>) {
  requireSameLength(name, values, `${name}Weights`, weights);
  const { dropped } = finiteValues(name, values);
  if (dropped > 0)
    throw new RangeError(`${name} has ${dropped} missing or infinite values: expected none with weights`);
  let total = 0;
  for (let k = 0; k < weights.length; k += 1) total += requirePositive(`${name}Weights[${k}]`, weights[k]!);
  return Array.from(values, (value, k) => ({ value, mass: weights[k]! / total }));
}
