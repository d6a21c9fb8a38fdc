import { z } from 'zod';
import { FUTURE_TOLERANCE_MS, MINTED_ID_PATTERN } from '../contracts';
import type { NewPrediction, OutcomeRow, PredictionRow, QuarantinedRow, QuarantineReason } from '../contracts';
import { isFeatures } from './features';
import { passNamedPrediction, passOutcome, passPrediction } from './ingestion-fast';
import { firstIssue } from './parse';
import { instant } from './primitives';

const predictionId = z
  .string()
  .min(1)
  .max(200)
  .refine((id) => !/\p{Surrogate}/u.test(id), { error: 'expected whole characters: half of a surrogate pair is none' });

const callersId = predictionId.refine((id) => !MINTED_ID_PATTERN.test(id), {
  error: 'expected an id of your own: ids of this form are given by `log`',
});

/** One prediction as it was served, under an id of the caller's. */
export const predictionRowSchema = z.strictObject({
  predictionId: callersId,
  ts: instant,
  // z.record would drop a feature called __proto__; z.custom looks without copying.
  features: z.custom<PredictionRow['features']>(isFeatures, {
    error: 'expected an object of finite numbers, texts, booleans, nulls, lists or plain objects, at most 1 MiB',
  }),
  version: z.number().int().min(0).max(2_147_483_647),
  score: z.number().min(0).max(1).nullable(),
  prediction: z.number().nullable(),
  unit: z.string().min(1).max(200).optional(),
}) satisfies z.ZodType<PredictionRow>;

/** One prediction as it was served; without an id it is given one. */
export const newPredictionSchema = predictionRowSchema.extend({
  predictionId: callersId.optional(),
}) satisfies z.ZodType<NewPrediction>;

/** What really happened. */
export const outcomeRowSchema = z
  .strictObject({
    predictionId,
    label: z.union([z.literal(0), z.literal(1)], { error: 'expected 0 or 1' }).optional(),
    labelTs: instant,
    revision: z.number().int().min(0).max(1_000_000).optional(),
    value: z.number().optional(),
    relevance: z.array(z.number().min(0)).min(1).max(1_000).optional(),
  })
  .refine(({ label, value, relevance }) => label !== undefined || value !== undefined || relevance !== undefined, {
    error: 'expected a label, a value or the relevance of a ranking',
    path: ['label'],
  }) satisfies z.ZodType<OutcomeRow>;

/** Rows that passed and rows that were set aside. */
export interface Sifted<T> {
  readonly rows: readonly T[];
  /** Where each of them stood among the rows given. */
  readonly positions: readonly number[];
  readonly quarantined: readonly QuarantinedRow[];
}

/** Checks by hand that say yes where a schema does. */
const QUICK = new Map<z.ZodType, (row: unknown) => unknown>([
  [predictionRowSchema, passNamedPrediction],
  [newPredictionSchema, passPrediction],
  [outcomeRowSchema, passOutcome],
]);

/**
 * Sifts rows from outside: a bad row is set aside with its reason and never stops the batch.
 * @param now the wall clock, in milliseconds; rows dated more than a day ahead of it are set aside
 */
export function siftRows<T extends { readonly predictionId?: string | undefined }>(
  schema: z.ZodType<T>,
  given: readonly unknown[],
  timeOf: (row: T) => string,
  now: number,
): Sifted<T> {
  const quick = QUICK.get(schema) as ((row: unknown) => T | null) | undefined;
  const latest = new Date(now + FUTURE_TOLERANCE_MS).toISOString();
  const rows: T[] = [];
  const positions: number[] = [];
  const quarantined: QuarantinedRow[] = [];
  given.forEach((entry, position) => {
    const row = quick?.(entry) ?? schema.safeParse(entry).data;
    if (row === undefined) quarantined.push(describe(schema, entry));
    else if (isAfter(timeOf(row), latest)) quarantined.push(tooEarly(row, timeOf(row)));
    else {
      rows.push(row);
      positions.push(position);
    }
  });
  return { rows, positions, quarantined };
}

/** Normalised instants compare as texts; one of the year 10000 has a sign before it. */
function isAfter(time: string, latest: string): boolean {
  return time > latest || time.startsWith('+');
}

function tooEarly(row: { readonly predictionId?: string | undefined }, time: string): QuarantinedRow {
  return {
    reason: 'future-timestamp',
    path: 'labelTs' in row ? 'labelTs' : 'ts',
    message: `${time} is more than a day ahead of the clock`,
    predictionId: row.predictionId ?? null,
  };
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
