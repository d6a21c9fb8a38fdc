import { requireOneOf, requirePositive } from '../arguments';
import type { MetricSums } from '../experiments/sums';
import { differenceAtLook, judged, mixingOf } from './always-valid';
import type { AlwaysValidOptions, AlwaysValidResult } from './always-valid';

/** What a guardrail promises: how much worse the treatment may be. */
export interface GuardrailPlan extends AlwaysValidOptions {
  /** The largest loss that is accepted, above 0, in the unit of the difference. */
  readonly margin: number;
  readonly direction: 'higher-is-better' | 'lower-is-better';
}

/**
 * Whether the treatment is shown to be worse than the control by more than a margin: `significant` says that the
 * always-valid one-sided bound lies wholly beyond the margin. It may be asked at every look, and spends nothing of the
 * success metrics' α. That it is not breached does not show that the guardrail holds: see `nonInferiority`.
 * @param control sums of the arm that is compared with, all units so far
 * @param treatment sums of the other arm, of the same kind
 * @throws RangeError, TypeError on a margin that is not above 0, an unknown direction, or sums that no rows can have
 * @see Howard, Ramdas, McAuliffe, Sekhon (2021) for the one-sided mixture; Waudby-Smith et al. (2024) for means
 * @example guardrailBreach({ kind: 'proportion', n: 5000, successes: 2500 }, { kind: 'proportion', n: 5000,
 * successes: 2200 }, { margin: 0.01, direction: 'higher-is-better' }) // { significant: true, pValue: 0.0000158… }
 */
export function guardrailBreach(control: MetricSums, treatment: MetricSums, plan: GuardrailPlan): AlwaysValidResult {
  const { margin, direction } = plan;
  requirePositive('margin', margin);
  requireOneOf('direction', direction, ['higher-is-better', 'lower-is-better']);
  const method = `guardrail with margin ${margin}, asymptotic confidence sequence`;
  const found = differenceAtLook(method, control, treatment, plan);
  if ('status' in found) return found;
  const higher = direction === 'higher-is-better';
  const alternative = higher ? 'less' : 'greater';
  const n = [control.n, treatment.n] as const;
  const mixing = mixingOf(n, alternative, plan);
  return judged({ method, n, alternative, mixing, null: higher ? -margin : margin }, found, plan);
}
