import { requireFinite, requireOneOf, requirePositive, requireShare } from '../arguments';
import { finiteOrNull } from '../describe/finite';
import { noResult } from '../result';
import { designOf, powered, sized } from './design';
import type {
  DesignOptions,
  DetectableEffectResult,
  PlannedEffect,
  PowerOptions,
  PowerResult,
  SampleSizeResult,
} from './design';
import { cohensH } from './proportions';
import { PROPORTIONS_FORMULAS } from './proportions-formulas';
import type { ProportionsFormula } from './proportions-formulas';

/** Two proportions that are to be told apart. */
export interface ProportionsPlan {
  /** Proportion of the control, in (0, 1). */
  readonly baseline: number;
  /** Absolute difference, not 0; negative for a decrease. */
  readonly minimumDetectableEffect?: number;
  /** Instead of the absolute one, a share of the baseline; .05 where neither is given. */
  readonly relativeEffect?: number;
  /**
   * `fleiss` (the default) has the pooled variance under equality, as the z test has; `unpooled` each arm's own;
   * `cohen-h` the arcsine power with both tails, `cohen-h-closed` without the far one.
   */
  readonly formula?: ProportionsFormula;
}

/**
 * Units per arm to find a difference of two proportions.
 * @throws RangeError on a baseline or a target outside (0, 1), an effect of 0, an α or power out of range
 * @see Fleiss, Levin, Paik (2003) §4.2; Cohen (1988)
 * @example sampleSizeTwoProportions({ baseline: 0.1, minimumDetectableEffect: 0.02 }).control // 3841
 */
export function sampleSizeTwoProportions(plan: PowerOptions & ProportionsPlan): SampleSizeResult {
  const design = designOf(plan);
  const { p1, absolute, formula, effect } = asked(plan);
  return sized(formula, formula.units(p1, absolute, design), design, effect);
}

/**
 * The probability to find a difference of two proportions.
 * @param plan.n units in the control arm, above 0
 * @throws RangeError as `sampleSizeTwoProportions`, and on an n not above 0
 * @example powerTwoProportions({ baseline: 0.1, minimumDetectableEffect: 0.02, n: 3841 }).power // 0.80001…
 */
export function powerTwoProportions(plan: DesignOptions & ProportionsPlan & { readonly n: number }): PowerResult {
  const design = designOf(plan, true);
  const n = requirePositive('n', plan.n);
  const { p1, absolute, formula, effect } = asked(plan);
  return powered(formula, n, design, formula.power(p1, absolute, n, design), effect);
}

/**
 * The smallest difference of two proportions that a number of units finds, the inverse of `sampleSizeTwoProportions`:
 * solved exactly, so that size and effect lead to each other (for a power from .5 on, where larger is always easier).
 * @param plan.n units in the control arm, above 0
 * @param plan.direction `increase` unless said
 * @returns `undefined` where no proportion on that side is far enough away
 * @throws RangeError on a baseline outside (0, 1), an n not above 0, an α or power out of range
 * @example detectableEffectTwoProportions({ baseline: 0.1, n: 3841 }).effect // { absolute: 0.0199996, relative: 0.199996 }
 */
export function detectableEffectTwoProportions(
  plan: PowerOptions &
    Pick<ProportionsPlan, 'baseline' | 'formula'> & {
      readonly n: number;
      readonly direction?: 'increase' | 'decrease';
    },
): DetectableEffectResult {
  const design = designOf(plan);
  const n = requirePositive('n', plan.n);
  const p1 = requireShare('baseline', plan.baseline);
  const direction = requireOneOf('direction', plan.direction ?? 'increase', ['increase', 'decrease']);
  const formula = formulaOf(plan);
  const absolute = formula.effect(p1, n, design, direction === 'increase' ? 1 : -1);
  if (absolute === null || absolute === 0) {
    const reason = `no ${direction} from ${p1} is found with a power of ${design.power} by ${n} units a side`;
    return noResult('undefined', formula.method, [n, n * design.ratio], reason);
  }
  return powered(formula, n, design, design.power, effectOf(p1, absolute));
}

function formulaOf({ formula = 'fleiss' }: Pick<ProportionsPlan, 'formula'>) {
  return PROPORTIONS_FORMULAS[requireOneOf('formula', formula, NAMES)];
}

const NAMES = Object.keys(PROPORTIONS_FORMULAS) as ProportionsFormula[];

function asked(plan: ProportionsPlan) {
  const p1 = requireShare('baseline', plan.baseline);
  const formula = formulaOf(plan);
  const absolute = absoluteEffect(plan, p1);
  const p2 = p1 + absolute;
  if (!(p2 > 0 && p2 < 1))
    throw new RangeError(`minimumDetectableEffect is ${absolute}: expected one that keeps ${p1} + it between 0 and 1`);
  return { p1, absolute, formula, effect: effectOf(p1, absolute) };
}

/** The effect a plan asks about, in the metric's unit: a default is relative, because it must suit any baseline. */
export function absoluteEffect(
  plan: Pick<ProportionsPlan, 'minimumDetectableEffect' | 'relativeEffect'>,
  baseline: number,
): number {
  const { minimumDetectableEffect, relativeEffect } = plan;
  if (minimumDetectableEffect !== undefined && relativeEffect !== undefined)
    throw new TypeError('minimumDetectableEffect and relativeEffect are both given: expected one of them');
  const relative = minimumDetectableEffect === undefined;
  const name = relative ? 'relativeEffect' : 'minimumDetectableEffect';
  const given = requireFinite(name, minimumDetectableEffect ?? relativeEffect ?? DEFAULT_EFFECT);
  if (given === 0) throw new RangeError(`${name} is 0: no number of units finds a difference of 0`);
  return relative ? given * baseline : given;
}

const DEFAULT_EFFECT = 0.05;

function effectOf(p1: number, absolute: number): PlannedEffect {
  return { absolute, relative: finiteOrNull(absolute / p1), standardised: cohensH(p1, p1 + absolute, absolute) };
}
