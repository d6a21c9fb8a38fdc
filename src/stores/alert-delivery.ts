import type { Collection, Db } from 'mongodb';
import type { AlertNotification } from '../contracts';
import { isDuplicateKey } from './unique-batch';

interface DeliveryDocument {
  /** `{key of the change}:{sink}`. */
  readonly _id: string;
  readonly alert: string;
  readonly event: AlertNotification['event'];
  readonly count: number;
  readonly sink: string;
  readonly model: string;
  readonly environment: string;
  /** Why the sink will never take it; null when it has. */
  readonly refusal: string | null;
  readonly at: Date;
}

/** Which sink has been given which change, so that a retry does not send again. */
export class AlertDeliveryStore {
  private readonly deliveries: Collection<DeliveryDocument>;

  constructor(db: Db) {
    this.deliveries = db.collection('alertDeliveries');
  }

  /** What became of a notification: taken, refused for good, or null when it is still to be sent. */
  async find(key: string, sink: string): Promise<{ readonly refusal: string | null } | null> {
    return this.deliveries.findOne({ _id: { $eq: `${key}:${sink}` } }, { projection: { _id: 0, refusal: 1 } });
  }

  /** Records what became of a notification; the first result stands. */
  async record({ key, event, target, alert }: AlertNotification, sink: string, refusal: string | null): Promise<void> {
    const { model, environment } = target;
    const { id, count } = alert;
    const document = {
      alert: id ?? alert.fingerprint,
      event,
      count,
      sink,
      model,
      environment,
      refusal,
      at: new Date(),
    };
    try {
      await this.deliveries.insertOne({ _id: `${key}:${sink}`, ...document });
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
    }
  }
}
