import type { Db, MongoClient } from 'mongodb';
import { migrate, openStores } from '../../src/stores';
import type { Stores } from '../../src/stores';
import { day, logRows, SETTINGS, TARGET } from './rows';

/** What was measured, in milliseconds. */
export interface MonthWindowResult {
  readonly rows: number;
  readonly added: number;
  /** Folding and reading everything. */
  readonly scratch: number;
  /** Folding the new rows and reading everything. */
  readonly again: number;
  /** Reading alone, without drift. */
  readonly read: number;
  readonly times: number;
  /** Whether every row was counted, once. */
  readonly complete: boolean;
}

const DAYS = 30;

/**
 * Judging a window of thirty days, metrics and drift, from nothing, and again after rows of its last hours have come:
 * the cost is that of what is new. `rows` and `added` are the sizes of the two.
 */
export async function monthWindow(
  client: MongoClient,
  db: Db,
  rows = 1_000_000,
  added = 10_000,
): Promise<MonthWindowResult> {
  const size = { n: rows + added, days: DAYS };
  const stores = openStores(client, db);
  await migrate(stores);
  await logRows(stores, 0, rows, size);
  const scratch = await judged(stores);
  await logRows(stores, rows, rows + added, size);
  const again = await judged(stores);
  const started = performance.now();
  await stores.summaries.read(TARGET, SETTINGS, { from: day(0), to: day(DAYS), asOf: day(100) });
  return {
    rows,
    added,
    scratch: scratch.ms,
    again: again.ms,
    read: performance.now() - started,
    times: scratch.ms / again.ms,
    complete: scratch.labelled === rows && again.labelled === rows + added,
  };
}

async function judged(stores: Stores): Promise<{ readonly ms: number; readonly labelled: number }> {
  const started = performance.now();
  await stores.summaries.fold(TARGET, SETTINGS);
  const query = { from: day(0), to: day(DAYS), asOf: day(100), seasonOf: () => '' };
  const { all } = await stores.summaries.read(TARGET, SETTINGS, query);
  return { ms: performance.now() - started, labelled: all.labelled };
}
