import { requireCount } from '../arguments';

/** What several batches together say of a feature. */
export type DriftState = 'stable' | 'possible' | 'drift';

/** So many flags among so many batches make a drift. */
export interface Hysteresis {
  readonly flags: number;
  readonly of: number;
}

/** Two batches in a row. */
export const TWO_OF_TWO: Hysteresis = Object.freeze({ flags: 2, of: 2 });

/** The latest flags of each feature, oldest first: what a caller keeps between batches, as JSON. */
export type DriftHistory = Readonly<Record<string, readonly boolean[]>>;

/**
 * The state a series of flags leads to: `drift` with enough of them among the latest, `possible` with fewer but any,
 * `stable` without.
 * @param flags one per batch that could be judged, oldest first
 * @param rule two of the latest two by default
 * @throws RangeError on a rule that asks for no flags, or for more than batches
 * @example [driftState([true, false, false]), driftState([false, true]), driftState([false, true, true])]
 * // ['stable', 'possible', 'drift']
 */
export function driftState(flags: readonly boolean[], rule: Hysteresis = TWO_OF_TWO): DriftState {
  requireHysteresis(rule);
  const raised = flags.slice(-rule.of).filter(Boolean).length;
  if (raised >= rule.flags) return 'drift';
  return raised > 0 ? 'possible' : 'stable';
}

/** @throws RangeError on a rule that asks for no flags, or for more than batches */
export function requireHysteresis(rule: Hysteresis): Hysteresis {
  requireCount('hysteresis.flags', rule.flags);
  requireCount('hysteresis.of', rule.of);
  if (rule.flags < 1 || rule.flags > rule.of)
    throw new RangeError(`hysteresis is ${rule.flags} of ${rule.of}: expected at least 1 flag, among no fewer batches`);
  return rule;
}
