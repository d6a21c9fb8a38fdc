import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../src/contracts';
import type { RetrainSpec, Snapshot, TrainingRows } from '../src/contracts';
import type { Rows, Stores } from '../src/stores';

/** Labelled rows with their features, as they were known at a time. */
export function readLabelled(
  stores: Stores,
  spec: RetrainSpec,
  range: { readonly from: string; readonly to: string; readonly asOf: string },
): Promise<Rows> {
  return stores.rows.read({ target: spec, ...range, labelledOnly: true, features: true });
}

/** The snapshot's rows again: the same query gives the same rows, and the count says so. */
export async function snapshotRows(stores: Stores, spec: RetrainSpec, snapshot: Snapshot): Promise<Rows> {
  const rows = await readLabelled(stores, spec, snapshot);
  if (rows.n === snapshot.rows) return rows;
  throw refused(`dataset ${snapshot.dataset} had ${snapshot.rows} rows and has ${rows.n}: a revision changed it`);
}

/** The index of the first row of the hold-out. */
export function holdoutStart(rows: Rows, { holdoutFrom }: Snapshot): number {
  const start = rows.at.findIndex((at) => at >= Date.parse(holdoutFrom));
  return start < 0 ? rows.n : start;
}

/** Rows from an index up to another, as a stage takes them. */
export function slice(rows: Rows, from: number, to: number): TrainingRows {
  const columns = [...rows.columns].map(([name, values]) => [name, values.slice(from, to)] as const);
  return { n: to - from, columns: new Map(columns), labels: rows.label.slice(from, to) };
}

/** Rows that no model can be trained on. */
export function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.trainingRefused);
}
