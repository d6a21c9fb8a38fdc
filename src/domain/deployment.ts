import { REMEMBERED_KEYS } from '../contracts';
import type { DeploymentAction, Decision, LedgerEntry, ModelTarget, Serving, TrafficSplit } from '../contracts';

/** A decision as one of four kinds. */
export type DeploymentDecision = Decision &
  (
    | { readonly action: 'deploy'; readonly version: number }
    | { readonly action: 'set-traffic'; readonly challenger: number | null; readonly split: TrafficSplit | null }
    | { readonly action: 'promote'; readonly version: number }
    | { readonly action: 'roll-back'; readonly version?: number | undefined }
  );

/** Why a decision does not fit what serves, or null when it does. */
export function refuse(serving: Serving | null, decision: DeploymentDecision): string | null {
  if (decision.action === 'deploy') return null;
  if (serving === null) return `nothing is deployed yet: deploy a version before ${decision.action}`;
  if (decision.action === 'roll-back') {
    const to = decision.version ?? serving.previous;
    if (to === null) return `nothing to roll back to: version ${serving.champion} is the first that served`;
    return to === serving.champion ? `version ${to} is what serves already` : null;
  }
  if (decision.action === 'set-traffic' && decision.split !== null) {
    if (decision.challenger === null) return 'a split needs a challenger';
    if (decision.challenger === serving.champion) return `version ${decision.challenger} is the champion already`;
    const other = serving.split !== null && serving.split.experiment !== decision.split.experiment;
    return other ? `traffic is split by experiment ${serving.split.experiment} already` : null;
  }
  return null;
}

/** What serves after a decision, as the ledger's next line. */
export function decide(
  target: ModelTarget,
  serving: Serving | null,
  decision: DeploymentDecision,
): Omit<LedgerEntry, 'recordedAt'> {
  const common = {
    ...target,
    token: (serving?.token ?? 0) + 1,
    action: decision.action satisfies DeploymentAction,
    reason: decision.reason,
    who: decision.who,
    key: decision.key,
    effectiveAt: decision.effectiveAt,
  };
  if (decision.action === 'set-traffic') {
    return {
      ...common,
      champion: serving!.champion,
      previous: serving!.previous,
      challenger: decision.split === null ? null : decision.challenger,
      split: decision.split,
    };
  }
  const champion = decision.action === 'roll-back' ? (decision.version ?? serving!.previous!) : decision.version;
  const changed = champion !== serving?.champion;
  return {
    ...common,
    champion,
    // Rolled back from is not a version to roll back to.
    previous: decision.action === 'roll-back' ? null : changed ? (serving?.champion ?? null) : serving.previous,
    challenger: null,
    split: null,
  };
}

/** The remembered keys after one more. */
export function remember(keys: readonly string[], key: string): readonly string[] {
  return keys.includes(key) ? keys : [...keys, key].slice(-REMEMBERED_KEYS);
}
