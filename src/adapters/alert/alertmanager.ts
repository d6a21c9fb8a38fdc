import type { AlertNotification, AlertSeverity, AlertSink } from '../../contracts';
import { postJson } from '../http';
import type { Endpoint } from '../http';
import { costLine } from './words';

const DAY_MS = 86_400_000;
/** An alert without an end is ended by Alertmanager after five minutes; ours ends when it is resolved. */
const OPEN_MS = 365 * DAY_MS;
/** An end that Alertmanager's clock has not reached yet would not count as one. */
const SKEW_MS = 60_000;

/** Posts alerts to Alertmanager's API v2, where an alert is known by its labels. */
export function alertmanagerSink(endpoint: Endpoint): AlertSink {
  const url = new URL(endpoint.url);
  url.pathname = `${url.pathname.replace(/\/$/, '')}/api/v2/alerts`;
  return {
    deliver: (notification) => {
      const { event, alert } = notification;
      const now = Date.now();
      const resolved = alert.state === 'resolved';
      const other: AlertSeverity = alert.severity === 'high' ? 'medium' : 'high';
      const current = alertOf(notification, alert.severity, resolved ? now - SKEW_MS : now + OPEN_MS);
      // The severity is a label, so an alert of another severity is another alert to Alertmanager: it ends here.
      const ended = event === 'worsened' || resolved ? [alertOf(notification, other, now - SKEW_MS)] : [];
      return postJson({ ...endpoint, url }, JSON.stringify([current, ...ended]));
    },
  };
}

function alertOf({ target, alert }: AlertNotification, severity: AlertSeverity, endsAt: number): object {
  const { kind, subject, summary, at, cost } = alert;
  return {
    labels: {
      alertname: `Loopwright${kind.charAt(0).toUpperCase()}${kind.slice(1)}`,
      model: target.model,
      environment: target.environment,
      kind,
      subject,
      severity,
    },
    annotations: { summary, ...(cost === null ? {} : { cost: costLine(cost) }) },
    startsAt: at,
    // It may be younger than the minute that is taken off.
    endsAt: new Date(Math.max(endsAt, Date.parse(at))).toISOString(),
  };
}
