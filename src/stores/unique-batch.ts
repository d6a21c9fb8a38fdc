import { hash } from 'node:crypto';
import type { Binary, Collection, Document, Filter, OptionalUnlessRequiredId } from 'mongodb';
import type { ModelTarget } from '../contracts';
import { keyedSegmentId } from './address';
import { pack, unpackBytes } from './columns';
import { inParallel } from './in-parallel';
import { insertOnce, isDuplicateKey } from './insert-once';
import { DIGEST_DIGITS, digestRow } from './row-digest';
import type { RowStatus } from './tally';

export { isDuplicateKey };

/** A row with the key that must be unique for its model and environment. */
export interface KeyedRow<T> {
  readonly key: string;
  readonly row: T;
  readonly digest: string;
}

/** The fields by which a segment is known. */
export interface SegmentKeys extends ModelTarget {
  readonly _id: string;
  readonly ids: readonly string[];
  readonly digests: Binary;
}

/** How rows become documents. */
export interface BatchPlan<T, D extends SegmentKeys & Document> {
  readonly collection: Collection<D>;
  readonly target: ModelTarget;
  /** Rows of one document each. */
  readonly cut: (rows: readonly KeyedRow<T>[]) => readonly (readonly KeyedRow<T>[])[];
  readonly build: (rows: readonly T[], keys: SegmentKeys) => OptionalUnlessRequiredId<D>;
}

/** SHA-256 over canonical JSON: object keys in code-unit order, at every depth. */
export function digestOf(value: unknown): Buffer {
  return hash('sha256', canonicalJson(value), 'buffer');
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
  return { key, row, digest: digestRow(row) };
}

/**
 * Writes rows under a unique index on their keys, and says of each, in the given order, what became of it. Of rows
 * with one key the first given is written; where the key is there already, what is there stands. A row with the body
 * that stands is a duplicate, any other a conflict.
 */
export async function insertUnique<T, D extends SegmentKeys & Document>(
  plan: BatchPlan<T, D>,
  given: readonly KeyedRow<T>[],
): Promise<RowStatus[]> {
  // The index refuses a key that another document has, not one that stands twice in the same.
  const first = new Map<string, KeyedRow<T>>();
  for (const entry of given) if (!first.has(entry.key)) first.set(entry.key, entry);
  const known = new Map<string, string>();
  await inParallel(plan.cut([...first.values()]), (batch) => insertUnknown(plan, batch, known));
  return given.map((entry) => {
    const leader = first.get(entry.key)!;
    const standing = known.get(entry.key);
    if (standing === undefined && leader === entry) return 'logged';
    return (standing ?? leader.digest) === entry.digest ? 'duplicate' : 'conflict';
  });
}

/** Writes the rows whose keys are unknown as one document; the digests of the others go into `known`. */
async function insertUnknown<T, D extends SegmentKeys & Document>(
  plan: BatchPlan<T, D>,
  batch: readonly KeyedRow<T>[],
  known: Map<string, string>,
): Promise<void> {
  let rows = batch;
  while (rows.length > 0) {
    try {
      await insertOnce(plan.collection, document(plan, rows));
      return;
    } catch (error) {
      if (!isDuplicateKey(error)) throw error;
      await findDigests(plan, rows, known);
      rows = rows.filter(({ key }) => !known.has(key));
    }
  }
}

function document<T, D extends SegmentKeys & Document>(
  plan: BatchPlan<T, D>,
  rows: readonly KeyedRow<T>[],
): OptionalUnlessRequiredId<D> {
  const { model, environment } = plan.target;
  return plan.build(
    rows.map(({ row }) => row),
    {
      _id: keyedSegmentId(),
      model,
      environment,
      ids: rows.map(({ key }) => key),
      digests: pack(Buffer.from(rows.map(({ digest }) => digest).join(''), 'hex')),
    },
  );
}

async function findDigests<T, D extends SegmentKeys & Document>(
  plan: BatchPlan<T, D>,
  rows: readonly KeyedRow<T>[],
  known: Map<string, string>,
): Promise<void> {
  const wanted = new Set(rows.map(({ key }) => key));
  const filter = { ...targetFilter(plan.target), ids: { $in: [...wanted] } } as unknown as Filter<D>;
  for await (const segment of plan.collection.find(filter).project<SegmentKeys>({ ids: 1, digests: 1 })) {
    const digests = Buffer.from(unpackBytes(segment.digests)).toString('hex');
    segment.ids.forEach((id, index) => {
      if (wanted.has(id)) known.set(id, digests.slice(index * DIGEST_DIGITS, (index + 1) * DIGEST_DIGITS));
    });
  }
}

/** Equality on a target as values, so that no object from outside can become an operator. */
export function targetFilter(target: ModelTarget): { model: { $eq: string }; environment: { $eq: string } } {
  return { model: { $eq: target.model }, environment: { $eq: target.environment } };
}
