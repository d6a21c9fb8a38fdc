import type { Collection, Db } from 'mongodb';
import type { Alert, Evaluation, Instant, ModelTarget } from '../contracts';
import { targetFilter } from './unique-batch';
import { ensureIndex } from './indexes';

interface EvaluationDocument extends ModelTarget {
  readonly _id: string;
  /** Null for all served rows. */
  readonly version: number | null;
  readonly evaluation: Evaluation;
}

interface AlertDocument extends ModelTarget {
  readonly _id: string;
  readonly alert: Alert;
  readonly changes: readonly {
    readonly recordedAt: Date;
    readonly state: Alert['state'];
    readonly who: string | null;
  }[];
}

/** Judged windows and the alerts they led to. */
export class EvaluationStore {
  private readonly evaluations: Collection<EvaluationDocument>;
  private readonly alerts: Collection<AlertDocument>;

  constructor(db: Db) {
    this.evaluations = db.collection('evaluations');
    this.alerts = db.collection('alerts');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.evaluations, { model: 1, environment: 1, 'evaluation.from': 1 }, { name: 'window' });
    await ensureIndex(this.alerts, { model: 1, environment: 1, 'alert.at': 1 }, { name: 'target' });
  }

  /** Records a judged window and returns what stands: the first result. */
  async record(target: ModelTarget, evaluation: Evaluation, version: number | null): Promise<Evaluation> {
    const { model, environment } = target;
    const parts = [model, environment, evaluation.from, evaluation.to, evaluation.asOf, version ?? 'served'];
    const found = await this.evaluations.findOneAndUpdate(
      { _id: { $eq: parts.join('/') } },
      { $setOnInsert: { model, environment, version, evaluation } },
      { upsert: true, returnDocument: 'after' },
    );
    return found?.evaluation ?? evaluation;
  }

  /** Judged windows of served traffic, oldest first. */
  async list(target: ModelTarget, range: { from?: Instant; to?: Instant } = {}): Promise<Evaluation[]> {
    const found = await this.evaluations
      .find({
        ...targetFilter(target),
        version: null,
        'evaluation.from': { $gte: range.from ?? '', $lt: range.to ?? '9999' },
      })
      .sort({ 'evaluation.from': 1, 'evaluation.to': 1 })
      .toArray();
    return found.map(({ evaluation }) => evaluation);
  }

  /** Records an alert or a change of its state; the same state again changes nothing. */
  async recordAlert(target: ModelTarget, alert: Alert): Promise<void> {
    const change = { recordedAt: new Date(), state: alert.state, who: alert.who ?? null };
    const { model, environment } = target;
    await this.alerts.updateOne(
      { _id: { $eq: alert.fingerprint } },
      { $setOnInsert: { model, environment, alert, changes: [change] } },
      { upsert: true },
    );
    await this.alerts.updateOne(
      { _id: { $eq: alert.fingerprint }, 'alert.state': { $ne: alert.state } },
      { $set: { alert }, $push: { changes: change } },
    );
  }

  /** Alerts of a target, oldest first. */
  async listAlerts(target: ModelTarget): Promise<Alert[]> {
    return (await this.alerts.find(targetFilter(target)).sort({ 'alert.at': 1, _id: 1 }).toArray()).map(
      ({ alert }) => alert,
    );
  }
}
