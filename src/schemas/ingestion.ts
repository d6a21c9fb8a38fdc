import { z } from 'zod';
import { FUTURE_TOLERANCE_MS } from '../contracts';
import type { OutcomeRow, PredictionRow, QuarantinedRow, QuarantineReason } from '../contracts';
import { firstIssue } from './parse';
import { instant } from './primitives';

const predictionId = z.string().min(1).max(200);

/** One prediction as it was served. */
export const predictionRowSchema = z.strictObject({
  predictionId,
  ts: instant,
  // z.record would drop a feature called __proto__; z.custom looks without copying.
  features: z.custom<PredictionRow['features']>(isFeatures, {
    error: 'expected an object of finite numbers, texts, booleans, nulls, lists or objects',
  }),
  version: z.number().int().min(0),
  score: z.number().min(0).max(1).nullable(),
  prediction: z.union([z.literal(0), z.literal(1)], { error: 'expected 0 or 1' }).nullable(),
  unit: z.string().min(1).max(200).optional(),
}) satisfies z.ZodType<PredictionRow>;

function isFeatures(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((entry) => typeof entry !== 'number' || Number.isFinite(entry));
}

/** What really happened. */
export const outcomeRowSchema = z.strictObject({
  predictionId,
  label: z.union([z.literal(0), z.literal(1)], { error: 'expected 0 or 1' }),
  labelTs: instant,
  revision: z.number().int().min(0).max(1_000_000).optional(),
  value: z.number().optional(),
}) satisfies z.ZodType<OutcomeRow>;

/** Outcomes that come by signal. */
export const recordOutcomesSchema = z.strictObject({
  batchId: z.string().min(1).max(200),
  outcomes: z.array(z.unknown()).max(500),
});

/** Rows that passed and rows that were set aside. */
export interface Sifted<T> {
  readonly rows: readonly T[];
  readonly quarantined: readonly QuarantinedRow[];
}

/**
 * Sifts rows from outside: a bad row is set aside with its reason and never stops the batch.
 * @param now the wall clock, in milliseconds; rows dated more than a day ahead of it are set aside
 */
export function siftRows<T extends { readonly predictionId: string }>(
  schema: z.ZodType<T>,
  rows: readonly unknown[],
  timeOf: (row: T) => string,
  now: number,
): Sifted<T> {
  const good: T[] = [];
  const quarantined: QuarantinedRow[] = [];
  for (const row of rows) {
    const result = schema.safeParse(row);
    if (!result.success) quarantined.push(describe(schema, row));
    else if (Date.parse(timeOf(result.data)) > now + FUTURE_TOLERANCE_MS) {
      quarantined.push({
        reason: 'future-timestamp',
        path: 'ts',
        message: `${timeOf(result.data)} is more than a day ahead of the clock`,
        predictionId: result.data.predictionId,
      });
    } else good.push(result.data);
  }
  return { rows: good, quarantined };
}

function describe(schema: z.ZodType, row: unknown): QuarantinedRow {
  const issue = firstIssue(schema, row)!;
  const reason: QuarantineReason = issue.code === 'unrecognized_keys' ? 'unknown-field' : 'invalid-value';
  const id = typeof row === 'object' && row !== null && 'predictionId' in row ? row.predictionId : null;
  return {
    reason,
    path: issue.path,
    message: `${issue.path} is ${issue.value}: ${issue.expected}`,
    predictionId: typeof id === 'string' ? id.slice(0, 200) : null,
  };
}
