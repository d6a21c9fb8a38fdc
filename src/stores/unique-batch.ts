import { createHash } from 'node:crypto';
import { MongoServerError } from 'mongodb';
import type { Binary, Collection, Document, Filter } from 'mongodb';
import type { LogResult, ModelTarget, QuarantinedRow } from '../contracts';
import { pack, unpackBytes } from './columns';

/** Bytes of a row's digest that a segment keeps, to tell the same body from another. */
const DIGEST_BYTES = 16;

/** A row with the key that must be unique for its model and environment. */
export interface KeyedRow<T> {
  readonly key: string;
  readonly row: T;
  readonly digest: Uint8Array;
}

/** The fields by which a segment is known. */
export interface SegmentKeys extends ModelTarget {
  readonly _id: string;
  readonly ids: readonly string[];
  readonly digests: Binary;
}

/** How rows become one document. */
export interface BatchPlan<T, D extends SegmentKeys & Document> {
  readonly collection: Collection<D>;
  readonly target: ModelTarget;
  readonly predictionIdOf: (row: T) => string;
  readonly build: (rows: readonly T[], keys: SegmentKeys) => D;
}

/** Whether an error is a unique index refusing. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}

/** SHA-256 over canonical JSON: object keys in code-unit order, at every depth. */
export function digestOf(value: unknown): Buffer {
  return createHash('sha256').update(canonicalJson(value)).digest();
}

/** JSON with object keys in code-unit order. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, entry]) => entry !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`).join(',')}}`;
}

/** A row with its key and digest. */
export function keyed<T>(key: string, row: T): KeyedRow<T> {
  return { key, row, digest: digestOf(row).subarray(0, DIGEST_BYTES) };
}

/**
 * Writes rows as one document under a unique index on their keys. Keys that are there already are dropped as done
 * when the body is the same and set aside as a conflict when it is another; the rest is written again.
 */
export async function insertUnique<T, D extends SegmentKeys & Document>(
  plan: BatchPlan<T, D>,
  given: readonly KeyedRow<T>[],
): Promise<LogResult> {
  let { rows, duplicates, quarantined } = separate(plan, given, new Map());
  while (rows.length > 0) {
    try {
      await plan.collection.insertOne(document(plan, rows) as Parameters<typeof plan.collection.insertOne>[0]);
      return { logged: rows.length, duplicates, quarantined };
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      const rest = separate(plan, rows, await knownDigests(plan, rows));
      duplicates += rest.duplicates;
      quarantined = [...quarantined, ...rest.quarantined];
      rows = rest.rows;
    }
  }
  return { logged: 0, duplicates, quarantined };
}

function document<T, D extends SegmentKeys & Document>(plan: BatchPlan<T, D>, rows: readonly KeyedRow<T>[]): D {
  const ids = rows.map(({ key }) => key);
  // The id is derived, so a batch sent again meets itself, not a second copy.
  const _id = digestOf([plan.target.model, plan.target.environment, ids]).toString('hex').slice(0, 32);
  const digests = pack(Buffer.concat(rows.map(({ digest }) => digest)));
  const { model, environment } = plan.target;
  return plan.build(
    rows.map(({ row }) => row),
    { _id, model, environment, ids, digests },
  );
}

async function knownDigests<T, D extends SegmentKeys & Document>(
  plan: BatchPlan<T, D>,
  rows: readonly KeyedRow<T>[],
): Promise<Map<string, Buffer>> {
  const wanted = new Set(rows.map(({ key }) => key));
  const filter = { ...targetFilter(plan.target), ids: { $in: [...wanted] } } as unknown as Filter<D>;
  const known = new Map<string, Buffer>();
  for await (const segment of plan.collection.find(filter).project<SegmentKeys>({ ids: 1, digests: 1 })) {
    const digests = Buffer.from(unpackBytes(segment.digests));
    segment.ids.forEach((id, index) => {
      if (wanted.has(id)) known.set(id, digests.subarray(index * DIGEST_BYTES, (index + 1) * DIGEST_BYTES));
    });
  }
  return known;
}

function separate<T, D extends SegmentKeys & Document>(
  plan: BatchPlan<T, D>,
  given: readonly KeyedRow<T>[],
  known: Map<string, Uint8Array>,
): { rows: KeyedRow<T>[]; duplicates: number; quarantined: readonly QuarantinedRow[] } {
  const seen = new Map(known);
  const rows: KeyedRow<T>[] = [];
  const quarantined: QuarantinedRow[] = [];
  let duplicates = 0;
  for (const entry of given) {
    const digest = seen.get(entry.key);
    if (digest === undefined) {
      seen.set(entry.key, entry.digest);
      rows.push(entry);
    } else if (Buffer.compare(digest, entry.digest) === 0) duplicates += 1;
    else quarantined.push(conflict(plan.predictionIdOf(entry.row)));
  }
  return { rows, duplicates, quarantined };
}

function conflict(predictionId: string): QuarantinedRow {
  return {
    reason: 'conflict',
    path: 'predictionId',
    message: `${predictionId} was logged before with another body; what was logged first stands`,
    predictionId,
  };
}

/** Equality on a target as values, so that no object from outside can become an operator. */
export function targetFilter(target: ModelTarget): { model: { $eq: string }; environment: { $eq: string } } {
  return { model: { $eq: target.model }, environment: { $eq: target.environment } };
}
