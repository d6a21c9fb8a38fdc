import type { ModelTarget, NewPrediction, OutcomeRow, PredictionRow } from '../../src/contracts';

/** Where the benchmark logs. */
export const TARGET: ModelTarget = { model: 'bench', environment: 'production' };

const START = Date.parse('2011-08-01T00:00:00.000Z');
const FEATURES = 10;
/** Rows come a tenth of a second after one another. */
const STEP_MS = 100;

/** n predictions without ids, with ten numeric features; the same for the same n. */
export function newPredictions(n: number): NewPrediction[] {
  const uniform = generator(7);
  return Array.from({ length: n }, (_, k) => ({
    ts: timeOf(k),
    features: Object.fromEntries(Array.from({ length: FEATURES }, (_unused, f) => [`feature${f}`, uniform()])),
    version: 1,
    score: uniform(),
    prediction: k % 2,
  }));
}

/** The same with ids, not in the order of time: as a hash of something would be. */
export function namedPredictions(n: number): PredictionRow[] {
  return newPredictions(n).map((row, k) => ({ ...row, predictionId: idOf(k) }));
}

/** An outcome for each of them, an hour later. */
export function outcomesOf(ids: readonly string[]): OutcomeRow[] {
  return ids.map((predictionId, k) => ({ predictionId, label: k % 3 === 0 ? 1 : 0, labelTs: timeOf(k + 36_000) }));
}

/** The document that a service without segments would write. */
export function documentsOf(rows: readonly NewPrediction[]): Record<string, unknown>[] {
  return rows.map(({ ts, predictionId, ...row }) => ({
    ...(predictionId === undefined ? {} : { _id: predictionId }),
    ...TARGET,
    ts: new Date(ts),
    ...row,
  }));
}

/** Batches of so many rows, in order. */
export function batchesOf<T>(rows: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(rows.length / size) }, (_, k) => rows.slice(k * size, (k + 1) * size));
}

/** Does the work on each item with so many at once; items per second. */
export async function rate<T>(
  items: readonly T[],
  writers: number,
  work: (item: T) => Promise<unknown>,
): Promise<number> {
  const started = performance.now();
  let next = 0;
  const writer = async (): Promise<void> => {
    while (next < items.length) {
      next += 1;
      await work(items[next - 1]!);
    }
  };
  await Promise.all(Array.from({ length: writers }, writer));
  return (items.length * 1_000) / (performance.now() - started);
}

/** The same with batches of 1 000 rows; rows per second. */
export async function batchRate<T>(
  rows: readonly T[],
  writers: number,
  write: (batch: readonly T[]) => Promise<unknown>,
): Promise<number> {
  const batches = batchesOf(rows, BATCH);
  return ((await rate(batches, writers, write)) * rows.length) / batches.length;
}

const BATCH = 1_000;

function timeOf(k: number): string {
  return new Date(START + k * STEP_MS).toISOString();
}

function idOf(k: number): string {
  return `${Math.imul(k + 1, 0x9e3779b1).toString(16)}-${k}`;
}

/** Uniform numbers in [0, 1), the same for the same seed. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 4_294_967_296;
  };
}
