import type { Collection, Db, Document, MongoClient } from 'mongodb';
import { migrate, openStores } from '../../src/stores';
import { day, logRows, rowsBetween, SETTINGS, TARGET, timed } from './rows';

/** What was measured: milliseconds, and how many times as long the others take. */
export interface DayWindowResult {
  readonly rows: number;
  readonly rowsInWindow: number;
  readonly summaries: number;
  readonly lookup: number;
  readonly embedded: number;
  readonly timeSeries: number;
  readonly times: { readonly lookup: number; readonly embedded: number; readonly timeSeries: number };
  /** Whether all four gave the same accuracy. */
  readonly same: boolean;
}

const DAYS = 10;
const RUNS = 5;

/**
 * Accuracy of one day of ten: from summaries, by `$lookup` of outcomes beside predictions, by `$group` of documents with
 * their outcome embedded, and of a time-series collection, each with the index it wants, in the same mongod.
 */
export async function dayWindow(client: MongoClient, db: Db, rows = 1_000_000): Promise<DayWindowResult> {
  const size = { n: rows, days: DAYS };
  const stores = openStores(client, db);
  await migrate(stores);
  await logRows(stores, 0, rows, size);
  await stores.summaries.fold(TARGET, SETTINGS);
  const rivals = await rivalsOf(db, rows);
  const window = { from: day(4), to: day(5) };
  const between = { $gte: new Date(window.from), $lt: new Date(window.to) };
  const ours = await timed(4 * RUNS, () => stores.summaries.read(TARGET, SETTINGS, { ...window, asOf: day(100) }));
  const counts = ours.answer.all.sums.task === 'binary' ? ours.answer.all.sums.confusion : null;
  const accuracy = (counts!.tn + counts!.tp) / ours.answer.all.labelled;
  const lookup = await timed(RUNS, () => byLookup(rivals.predictions, between));
  const embedded = await timed(RUNS, () => byGroup(rivals.embedded, { ts: between }));
  const timeSeries = await timed(RUNS, () => byGroup(rivals.timeSeries, { ts: between }));
  return {
    rows,
    rowsInWindow: ours.answer.all.served,
    summaries: ours.ms,
    lookup: lookup.ms,
    embedded: embedded.ms,
    timeSeries: timeSeries.ms,
    times: { lookup: lookup.ms / ours.ms, embedded: embedded.ms / ours.ms, timeSeries: timeSeries.ms / ours.ms },
    same: [lookup, embedded, timeSeries].every(({ answer }) => answer === accuracy),
  };
}

interface Rivals {
  readonly predictions: Collection;
  readonly embedded: Collection;
  readonly timeSeries: Collection;
}

async function rivalsOf(db: Db, rows: number): Promise<Rivals> {
  const predictions = db.collection('rivalPredictions');
  const outcomes = db.collection('rivalOutcomes');
  const embedded = db.collection('rivalEmbedded');
  const timeSeries = await db.createCollection('rivalTimeSeries', {
    timeseries: { timeField: 'ts', metaField: 'model', granularity: 'seconds' },
  });
  await predictions.createIndex({ ts: 1 });
  await embedded.createIndex({ ts: 1 });
  for (let start = 0; start < rows; start += 10_000) {
    const batch = rowsBetween(start, Math.min(rows, start + 10_000), { n: rows, days: DAYS });
    const [made, told] = [batch.predictions, batch.outcomes];
    const documents = made.map(({ predictionId, ts, ...row }) => ({ _id: predictionId, ts: new Date(ts), ...row }));
    const labelled = documents.map((row, k) => ({ ...row, label: told[k]!.label }));
    await predictions.insertMany(documents as unknown as Document[], { ordered: false });
    await outcomes.insertMany(
      told.map(({ predictionId, label }) => ({ _id: predictionId, label })) as unknown as Document[],
      { ordered: false },
    );
    await embedded.insertMany(labelled as unknown as Document[], { ordered: false });
    await timeSeries.insertMany(labelled.map((row) => ({ ...row, model: TARGET.model })) as unknown as Document[], {
      ordered: false,
    });
  }
  return { predictions, embedded, timeSeries };
}

async function byLookup(predictions: Collection, ts: Document): Promise<number> {
  const [found] = await predictions
    .aggregate<{ accuracy: number }>([
      { $match: { ts } },
      { $project: { prediction: 1 } },
      { $lookup: { from: 'rivalOutcomes', localField: '_id', foreignField: '_id', as: 'outcome' } },
      { $unwind: '$outcome' },
      ...accuracyOf('$outcome.label'),
    ])
    .toArray();
  return found!.accuracy;
}

async function byGroup(rows: Collection, match: Document): Promise<number> {
  const [found] = await rows.aggregate<{ accuracy: number }>([{ $match: match }, ...accuracyOf('$label')]).toArray();
  return found!.accuracy;
}

function accuracyOf(label: string): Document[] {
  const correct = { $sum: { $cond: [{ $eq: ['$prediction', label] }, 1, 0] } };
  return [
    { $group: { _id: null, n: { $sum: 1 }, correct } },
    { $project: { accuracy: { $divide: ['$correct', '$n'] } } },
  ];
}
