import { ratio } from './exact-sum';
import type { SliceSums } from './slice-sums';
import { beyondOf } from './terms';

/** The sums that the influence is made of. */
const INFLUENCE = [
  'actual',
  'actual^2',
  'actual^3',
  'actual^4',
  'squared',
  'squared^2',
  'squared·actual',
  'squared·actual^2',
] as const;

/** Sums are whole numbers of 2^−1074. */
const UNIT = 1_074;
/** One of each. */
type Eight = [bigint, bigint, bigint, bigint, bigint, bigint, bigint, bigint];
const one = (power: number): bigint => 1n << BigInt(UNIT * power);

/**
 * Σ (x − mean)² from Σ x and Σ x², in units of 2^−1074, without cancellation: it is whole numbers until the end.
 * @returns 0 for fewer than two values
 */
export function centredSquares(n: number, sum: bigint, squares: bigint): number {
  if (n < 2) return 0;
  return ratio(BigInt(n) * squares * one(1) - sum * sum, BigInt(n), -2 * UNIT);
}

/**
 * Σ (e²⁄mean(e²) − d²⁄mean(d²))² over n rows, e being a row's error and d the distance of its actual value from their
 * mean: what R² varies by. Null where a mean is 0, or a product left the range of a double.
 */
export function influence(sums: SliceSums, n: number): number | null {
  if (INFLUENCE.some((name) => sums.of(beyondOf(name)) > 0)) return null;
  const units = (name: string): bigint => sums.sum(name).units();
  const N = BigInt(n);
  const [y1, y2, y3, y4, l, l2, ly, ly2] = INFLUENCE.map(units) as Eight;
  // n · Σ d², in units of 2^(−2·1074).
  const d2 = N * y2 * one(1) - y1 * y1;
  if (n === 0 || l === 0n || d2 === 0n) return null;
  // n³ · Σ d⁴ and n² · Σ e² d², in units of 2^(−4·1074) and 2^(−3·1074).
  const d4 = N * N * N * y4 * one(3) - 4n * N * N * y1 * y3 * one(2) + 6n * N * y1 * y1 * y2 * one(1) - 3n * y1 ** 4n;
  const ed = N * N * ly2 * one(2) - 2n * N * y1 * ly * one(1) + y1 * y1 * l;
  // n² Σ e⁴ ⁄ (Σ e²)² − 2 n² Σ e² d² ⁄ (Σ e² Σ d²) + n² Σ d⁴ ⁄ (Σ d²)², over one fraction line.
  const errors = N * N * l2 * one(1) * d2 * d2;
  const both = 2n * N * ed * l * d2;
  const distances = N * d4 * l * l;
  return Math.max(0, ratio(errors - both + distances, l * l * d2 * d2, 0));
}
