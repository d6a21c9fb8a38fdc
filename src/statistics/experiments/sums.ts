import { requireCount } from '../arguments';
import type { CoMoments } from '../describe/co-moments';
import type { Moments } from '../describe/moments';

/** Raw sums of one quantity over n units, as a query returns them. */
export interface Sums {
  readonly n: number;
  readonly sum: number;
  readonly sumSquares: number;
}

/** Mean and Σ(x − mean)², as `momentsOf` gives them: they keep their digits where the mean dwarfs the spread. */
export type CentredSums = Pick<Moments, 'n' | 'mean' | 'm2'>;

/** Centred sums of pairs, as `coMomentsOf(x, y)` gives them. */
export type CentredPairs = Pick<CoMoments, 'n' | 'meanX' | 'meanY' | 'm2X' | 'm2Y' | 'cXY'>;

/** A count of successes among n. */
export interface Proportion {
  readonly n: number;
  readonly successes: number;
}

/** Units left out because a value is missing, where somebody counted them. */
interface Counted {
  readonly dropped?: number;
}

/** A share of units. */
export type ProportionSums = { readonly kind: 'proportion' } & Proportion & Counted;

/** A mean over units. */
export type MeanSums = { readonly kind: 'mean' } & (Sums | CentredSums) & Counted;

/**
 * A mean with a covariate from before the experiment, for CUPED. `sumProducts` is Σ metric · covariate; in centred
 * sums x is the covariate and y the metric.
 */
export type AdjustedMeanSums = { readonly kind: 'adjusted-mean' } & Counted &
  (({ readonly covariate: Omit<Sums, 'n'>; readonly sumProducts: number } & Sums) | CentredPairs);

/**
 * Σ numerator / Σ denominator over units, such as clicks per view where users are what was assigned. `sumProducts` is
 * Σ numerator · denominator; in centred sums x is the denominator and y the numerator.
 */
export type RatioSums = { readonly kind: 'ratio' } & Counted &
  (
    | {
        readonly n: number;
        readonly numerator: Omit<Sums, 'n'>;
        readonly denominator: Omit<Sums, 'n'>;
        readonly sumProducts: number;
      }
    | CentredPairs
  );

/** What is known of a metric in one arm: enough for every test here, and arms merge from partitions by `mergeSums`. */
export type MetricSums = ProportionSums | MeanSums | AdjustedMeanSums | RatioSums;

/** A count of successes that lies within n. */
export function requireSuccesses(name: string, { n, successes }: Proportion): void {
  // Names are made up only when there is something to say.
  if (Number.isSafeInteger(n) && Number.isSafeInteger(successes) && successes >= 0 && successes <= n) return;
  requireCount(`${name}.n`, n);
  requireCount(`${name}.successes`, successes);
  throw new RangeError(`${name}.successes is ${successes}: expected at most n = ${n}`);
}
