import type { Binary, Collection, Db } from 'mongodb';
import { SEGMENT_LIMITS } from '../contracts';
import type { LogResult, ModelTarget, OutcomeRow } from '../contracts';
import { pack } from './columns';
import { GroupCommit } from './group-commit';
import { dropIndex, ensureIndex } from './indexes';
import { NO_CLASS } from './label-codes';
import { tally } from './tally';
import type { RowStatus } from './tally';
import { insertUnique, keyed, targetFilter } from './unique-batch';
import type { KeyedRow, SegmentKeys } from './unique-batch';

/** Up to 1 000 outcomes as they came; folding them into labels is `LabelStore`'s work. */
export interface OutcomeSegment extends SegmentKeys {
  readonly predictionIds: readonly string[];
  /** 0, 1, or 254 for an outcome without a class. */
  readonly label: Binary;
  readonly at: Binary;
  /** NaN where there is none. */
  readonly value: Binary;
  readonly revision: Binary;
  /** Gains of rankings as JSON, where any outcome has some. */
  readonly relevance?: readonly (string | null)[];
  readonly folded: boolean;
}

/** Outcomes: append-only, unique by prediction id and revision. */
export class OutcomeStore {
  readonly segments: Collection<OutcomeSegment>;
  private readonly group = new GroupCommit<OutcomeRow, RowStatus>();

  constructor(db: Db) {
    this.segments = db.collection('outcomeSegments');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    // With the model first, writers of neighbouring ids wait for one another: 650 rows a second instead of 40 000.
    await ensureIndex(this.segments, { ids: 1, model: 1, environment: 1 }, { unique: true, name: 'reports' });
    await dropIndex(this.segments, 'ids');
    await ensureIndex(
      this.segments,
      { model: 1, environment: 1, _id: 1 },
      { partialFilterExpression: { folded: false }, name: 'unfolded' },
    );
  }

  /** Writes outcomes, which must have passed the schema; durable when the promise resolves. */
  async log(target: ModelTarget, rows: readonly OutcomeRow[]): Promise<LogResult> {
    return tally(await this.write(target, rows), (index) => rows[index]!.predictionId);
  }

  /** Writes one outcome, in one segment with those that others log at the same time; durable when it resolves. */
  async logOne(target: ModelTarget, row: OutcomeRow): Promise<LogResult> {
    const copy = { ...row, ...(row.relevance === undefined ? {} : { relevance: [...row.relevance] }) };
    const key = `${target.model}\n${target.environment}`;
    const status = await this.group.add(key, copy, (rows) => this.write(target, rows));
    return tally([status], () => row.predictionId);
  }

  /** Writes at once what waits for others to join it. */
  async flush(): Promise<void> {
    await this.group.flush();
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

  private write(target: ModelTarget, rows: readonly OutcomeRow[]): Promise<RowStatus[]> {
    return insertUnique(
      { collection: this.segments, target, cut, build: buildSegment },
      rows.map((row) => keyed(`${row.predictionId}\n${row.revision ?? 0}`, { ...row, revision: row.revision ?? 0 })),
    );
  }
}

/** The longest number as JSON, with what is around it. */
const GAIN_BYTES = 26;

function cut(given: readonly KeyedRow<OutcomeRow>[]): KeyedRow<OutcomeRow>[][] {
  const segments: KeyedRow<OutcomeRow>[][] = [];
  let bytes = 0;
  for (const entry of given) {
    const size = (entry.row.relevance?.length ?? 0) * GAIN_BYTES;
    const last = segments.at(-1);
    if (last === undefined || last.length === SEGMENT_LIMITS.rows || bytes + size > SEGMENT_LIMITS.bytes) {
      segments.push([entry]);
      bytes = size;
    } else {
      last.push(entry);
      bytes += size;
    }
  }
  return segments;
}

function buildSegment(rows: readonly OutcomeRow[], keys: SegmentKeys): OutcomeSegment {
  const ranked = rows.some((row) => row.relevance !== undefined);
  return {
    ...keys,
    predictionIds: rows.map((row) => row.predictionId),
    label: pack(Uint8Array.from(rows, (row) => row.label ?? NO_CLASS)),
    at: pack(Float64Array.from(rows, (row) => Date.parse(row.labelTs))),
    value: pack(Float64Array.from(rows, (row) => row.value ?? Number.NaN)),
    revision: pack(Int32Array.from(rows, (row) => row.revision ?? 0)),
    ...(ranked ? { relevance: rows.map(({ relevance }) => (relevance ? JSON.stringify(relevance) : null)) } : {}),
    folded: false,
  };
}
