import { normalQuantile } from './normal';

/** Rows per arm, or why there is no number. */
export type SampleSizeResult =
  | { readonly status: 'ok'; readonly method: string; readonly perArm: number }
  | { readonly status: 'unreachable'; readonly reason: string };

/**
 * Rows per arm to find a difference of two proportions, two-sided, equal arms: Fleiss' formula with the pooled
 * variance under the null. `power` must exceed `alpha`, or chance alone would do.
 * @param plan.minimumDetectableEffect absolute, may be negative
 * @see Fleiss, Levin, Paik (2003) §4.2
 * @example baseline .1, effect .02, alpha .05, power .8: 3 841 rows per arm
 */
export function sampleSizeTwoProportions(plan: {
  readonly baseline: number;
  readonly minimumDetectableEffect: number;
  readonly alpha: number;
  readonly power: number;
}): SampleSizeResult {
  const { baseline: p1, minimumDetectableEffect: effect, alpha, power } = plan;
  const p2 = p1 + effect;
  if (!(p1 > 0 && p1 < 1 && p2 > 0 && p2 < 1)) {
    return { status: 'unreachable', reason: `baseline ${p1} and ${p2} must both lie between 0 and 1` };
  }
  if (effect === 0) return { status: 'unreachable', reason: 'no number of rows finds a difference of 0' };
  if (!(alpha > 0 && alpha < power && power < 1)) {
    return { status: 'unreachable', reason: `alpha ${alpha} and power ${power} must be 0 < alpha < power < 1` };
  }
  const mean = (p1 + p2) / 2;
  const alphaPart = normalQuantile(1 - alpha / 2) * Math.sqrt(2 * mean * (1 - mean));
  const powerPart = normalQuantile(power) * Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
  const perArm = Math.ceil(((alphaPart + powerPart) / effect) ** 2);
  if (!Number.isSafeInteger(perArm)) return { status: 'unreachable', reason: `an effect of ${effect} is too small` };
  return { status: 'ok', method: 'two proportions, pooled (Fleiss)', perArm };
}
