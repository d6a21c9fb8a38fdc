import { requirePositive, requireShare } from '../arguments';
import { normalQuantile } from '../distributions/normal';
import { noResult } from '../result';
import type { NoResult } from '../result';

/** What every plan of an experiment may say. */
export interface DesignOptions {
  /** Error of the first kind, over all comparisons with the control; .05. */
  readonly alpha?: number;
  /** Units in a treatment arm per unit of control; 1. */
  readonly ratio?: number;
  /** One side means the side of the effect; 2. */
  readonly sides?: 1 | 2;
  /** Arms in all, the control included; α is divided by the number of comparisons with it (Bonferroni); 2. */
  readonly variants?: number;
}

/** What a plan says when it looks for a size or for an effect. */
export interface PowerOptions extends DesignOptions {
  /** Probability to find the effect; .8. It must exceed α. */
  readonly power?: number;
}

/** A plan with its defaults. */
export interface Design {
  /** Of each comparison. */
  readonly alpha: number;
  readonly ratio: number;
  readonly sides: 1 | 2;
  readonly variants: number;
  /** What one tail of a comparison holds of α. */
  readonly tail: number;
  readonly power: number;
}

/** How large an effect is: in the metric's unit, as a share of the control, and in standard deviations (d or h). */
export interface PlannedEffect {
  /** Null where only a size in standard deviations is known. */
  readonly absolute: number | null;
  readonly relative: number | null;
  readonly standardised: number;
}

interface Planned {
  readonly status: 'ok';
  /** The test and its approximation, in words. */
  readonly method: string;
  /** What was solved; n is the control arm, k the ratio. */
  readonly formula: string;
  readonly effect: PlannedEffect;
  readonly power: number;
  /** α of each comparison. */
  readonly alphaPerComparison: number;
}

/** How many units a design needs. */
export type SampleSizeResult =
  | (Planned & {
      /** Units in the control arm before rounding up. */
      readonly exact: number;
      readonly control: number;
      /** In each of the other arms. */
      readonly treatment: number;
      /** Per arm, control first. */
      readonly units: readonly number[];
      readonly total: number;
    })
  | NoResult<'undefined'>;

/** The power of a design. */
export interface PowerResult extends Planned {
  readonly control: number;
  readonly treatment: number;
}

/** The smallest effect that a design finds with its power. */
export type DetectableEffectResult = PowerResult | NoResult<'undefined'>;

/** The plan with what was left out; `power` is not looked at where it is what is asked. */
export function designOf(plan: PowerOptions, powerIsAsked = false): Design {
  const { alpha = 0.05, power = 0.8, ratio = 1, sides = 2, variants = 2 } = plan;
  requireShare('alpha', alpha);
  requireShare('power', power);
  requirePositive('ratio', ratio);
  if (sides !== 1 && sides !== 2) throw new RangeError(`sides is ${String(sides)}: expected 1 or 2`);
  if (!Number.isSafeInteger(variants) || variants < 2)
    throw new RangeError(`variants is ${String(variants)}: expected a whole number from 2 on`);
  if (!powerIsAsked && power <= alpha) throw new RangeError(`power is ${power}: expected more than alpha, ${alpha}`);
  const each = alpha / (variants - 1);
  return { alpha: each, power, ratio, sides, variants, tail: each / sides };
}

/** z of α and z of power, which closed formulas add. */
export function reachOf({ tail, power }: Pick<Design, 'tail' | 'power'>): readonly [number, number] {
  return [-normalQuantile(tail), normalQuantile(power)];
}

/** √(n k/(1 + k)): how many standard errors an effect of one standard deviation moves the statistic by. */
export function leverage(n: number, ratio: number): number {
  return Math.sqrt((n * ratio) / (1 + ratio));
}

/** A size in the common shape; units are rounded up. */
export function sized(
  { method, formula }: { readonly method: string; readonly formula: string },
  exact: number,
  { ratio, power, alpha, variants }: Design,
  effect: PlannedEffect,
): SampleSizeResult {
  const [control, treatment] = [wholeUnits(exact), wholeUnits(exact * ratio)];
  const total = control + treatment * (variants - 1);
  if (!Number.isSafeInteger(total)) {
    const reason = `an effect of ${effect.standardised} standard deviations needs more units than can be counted`;
    return noResult('undefined', method, [], reason);
  }
  const units = [control];
  for (let arm = 1; arm < variants; arm += 1) units.push(treatment);
  return {
    status: 'ok',
    method,
    formula,
    effect,
    power,
    alphaPerComparison: alpha,
    exact,
    control,
    treatment,
    units,
    total,
  };
}

/** Rounded up, with a hair of slack: what rounding lifted above a whole number is that number. */
function wholeUnits(exact: number): number {
  return Math.max(1, Math.ceil(exact * (1 - 1e-9)));
}

/** A power or a detectable effect in the common shape. */
export function powered(
  { method, formula }: { readonly method: string; readonly formula: string },
  n: number,
  { ratio, alpha }: Design,
  power: number,
  effect: PlannedEffect,
): PowerResult {
  const [control, treatment] = [n, n * ratio];
  return { status: 'ok', method, formula, effect, power, alphaPerComparison: alpha, control, treatment };
}
