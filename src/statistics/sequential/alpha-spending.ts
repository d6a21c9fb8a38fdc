import { requireCount, requireNumber, requireOneOf, requireShare } from '../arguments';
import { normalLogSurvival } from '../distributions/normal';
import { reportedP } from '../result';
import { MINIMUM_PER_ARM, requireSides } from './looks';
import { SPENDINGS, spentBy } from './spending';
import type { Spending } from './spending';
import { FARTHEST_BOUND, boundThatSpends, pathsOn, pathsTo } from './surviving-paths';
import type { Paths } from './surviving-paths';

/** One analysis: when it falls and what it knows. */
export interface SpendingLook {
  /** The share of the plan that has passed, elapsed/planned or n/planned n: how much α may be spent by then. */
  readonly fraction: number;
  /** Observed rows, or 1/variance of the estimate: how the statistics of the looks correlate; any unit. */
  readonly information: number;
  /** Units in the smaller arm, where a look below `minimumPerArm` must not decide. */
  readonly smallestArm?: number;
}

/** A plan of looks. */
export interface SpendingPlan {
  /** All sides together. */
  readonly alpha: number;
  /** The looks so far, in time's order; later ones do not change the bounds of earlier ones. */
  readonly looks: readonly SpendingLook[];
  /**
   * `obrien-fleming` (default): hardly anything early, each side spends 2(1 − Φ(z_{a/2}/√t)) of its a = α/sides;
   * `obrien-fleming-total`: 2(1 − Φ(z_{α/2}/√t)) is what all sides spend together;
   * `pocock`: α ln(1 + (e − 1)t), nearly even bounds.
   */
  readonly spending?: Spending;
  /** 2 (default): a look crosses by |z| ≥ bound; 1: by z ≥ bound. */
  readonly sides?: 1 | 2;
  /** Looks with fewer units in `smallestArm` get no bound; 100 unless said. */
  readonly minimumPerArm?: number;
}

/** What a look may decide by. */
export type SpendingBound =
  | {
      readonly status: 'ok';
      readonly method: string;
      /** The look crosses when |z| (one-sided: z) reaches this. */
      readonly bound: number;
      /** p of the bound itself, one- or two-sided as the plan: what a fixed-horizon p must fall to. */
      readonly nominalP: number;
      readonly log10NominalP: number;
      /** α spent up to and with this look. */
      readonly spent: number;
      /** α of this look alone. */
      readonly spentHere: number;
      readonly notes: readonly string[];
    }
  | {
      /** Nothing to look at, nothing new since the last bound, or too few units: no bound, and no α is spent. */
      readonly status: 'no-information' | 'no-new-information' | 'below-minimum';
      readonly method: string;
      readonly reason: string;
      /** α spent by earlier looks. */
      readonly spent: number;
    };

/**
 * Bounds on z for looks at growing data: Lan-DeMets α spending, for any number of looks at any time. Each look spends
 * what the spending function has released since the last bound; spent α stays spent, and a look without new rows, or
 * with too few, gets no bound and spends nothing. An experiment that nobody stopped is still judged by its last bound.
 * @throws RangeError, TypeError when alpha is not in (0, 1), a fraction is no number, or an option is unknown
 * @see Lan, DeMets (1983); Armitage, McPherson, Rowe (1969) for the recursion
 * @example spendingBounds({ alpha: 0.05, looks: [1, 2, 3, 4, 5].map((k) => ({ fraction: k / 5, information: k })) })
 * .map((look) => look.bound) // [4.877, 3.357, 2.680, 2.290, 2.031]
 */
export function spendingBounds(plan: SpendingPlan): SpendingBound[] {
  const { alpha, spending = 'obrien-fleming', sides = 2, minimumPerArm = MINIMUM_PER_ARM } = plan;
  requireShare('alpha', alpha);
  requireOneOf('spending', spending, SPENDINGS);
  requireSides(sides);
  requireCount('minimumPerArm', minimumPerArm);
  const method = `alpha spending, ${WORDS[spending]}, ${sides === 2 ? 'two-sided' : 'one-sided'}`;
  let last: { readonly paths: Paths; readonly bound: number } | null = null;
  let spent = 0;
  return plan.looks.map((look, index) => {
    requireNumber(`looks[${index}].fraction`, look.fraction);
    const refused = refusal(look, index, last?.paths.information ?? 0, minimumPerArm);
    if (refused !== null) return { ...refused, method, spent };
    const spentHere = Math.max(0, spentBy(spending, alpha, sides, look.fraction) - spent);
    const paths = last === null ? pathsTo(look.information, sides) : pathsOn(last.paths, last.bound, look.information);
    const bound = boundThatSpends(paths, spentHere);
    last = { paths, bound };
    spent += spentHere;
    const p = reportedP(normalLogSurvival(bound) + Math.log(sides));
    return {
      status: 'ok',
      method,
      bound,
      nominalP: p.pValue,
      log10NominalP: p.log10PValue,
      spent,
      spentHere,
      notes: bound < FARTHEST_BOUND ? [] : [`hardly any α falls to this look: its bound stops at ${FARTHEST_BOUND}`],
    };
  });
}

const WORDS: Readonly<Record<Spending, string>> = {
  'obrien-fleming': "O'Brien-Fleming type",
  'obrien-fleming-total': "O'Brien-Fleming type on the total α",
  pocock: 'Pocock type',
};

/** Why a look gets no bound, or null. */
function refusal({ information, smallestArm }: SpendingLook, index: number, before: number, minimumPerArm: number) {
  if (!(information > 0 && information < Infinity)) {
    return { status: 'no-information', reason: `the look's information is ${information}` } as const;
  }
  if (information <= before) {
    const reason = `the look's information is ${information}, the last bound's ${before}`;
    return { status: 'no-new-information', reason } as const;
  }
  if (smallestArm === undefined || requireCount(`looks[${index}].smallestArm`, smallestArm) >= minimumPerArm)
    return null;
  const reason = `${smallestArm} units in the smaller arm: a look decides from ${minimumPerArm}`;
  return { status: 'below-minimum', reason } as const;
}
