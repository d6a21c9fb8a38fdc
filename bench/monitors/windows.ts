import { dayWindow } from '../summaries/day-window';
import { monthWindow } from '../summaries/month-window';
import type { Bench } from './bench';
import { atLeast, shown } from './result';
import type { Result } from './result';

/** A day of ten, from summaries and in three other ways. */
export async function day(bench: Bench): Promise<Result[]> {
  const { mongo, db } = await bench.room();
  const found = await dayWindow(mongo, db);
  await db.dropDatabase();
  if (!found.same) throw new Error('the four ways gave different accuracies');
  const work = `accuracy of a 1-day window, ${shown(found.rowsInWindow)} of ${shown(found.rows)} rows, from summaries`;
  const rows = [
    ['$lookup of outcomes', found.lookup, 100],
    ['$group of documents with embedded outcomes', found.embedded, 40],
    ['$group of a time-series collection', found.timeSeries, 15],
  ] as const;
  return rows.map(([against, ms, goal]) => {
    const rates = { ours: [1_000 / found.summaries], theirs: [1_000 / ms] };
    return atLeast(work, 'windows/s', against, rates, goal);
  });
}

/** Thirty days, from nothing and after one row in a hundred has come. */
export async function month(bench: Bench): Promise<Result[]> {
  const { mongo, db } = await bench.room();
  const found = await monthWindow(mongo, db);
  await db.dropDatabase();
  if (!found.complete) throw new Error('rows were left out or counted twice');
  const work = `30-day window judged again after ${shown(found.added)} rows were added to ${shown(found.rows)}`;
  const rates = { ours: [1_000 / found.again], theirs: [1_000 / found.scratch] };
  return [atLeast(work, 'windows/s', 'from nothing', rates, 20)];
}
