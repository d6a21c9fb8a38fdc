import { REMEMBERED_KEYS } from '../contracts';
import type {
  ClockKind,
  Decision,
  DeploymentAction,
  LedgerEntry,
  ModelTarget,
  Rollout,
  Serving,
  TrafficSplit,
} from '../contracts';

/** A decision as one of six kinds. */
export type DeploymentDecision = Decision & {
  /** The clock that a rollout's times are on. */
  readonly clock?: ClockKind | undefined;
} & (
    | { readonly action: 'deploy'; readonly version: number }
    | {
        readonly action: 'set-traffic';
        readonly challenger: number | null;
        readonly split: TrafficSplit | null;
        /** The champion that it takes for granted. */
        readonly champion?: number | undefined;
        readonly shadow?: number | undefined;
        /** The rollout whose step it is. */
        readonly rollout?: string | undefined;
      }
    | { readonly action: 'promote'; readonly version: number }
    | { readonly action: 'roll-back'; readonly version?: number | undefined }
    | { readonly action: 'begin-rollout'; readonly version: number }
    | { readonly action: 'abort' }
  );

/** Why a decision does not fit what serves and the rollout under way, or null when it does. */
export function refuse(
  serving: Serving | null,
  decision: DeploymentDecision,
  rollout: Rollout | null = null,
): string | null {
  if (decision.action === 'deploy') return null;
  if (serving === null) return `nothing is deployed yet: deploy a version before ${decision.action}`;
  if (decision.action === 'begin-rollout') return refuseRollout(serving, decision.version, rollout);
  if (decision.action === 'roll-back') {
    const to = decision.version ?? serving.previous;
    if (to === null) return `nothing to roll back to: version ${serving.champion} is the first that served`;
    return to === serving.champion ? `version ${to} is what serves already` : null;
  }
  if (decision.action === 'set-traffic' && (decision.champion ?? serving.champion) !== serving.champion)
    return `champion is ${decision.champion}: version ${serving.champion} serves by now`;
  if (decision.action === 'set-traffic' && decision.split !== null) {
    if (decision.challenger === null) return 'a split needs a challenger';
    if (decision.challenger === serving.champion) return `version ${decision.challenger} is the champion already`;
    // A rollout's split gives way to whatever a person or an experiment decides.
    const other =
      serving.split !== null &&
      serving.split.experiment !== decision.split.experiment &&
      serving.split.experiment !== experimentOf(serving.rollout);
    return other ? `traffic is split by experiment ${serving.split.experiment} already` : null;
  }
  return null;
}

function refuseRollout(serving: Serving, version: number, rollout: Rollout | null): string | null {
  if (rollout !== null) return `rollout ${rollout.id} of version ${rollout.version} is under way (${rollout.phase})`;
  if (version === serving.champion) return `version ${version} is the champion already`;
  return serving.split === null ? null : `traffic is split by experiment ${serving.split.experiment} already`;
}

/** What a rollout's split of the traffic is called. */
export function experimentOf(rollout: string | null | undefined): string {
  return `rollout/${rollout ?? ''}`;
}

/** What serves after a decision, as the ledger's next line. */
export function decide(
  target: ModelTarget,
  serving: Serving | null,
  decision: DeploymentDecision,
): Omit<LedgerEntry, 'recordedAt'> {
  const { action, by, evidence, origin, clock } = decision;
  const common = {
    ...target,
    token: (serving?.token ?? 0) + 1,
    action: action satisfies DeploymentAction,
    reason: decision.reason,
    who: decision.who,
    key: decision.key,
    effectiveAt: decision.effectiveAt,
    ...(by === undefined ? {} : { by }),
    ...(evidence === undefined || evidence.length === 0 ? {} : { evidence }),
    ...(origin === undefined ? {} : { origin }),
    ...(clock === undefined ? {} : { clock }),
  };
  if (action === 'set-traffic') {
    return {
      ...common,
      champion: serving!.champion,
      previous: serving!.previous,
      challenger: decision.split === null ? null : decision.challenger,
      split: decision.split,
      ...(decision.shadow === undefined ? {} : { shadow: decision.shadow }),
      ...(decision.rollout === undefined ? {} : { rollout: decision.rollout }),
    };
  }
  if (action === 'begin-rollout' || action === 'abort') {
    const { champion, previous } = serving!;
    const rollout = action === 'abort' ? {} : { rollout: decision.key };
    return { ...common, champion, previous, challenger: null, split: null, ...rollout };
  }
  const champion = action === 'roll-back' ? (decision.version ?? serving!.previous!) : decision.version;
  const changed = champion !== serving?.champion;
  return {
    ...common,
    champion,
    // Rolled back from is not a version to roll back to.
    previous: action === 'roll-back' ? null : changed ? (serving?.champion ?? null) : serving.previous,
    challenger: null,
    split: null,
  };
}

/** What a line of the ledger says serves, without who, why and when it was written. */
export function servingOf(entry: Omit<LedgerEntry, 'recordedAt'>): Serving {
  const { model, environment, token, champion, challenger, split, previous, effectiveAt, shadow, rollout } = entry;
  return {
    ...{ model, environment, token, champion, challenger, split, previous },
    ...(shadow == null ? {} : { shadow }),
    ...(rollout == null ? {} : { rollout }),
    effectiveAt,
  };
}

/** The version that a decision brings to traffic anew, or null: it is checked first. */
export function broughtToServe(serving: Serving | null, decision: DeploymentDecision): number | null {
  switch (decision.action) {
    case 'abort':
      return null;
    case 'set-traffic':
      return decision.shadow ?? decision.challenger;
    case 'roll-back':
      return decision.version ?? serving?.previous ?? null;
    default:
      return decision.version;
  }
}

/**
 * Versions that may serve in the place of one, best first: the champions before it, without those that were rolled
 * back from.
 * @param history oldest first
 */
export function fallbacksOf(history: readonly LedgerEntry[], version: number): readonly number[] {
  let served: number[] = [];
  for (const { action, champion } of history) {
    const known = served.indexOf(champion);
    if (action === 'roll-back' && known >= 0) served = served.slice(0, known + 1);
    else if (served.at(-1) !== champion) served = [...served.filter((other) => other !== champion), champion];
  }
  return served.reverse().filter((other) => other !== version);
}

/** The remembered keys after one more. */
export function remember(keys: readonly string[], key: string): readonly string[] {
  return keys.includes(key) ? keys : [...keys, key].slice(-REMEMBERED_KEYS);
}
