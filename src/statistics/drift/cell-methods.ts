import {
  balancedCramerOf,
  chiSquareOf,
  gOf,
  jensenShannonOf,
  psiOf,
  squaredHellingerOf,
  totalVariationOf,
} from './cell-measures';
import type { CellMeasure } from './cell-measures';

/** Ways to compare counts over the same cells: categories, or a number's bins. */
export type CellMethod =
  'chi-square' | 'g-test' | 'population-stability' | 'jensen-shannon' | 'hellinger' | 'total-variation';

/** How one of them is measured, shown and judged. */
export interface CellRule {
  /** In words, as results name it. */
  readonly title: string;
  /** What is measured and permuted. */
  readonly measure: CellMeasure;
  /** The measure as it is shown: a distance where a square of it is measured. */
  readonly shown: (measured: number) => number;
  /** What follows χ² with cells − 1 degrees of freedom when both sides come from one law; null where no law is known. */
  readonly law: ((measured: number, n: number, m: number) => number) | null;
  /** The expected count per cell and side that the law needs. */
  readonly leastExpected: number;
  readonly effect: string;
  readonly effectOf: CellMeasure;
}

const same = (measured: number) => measured;
const spread = (n: number, m: number) => 1 / n + 1 / m;
const distance = (measured: number) => Math.sqrt(measured / Math.LN2);

/**
 * Under the null hypothesis PSI ~ (1/n + 1/m) χ²(B − 1), and Jensen-Shannon (nats) and squared Hellinger an eighth of
 * it: all are Pearson's χ² to the second order.
 * @see Yurdakul (2018), Statistical properties of population stability index; Lin (1991)
 */
export const CELL_RULES: Readonly<Record<CellMethod, CellRule>> = {
  'chi-square': {
    title: 'chi-square contingency',
    measure: chiSquareOf,
    shown: same,
    law: same,
    leastExpected: 5,
    effect: 'Cramér V, balanced',
    effectOf: balancedCramerOf,
  },
  'g-test': {
    title: 'G contingency',
    measure: gOf,
    shown: same,
    law: same,
    leastExpected: 25,
    effect: 'Cramér V, balanced',
    effectOf: balancedCramerOf,
  },
  'population-stability': {
    title: 'population stability index',
    measure: psiOf,
    shown: same,
    law: (measured, n, m) => measured / spread(n, m),
    leastExpected: 25,
    effect: 'population stability index',
    effectOf: psiOf,
  },
  'jensen-shannon': {
    title: 'Jensen-Shannon distance, base 2',
    measure: jensenShannonOf,
    shown: distance,
    law: (measured, n, m) => (8 * measured) / spread(n, m),
    leastExpected: 25,
    effect: 'Jensen-Shannon distance, base 2',
    effectOf: (...sides) => distance(jensenShannonOf(...sides)),
  },
  hellinger: {
    title: 'Hellinger distance',
    measure: squaredHellingerOf,
    shown: Math.sqrt,
    law: (measured, n, m) => (8 * measured) / spread(n, m),
    leastExpected: 25,
    effect: 'Hellinger distance',
    effectOf: (...sides) => Math.sqrt(squaredHellingerOf(...sides)),
  },
  'total-variation': {
    title: 'total variation',
    measure: totalVariationOf,
    shown: same,
    law: null,
    leastExpected: 0,
    effect: 'total variation',
    effectOf: totalVariationOf,
  },
};

/** The names of the ways. */
export const CELL_METHODS = Object.keys(CELL_RULES) as CellMethod[];
