import { ActivityFailure, condition } from '@temporalio/workflow';
import type { AlertChange, AlertPolicy } from '../../src/contracts';
import { sinksOf } from '../../src/domain/notify';
import { activities, DELIVERY } from './activities';
import type { Monitor } from './monitor';

const run = activities(DELIVERY);

/** Changes sent at once, at most. */
const BATCH = 20;

/**
 * Sends changes of alerts to their sinks, beside what the monitor does: a sink that is away holds nothing up. What
 * has not arrived when the run ends is sent again by the next, under the same key.
 */
export async function deliverForever(monitor: Monitor): Promise<never> {
  for (;;) {
    await condition(() => (monitor.state.outbox ?? []).length > 0);
    const batch = monitor.state.outbox!.slice(0, BATCH);
    for (const [sinks, changes] of bySinks(monitor.state.spec.alerts, batch)) await deliver(monitor, sinks, changes);
    monitor.state = { ...monitor.state, outbox: monitor.state.outbox!.slice(batch.length) };
  }
}

async function deliver(monitor: Monitor, sinks: readonly string[], changes: readonly AlertChange[]): Promise<void> {
  const { model, environment } = monitor.state.spec;
  try {
    const summary = `tell ${sinks.join(', ')}`;
    const { failed } = await run.deliverAlerts({ target: { model, environment }, changes, sinks }, summary);
    const [first] = failed;
    if (first !== undefined) fail(monitor, `${first.sink} did not take an alert: ${first.reason}`);
  } catch (error) {
    if (!(error instanceof ActivityFailure)) throw error;
    fail(monitor, `alerts did not reach ${sinks.join(', ')}: ${error.cause?.message ?? error.message}`);
  }
}

function fail(monitor: Monitor, failure: string): void {
  monitor.state = { ...monitor.state, failure };
}

/** Changes that go to the same sinks go together, in their order. */
function bySinks(policy: AlertPolicy, changes: readonly AlertChange[]): [readonly string[], AlertChange[]][] {
  const groups = new Map<string, [readonly string[], AlertChange[]]>();
  for (const change of changes) {
    const sinks = sinksOf(policy, change);
    if (sinks.length === 0) continue;
    const key = sinks.join('/');
    groups.set(key, [sinks, [...(groups.get(key)?.[1] ?? []), change]]);
  }
  return [...groups.values()];
}
