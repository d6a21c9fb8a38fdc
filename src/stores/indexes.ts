import { MongoServerError } from 'mongodb';
import type { Collection, Document, IndexSpecification } from 'mongodb';

/** Creates an index; one that is there already, as asked for, is left alone. */
export async function ensureIndex<D extends Document>(
  collection: Collection<D>,
  keys: IndexSpecification,
  options: { readonly name: string; readonly unique?: boolean; readonly partialFilterExpression?: Document },
): Promise<void> {
  await collection.createIndex(keys, options, {});
}

/** What the server says of a collection or an index that is not there. */
const NOT_THERE: readonly unknown[] = [26, 27];

/** Drops an index that another has taken the place of; one that is not there, or that others drop just now, is fine. */
export async function dropIndex<D extends Document>(collection: Collection<D>, name: string): Promise<void> {
  try {
    await collection.dropIndex(name);
  } catch (error) {
    if (!(error instanceof MongoServerError) || !NOT_THERE.includes(error.code)) throw error;
  }
}
