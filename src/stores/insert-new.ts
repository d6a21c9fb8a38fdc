import { MongoBulkWriteError } from 'mongodb';
import type { Collection, OptionalUnlessRequiredId } from 'mongodb';

/**
 * Inserts what is not there, by `_id`, and says which documents were: their places, in order. Of two with one `_id` in
 * the same call the first is inserted.
 * @throws MongoBulkWriteError when anything else went wrong; some may be inserted then, and doing it again is harmless
 */
export async function insertNew<D extends { readonly _id: string }>(
  collection: Collection<D>,
  documents: readonly OptionalUnlessRequiredId<D>[],
): Promise<number[]> {
  try {
    await collection.insertMany(documents, { ordered: false });
    return [];
  } catch (error) {
    return refusedPlaces(error);
  }
}

/**
 * The places in a bulk write of what an `_id` that is there has refused, in order.
 * @throws the error itself when anything else went wrong
 */
export function refusedPlaces(error: unknown): number[] {
  if (!(error instanceof MongoBulkWriteError)) throw error;
  const failures = [error.writeErrors].flat();
  const known = failures.length > 0 && failures.every(({ code }) => code === 11000);
  if (!known || error.result.getWriteConcernError() !== undefined) throw error;
  return failures.map(({ index }) => index).sort((a, b) => a - b);
}
