import { MongoError, MongoNetworkError, MongoServerError } from 'mongodb';
import type { Collection, Document, OptionalUnlessRequiredId } from 'mongodb';

/** Each of them is tried twice by the driver. */
const ATTEMPTS = 3;

/** Whether an error is a unique index refusing. */
export function isDuplicateKey(error: unknown): boolean {
  return error instanceof MongoServerError && error.code === 11000;
}

/**
 * Inserts a document with an `_id` made for it alone. When the answer to an attempt is lost, the next attempt meets
 * the document: that counts as done.
 */
export async function insertOnce<D extends Document>(
  collection: Collection<D>,
  document: OptionalUnlessRequiredId<D>,
): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await collection.insertOne(document);
      return;
    } catch (error) {
      if (isDuplicateKey(error) && metItself(error as MongoServerError)) return;
      if (attempt === ATTEMPTS || !mayBeTriedAgain(error)) throw error;
    }
  }
}

function metItself(error: MongoServerError): boolean {
  const keys = error.keyPattern as Readonly<Record<string, number>> | undefined;
  return keys !== undefined && Object.keys(keys).join() === '_id';
}

function mayBeTriedAgain(error: unknown): boolean {
  return (
    error instanceof MongoNetworkError || (error instanceof MongoError && error.hasErrorLabel('RetryableWriteError'))
  );
}
