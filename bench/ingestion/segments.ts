import type { NewPrediction, OutcomeRow } from '../../src/contracts';
import type { OutcomesClient, PredictionsClient } from '../../src/client/ingestion';
import type { Stores } from '../../src/stores';
import { batchRate, rate, TARGET } from './rows';

const ALL = { from: '2011-01-01T00:00:00.000Z', to: '2012-01-01T00:00:00.000Z', asOf: '2012-01-01T00:00:00.000Z' };

/** Rows per second by `predictions.log` in batches of 1 000; rows without ids get minted ones. */
export async function logPredictions(
  predictions: PredictionsClient,
  rows: readonly NewPrediction[],
  writers = 1,
): Promise<number> {
  return batchRate(rows, writers, (batch) => predictions.log(TARGET, batch));
}

/** Rows per second when each of many concurrent callers awaits its call of `predictions.log` with one row. */
export async function logPredictionsOneByOne(
  predictions: PredictionsClient,
  rows: readonly NewPrediction[],
  callers = 1_000,
): Promise<number> {
  return rate(rows, callers, (row) => predictions.log(TARGET, row));
}

/** Outcomes per second by `outcomes.log` in batches of 1 000. */
export async function logOutcomes(outcomes: OutcomesClient, rows: readonly OutcomeRow[], writers = 1): Promise<number> {
  return batchRate(rows, writers, (batch) => outcomes.log(TARGET, batch));
}

/** Rows per second from segments into typed arrays of the named features. */
export async function readColumns(stores: Stores, features: readonly string[]): Promise<number> {
  const started = performance.now();
  const { n } = await stores.rows.read({ target: TARGET, ...ALL, features, ids: false });
  return (n * 1_000) / (performance.now() - started);
}
