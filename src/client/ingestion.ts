import type { LogResult, ModelTarget, OutcomeRow, PredictionRow, QuarantinedRow } from '../contracts';
import { outcomeRowSchema, parseWith, predictionRowSchema, siftRows, targetSchema } from '../schemas';
import type { Stores } from '../stores';

/** Logging of predictions as they are served. */
export class PredictionsClient {
  private readonly stores: Stores;

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /**
   * Logs one or many. When the promise resolves the rows are durable (majority, journal). A bad row is set aside
   * with its reason and never stops the others.
   * @example await client.predictions.log({ model: 'bike' }, { predictionId: 'p1', ts: '2011-08-01', features: { temp: .7 }, version: 1, score: .8, prediction: 1 })
   */
  async log(target: TargetInput, given: PredictionRow | readonly PredictionRow[]): Promise<LogResult> {
    const checked = parseWith(targetSchema, target, 'target');
    const { rows, quarantined } = siftRows<PredictionRow>(
      predictionRowSchema,
      listOf(given),
      (row) => row.ts,
      Date.now(),
    );
    const result = await this.stores.predictions.log(checked, rows);
    return setAside(this.stores, checked, result, quarantined);
  }

  /** One logged row with its features and label, for a person; null when it is not there. */
  async find(target: TargetInput, predictionId: string): Promise<Record<string, unknown> | null> {
    return this.stores.rows.find(parseWith(targetSchema, target, 'target'), predictionId);
  }
}

/** Logging of what really happened. */
export class OutcomesClient {
  private readonly stores: Stores;

  constructor(stores: Stores) {
    this.stores = stores;
  }

  /** Logs one or many; an outcome may come before its prediction, late, twice, or corrected by a higher revision. */
  async log(target: TargetInput, given: OutcomeRow | readonly OutcomeRow[]): Promise<LogResult> {
    const checked = parseWith(targetSchema, target, 'target');
    const { rows, quarantined } = siftRows<OutcomeRow>(
      outcomeRowSchema,
      listOf(given),
      (row) => row.labelTs,
      Date.now(),
    );
    const result = await this.stores.outcomes.log(checked, rows);
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

function listOf<T>(given: T | readonly T[]): readonly T[] {
  return Array.isArray(given) ? (given as readonly T[]) : [given as T];
}

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
