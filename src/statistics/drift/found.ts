import type { Assumption, Effect } from '../result';

/** Where a p-value comes from. */
export type WayToP =
  /** Counted: the exact law of the statistic. */
  | 'exact'
  | 'asymptotic'
  /** χ² with the cells' degrees of freedom, scaled by the sizes of both sides. */
  | 'null law'
  /** χ² scaled to the statistic's exact mean and variance. */
  | 'null moments'
  | 'permutation'
  /** Beyond what the permutations reached: a generalised Pareto tail fitted to the largest of them. */
  | 'permutation tail';

/** A seed and how often was drawn. */
export interface Resampling {
  readonly seed: number;
  readonly repetitions: number;
}

/** What a test of drift finds. */
export interface Found {
  readonly statistic: number;
  readonly logP: number;
  readonly way: WayToP;
  /** The way in words, for the result's method. */
  readonly words: string;
  /** Null where nothing is random. */
  readonly resampling: Resampling | null;
  readonly assumptions: readonly Assumption[];
  readonly notes: readonly string[];
}

/** With how large it is. */
export interface FoundEffect extends Found {
  readonly effect: Effect;
}
