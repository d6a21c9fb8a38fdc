import * as statistics from '../src/statistics';
import { rawMean } from './experiment-analysis-arms';
import type { Claim, ClaimContext, Draft } from './experiment-analysis-compare';

/**
 * What is known of a guardrail: `breached` by the always-valid one-sided bound, at any look or check; `significant`
 * where it is shown not to be worse than its margin, at a look, one-sided α of its own. Its intervals have the level
 * 1 − 2α at a look, so that the end on the side of the loss is the bound of that test.
 */
export function guardrailClaim(draft: Draft, { input, mayClaim }: ClaimContext): Claim {
  const { design, kind } = input;
  const { metric, arms } = draft;
  const intervals = kind === 'look' && 2 * design.alpha < 1 ? 2 * design.alpha : null;
  const none = { bound: null, significant: false, adjustedPValue: null, breached: false, intervals };
  if (!hasMargin(draft)) return none;
  const plan = {
    margin: metric.margin!,
    direction: metric.direction,
    difference: 'relative' as const,
    alpha: design.alpha,
  };
  const breach = statistics.guardrailBreach(...arms, plan);
  const held = mayClaim ? statistics.nonInferiority(...arms, plan) : null;
  return {
    ...none,
    breached: breach.status === 'ok' && breach.significant,
    significant: held?.status === 'ok' && held.significant,
  };
}

/** A share of the control's mean is a loss only where that mean is above 0. */
export function hasMargin({ metric, control }: Draft): boolean {
  return metric.margin !== undefined && rawMean(metric, control) > 0;
}
