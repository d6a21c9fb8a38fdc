import { z } from 'zod';
import { parseWith, SchemaError } from './parse';

/** What one message may hold. */
export interface BatchSize {
  readonly rows: number;
  /** Of the whole batch as compact JSON in UTF-8. */
  readonly bytes: number;
}

const batchId = z.string().min(1).max(200);
const schemas = {
  outcomes: z.strictObject({ batchId, outcomes: z.array(z.unknown()) }),
  predictions: z.strictObject({ batchId, predictions: z.array(z.unknown()) }),
};

/**
 * The rows of a batch that came through Temporal, each still to be looked at. A batch is taken or refused whole.
 * @param what names the batch in the error, e.g. `recordOutcomes`
 * @throws SchemaError with path, value and what is accepted
 */
export function rowsOfBatch(
  field: keyof typeof schemas,
  given: unknown,
  limits: BatchSize,
  what: string,
): readonly unknown[] {
  const batch: Partial<Record<typeof field, unknown[]>> = parseWith(schemas[field], given, what);
  const rows = batch[field]!;
  const bytes = Buffer.byteLength(JSON.stringify(given));
  if (rows.length > limits.rows) throw tooLarge(what, field, rows.length, limits.rows, 'rows');
  if (bytes > limits.bytes) throw tooLarge(what, field, bytes, limits.bytes, 'bytes of JSON');
  return rows;
}

function tooLarge(what: string, path: string, found: number, most: number, unit: string): SchemaError {
  const expected = `expected at most ${most} ${unit} in a batch; nothing was written`;
  return new SchemaError(what, [{ path, value: `${found} ${unit}`, expected, code: 'too_big' }]);
}
