import type { Alert, AlertChange, Instant, MonitorSpec } from '../contracts';
import { compareText } from './finding';
import { after, earliest } from './time';

/** How many resolved alerts a monitor remembers; all of them stand in the store. */
const REMEMBERED_RESOLVED = 20;

/** What a person decides on an alert. */
export type Decision = { readonly fingerprint: string; readonly who: string; readonly note?: string | undefined } & (
  { readonly kind: 'acknowledge' } | { readonly kind: 'resolve' } | { readonly kind: 'snooze'; readonly until: Instant }
);

/** Whether a problem still stands. */
export function isUnresolved(alert: Alert): boolean {
  return alert.state !== 'resolved';
}

/**
 * The unresolved alert with a fingerprint.
 * @throws RangeError when there is none, naming those there are
 */
export function unresolvedAlert(alerts: readonly Alert[], fingerprint: string): Alert {
  const open = alerts.filter(isUnresolved);
  const found = open.find((alert) => alert.fingerprint === fingerprint);
  if (found !== undefined) return found;
  const known = open.map((alert) => alert.fingerprint).join(', ') || 'none';
  throw new RangeError(`no unresolved alert ${JSON.stringify(fingerprint)}; unresolved: ${known}`);
}

/** What time alone does to alerts: a snooze ends, and nobody has acknowledged for too long. */
export function tick(
  alerts: readonly Alert[],
  spec: Pick<MonitorSpec, 'alerts'>,
  at: Instant,
): { readonly alerts: readonly Alert[]; readonly changes: readonly AlertChange[] } {
  const changes: AlertChange[] = [];
  const next = alerts.map((before) => {
    let alert = before;
    if (alert.state === 'snoozed' && (alert.snoozedUntil ?? at) <= at) {
      alert = { ...alert, state: 'open' };
      changes.push({ event: 'reopened', alert });
    }
    const due = escalationDue(alert, spec);
    if (due !== null && due <= at) {
      alert = { ...alert, escalatedAt: at };
      changes.push({ event: 'escalated', alert });
    }
    return alert;
  });
  return { alerts: next, changes };
}

/** When `tick` next has something to do; null when nothing is planned. */
export function nextTick(alerts: readonly Alert[], spec: Pick<MonitorSpec, 'alerts'>): Instant | null {
  return earliest(
    ...alerts.map((alert) => (alert.state === 'snoozed' ? (alert.snoozedUntil ?? null) : escalationDue(alert, spec))),
  );
}

/** An alert escalates once, so long after it opened or its snooze ended. */
function escalationDue(alert: Alert, spec: Pick<MonitorSpec, 'alerts'>): Instant | null {
  const { escalation } = spec.alerts;
  if (escalation === undefined || alert.state !== 'open' || alert.escalatedAt !== null) return null;
  const { at, snoozedUntil } = alert;
  return after(snoozedUntil !== undefined && snoozedUntil > at ? snoozedUntil : at, escalation.after);
}

/**
 * An alert as a person's decision leaves it. One that is resolved needs fresh evidence to open again: take its
 * history away with `forgetSubject`.
 * @throws RangeError when no such alert is unresolved, or a snooze would end before it begins
 */
export function decide(
  alerts: readonly Alert[],
  decision: Decision,
  at: Instant,
): { readonly alerts: readonly Alert[]; readonly change: AlertChange } {
  const before = unresolvedAlert(alerts, decision.fingerprint);
  const change = decided(before, decision, at);
  return { alerts: alerts.map((alert) => (alert === before ? change.alert : alert)), change };
}

function decided(before: Alert, decision: Decision, at: Instant): AlertChange {
  const { who, note } = decision;
  const alert = { ...before, who, ...(note === undefined ? {} : { note }) };
  if (decision.kind === 'acknowledge') return { event: 'acknowledged', alert: { ...alert, state: 'acknowledged' } };
  if (decision.kind === 'snooze') {
    if (decision.until <= at) throw new RangeError(`until is ${decision.until}, expected an instant after ${at}`);
    return { event: 'snoozed', alert: { ...alert, state: 'snoozed', snoozedUntil: decision.until } };
  }
  const resolution = { by: 'person', at, evidence: note ?? `resolved by ${who}` } as const;
  return { event: 'resolved', alert: { ...alert, state: 'resolved', resolution } };
}

/** Unresolved alerts and the last twenty resolved, in the order given. */
export function remembered(alerts: readonly Alert[]): readonly Alert[] {
  const resolved = alerts.filter((alert) => !isUnresolved(alert));
  const dropped = new Set(
    [...resolved]
      .sort((a, b) => compareText(a.resolution?.at ?? '', b.resolution?.at ?? ''))
      .slice(0, Math.max(0, resolved.length - REMEMBERED_RESOLVED)),
  );
  return alerts.filter((alert) => !dropped.has(alert));
}
