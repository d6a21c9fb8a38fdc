import type { Db } from 'mongodb';
import type { NewPrediction } from '../../src/contracts';
import { batchRate, documentsOf, rate } from './rows';

const COLLECTION = 'rowDocuments';

/** Rows per second by `insertMany` of row documents in batches of 1 000; majority and journal come from the database. */
export async function insertManyRowDocuments(db: Db, rows: readonly NewPrediction[], writers = 1): Promise<number> {
  const collection = await fresh(db);
  return batchRate(documentsOf(rows), writers, (batch) => collection.insertMany([...batch], { ordered: false }));
}

/** Rows per second when each of many concurrent callers awaits its `insertOne`. */
export async function insertOneRowDocuments(db: Db, rows: readonly NewPrediction[], callers = 1_000): Promise<number> {
  const collection = await fresh(db);
  return rate(documentsOf(rows), callers, (document) => collection.insertOne(document));
}

/** Rows per second from row documents, written before, into typed arrays of the named features. */
export async function readRowDocuments(db: Db, features: readonly string[]): Promise<number> {
  const collection = db.collection(COLLECTION);
  const n = await collection.countDocuments();
  const columns = new Map(features.map((name) => [name, new Float64Array(n)]));
  const started = performance.now();
  const projection = Object.fromEntries(features.map((name) => [`features.${name}`, 1]));
  let row = 0;
  for await (const { features: found } of collection
    .find({}, { projection: { _id: 0, ...projection } })
    .sort({ ts: 1 })) {
    for (const [name, column] of columns) column[row] = (found as Record<string, number>)[name]!;
    row += 1;
  }
  return (n * 1_000) / (performance.now() - started);
}

async function fresh(db: Db): Promise<ReturnType<Db['collection']>> {
  await db.collection(COLLECTION).drop();
  const collection = db.collection(COLLECTION);
  await collection.createIndex({ model: 1, environment: 1, ts: 1 });
  return collection;
}
