import type { Binary, Collection, Db } from 'mongodb';
import { SEGMENT_LIMITS } from '../contracts';
import type { LogResult, ModelTarget, PredictionRow } from '../contracts';
import { pack, packFeatures } from './columns';
import type { PackedColumn } from './columns';
import { insertUnique, keyed } from './unique-batch';
import type { SegmentKeys } from './unique-batch';
import { ensureIndex } from './indexes';

/** A prediction that was not recorded, packed. */
export const NO_PREDICTION = 255;

/** Up to 1 000 predictions of one version, by column; rows stand in (ts, id) order. */
export interface PredictionSegment extends SegmentKeys {
  readonly version: number;
  readonly n: number;
  /** Earliest and latest `at`. */
  readonly from: Date;
  readonly to: Date;
  readonly at: Binary;
  readonly prediction: Binary;
  readonly score: Binary;
  readonly units: readonly (string | null)[] | null;
  readonly features: readonly PackedColumn[];
}

/** Predictions as they were served: append-only, columnar, unique by the caller's id. */
export class PredictionStore {
  readonly segments: Collection<PredictionSegment>;

  constructor(db: Db) {
    this.segments = db.collection('predictionSegments');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.segments, { model: 1, environment: 1, ids: 1 }, { unique: true, name: 'ids' });
    await ensureIndex(this.segments, { model: 1, environment: 1, from: 1, to: 1 }, { name: 'range' });
  }

  /**
   * Writes rows, which must have passed the schema. When the promise resolves they are durable. The same row again
   * is a duplicate; another body under a known id is set aside as a conflict.
   */
  async log(target: ModelTarget, rows: readonly PredictionRow[]): Promise<LogResult> {
    const total = { logged: 0, duplicates: 0, quarantined: [] as LogResult['quarantined'][number][] };
    for (const batch of batchesOf(rows)) {
      const result = await insertUnique(
        {
          collection: this.segments,
          target,
          predictionIdOf: (row: PredictionRow) => row.predictionId,
          build: buildSegment,
        },
        batch.map((row) => keyed(row.predictionId, row)),
      );
      total.logged += result.logged;
      total.duplicates += result.duplicates;
      total.quarantined.push(...result.quarantined);
    }
    return total;
  }
}

/** Rows of one version in (ts, id) order, cut by count, so that the same rows give the same segments. */
function batchesOf(rows: readonly PredictionRow[]): PredictionRow[][] {
  const sorted = [...rows].sort(
    (a, b) => a.version - b.version || compare(a.ts, b.ts) || compare(a.predictionId, b.predictionId),
  );
  const batches: PredictionRow[][] = [];
  let bytes = 0;
  for (const row of sorted) {
    const size = JSON.stringify(row.features).length;
    const last = batches.at(-1);
    const full = last === undefined || last.length >= SEGMENT_LIMITS.rows || bytes + size > SEGMENT_LIMITS.bytes;
    if (full || last[0]!.version !== row.version) {
      batches.push([row]);
      bytes = size;
    } else {
      last.push(row);
      bytes += size;
    }
  }
  return batches;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function buildSegment(rows: readonly PredictionRow[], keys: SegmentKeys): PredictionSegment {
  const at = Float64Array.from(rows, (row) => Date.parse(row.ts));
  return {
    ...keys,
    version: rows[0]!.version,
    n: rows.length,
    from: new Date(at[0]!),
    to: new Date(at.at(-1)!),
    at: pack(at),
    prediction: pack(Uint8Array.from(rows, (row) => row.prediction ?? NO_PREDICTION)),
    score: pack(Float64Array.from(rows, (row) => row.score ?? Number.NaN)),
    units: rows.some((row) => row.unit !== undefined) ? rows.map((row) => row.unit ?? null) : null,
    features: packFeatures(rows.map((row) => row.features)),
  };
}
