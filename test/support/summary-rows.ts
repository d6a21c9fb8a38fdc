import fc from 'fast-check';
import type { Db } from 'mongodb';
import type { ModelTarget, OutcomeRow, PredictionRow, TaskKind } from '../../src/contracts';
import { addressOf } from '../../src/stores/address';
import { hour } from './rows';

/** A prediction of a stream with what became of it, told as often as it was revised. */
export interface Told {
  readonly prediction: PredictionRow;
  readonly outcomes: readonly OutcomeRow[];
}

const COUNTRIES = ['DE', 'FR', 'IT', null];

/** The k-th prediction: a few an hour, features of every kind, and up to two revisions. */
export function told(task: TaskKind, k: number, random: readonly number[], revisions: number): Told {
  const [a, b, c] = random as [number, number, number];
  const predictionId = `p${String(k).padStart(5, '0')}`;
  const ts = new Date(Date.parse(hour(0)) + Math.floor(k * 1_234_567 * (0.5 + a))).toISOString();
  const features = {
    x: a * 100 - 20,
    n: Math.floor(b * 5),
    country: COUNTRIES[Math.floor(c * 4)]!,
    mixed: k % 3 === 0 ? 'text' : k % 3 === 1 ? k : [k],
    flag: b < 0.5,
  };
  const score = task === 'binary' && k % 11 !== 0 ? a : null;
  const guess = task === 'binary' ? (a > 0.5 ? 1 : 0) : task === 'regression' ? 10 * a + b : null;
  const outcomes = Array.from({ length: revisions }, (_, revision): OutcomeRow => {
    const shifted = (b + revision / 3) % 1;
    return {
      predictionId,
      revision,
      labelTs: new Date(Date.parse(ts) + (1 + c * 50 + revision) * 3_600_000).toISOString(),
      ...(task === 'binary' ? { label: shifted > 0.4 ? 1 : 0 } : {}),
      ...(task === 'regression' ? { value: k % 7 === 0 ? 0 : 12 * shifted } : {}),
      ...(task === 'ranking' ? { relevance: [shifted > 0.7 ? 2 : 0, b > 0.5 ? 1 : 0, c] } : {}),
    };
  });
  return { prediction: { predictionId, ts, features, version: 1 + (k % 2), score, prediction: guess }, outcomes };
}

/** Streams of so many predictions, at least and at most. */
export function streams(task: TaskKind, minLength: number, maxLength: number): fc.Arbitrary<Told[]> {
  const share = fc.noBias(fc.nat({ max: 2 ** 31 - 1 })).map((k) => k / 2 ** 31);
  const row = fc.tuple(share, share, share, fc.integer({ min: 0, max: 3 }));
  return fc
    .array(row, { minLength, maxLength, size: 'max' })
    .map((rows) => rows.map(([a, b, c, n], k) => told(task, k, [a, b, c], n)));
}

/** A target's buckets without what names the target. */
export async function bucketsOf(db: Db, { model, environment }: ModelTarget): Promise<unknown[]> {
  const found = await db
    .collection('monitorBuckets')
    .find({ model, environment })
    .sort({ version: 1, at: 1, kind: 1, key: 1, name: 1 })
    .toArray();
  return found.map(({ _id, model: _model, ...bucket }) =>
    JSON.parse(JSON.stringify(bucket, (_, value: unknown) => (value instanceof Uint8Array ? [...value] : value))),
  );
}

/** Whether a row has an id that we minted. */
export function isMinted(id: string): boolean {
  return addressOf(id) !== null;
}
