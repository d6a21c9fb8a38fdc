import { MINIMUM_PER_ARM } from '../src/contracts';
import * as statistics from '../src/statistics';
import { rawMean } from './experiment-analysis-arms';
import type { Claim, ClaimContext, Draft } from './experiment-analysis-compare';

/**
 * What is known of a guardrail: `breached` by the always-valid one-sided bound, at any look or check; `significant`
 * where it is shown not to be worse than its margin, at a look, one-sided α of its own. Its intervals have the level
 * 1 − 2α at a look, so that the end on the side of the loss is the bound of that test. A control whose mean is not above
 * 0 has no share to lose: any loss that the always-valid interval shows is a breach. Arms that are all alike lose nothing.
 */
export function guardrailClaim(draft: Draft, { input, mayClaim }: ClaimContext): Claim {
  const { design, kind } = input;
  const { metric, arms } = draft;
  const intervals = kind === 'look' && 2 * design.alpha < 1 ? 2 * design.alpha : null;
  const none = { bound: null, significant: false, adjustedPValue: null, breached: false, intervals };
  if (isAlike(draft)) return { ...none, significant: mayClaim };
  if (!hasMargin(draft)) {
    const side = sideOf(draft);
    return { ...none, breached: side === 'worse', significant: mayClaim && side === 'better' };
  }
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

/** Every unit of both arms has the same value, such as no error at all: nothing was lost. */
function isAlike({ test, control, treatment }: Draft): boolean {
  const enough = Math.min(control.n, treatment.n) >= MINIMUM_PER_ARM;
  return enough && test.status === 'no-variation' && control.meanY === treatment.meanY;
}

/** Where no share of the control's mean can be accepted, any loss that is shown at any look is one too many. */
function sideOf({ anytime, metric }: Draft): 'better' | 'worse' | null {
  if (anytime.status !== 'ok') return null;
  const { low, high } = anytime.effect.interval!;
  const above = low !== null && low > 0;
  const below = high !== null && high < 0;
  if (!above && !below) return null;
  return above === (metric.direction === 'higher-is-better') ? 'better' : 'worse';
}

/** A share of the control's mean is a loss only where that mean is above 0. */
export function hasMargin({ metric, control }: Draft): boolean {
  return metric.margin !== undefined && rawMean(metric, control) > 0;
}
