import type { Collection, Document, IndexSpecification } from 'mongodb';

/** Creates an index; one that is there already, as asked for, is left alone. */
export async function ensureIndex<D extends Document>(
  collection: Collection<D>,
  keys: IndexSpecification,
  options: { readonly name: string; readonly unique?: boolean; readonly partialFilterExpression?: Document },
): Promise<void> {
  await collection.createIndex(keys, options, {});
}
