import type {
  LogResult,
  ModelTarget,
  NewPrediction,
  OutcomeRow,
  PredictionLogResult,
  QuarantinedRow,
} from '../contracts';
import { erasureSchema, newPredictionSchema, outcomeRowSchema, parseWith, siftRows, targetSchema } from '../schemas';
import type { Erasure, Stores } from '../stores';
import { listOf } from './batch';
import type { Nudges } from './nudges';

/** Logging of predictions as they are served. */
export class PredictionsClient {
  private readonly stores: Stores;

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /**
   * Logs one or many. When the promise resolves the rows are durable (majority, journal). A bad row is set aside
   * with its reason and never stops the others. Rows that many callers log one by one at the same time are written
   * together, within 50 ms. A row without an id is given one, which is several times quicker; only a row with an id
   * of its own can be sent again after an error without being there twice.
   * @throws SchemaError when the target is none or there are more than a million rows; nothing is written then
   * @example
   * const { ids } = await client.predictions.log(
   *   { model: 'bike' },
   *   { ts: '2011-08-01', features: { temp: .7 }, version: 1, score: .8, prediction: 1 },
   * );
   */
  async log(target: TargetInput, given: NewPrediction | readonly NewPrediction[]): Promise<PredictionLogResult> {
    const checked = parseWith(targetSchema, target, 'target');
    const list = listOf(given, 'predictions');
    const time = (row: NewPrediction): string => row.ts;
    const { rows, positions, quarantined } = siftRows<NewPrediction>(newPredictionSchema, list, time, Date.now());
    const { predictions } = this.stores;
    const alone = list !== given && rows.length === 1;
    const result = await (alone ? predictions.logOne(checked, rows[0]!) : predictions.log(checked, rows));
    if (quarantined.length + result.quarantined.length === 0) return result;
    const ids = new Array<string | null>(list.length).fill(null);
    result.ids.forEach((id, index) => (ids[positions[index]!] = id));
    return { ...(await setAside(this.stores, checked, result, quarantined)), ids };
  }

  /** One logged row with its features and what came true, for a person; null when it is not there. */
  async find(target: TargetInput, predictionId: string): Promise<Record<string, unknown> | null> {
    return this.stores.rows.find(parseWith(targetSchema, target, 'target'), predictionId);
  }

  /**
   * Erases every row of a unit (a user, a session), for good: its predictions, outcomes and what waits. Leaves an
   * audit entry with who and why, and the SHA-256 of the subject in its place. Repeating it is harmless.
   * @example await client.predictions.forget({ model: 'bike' }, 'user-17', { who: 'ann', reason: 'erasure request' })
   */
  async forget(
    target: TargetInput,
    subject: string,
    decision: { readonly who: string; readonly reason: string },
  ): Promise<Erasure> {
    const checked = parseWith(targetSchema, target, 'target');
    const at = new Date().toISOString();
    const request = parseWith(erasureSchema, { subject, ...decision, at }, 'erasure');
    return this.stores.erasure.forget(checked, request.subject, request);
  }
}

/** Logging of what really happened. */
export class OutcomesClient {
  private readonly stores: Stores;
  private readonly nudges: Nudges;

  constructor(stores: Stores, nudges: Nudges) {
    this.stores = stores;
    this.nudges = nudges;
  }

  /**
   * Logs one or many; an outcome may come before its prediction, late, twice, or corrected by a higher revision.
   * Outcomes that many callers log one by one at the same time are written together, within 50 ms. A monitor that is
   * eager is told, within a second or two.
   * @throws SchemaError when the target is none or there are more than a million rows; nothing is written then
   */
  async log(target: TargetInput, given: OutcomeRow | readonly OutcomeRow[]): Promise<LogResult> {
    const checked = parseWith(targetSchema, target, 'target');
    const list = listOf(given, 'outcomes');
    const time = (row: OutcomeRow): string => row.labelTs;
    const { rows, quarantined } = siftRows<OutcomeRow>(outcomeRowSchema, list, time, Date.now());
    const { outcomes } = this.stores;
    const alone = list !== given && rows.length === 1;
    const result = await (alone ? outcomes.logOne(checked, rows[0]!) : outcomes.log(checked, rows));
    this.nudges.nudge(checked);
    return setAside(this.stores, checked, result, quarantined);
  }

  /** Rows that were set aside by reason, and outcomes that wait for their prediction. */
  async quarantine(target: TargetInput): Promise<{ byReason: Record<string, number>; pending: number }> {
    const checked = parseWith(targetSchema, target, 'target');
    const [byReason, pending] = await Promise.all([
      this.stores.quarantine.count(checked),
      this.stores.labels.countPending(checked),
    ]);
    return { byReason, pending };
  }

  /** Sets rows aside that a reader could not even parse. */
  async setAside(target: TargetInput, rows: readonly QuarantinedRow[]): Promise<void> {
    await this.stores.quarantine.add(parseWith(targetSchema, target, 'target'), rows);
  }
}

/** A target; the environment is `production` unless said. */
export type TargetInput = Pick<ModelTarget, 'model'> & Partial<ModelTarget>;

async function setAside(
  stores: Stores,
  target: ModelTarget,
  result: LogResult,
  quarantined: readonly QuarantinedRow[],
): Promise<LogResult> {
  const aside = [...quarantined, ...result.quarantined];
  await stores.quarantine.add(target, aside);
  return { ...result, quarantined: aside };
}
