import { randomUUID } from 'node:crypto';
import type { UpdateDefinition, WorkflowHandle } from '@temporalio/client';
import * as contracts from '../contracts';
import type { Alert, AlertDecision, Duration, Instant, ModelTarget } from '../contracts';
import { after } from '../domain/time';
import {
  alertDecisionSchema,
  alertQuerySchema,
  fingerprintSchema,
  parseWith,
  snoozeDecisionSchema,
  targetSchema,
} from '../schemas';
import type { AlertQuery, Stores } from '../stores';
import type { TargetInput } from './ingestion';
import { ask, decide } from './start';
import type { Starter } from './start';

/** Who decides on an alert, and why. */
export type AlertDecisionInput = Omit<AlertDecision, 'fingerprint'>;

/** The same with its end: an instant, or a duration on the monitor's clock; exactly one of the two. */
export interface SnoozeInput extends AlertDecisionInput {
  readonly until?: Instant | undefined;
  readonly for?: Duration | undefined;
}

/** Alerts: read from the store, decided on by their monitor. Decisions take a fingerprint, or the id of its newest alert. */
export class AlertsClient {
  private readonly starter: Starter;
  private readonly stores: Stores;

  constructor(starter: Starter, stores: Stores) {
    this.starter = starter;
    this.stores = stores;
  }

  /** Alerts oldest first: of a model and environment, or of all of them without a target. */
  async list(target: TargetInput | null, query: AlertQuery = {}): Promise<Alert[]> {
    const checked = target === null ? {} : parseWith(targetSchema, target, 'target');
    return this.stores.alerts.list(checked, parseWith(alertQuerySchema, query, 'alert query'));
  }

  /** One alert by its id, or the newest of a fingerprint; null when there is none. */
  async find(name: string): Promise<Alert | null> {
    return this.stores.alerts.find(targetOf(name), name);
  }

  /**
   * Somebody has seen it: it is not escalated any more.
   * @example await client.alerts.acknowledge('bike:production:drift:temp', { who: 'ann', note: 'a heat wave' })
   */
  async acknowledge(name: string, decision: AlertDecisionInput): Promise<Alert> {
    return this.decide(contracts.acknowledgeAlertUpdate, { ...decision, fingerprint: fingerprintOf(name) });
  }

  /** Quiet until an instant or for a duration; then it is open again. */
  async snooze(name: string, decision: SnoozeInput): Promise<Alert> {
    const given = { ...decision, fingerprint: fingerprintOf(name) };
    const { until, for: length, ...rest } = parseWith(snoozeDecisionSchema, given, 'snooze');
    const handle = this.handle(rest.fingerprint);
    const args = [{ ...rest, until: until ?? after(await now(handle), length!) }] as const;
    return decide(handle, contracts.snoozeAlertUpdate, { args: [...args], updateId: randomUUID() });
  }

  /** The problem is gone, says a person; found again, it is another alert. */
  async resolve(name: string, decision: AlertDecisionInput): Promise<Alert> {
    return this.decide(contracts.resolveAlertUpdate, { ...decision, fingerprint: fingerprintOf(name) });
  }

  private async decide(update: UpdateDefinition<Alert, [AlertDecision]>, decision: AlertDecision): Promise<Alert> {
    const args: [AlertDecision] = [parseWith(alertDecisionSchema, decision, update.name)];
    // One id for all retries of this call, and for no other: the same decision may be meant again later.
    return decide(this.handle(decision.fingerprint), update, { args, updateId: randomUUID() });
  }

  private handle(fingerprint: string): WorkflowHandle {
    return this.starter.client.workflow.getHandle(contracts.workflowIds.monitor(targetOf(fingerprint)));
  }
}

/** The time of a monitor: its watermark where data moves it. */
async function now(handle: WorkflowHandle): Promise<Instant> {
  const { spec, watermark } = await ask(handle, contracts.monitorStatusQuery);
  return spec.clock === 'data' && watermark !== null ? watermark : new Date().toISOString();
}

/** An id is a fingerprint and a time. */
function fingerprintOf(name: string): string {
  return name.replace(/@\d{4}-\d{2}-\d{2}T[\d:.]+Z$/, '');
}

/** The model and environment that an alert's name starts with. */
function targetOf(name: string): ModelTarget {
  const [model, environment] = parseWith(fingerprintSchema, name, 'fingerprint').split(':', 2);
  return { model: model!, environment: environment! };
}
