import { CELL_METHODS, CELL_RULES } from './cell-methods';
import type { CellMethod } from './cell-methods';

/** Ways to judge whether a feature drifted. */
export type DriftMethod = 'kolmogorov-smirnov' | 'wasserstein' | CellMethod;

/** What a feature holds. */
export type FeatureKind = 'numeric' | 'categorical';

/** What is to be known of a way to judge. */
export interface DriftMethodFacts {
  readonly title: string;
  readonly kinds: readonly FeatureKind[];
  /** What the effect is, which the floor is compared with. */
  readonly effect: string;
  /** The least effect that is worth a flag, unless told otherwise. */
  readonly floor: number;
}

const FLOOR = 0.1;

const onCells = CELL_METHODS.map((method) => {
  const { title, effect } = CELL_RULES[method];
  const facts: DriftMethodFacts = { title, kinds: ['numeric', 'categorical'], effect, floor: FLOOR };
  return [method, Object.freeze(facts)] as const;
});

/** All ways to judge drift, with the kinds of feature each is for, its effect and its default floor. */
export const DRIFT_METHODS: Readonly<Record<DriftMethod, DriftMethodFacts>> = Object.freeze({
  'kolmogorov-smirnov': Object.freeze<DriftMethodFacts>({
    title: 'two-sample Kolmogorov-Smirnov',
    kinds: ['numeric'],
    effect: 'D',
    floor: FLOOR,
  }),
  wasserstein: Object.freeze<DriftMethodFacts>({
    title: 'Wasserstein distance',
    kinds: ['numeric'],
    effect: 'Wasserstein distance in standard deviations of the reference',
    floor: FLOOR,
  }),
  ...(Object.fromEntries(onCells) as Record<CellMethod, DriftMethodFacts>),
});

/** Their names. */
export const DRIFT_METHOD_NAMES = Object.keys(DRIFT_METHODS) as DriftMethod[];
