import type { AlertSinks } from '../src/adapters/alert';
import type {
  Alert,
  AlertActivities,
  AlertChange,
  AlertEvent,
  AlertNotification,
  AlertSink,
  AlertState,
  ModelTarget,
} from '../src/contracts';
import { changeKey } from '../src/stores';
import type { Stores } from '../src/stores';

/** Of what a sink says, in the result. */
const REASON_LENGTH = 300;

/** What became of the changes that one sink was to be told. */
interface SinkReport {
  readonly sink: string;
  /** It will never take these. */
  readonly refused: readonly string[];
  /** It may take the rest when asked again. */
  readonly passing: string | null;
}

/** Records alerts and tells sinks about them. */
export function createAlertActivities(stores: Stores, sinks: AlertSinks): AlertActivities {
  return {
    recordAlert: async (input) => {
      for (const change of changesOf(input)) await stores.alerts.record(input.target, change);
    },
    deliverAlerts: async ({ target, changes, sinks: names }) => {
      const reports = await Promise.all(
        [...new Set(names)].map(async (name): Promise<SinkReport> => {
          const sink = Object.hasOwn(sinks, name) ? sinks[name] : undefined;
          if (sink !== undefined) return tell(stores, { name, sink }, target, changes);
          const reason = `this worker has no sink of that name; it has: ${Object.keys(sinks).join(', ') || 'none'}`;
          return { sink: name, refused: [reason], passing: null };
        }),
      );
      const passing = reports.filter((report) => report.passing !== null);
      if (passing.length > 0) {
        throw new Error(
          `not delivered yet: ${passing.map((report) => `${report.sink}: ${report.passing}`).join('; ')}`,
        );
      }
      return { failed: reports.flatMap(({ sink, refused }) => refused.map((reason) => ({ sink, reason }))) };
    },
  };
}

/** A monitor of the first release gave an alert alone; such a call may still be open when the worker is renewed. */
function changesOf(input: {
  readonly changes?: readonly AlertChange[];
  readonly alert?: Alert;
}): readonly AlertChange[] {
  const { changes, alert } = input;
  return changes ?? (alert === undefined ? [] : [{ event: EVENTS[alert.state], alert }]);
}

const EVENTS: Readonly<Record<AlertState, AlertEvent>> = {
  open: 'opened',
  acknowledged: 'acknowledged',
  snoozed: 'snoozed',
  resolved: 'resolved',
};

/** In the order of the changes; what comes after one that failed for now waits with it. */
async function tell(
  stores: Stores,
  { name, sink }: { readonly name: string; readonly sink: AlertSink },
  target: ModelTarget,
  changes: readonly AlertChange[],
): Promise<SinkReport> {
  const refused = new Set<string>();
  for (const change of changes) {
    const notification: AlertNotification = { ...change, target, key: changeKey(change) };
    const known = await stores.alertDeliveries.find(notification.key, name);
    if (known?.refusal != null) refused.add(known.refusal);
    if (known !== null) continue;
    try {
      await sink.deliver(notification);
    } catch (error) {
      const reason = (error instanceof Error ? error.message : String(error)).slice(0, REASON_LENGTH);
      if (!isLasting(error)) return { sink: name, refused: [...refused], passing: reason };
      refused.add(reason);
      await stores.alertDeliveries.record(notification, name, reason);
      continue;
    }
    await stores.alertDeliveries.record(notification, name, null);
  }
  return { sink: name, refused: [...refused], passing: null };
}

/** A sink says so as Temporal's failures do. */
function isLasting(error: unknown): boolean {
  return error instanceof Error && Reflect.get(error, 'nonRetryable') === true;
}
