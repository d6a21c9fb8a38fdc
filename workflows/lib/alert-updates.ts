import { acknowledgeAlertUpdate, resolveAlertUpdate, snoozeAlertUpdate } from '../../src/contracts';
import type { Alert, AlertDecision, SnoozeDecision } from '../../src/contracts';
import { decide, forgetSubject } from '../../src/domain/alerting';
import type { Decision } from '../../src/domain/alerting';
import { iso, ms } from '../../src/domain/time';
import type { EarlyUpdates } from './early';
import { checkPerson, conflict, isInstant, refuseUnless } from './guards';
import type { RunMeter } from './loop';
import type { Monitor } from './monitor';

/** An operator works with alerts: by their fingerprint, of which one at most is unresolved. */
export function handleAlerts(monitor: Monitor, meter: RunMeter, updates: EarlyUpdates): void {
  const change = async (decision: Decision): Promise<Alert> => {
    meter.countUpdate();
    const at = monitor.clock.now() ?? iso(Date.now());
    const { alerts, change: made } = decide(monitor.state.alerts, decision, at);
    const { subjects = [] } = monitor.state;
    const resolved = decision.kind === 'resolve';
    monitor.state = { ...monitor.state, alerts, subjects: resolved ? forgetSubject(subjects, made.alert) : subjects };
    await monitor.publish([made]);
    return made.alert;
  };
  const validator = (decision: AlertDecision): void => {
    checkPerson(decision, false);
    const known = monitor.state.alerts.filter(({ fingerprint }) => fingerprint === decision.fingerprint);
    if (known.length === 0) throw conflict(`no alert ${String(decision.fingerprint).slice(0, 200)} is remembered`);
    if (known.every(({ state }) => state === 'resolved'))
      throw conflict(`alert ${decision.fingerprint.slice(0, 200)} is resolved already`);
  };
  updates.set(acknowledgeAlertUpdate, (decision) => change({ ...person(decision), kind: 'acknowledge' }), {
    description: 'Somebody works on it: it does not escalate.',
    validator,
  });
  updates.set(resolveAlertUpdate, (decision) => change({ ...person(decision), kind: 'resolve' }), {
    description: 'It is over; the same problem needs fresh evidence to open again.',
    validator,
  });
  updates.set(
    snoozeAlertUpdate,
    (decision) => change({ ...person(decision), kind: 'snooze', until: iso(ms(decision.until)) }),
    {
      description: 'Quiet until then; after that it is open again.',
      validator: (decision: SnoozeDecision) => {
        validator(decision);
        refuseUnless(isInstant(decision.until), 'until', decision.until, 'an ISO instant');
        const now = monitor.clock.now();
        refuseUnless(now === null || iso(ms(decision.until)) > now, 'until', decision.until, `an instant after ${now}`);
      },
    },
  );
}

function person({ fingerprint, who, note }: AlertDecision): Pick<Decision, 'fingerprint' | 'who' | 'note'> {
  return note === undefined ? { fingerprint, who } : { fingerprint, who, note };
}
