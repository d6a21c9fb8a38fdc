import { normalQuantile, twoSidedNormal } from './normal';

/** A count of successes among n. */
export interface Proportion {
  readonly n: number;
  readonly successes: number;
}

/** Sufficient statistics of a mean. */
export interface Sums {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** A comparison of two sides, second minus first. */
export type DifferenceResult =
  | {
      readonly status: 'ok';
      readonly method: string;
      /** z, positive when the second side is larger. */
      readonly statistic: number;
      readonly pValue: number;
      readonly log10PValue: number;
      readonly difference: number;
      /** 95 % interval of the difference, and whose it is. */
      readonly interval: readonly [number, number];
      readonly intervalMethod: 'newcombe' | 'wald';
      readonly n: readonly [number, number];
    }
  | {
      /** Every row on both sides has the same value: nothing differs. */
      readonly status: 'no-variation';
      readonly statistic: 0;
      readonly pValue: 1;
      readonly log10PValue: 0;
      readonly difference: 0;
      readonly n: readonly [number, number];
    }
  | { readonly status: 'insufficient-data'; readonly n: readonly [number, number] };

const Z95 = normalQuantile(0.975);
const SAME = { status: 'no-variation', statistic: 0, pValue: 1, log10PValue: 0, difference: 0 } as const;

/**
 * Two-sided z test of two proportions, pooled standard error, with Newcombe's interval of the difference.
 * @see Fleiss, Levin, Paik (2003) §3; Newcombe (1998), method 10
 * @example twoProportionZTest({ n: 702, successes: 496 }, { n: 636, successes: 545 })
 */
export function twoProportionZTest(first: Proportion, second: Proportion): DifferenceResult {
  const n = [first.n, second.n] as const;
  if (first.n === 0 || second.n === 0) return { status: 'insufficient-data', n };
  const [p1, p2] = [first.successes / first.n, second.successes / second.n];
  const pooled = (first.successes + second.successes) / (first.n + second.n);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / first.n + 1 / second.n));
  if (error === 0) return { ...SAME, n };
  const statistic = (p2 - p1) / error;
  const [low1, high1] = wilsonInterval(first);
  const [low2, high2] = wilsonInterval(second);
  const difference = p2 - p1;
  const interval = [
    difference - Math.hypot(p2 - low2, high1 - p1),
    difference + Math.hypot(high2 - p2, p1 - low1),
  ] as const;
  return {
    status: 'ok',
    method: 'two-proportion z, pooled',
    statistic,
    ...twoSidedNormal(statistic),
    difference,
    interval,
    intervalMethod: 'newcombe',
    n,
  };
}

/**
 * Wilson's 95 % interval of a proportion; all of [0, 1] when there is no row.
 * @see Wilson (1927)
 */
export function wilsonInterval({ n, successes }: Proportion): readonly [number, number] {
  if (n === 0) return [0, 1];
  const p = successes / n;
  const square = Z95 * Z95;
  const centre = p + square / (2 * n);
  const half = Z95 * Math.sqrt((p * (1 - p)) / n + square / (4 * n * n));
  const scale = 1 + square / n;
  return [Math.max(0, (centre - half) / scale), Math.min(1, (centre + half) / scale)];
}

/**
 * Two-sided z test of two means with unequal variances, for samples large enough that t is normal, with Wald's
 * interval. Two constants that differ are `insufficient-data`: no spread tells how far apart they are.
 * @example twoMeanZTest({ n: 4, sum: 10, sumSquares: 30 }, { n: 4, sum: 18, sumSquares: 86 }) // z 2.19
 */
export function twoMeanZTest(first: Sums, second: Sums): DifferenceResult {
  const n = [first.n, second.n] as const;
  if (first.n < 2 || second.n < 2) return { status: 'insufficient-data', n };
  const variance = ({ n: size, sum, sumSquares }: Sums) => Math.max(0, sumSquares - (sum * sum) / size) / (size - 1);
  const error = Math.sqrt(variance(first) / first.n + variance(second) / second.n);
  const difference = second.sum / second.n - first.sum / first.n;
  if (error === 0) return difference === 0 ? { ...SAME, n } : { status: 'insufficient-data', n };
  const statistic = difference / error;
  const interval = [difference - Z95 * error, difference + Z95 * error] as const;
  return {
    status: 'ok',
    method: 'two-mean z, unequal variances',
    statistic,
    ...twoSidedNormal(statistic),
    difference,
    interval,
    intervalMethod: 'wald',
    n,
  };
}
