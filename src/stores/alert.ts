import { createHash } from 'node:crypto';
import type { Collection, Db, Filter } from 'mongodb';
import type { Alert, AlertChange, AlertEvent, AlertKind, AlertState, Instant, ModelTarget } from '../contracts';
import { ensureIndex } from './indexes';
import { isDuplicateKey, targetFilter } from './unique-batch';

/** What happened to an alert, as recorded; the first release kept no event and no key. */
export interface RecordedChange {
  readonly key?: string;
  readonly event?: AlertEvent;
  readonly state: AlertState;
  readonly who: string | null;
  readonly recordedAt: Date;
}

interface AlertDocument extends ModelTarget {
  readonly _id: string;
  readonly alert: Alert | FirstReleaseAlert;
  readonly changes: readonly RecordedChange[];
}

/** What an alert was before it had a life; its fingerprint named its last window. */
type FirstReleaseAlert = Pick<Alert, 'fingerprint' | 'severity' | 'windows' | 'n' | 'at' | 'state' | 'actions'> & {
  readonly id?: undefined;
  readonly metric: NonNullable<Alert['metric']>;
  readonly value: number;
  readonly level: number;
  readonly baseline: number;
};

/** Which alerts. */
export interface AlertQuery {
  /** `unresolved`: everything but resolved. */
  readonly state?: AlertState | 'unresolved' | undefined;
  readonly kind?: AlertKind | undefined;
  /** The newest so many. */
  readonly limit?: number | undefined;
}

/** Alerts as they stand, one document each, with every change that led there. */
export class AlertStore {
  private readonly alerts: Collection<AlertDocument>;

  constructor(db: Db) {
    this.alerts = db.collection('alerts');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.alerts, { model: 1, environment: 1, 'alert.at': 1 }, { name: 'target' });
    await ensureIndex(this.alerts, { 'alert.state': 1, 'alert.at': 1 }, { name: 'state' });
    await ensureIndex(this.alerts, { 'alert.fingerprint': 1, 'alert.at': 1 }, { name: 'fingerprint' });
  }

  /** Records an alert as it now stands with the change that led there; the same change again changes nothing. */
  async record(target: ModelTarget, { event, alert }: AlertChange): Promise<void> {
    const key = changeKey({ event, alert });
    const change = { key, event, state: alert.state, who: alert.who ?? null, recordedAt: new Date() };
    const { model, environment } = target;
    const id = idOf(alert);
    for (;;) {
      try {
        // A change that is there already makes this an insert, which the document in the way refuses.
        await this.alerts.updateOne(
          { _id: { $eq: id }, 'changes.key': { $ne: key } },
          { $set: { alert }, $setOnInsert: { model, environment }, $push: { changes: change } },
          { upsert: true },
        );
        return;
      } catch (error) {
        if (!isDuplicateKey(error)) throw error;
        if ((await this.alerts.countDocuments({ _id: { $eq: id }, 'changes.key': { $eq: key } })) > 0) return;
      }
    }
  }

  /** Alerts oldest first, of a target, a model or everywhere. */
  async list(target: Partial<ModelTarget>, { state, kind, limit = 0 }: AlertQuery = {}): Promise<Alert[]> {
    const filter: Filter<AlertDocument> = {
      ...(target.model === undefined ? {} : { model: { $eq: target.model } }),
      ...(target.environment === undefined ? {} : { environment: { $eq: target.environment } }),
      ...(state === undefined ? {} : { 'alert.state': state === 'unresolved' ? { $ne: 'resolved' } : { $eq: state } }),
      // The first release knew no other kind and did not write it.
      ...(kind === undefined ? {} : { 'alert.kind': { $in: kind === 'performance' ? [kind, null] : [kind] } }),
    };
    const found = await this.alerts.find(filter).sort({ 'alert.at': -1, _id: -1 }).limit(limit).toArray();
    return found.reverse().map(({ alert }) => asAlert(alert));
  }

  /** One alert of a target by its id, or the newest of a fingerprint; null when there is none. */
  async find(target: ModelTarget, name: string): Promise<Alert | null> {
    const found = await this.alerts
      .find({ ...targetFilter(target), $or: [{ _id: { $eq: name } }, { 'alert.fingerprint': { $eq: name } }] })
      .sort({ 'alert.at': -1, _id: -1 })
      .limit(1)
      .next();
    return found === null ? null : asAlert(found.alert);
  }

  /** What happened to an alert, oldest first. */
  async changes(id: string): Promise<readonly RecordedChange[]> {
    return (await this.alerts.findOne({ _id: { $eq: id } }))?.changes ?? [];
  }
}

/**
 * The idempotency key of a change, 32 hexadecimal digits: its alert, event and count, and what sets two decisions at
 * one count apart.
 */
export function changeKey({ event, alert }: AlertChange): string {
  const { count, state, lastAt, escalatedAt, snoozedUntil, who, note } = alert;
  const parts: readonly (string | number | null | undefined)[] = [idOf(alert), event, count, state, lastAt];
  const text = JSON.stringify([...parts, escalatedAt, snoozedUntil, who, note]);
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/** Monitors of the first release go on with alerts that have no id. */
function idOf(alert: Pick<Alert, 'fingerprint'> & { readonly id?: string | undefined }): string {
  return alert.id ?? alert.fingerprint;
}

function asAlert(alert: Alert | FirstReleaseAlert): Alert {
  if (alert.id !== undefined) return alert;
  const lastAt: Instant = alert.at;
  return {
    id: alert.fingerprint,
    kind: 'performance',
    subject: alert.metric,
    lastAt,
    count: 1,
    summary: `${alert.metric} ${alert.value}, level ${alert.level}`,
    features: [],
    cost: null,
    withheld: [],
    escalatedAt: null,
    resolution: null,
    ...alert,
  } as Alert;
}
