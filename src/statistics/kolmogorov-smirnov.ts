/** The two-sample Kolmogorov-Smirnov test, as scipy's `ks_2samp` computes it. */

/** Samples up to this size get the exact p-value. */
const EXACT_LIMIT = 10_000;

/** What the test says; values that are no finite numbers are dropped and counted. */
export type KolmogorovSmirnovResult =
  | {
      readonly status: 'ok';
      /** `asymptotic`: Kolmogorov's limit law with Stephens' correction, in place of scipy's `kstwo`. */
      readonly method: 'exact' | 'asymptotic';
      /** D, the largest distance between the two empirical distributions. */
      readonly statistic: number;
      readonly pValue: number;
      readonly n: readonly [number, number];
      readonly dropped: number;
    }
  | { readonly status: 'empty'; readonly n: readonly [number, number]; readonly dropped: number };

/**
 * Whether two samples come from one distribution, two-sided.
 * @param a first sample
 * @param b second sample
 * @see Hodges (1958), "The significance probability of the Smirnov two-sample test"
 * @example twoSampleKolmogorovSmirnov([1, 2, 3], [4, 5, 6]) // { statistic: 1, pValue: 0.1, … }
 */
export function twoSampleKolmogorovSmirnov(a: ArrayLike<number>, b: ArrayLike<number>): KolmogorovSmirnovResult {
  const first = finiteSorted(a);
  const second = finiteSorted(b);
  const n = [first.length, second.length] as const;
  const dropped = a.length + b.length - n[0] - n[1];
  if (n[0] === 0 || n[1] === 0) return { status: 'empty', n, dropped };
  // Whole numbers: the distance in units of 1/(n·m) has no rounding.
  const steps = largestStep(first, second);
  const statistic = steps / (n[0] * n[1]);
  if (steps === 0) return { status: 'ok', method: 'exact', statistic: 0, pValue: 1, n, dropped };
  const exact = Math.max(...n) <= EXACT_LIMIT;
  const pValue = exact ? exactP(n[0], n[1], steps) : asymptoticP(n[0], n[1], statistic);
  return { status: 'ok', method: exact ? 'exact' : 'asymptotic', statistic, pValue, n, dropped };
}

function finiteSorted(values: ArrayLike<number>): Float64Array {
  return Float64Array.from(Array.from(values).filter((value) => Number.isFinite(value))).sort();
}

/** max |i·m − j·n| over the pooled values, where i and j count what is at or below each. */
function largestStep(a: Float64Array, b: Float64Array): number {
  const [n, m] = [a.length, b.length];
  let [i, j, largest] = [0, 0, 0];
  while (i < n && j < m) {
    const value = Math.min(a[i]!, b[j]!);
    while (i < n && a[i] === value) i += 1;
    while (j < m && b[j] === value) j += 1;
    largest = Math.max(largest, Math.abs(i * m - j * n));
  }
  return largest;
}

/**
 * P(D ≥ d): one minus the share of lattice paths from (0,0) to (n,m) that stay within the band |i·m − j·n| < steps.
 * The recursion carries probabilities of a random path, so nothing overflows.
 */
function exactP(n: number, m: number, steps: number): number {
  // outside[j]: probability that a path to (i, j) has left the band, given that it goes there.
  const outside = new Float64Array(m + 1);
  for (let j = 1; j <= m; j += 1) outside[j] = j * n >= steps ? 1 : outside[j - 1]!;
  for (let i = 1; i <= n; i += 1) {
    if (i * m >= steps) outside[0] = 1;
    let left = outside[0]!;
    for (let j = 1; j <= m; j += 1) {
      const distance = i * m - j * n;
      // A uniform path into (i, j) came from (i−1, j) with probability i/(i+j).
      left = distance >= steps || -distance >= steps ? 1 : (i * outside[j]! + j * left) / (i + j);
      outside[j] = left;
    }
  }
  return Math.min(1, Math.max(0, outside[m]!));
}

/** Kolmogorov's limit law at the effective size, with Stephens' (1970) correction for finite samples. */
function asymptoticP(n: number, m: number, statistic: number): number {
  const size = Math.sqrt((n * m) / (n + m));
  return kolmogorovSurvival((size + 0.12 + 0.11 / size) * statistic);
}

/** P(K > x) by whichever of the law's two series converges: the alternating one fails at small x. */
function kolmogorovSurvival(x: number): number {
  if (x < 0.1) return 1;
  const square = x * x;
  let sum = 0;
  if (x < 1) {
    for (let k = 1; k <= 9; k += 2) sum += Math.exp((-k * k * Math.PI * Math.PI) / (8 * square));
    return Math.max(0, 1 - (Math.sqrt(2 * Math.PI) / x) * sum);
  }
  for (let k = 1; k <= 5; k += 1) sum += (k % 2 === 1 ? 1 : -1) * Math.exp(-2 * k * k * square);
  return Math.min(1, 2 * sum);
}
