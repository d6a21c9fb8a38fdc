import type { ClientSession, Collection, Db } from 'mongodb';
import type { ModelTarget } from '../contracts';
import { addressOf } from './address';
import { noLabels, outcomeOf, packLabels, setOutcome, supersedes, unpackLabels } from './label-state';
import type { LabelState, Outcome, RowOutcome, SegmentLabels } from './label-state';
import type { PredictionSegment, PredictionStore } from './prediction';
import { targetFilter } from './unique-batch';

/** A row whose outcome is another from now on. */
export interface LabelChange {
  readonly row: number;
  readonly before: RowOutcome;
  readonly after: RowOutcome;
}

/** A segment with the rows whose outcomes changed. */
export interface ChangedSegment {
  readonly _id: string;
  readonly folded: boolean;
  readonly changes: readonly LabelChange[];
}

/** What became of outcomes. */
export interface AppliedOutcomes {
  readonly changed: readonly ChangedSegment[];
  /** How many found their prediction. */
  readonly found: number;
  /** Those whose prediction is not there. */
  readonly unknown: readonly Outcome[];
}

/** What of a segment is read to find rows by their ids. */
type FoundSegment = Pick<PredictionSegment, '_id' | 'n' | 'folded' | 'ids'> & { readonly erased?: readonly number[] };
type RowOutcomes = Map<number, Outcome[]>;

/** Writes outcomes beside the predictions they belong to. */
export class LabelWriter {
  readonly labels: Collection<SegmentLabels>;
  private readonly predictions: PredictionStore;

  constructor(db: Db, predictions: PredictionStore) {
    this.labels = db.collection('segmentLabels');
    this.predictions = predictions;
  }

  /** Sets the labels of predictions that are there. The highest revision stands, whatever order they come in. */
  async apply(target: ModelTarget, outcomes: readonly Outcome[], session: ClientSession): Promise<AppliedOutcomes> {
    const { segments, unknown } = await this.locate(target, outcomes, session);
    const states = await this.read(
      [...segments.keys()].map(({ _id }) => _id),
      session,
    );
    const changed = [...segments].map(([segment, rows]): ChangedSegment => {
      const state = states.get(segment._id) ?? noLabels(segment.n);
      states.set(segment._id, state);
      return { _id: segment._id, folded: segment.folded, changes: change(state, rows) };
    });
    const touched = changed.filter(({ changes }) => changes.length > 0);
    await this.write(new Map(touched.map(({ _id }) => [_id, states.get(_id)!])), session);
    return { changed: touched, found: outcomes.length - unknown.length, unknown };
  }

  /** Labels by segment; a segment of which nothing is known has none. */
  async read(ids: readonly string[], session?: ClientSession): Promise<Map<string, LabelState>> {
    const found = await this.labels.find({ _id: { $in: [...ids] } }, session ? { session } : {}).toArray();
    return new Map(found.map((labels) => [labels._id, unpackLabels(labels)]));
  }

  /** Replaces the labels of segments. */
  async write(states: ReadonlyMap<string, LabelState>, session: ClientSession): Promise<void> {
    if (states.size === 0) return;
    await this.labels.bulkWrite(
      [...states].map(([_id, state]) => ({
        replaceOne: { filter: { _id }, replacement: packLabels(state), upsert: true },
      })),
      { session, ordered: false },
    );
  }

  /** Segments and rows by the ids of outcomes; an id that is an address needs no index. */
  private async locate(
    target: ModelTarget,
    outcomes: readonly Outcome[],
    session: ClientSession,
  ): Promise<{ segments: Map<FoundSegment, RowOutcomes>; unknown: Outcome[] }> {
    const byAddress = new Map<string, Outcome[]>();
    const byId = new Map<string, Outcome[]>();
    for (const outcome of outcomes) {
      const address = addressOf(outcome.predictionId);
      const [group, key] = address === null ? [byId, outcome.predictionId] : [byAddress, address.segment];
      group.set(key, [...(group.get(key) ?? []), outcome]);
    }
    const segments = new Map<FoundSegment, RowOutcomes>();
    const unknown: Outcome[] = [];
    for (const segment of await this.find(target, { _id: { $in: [...byAddress.keys()] } }, false, session)) {
      const rows: RowOutcomes = new Map();
      for (const outcome of byAddress.get(segment._id)!) {
        const { row } = addressOf(outcome.predictionId)!;
        if (row < segment.n && !(segment.erased ?? []).includes(row)) join(rows, row, outcome);
        else unknown.push(outcome);
      }
      byAddress.delete(segment._id);
      segments.set(segment, rows);
    }
    for (const segment of await this.find(target, { ids: { $in: [...byId.keys()] } }, true, session)) {
      const rows: RowOutcomes = new Map();
      segment.ids!.forEach((id, row) => {
        for (const outcome of byId.get(id) ?? []) join(rows, row, outcome);
        byId.delete(id);
      });
      segments.set(segment, rows);
    }
    unknown.push(...[...byAddress.values(), ...byId.values()].flat());
    return { segments, unknown };
  }

  private async find(
    target: ModelTarget,
    which: { readonly _id: { $in: string[] } } | { readonly ids: { $in: string[] } },
    ids: boolean,
    session: ClientSession,
  ): Promise<FoundSegment[]> {
    const wanted = '_id' in which ? which._id.$in : which.ids.$in;
    if (wanted.length === 0) return [];
    return this.predictions.segments
      .find({ ...targetFilter(target), ...which }, { session })
      .project<FoundSegment>({ n: 1, folded: 1, erased: 1, ...(ids ? { ids: 1 } : {}) })
      .sort({ _id: 1 })
      .toArray();
  }
}

function join(rows: RowOutcomes, row: number, outcome: Outcome): void {
  const group = rows.get(row);
  if (group === undefined) rows.set(row, [outcome]);
  else group.push(outcome);
}

function change(state: LabelState, rows: RowOutcomes): LabelChange[] {
  const changes: LabelChange[] = [];
  for (const [row, outcomes] of rows) {
    const before = outcomeOf(state, row);
    for (const { predictionId: _id, ...outcome } of outcomes) {
      if (supersedes(outcome, outcomeOf(state, row))) setOutcome(state, row, outcome);
    }
    const after = outcomeOf(state, row);
    if (supersedes(after, before)) changes.push({ row, before, after });
  }
  return changes;
}
