import type { Binary, Collection, Db } from 'mongodb';
import type { ModelTarget, NewPrediction, PredictionLogResult } from '../contracts';
import { mintedId, segmentId } from './address';
import { pack, packFeatures } from './columns';
import type { PackedColumn } from './columns';
import { GroupCommit } from './group-commit';
import { inParallel } from './in-parallel';
import { dropIndex, ensureIndex } from './indexes';
import { insertOnce } from './insert-once';
import { cutSegments, sortPositions, timesOf } from './segment-cut';
import { tally } from './tally';
import type { RowStatus } from './tally';
import { insertUnique, keyed } from './unique-batch';
import type { KeyedRow, SegmentKeys } from './unique-batch';

/** A prediction that was not recorded or is not 0 or 1, packed. */
export const NO_PREDICTION = 255;

/** Up to 1 000 predictions of one version, by column; rows stand in (ts, id) order. */
export interface PredictionSegment extends ModelTarget, Partial<Pick<SegmentKeys, 'ids' | 'digests'>> {
  /** Rows without `ids` have minted ones: this and their place. */
  readonly _id: string;
  readonly version: number;
  readonly n: number;
  /** Earliest and latest `at`. */
  readonly from: Date;
  readonly to: Date;
  readonly at: Binary;
  /** 0, 1, or 255 for none. */
  readonly prediction: Binary;
  /** Predictions as numbers, where any is not 0, 1 or none. */
  readonly predicted?: Binary;
  readonly score: Binary;
  readonly units: readonly (string | null)[] | null;
  readonly features: readonly PackedColumn[];
  /** Whether its rows are in the summaries. */
  readonly folded: boolean;
}

/** A segment whose rows have ids of their callers'. */
type NamedSegment = PredictionSegment & SegmentKeys;

/** A row's id and what became of it. */
interface RowResult {
  readonly id: string;
  readonly status: RowStatus;
}

/** Predictions as they were served: append-only, columnar; a caller's ids are unique. */
export class PredictionStore {
  readonly segments: Collection<PredictionSegment>;
  private readonly named: Collection<NamedSegment>;
  private readonly group = new GroupCommit<NewPrediction, RowResult>();

  constructor(db: Db) {
    this.segments = db.collection('predictionSegments');
    this.named = db.collection('predictionSegments');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(
      this.segments,
      // With the model first, writers of neighbouring ids wait for one another: 650 rows a second instead of 40 000.
      { ids: 1, model: 1, environment: 1 },
      // Segments of minted ids have none: to a full index they would all be the same.
      { unique: true, partialFilterExpression: { ids: { $exists: true } }, name: 'callerIds' },
    );
    await dropIndex(this.segments, 'ids');
    await ensureIndex(this.segments, { model: 1, environment: 1, from: 1, to: 1 }, { name: 'range' });
    await ensureIndex(
      this.segments,
      { model: 1, environment: 1, _id: 1 },
      { partialFilterExpression: { folded: false }, name: 'unfolded' },
    );
  }

  /**
   * Writes rows, which must have passed the schema. When the promise resolves they are durable. A row without an id
   * gets one. The same row again under an id is a duplicate; another body is set aside as a conflict. When it rejects,
   * some of the rows may be there: only rows with ids can be sent again without being there twice.
   */
  async log(target: ModelTarget, rows: readonly NewPrediction[]): Promise<PredictionLogResult> {
    return resultOf(await this.write(target, rows));
  }

  /** Writes one row, in one segment with those that others log at the same time; durable when it resolves. */
  async logOne(target: ModelTarget, row: NewPrediction): Promise<PredictionLogResult> {
    const key = `${target.model}\n${target.environment}\n${row.version}`;
    return resultOf([await this.group.add(key, copyOf(row), (rows) => this.write(target, rows))]);
  }

  /** Writes at once what waits for others to join it. */
  async flush(): Promise<void> {
    await this.group.flush();
  }

  private async write(target: ModelTarget, rows: readonly NewPrediction[]): Promise<RowResult[]> {
    const results = new Array<RowResult>(rows.length);
    const [unnamed, named]: [number[], number[]] = [[], []];
    rows.forEach((row, index) => (row.predictionId === undefined ? unnamed : named).push(index));
    await this.mint(target, rows, unnamed, results);
    const entries = named.map((index) => keyed(rows[index]!.predictionId!, rows[index]!));
    const statuses = await insertUnique({ collection: this.named, target, cut, build }, entries);
    named.forEach((index, place) => (results[index] = { id: entries[place]!.key, status: statuses[place]! }));
    return results;
  }

  private async mint(
    target: ModelTarget,
    rows: readonly NewPrediction[],
    positions: readonly number[],
    results: RowResult[],
  ): Promise<void> {
    const { model, environment } = target;
    const at = timesOf(rows);
    await inParallel(cutSegments(rows, sortPositions(rows, at, positions)), async (segment) => {
      const _id = segmentId();
      const columns = columnsOf(
        segment.map((index) => rows[index]!),
        Float64Array.from(segment, (index) => at[index]!),
      );
      await insertOnce(this.segments, { _id, model, environment, ...columns });
      segment.forEach((index, row) => (results[index] = { id: mintedId(_id, row), status: 'logged' }));
    });
  }
}

function cut(given: readonly KeyedRow<NewPrediction>[]): KeyedRow<NewPrediction>[][] {
  const rows = given.map(({ row }) => row);
  const sorted = sortPositions(rows, timesOf(rows), [...rows.keys()]);
  return cutSegments(rows, sorted).map((segment) => segment.map((index) => given[index]!));
}

function build(rows: readonly NewPrediction[], keys: SegmentKeys): NamedSegment {
  return { ...keys, ...columnsOf(rows, timesOf(rows)) };
}

/** Its caller may use the objects again before they are written. */
function copyOf(row: NewPrediction): NewPrediction {
  const nested = Object.values(row.features).some((value) => typeof value === 'object' && value !== null);
  return { ...row, features: nested ? structuredClone(row.features) : { ...row.features } };
}

function resultOf(results: readonly RowResult[]): PredictionLogResult {
  const total = tally(
    results.map(({ status }) => status),
    (index) => results[index]!.id,
  );
  return { ...total, ids: results.map(({ id, status }) => (status === 'conflict' ? null : id)) };
}

function columnsOf(rows: readonly NewPrediction[], at: Float64Array): Omit<PredictionSegment, keyof SegmentKeys> {
  const binary = rows.every(({ prediction }) => prediction === null || prediction === 0 || prediction === 1);
  return {
    version: rows[0]!.version,
    n: rows.length,
    from: new Date(at[0]!),
    to: new Date(at.at(-1)!),
    at: pack(at),
    prediction: pack(Uint8Array.from(rows, codeOf)),
    ...(binary ? {} : { predicted: pack(Float64Array.from(rows, (row) => row.prediction ?? Number.NaN)) }),
    score: pack(Float64Array.from(rows, (row) => row.score ?? Number.NaN)),
    units: rows.some((row) => row.unit !== undefined) ? rows.map((row) => row.unit ?? null) : null,
    features: packFeatures(rows.map((row) => row.features)),
    folded: false,
  };
}

function codeOf({ prediction }: NewPrediction): number {
  return prediction === 0 || prediction === 1 ? prediction : NO_PREDICTION;
}
