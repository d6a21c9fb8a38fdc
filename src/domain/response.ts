import type {
  Alert,
  AlertKind,
  AlertSeverity,
  Instant,
  MonitorSpec,
  ResponseAction,
  ResponsePolicy,
} from '../contracts';
import { isUnresolved } from './alert-life';
import { ALERT_KINDS, compareText } from './finding';
import { after, before, durationMs } from './time';

/** What was done, and when. */
export interface GivenResponse {
  readonly action: string;
  readonly at: Instant;
}

/** Alerts that ask for a response, with what limits it. */
export interface ResponseInput {
  readonly spec: MonitorSpec;
  readonly fired: readonly Alert[];
  /** All alerts of the monitor, with the fired among them or not: a quality gate that is open stands in them. */
  readonly alerts: readonly Alert[];
  /** Retrainings and roll-backs so far, newest last. */
  readonly responses: readonly GivenResponse[];
  /** Whether a retraining or an experiment is open. */
  readonly busy: boolean;
  /** Whether there is a version to roll back to; yes where nobody knows. */
  readonly hasPrevious?: boolean | undefined;
  readonly at: Instant;
}

/** What is done about alerts. */
export interface Response {
  readonly actions: readonly { readonly action: ResponseAction; readonly alert: Alert }[];
  /** All alerts, the fired ones with what was done and what was not, and why. */
  readonly alerts: readonly Alert[];
  readonly responses: readonly GivenResponse[];
}

/** What is done of itself about a kind that the policy does not name. */
const DEFAULT_ACTIONS: Partial<Record<AlertKind, readonly ResponseAction[]>> = {
  drift: ['notify', 'notify-data-engineers'],
  schema: ['notify', 'notify-data-engineers', 'open-quality-gate'],
};

/** Actions that change what serves: one of each in a look, whatever the number of alerts. */
const SCARCE = ['retrain', 'roll-back'] as const satisfies readonly ResponseAction[];
type Scarce = (typeof SCARCE)[number];

/**
 * What a policy asks for: by severity for performance, by kind for everything else.
 * @example actionsFor({ medium: ['retrain'], high: ['roll-back'] }, 'drift', 'high') // ['notify', 'notify-data-engineers']
 */
export function actionsFor(
  policy: ResponsePolicy,
  kind: AlertKind,
  severity: AlertSeverity,
): readonly ResponseAction[] {
  if (kind === 'performance') return policy[severity];
  return policy[kind] ?? DEFAULT_ACTIONS[kind] ?? ['notify'];
}

/**
 * What is done about the alerts that fired in a look. However many they are, there is one retraining and one
 * roll-back at most, for the alert that matters most; what is withheld is written on the alert with its reason. An
 * alert that fires again is not told again, and is not rolled back twice.
 */
export function respond(input: ResponseInput): Response {
  const { spec, at } = input;
  const ordered = [...input.fired].sort((a, b) => compareAlerts(a, b, spec));
  const wants = new Map(ordered.map((alert) => [alert.id, wantedBy(alert, spec)]));
  const gate = gateOf(input, ordered, wants);
  const taken = new Map<Scarce, Alert>();
  const answered = ordered.map((alert) => {
    const actions: ResponseAction[] = [];
    const withheld: { action: ResponseAction; reason: string }[] = [];
    for (const action of wants.get(alert.id)!) {
      const reason = isScarce(action)
        ? (reasonAgainst(action, input, gate) ?? sharedReason(taken.get(action), action))
        : null;
      if (reason !== null) withheld.push({ action, reason });
      else {
        actions.push(action);
        if (isScarce(action)) taken.set(action, alert);
      }
    }
    const kept = alert.withheld.filter(
      ({ action }) => !actions.includes(action) && !withheld.some((one) => one.action === action),
    );
    const done = [...alert.actions, ...actions.filter((action) => !alert.actions.includes(action))];
    return { actions, alert: { ...alert, actions: done, withheld: [...kept, ...withheld] } };
  });
  const now = new Map(answered.map(({ alert }) => [alert.id, alert]));
  const strangers = answered.flatMap(({ alert }) => (input.alerts.some(({ id }) => id === alert.id) ? [] : [alert]));
  return {
    actions: answered.flatMap(({ actions, alert }) => actions.map((action) => ({ action, alert }))),
    alerts: [...input.alerts.map((alert) => now.get(alert.id) ?? alert), ...strangers],
    responses: [...recent(input), ...SCARCE.filter((action) => taken.has(action)).map((action) => ({ action, at }))],
  };
}

