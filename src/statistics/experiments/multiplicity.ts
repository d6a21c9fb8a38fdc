import { requireArray, requireOneOf, requireProbability, requireShare } from '../arguments';

/** Ways to adjust p-values of one family of tests. */
export type Adjustment =
  'none' | 'bonferroni' | 'sidak' | 'holm' | 'holm-sidak' | 'hochberg' | 'benjamini-hochberg' | 'benjamini-yekutieli';

const METHODS: readonly Adjustment[] = [
  'none',
  'bonferroni',
  'sidak',
  'holm',
  'holm-sidak',
  'hochberg',
  'benjamini-hochberg',
  'benjamini-yekutieli',
];

/** Adjusted p-values in the order given, and which are at most α. */
export interface AdjustedPValues {
  readonly method: Adjustment;
  readonly alpha: number;
  readonly adjusted: readonly number[];
  readonly rejected: readonly boolean[];
}

/** A p that lies on its boundary but for rounding is rejected, as it is where p itself is compared. */
const ROUNDING = 1 + 8 * Number.EPSILON;

/** What one p-value of rank k (from 1, ascending) among m becomes, before it is made monotone. */
function raw(method: Adjustment, p: number, k: number, m: number, harmonic: number): number {
  switch (method) {
    case 'bonferroni':
      return m * p;
    case 'sidak':
      return -Math.expm1(m * Math.log1p(-p));
    case 'holm':
    case 'hochberg':
      return (m - k + 1) * p;
    case 'holm-sidak':
      return -Math.expm1((m - k + 1) * Math.log1p(-p));
    case 'benjamini-hochberg':
      return (m / k) * p;
    case 'benjamini-yekutieli':
      return ((m * harmonic) / k) * p;
    default:
      return p;
  }
}

/**
 * Adjusts the p-values of one family: Holm for a claim about each (family-wise error), Benjamini-Hochberg for a list
 * to look through (false discovery rate), Benjamini-Yekutieli where the tests depend on each other in any way.
 * @param pValues each in [0, 1]; an empty list stays empty
 * @throws RangeError on a p or an alpha out of range
 * @see Holm (1979); Hochberg (1988); Benjamini, Hochberg (1995); Benjamini, Yekutieli (2001)
 * @example adjustPValues([0.01, 0.04, 0.03, 0.005], 'holm').adjusted // [0.03, 0.06, 0.06, 0.02]
 */
export function adjustPValues(pValues: readonly number[], method: Adjustment, alpha = 0.05): AdjustedPValues {
  requireArray('pValues', pValues);
  requireOneOf('method', method, METHODS);
  requireShare('alpha', alpha);
  const m = pValues.length;
  for (let index = 0; index < m; index += 1) {
    const p = pValues[index]!;
    // The name is made up only when there is something to say.
    if (!(p >= 0 && p <= 1)) requireProbability(`pValues[${index}]`, p);
  }
  const order = Array.from(pValues.keys()).sort((a, b) => pValues[a]! - pValues[b]!);
  const harmonic = order.reduce((sum, _, k) => sum + 1 / (k + 1), 0);
  const values = order.map((index, k) => raw(method, pValues[index]!, k + 1, m, harmonic));
  const down = method === 'holm' || method === 'holm-sidak';
  // Step-down methods carry the largest so far upwards, step-up methods the smallest downwards.
  if (down) for (let k = 1; k < m; k += 1) values[k] = Math.max(values[k]!, values[k - 1]!);
  else for (let k = m - 2; k >= 0; k -= 1) values[k] = Math.min(values[k]!, values[k + 1]!);
  const adjusted = new Array<number>(m);
  order.forEach((index, k) => (adjusted[index] = Math.min(1, values[k]!)));
  return { method, alpha, adjusted, rejected: adjusted.map((p) => p <= alpha * ROUNDING) };
}
