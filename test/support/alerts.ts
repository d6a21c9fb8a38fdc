import type { Alert, AlertChange, AlertNotification } from '../../src/contracts';

/** A drift alert as it opens. */
export function alert(change: Partial<Alert> = {}): Alert {
  const fingerprint = change.fingerprint ?? 'bike:production:drift:temp';
  const at = change.at ?? '2011-10-10T00:00:00.000Z';
  return {
    id: `${fingerprint}@${at}`,
    fingerprint,
    kind: 'drift',
    subject: 'temp',
    metric: null,
    value: 0.62,
    level: 0.5,
    baseline: null,
    severity: 'medium',
    windows: ['2011-10-03T00:00:00.000Z', at],
    n: 1_240,
    at,
    lastAt: at,
    count: 1,
    summary: 'temp is distributed otherwise: D 0.62, floor 0.5, 1 240 rows',
    features: [],
    cost: null,
    state: 'open',
    actions: ['notify'],
    withheld: [],
    escalatedAt: null,
    resolution: null,
    ...change,
  };
}

/** What happens to it. */
export function changed(event: AlertChange['event'], change: Partial<Alert> = {}): AlertChange {
  return { event, alert: alert(change) };
}

/** The same as a sink is told. */
export function notification(change: Partial<Alert> = {}, rest: Partial<AlertNotification> = {}): AlertNotification {
  const target = { model: 'bike', environment: 'production' };
  return { event: 'opened', target, key: 'a1b2', ...rest, alert: alert(change) };
}
