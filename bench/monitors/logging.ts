import type { NewPrediction } from '../../src/contracts';
import { insertManyRowDocuments, insertOneRowDocuments, readRowDocuments } from '../ingestion/row-documents';
import { namedPredictions, newPredictions } from '../ingestion/rows';
import { logPredictions, logPredictionsOneByOne, readColumns } from '../ingestion/segments';
import type { Bench, Room } from './bench';
import { PredictionsClient } from './library';
import { atLeast, inTurn } from './result';
import type { Rates, Result } from './result';

const ROUNDS = 5;
const LOGGED = 50_000;
/** One-row calls, and how many are awaited at once. */
const CALLS = { ours: 50_000, theirs: 5_000, atOnce: 1_000 };
const READ = { rows: 100_000, rounds: 7 };

/** The durable log beside `insertMany` of the same rows. */
export async function log(bench: Bench): Promise<Result[]> {
  const minted = await logged(bench, newPredictions(LOGGED));
  const named = await logged(bench, namedPredictions(LOGGED));
  const work = 'durable prediction log (majority, journal), batches of 1 000';
  return [
    atLeast(`${work}, ids minted`, 'rows/s', 'insertMany of row documents', minted, 4),
    atLeast(`${work}, caller’s ids`, 'rows/s', 'insertMany of row documents', named, 2),
  ];
}

/** A thousand callers that each await the durability of one row. */
export async function callers(bench: Bench): Promise<Result[]> {
  const minted = await oneByOne(bench, newPredictions(CALLS.ours));
  const named = await oneByOne(bench, namedPredictions(CALLS.ours));
  const work = '1 000 concurrent callers of the one-row API, awaiting durability';
  return [
    atLeast(`${work}, ids minted`, 'rows/s', 'insertOne each', minted, 60),
    atLeast(`${work}, caller’s ids`, 'rows/s', 'insertOne each', named, null),
  ];
}

/** Ten columns of a hundred thousand rows. */
export async function columns(bench: Bench): Promise<Result[]> {
  const room = await bench.room();
  const rows = newPredictions(READ.rows);
  const features = Object.keys(rows[0]!.features);
  await logPredictions(new PredictionsClient(room.stores), rows);
  await insertManyRowDocuments(room.db, rows);
  const rates = await inTurn(
    READ.rounds,
    () => readColumns(room.stores, features),
    () => readRowDocuments(room.db, features),
  );
  await room.db.dropDatabase();
  return [
    atLeast('10 feature columns × 1e5 rows into typed arrays', 'rows/s', 'row documents through the driver', rates, 30),
  ];
}

/** Every round on empty collections: ids of a caller may come once only. */
async function logged(bench: Bench, rows: readonly NewPrediction[]): Promise<Rates> {
  return inTurn(
    ROUNDS,
    () => inRoom(bench, (room) => logPredictions(new PredictionsClient(room.stores), rows)),
    () => inRoom(bench, (room) => insertManyRowDocuments(room.db, rows)),
  );
}

async function oneByOne(bench: Bench, rows: readonly NewPrediction[]): Promise<Rates> {
  return inTurn(
    ROUNDS,
    () => inRoom(bench, (room) => logPredictionsOneByOne(new PredictionsClient(room.stores), rows, CALLS.atOnce)),
    () => inRoom(bench, (room) => insertOneRowDocuments(room.db, rows.slice(0, CALLS.theirs), CALLS.atOnce)),
  );
}

async function inRoom(bench: Bench, work: (room: Room) => Promise<number>): Promise<number> {
  const room = await bench.room();
  try {
    return await work(room);
  } finally {
    await room.db.dropDatabase();
  }
}
