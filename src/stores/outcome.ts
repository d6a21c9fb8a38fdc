import type { Binary, Collection, Db } from 'mongodb';
import { SEGMENT_LIMITS } from '../contracts';
import type { LogResult, ModelTarget, OutcomeRow } from '../contracts';
import { pack } from './columns';
import { insertUnique, keyed, targetFilter } from './unique-batch';
import type { SegmentKeys } from './unique-batch';
import { ensureIndex } from './indexes';

/** Up to 1 000 outcomes as they came; folding them into labels is `LabelStore`'s work. */
export interface OutcomeSegment extends SegmentKeys {
  readonly predictionIds: readonly string[];
  readonly label: Binary;
  readonly at: Binary;
  readonly value: Binary;
  readonly revision: Binary;
  readonly folded: boolean;
}

/** Outcomes: append-only, unique by prediction id and revision. */
export class OutcomeStore {
  readonly segments: Collection<OutcomeSegment>;

  constructor(db: Db) {
    this.segments = db.collection('outcomeSegments');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.segments, { model: 1, environment: 1, ids: 1 }, { unique: true, name: 'ids' });
    await ensureIndex(
      this.segments,
      { model: 1, environment: 1, _id: 1 },
      { partialFilterExpression: { folded: false }, name: 'unfolded' },
    );
  }

  /** Writes outcomes, which must have passed the schema; durable when the promise resolves. */
  async log(target: ModelTarget, rows: readonly OutcomeRow[]): Promise<LogResult> {
    const total = { logged: 0, duplicates: 0, quarantined: [] as LogResult['quarantined'][number][] };
    for (let start = 0; start < rows.length; start += SEGMENT_LIMITS.rows) {
      const batch = rows.slice(start, start + SEGMENT_LIMITS.rows);
      const result = await insertUnique(
        {
          collection: this.segments,
          target,
          predictionIdOf: (row: OutcomeRow) => row.predictionId,
          build: buildSegment,
        },
        batch.map((row) => keyed(`${row.predictionId}\n${row.revision ?? 0}`, { ...row, revision: row.revision ?? 0 })),
      );
      total.logged += result.logged;
      total.duplicates += result.duplicates;
      total.quarantined.push(...result.quarantined);
    }
    return total;
  }

  /** Ids of segments that wait to be folded, in a fixed order. */
  async unfolded(target: ModelTarget): Promise<string[]> {
    const found = await this.segments
      .find({ ...targetFilter(target), folded: false })
      .project<{ _id: string }>({ _id: 1 })
      .sort({ _id: 1 })
      .toArray();
    return found.map(({ _id }) => _id);
  }
}

function buildSegment(rows: readonly OutcomeRow[], keys: SegmentKeys): OutcomeSegment {
  return {
    ...keys,
    predictionIds: rows.map((row) => row.predictionId),
    label: pack(Uint8Array.from(rows, (row) => row.label)),
    at: pack(Float64Array.from(rows, (row) => Date.parse(row.labelTs))),
    value: pack(Float64Array.from(rows, (row) => row.value ?? Number.NaN)),
    revision: pack(Int32Array.from(rows, (row) => row.revision ?? 0)),
    folded: false,
  };
}
