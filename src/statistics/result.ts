/** What a statistic answers with: objects that explain themselves and never hold NaN or an infinity. */

/** A confidence or credible interval; an end is null where the interval has none (one-sided, unbounded). */
export interface Interval {
  readonly low: number | null;
  readonly high: number | null;
  /** Its confidence, such as .95. */
  readonly level: number;
  /** Whose interval it is: `wilson`, `newcombe`, `delta`, `bootstrap`, … */
  readonly method: string;
}

/** How large what was found is, in the metric's own units. */
export interface Effect {
  /** What is measured: `difference`, `relative lift`, `Cramér V`, … */
  readonly name: string;
  readonly value: number;
  readonly interval: Interval | null;
}

/** A condition the method rests on, and whether these data meet it. */
export interface Assumption {
  readonly name: string;
  readonly holds: boolean;
  readonly detail: string;
}

/** Which side of the null hypothesis is looked for; `greater` means the second sample is the larger. */
export type Alternative = 'two-sided' | 'greater' | 'less';

/** The answer of a test that could be computed. */
export interface TestResult {
  readonly status: 'ok';
  /** The test and its variant, in words. */
  readonly method: string;
  readonly alternative: Alternative;
  readonly statistic: number;
  /** In (0, 1]: never 0, it stops at 5e-324; below about 1e-300 read `log10PValue`. */
  readonly pValue: number;
  readonly log10PValue: number;
  /** Rows used, first and second sample. */
  readonly n: readonly [number, number];
  readonly effect: Effect;
  /** The α that `significant` was judged at. */
  readonly threshold: number;
  readonly significant: boolean;
  readonly assumptions: readonly Assumption[];
  readonly notes: readonly string[];
}

/** A single measured value with its interval. */
export interface MetricResult {
  readonly status: 'ok';
  readonly method: string;
  readonly value: number;
  readonly interval: Interval | null;
  /** Rows (or queries, for a ranking) used. */
  readonly n: number;
  readonly direction: 'higher-is-better' | 'lower-is-better' | 'neither';
  readonly notes: readonly string[];
}

/** Why there is no answer: a finding about the data, not an error. */
export type NoResultStatus = 'insufficient-data' | 'no-variation' | 'one-class' | 'undefined';

/** The answer where the data allow none. */
export interface NoResult<Status extends NoResultStatus = NoResultStatus> {
  readonly status: Status;
  readonly method: string;
  /** In words, with the numbers that made it so. */
  readonly reason: string;
  readonly n: readonly number[];
  readonly notes: readonly string[];
}

/** p as it is reported: never 0, however far out the statistic lies. */
export function reportedP(logP: number): { readonly pValue: number; readonly log10PValue: number } {
  const bounded = Math.min(0, logP);
  return { pValue: Math.max(Math.exp(bounded), Number.MIN_VALUE), log10PValue: bounded / Math.LN10 };
}

/** The answer where the data allow none. */
export function noResult<Status extends NoResultStatus>(
  status: Status,
  method: string,
  n: readonly number[],
  reason: string,
  notes: readonly string[] = [],
): NoResult<Status> {
  return { status, method, reason, n, notes };
}
