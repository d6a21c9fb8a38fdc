import { requireFinite, requireOneOf, requirePositive } from '../arguments';
import { normalCdf } from '../distributions/normal';
import { noResult } from '../result';
import { designOf, leverage, powered, reachOf, sized } from './design';
import type {
  Design,
  DesignOptions,
  DetectableEffectResult,
  PowerOptions,
  PowerResult,
  SampleSizeResult,
} from './design';
import { tShift, tUnits, zPower, zShift } from './power-curve';
import { criticalT, tPower } from './t-power';

/** Formulas for two means. */
export type MeansFormula = 't' | 'z' | 'z-closed';

/** Two means that are to be told apart. */
export interface MeansPlan {
  /** Their difference in standard deviations (Cohen's d), not 0; with `z` also Cohen's h of two proportions. */
  readonly effectSize: number;
  /** `t` (the default) has the noncentral t law, equal variances; `z` the normal one, `z-closed` without its far tail. */
  readonly formula?: MeansFormula;
}

const BOTH_TAILS = 'power = Q(z_α − δ) + Q(z_α + δ), δ = d √(n k/(1 + k)); one tail for one side';
const WORDS: Readonly<Record<MeansFormula, { readonly method: string; readonly formula: string }>> = {
  t: {
    method: 'two means, noncentral t',
    formula: 'power = P(|T| > t_α), T noncentral t with n(1 + k) − 2 degrees of freedom, δ = d √(n k/(1 + k))',
  },
  z: { method: 'two means, normal, both tails', formula: BOTH_TAILS },
  'z-closed': { method: 'two means, normal, closed form', formula: 'n = ((z_α + z_power)/d)² (1 + 1/k)' },
};

/**
 * Units per arm to find a difference of two means of `effectSize` standard deviations.
 * @throws RangeError on an effect of 0, an α or power out of range
 * @see Cohen (1988); Guenther (1981) for the start; statsmodels' TTestIndPower and NormalIndPower, whose numbers it gives
 * @example sampleSizeTwoMeans({ effectSize: 0.2 }).control // 394
 */
export function sampleSizeTwoMeans(plan: PowerOptions & MeansPlan): SampleSizeResult {
  const design = designOf(plan);
  const { size, formula } = asked(plan);
  const exact =
    formula === 't' ? tUnits(size, design) : (shiftOf(formula, design) / size) ** 2 * (1 + 1 / design.ratio);
  return sized(WORDS[formula], exact, design, standardised(plan.effectSize));
}

/**
 * The probability to find a difference of two means of `effectSize` standard deviations.
 * @param plan.n units in the control arm; with `t` at least 3 in both arms together
 * @throws RangeError on an effect of 0, an α out of range, an n that leaves no degree of freedom
 * @example powerTwoMeans({ effectSize: 0.2, n: 394 }).power // 0.80059…
 */
export function powerTwoMeans(plan: DesignOptions & MeansPlan & { readonly n: number }): PowerResult {
  const design = designOf(plan, true);
  const formula = formulaOf(plan);
  const size = Math.abs(requireFinite('effectSize', plan.effectSize));
  const n = unitsOf(plan.n, formula, design);
  const shift = size * leverage(n, design.ratio);
  return powered(WORDS[formula], n, design, powerAt(shift, n, formula, design), standardised(plan.effectSize));
}

/**
 * The smallest difference of two means, in standard deviations, that a number of units finds: the inverse of
 * `sampleSizeTwoMeans`.
 * @param plan.n units in the control arm; with `t` at least 3 in both arms together
 * @throws RangeError on an α or power out of range, an n that leaves no degree of freedom
 * @example detectableEffectTwoMeans({ n: 394 }).effect.standardised // 0.19984…
 */
export function detectableEffectTwoMeans(
  plan: PowerOptions & Pick<MeansPlan, 'formula'> & { readonly n: number },
): DetectableEffectResult {
  const design = designOf(plan);
  const formula = formulaOf(plan);
  const n = unitsOf(plan.n, formula, design);
  const shift = formula === 't' ? tShift(design, n * (1 + design.ratio) - 2) : shiftOf(formula, design);
  const size = shift / leverage(n, design.ratio);
  if (!(size > 0 && size < Infinity))
    return noResult('undefined', WORDS[formula].method, [n, n * design.ratio], `no effect is found by ${n} units`);
  return powered(WORDS[formula], n, design, design.power, standardised(size));
}

function powerAt(shift: number, n: number, formula: MeansFormula, design: Design): number {
  if (formula === 'z') return zPower(shift, design);
  if (formula === 'z-closed') return normalCdf(shift - reachOf(design)[0]);
  const freedom = n * (1 + design.ratio) - 2;
  return tPower(shift, criticalT(design.tail)(freedom), freedom, design.sides);
}

function shiftOf(formula: MeansFormula, design: Design): number {
  const [za, zb] = reachOf(design);
  return formula === 'z' ? zShift(design) : za + zb;
}

function standardised(effectSize: number) {
  return { absolute: null, relative: null, standardised: effectSize };
}

function formulaOf({ formula = 't' }: Pick<MeansPlan, 'formula'>): MeansFormula {
  return requireOneOf('formula', formula, ['t', 'z', 'z-closed']);
}

function asked(plan: MeansPlan) {
  const formula = formulaOf(plan);
  const size = Math.abs(requireFinite('effectSize', plan.effectSize));
  if (size === 0) throw new RangeError('effectSize is 0: no number of units finds a difference of 0');
  return { size, formula };
}

function unitsOf(n: number, formula: MeansFormula, { ratio }: Design): number {
  requirePositive('n', n);
  if (formula === 't' && !(n * (1 + ratio) >= 3))
    throw new RangeError(`n is ${n}: expected at least 3 units in both arms together`);
  return n;
}