/** What an alert asks for now: what changes nothing is done once, and so is a roll-back. */
function wantedBy(alert: Alert, { response }: MonitorSpec): readonly ResponseAction[] {
  const asked = actionsFor(response, alert.kind, alert.severity);
  return [...new Set(asked)].filter((action) => action === 'retrain' || !alert.actions.includes(action));
}

/** The alert that holds a quality gate open, one of this look included. */
function gateOf(
  { alerts }: ResponseInput,
  fired: readonly Alert[],
  wants: ReadonlyMap<string, readonly ResponseAction[]>,
): Alert | null {
  const standing = alerts.filter(isUnresolved).filter(({ actions }) => actions.includes('open-quality-gate'));
  return [...standing, ...fired.filter(({ id }) => wants.get(id)!.includes('open-quality-gate'))][0] ?? null;
}

function reasonAgainst(action: Scarce, input: ResponseInput, gate: Alert | null): string | null {
  const { spec, responses, busy, hasPrevious, at } = input;
  if (action === 'roll-back' && hasPrevious === false) return 'there is no previous version';
  if (action === 'retrain') {
    if (gate !== null) return `the quality gate of ${gate.fingerprint} is open`;
    if (busy) return 'a retraining or an experiment is open';
    const last = lastOf('retrain', responses);
    const until = last === null ? null : after(last, spec.retrain.cooldown);
    if (until !== null && at < until) return `cooldown until ${until}`;
  }
  const week = before(at, WEEK);
  const spent = responses.filter((response) => response.action === action && response.at > week).length;
  const { perWeek } = spec.budget;
  return spent >= perWeek ? `${spent} of ${perWeek} in the last seven days are spent` : null;
}

const WEEK = '7d';

function sharedReason(by: Alert | undefined, action: Scarce): string | null {
  return by === undefined ? null : `one ${action} a look: it was asked for by ${by.fingerprint}`;
}

/** What cooldown and budget may still ask for. */
function recent({ responses, spec, at }: ResponseInput): readonly GivenResponse[] {
  const longest = durationMs(spec.retrain.cooldown) > durationMs(WEEK) ? spec.retrain.cooldown : WEEK;
  const since = before(at, longest);
  return responses.filter((response) => response.at > since);
}

function lastOf(action: Scarce, responses: readonly GivenResponse[]): Instant | null {
  const known = responses.filter((response) => response.action === action).map((response) => response.at);
  return known.length === 0 ? null : known.reduce((a, b) => (a >= b ? a : b));
}

function isScarce(action: ResponseAction): action is Scarce {
  return (SCARCE as readonly ResponseAction[]).includes(action);
}

/** The metric that a retraining answers to first, then by severity, kind and name. */
function compareAlerts(a: Alert, b: Alert, { metric }: MonitorSpec): number {
  const primary = ({ kind, subject }: Alert) => Number(kind === 'performance' && subject === metric);
  return (
    primary(b) - primary(a) ||
    Number(b.severity === 'high') - Number(a.severity === 'high') ||
    ALERT_KINDS.indexOf(a.kind) - ALERT_KINDS.indexOf(b.kind) ||
    compareText(a.fingerprint, b.fingerprint)
  );
}

/** The policy of the idea that this project came from. */
const AUTOMATED: ResponsePolicy = {
  medium: ['retrain', 'assess-impact'],
  high: ['retrain', 'roll-back', 'assess-impact'],
  drift: ['notify-data-engineers'],
};

/** What its actions are called there, in their order. */
const AUTOMATED_NAMES = [
  ['retrain', 'trigger_retraining'],
  ['roll-back', 'rollback_model'],
  ['notify-data-engineers', 'notify_data_engineering'],
  ['assess-impact', 'assess_business_impact'],
] as const satisfies readonly (readonly [ResponseAction, string])[];

/**
 * What is done about metrics below their thresholds and features that drifted, without memory of before: a medium
 * alert retrains, a high one rolls back as well where there is a version to go back to, drift tells the data engineers.
 * @example automatedResponse({ alerts: [], driftFeatures: ['price'], hasPreviousVersion: true }).actions // ['notify_data_engineering']
 */
export function automatedResponse(found: {
  readonly alerts: readonly { readonly severity: AlertSeverity }[];
  readonly driftFeatures: readonly string[];
  readonly hasPreviousVersion: boolean;
}): { readonly actions: readonly string[] } {
  const asked = new Set<ResponseAction>([
    ...found.alerts.flatMap(({ severity }) => actionsFor(AUTOMATED, 'performance', severity)),
    ...(found.driftFeatures.length > 0 ? actionsFor(AUTOMATED, 'drift', 'medium') : []),
  ]);
  if (!found.hasPreviousVersion) asked.delete('roll-back');
  return { actions: AUTOMATED_NAMES.flatMap(([action, name]) => (asked.has(action) ? [name] : [])) };
}
