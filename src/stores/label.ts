import type { Binary, ClientSession, Collection, Db } from 'mongodb';
import type { ModelTarget } from '../contracts';
import { pack, unpackBytes, unpackIntegers, unpackNumbers } from './columns';
import type { LeaseStore } from './lease';
import type { OutcomeSegment, OutcomeStore } from './outcome';
import type { PredictionStore } from './prediction';
import { targetFilter } from './unique-batch';
import { ensureIndex } from './indexes';

/** A label that is not known yet, packed. */
export const NO_LABEL = 255;

/** The labels of one prediction segment, row by row. */
export interface SegmentLabels {
  readonly _id: string;
  readonly label: Binary;
  /** When the label became known, milliseconds; NaN while unknown. */
  readonly at: Binary;
  readonly value: Binary;
  /** −1 while unknown. */
  readonly revision: Binary;
}

interface PendingOutcome extends ModelTarget {
  readonly _id: string;
  readonly predictionId: string;
  readonly label: number;
  readonly at: number;
  readonly value: number;
  readonly revision: number;
}

type Outcome = Pick<PendingOutcome, 'predictionId' | 'label' | 'at' | 'value' | 'revision'>;

/** Points inside a fold at which a test may stop the process. */
export type FoldFailpoint = 'fold-marked' | 'fold-labelled' | 'fold-committed';

/** Labels beside predictions: outcomes are folded into them exactly once, in any order. */
export class LabelStore {
  readonly labels: Collection<SegmentLabels>;
  private readonly pending: Collection<PendingOutcome>;
  private readonly predictions: PredictionStore;
  private readonly outcomes: OutcomeStore;
  private readonly leases: LeaseStore;
  private readonly failpoint: (name: FoldFailpoint) => void;

  constructor(
    db: Db,
    parts: { predictions: PredictionStore; outcomes: OutcomeStore; leases: LeaseStore },
    failpoint: (name: FoldFailpoint) => void = () => undefined,
  ) {
    this.labels = db.collection('segmentLabels');
    this.pending = db.collection('pendingOutcomes');
    this.predictions = parts.predictions;
    this.outcomes = parts.outcomes;
    this.leases = parts.leases;
    this.failpoint = failpoint;
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.pending, { model: 1, environment: 1, predictionId: 1 }, { name: 'prediction' });
  }

  /** Outcomes that wait for their prediction. */
  async countPending(target: ModelTarget): Promise<number> {
    return this.pending.countDocuments(targetFilter(target));
  }

  /**
   * Folds every outcome segment that waits, then tries again the outcomes whose prediction was unknown. Calls that
   * meet take turns; a segment counts once.
   * @returns how many outcomes found their prediction
   */
  async fold(target: ModelTarget): Promise<number> {
    const key = `fold:${target.model}:${target.environment}`;
    let folded = 0;
    for (const id of await this.outcomes.unfolded(target)) {
      folded += await this.leases.transaction(key, (session) => this.foldSegment(target, id, session));
      this.failpoint('fold-committed');
    }
    if ((await this.countPending(target)) > 0) {
      folded += await this.leases.transaction(key, (session) => this.sweepPending(target, session));
    }
    return folded;
  }

  private async foldSegment(target: ModelTarget, id: string, session: ClientSession): Promise<number> {
    const segment = await this.outcomes.segments.findOneAndUpdate(
      { _id: id, folded: false },
      { $set: { folded: true } },
      { session },
    );
    if (segment === null) return 0;
    this.failpoint('fold-marked');
    const outcomes = unpackOutcomes(segment);
    const unknown = await this.apply(target, outcomes, session);
    if (unknown.length > 0) {
      await this.pending.bulkWrite(
        unknown.map((outcome) => ({
          replaceOne: {
            filter: { _id: pendingId(target, outcome) },
            replacement: { model: target.model, environment: target.environment, ...outcome },
            upsert: true,
          },
        })),
        { session },
      );
    }
    return outcomes.length - unknown.length;
  }

  private async sweepPending(target: ModelTarget, session: ClientSession): Promise<number> {
    const waiting = await this.pending.find(targetFilter(target), { session }).sort({ _id: 1 }).limit(1_000).toArray();
    const unknown = new Set(await this.apply(target, waiting, session));
    const found = waiting.filter((outcome) => !unknown.has(outcome));
    if (found.length > 0) await this.pending.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, { session });
    return found.length;
  }

  /** Sets the labels of known predictions; returns the outcomes whose prediction is not there. */
  private async apply<T extends Outcome>(
    target: ModelTarget,
    outcomes: readonly T[],
    session: ClientSession,
  ): Promise<T[]> {
    const byId = new Map<string, T[]>();
    for (const outcome of outcomes)
      byId.set(outcome.predictionId, [...(byId.get(outcome.predictionId) ?? []), outcome]);
    const segments = this.predictions.segments
      .find({ ...targetFilter(target), ids: { $in: [...byId.keys()] } }, { session })
      .project<{ _id: string; ids: string[] }>({ ids: 1 })
      .sort({ _id: 1 });
    for await (const { _id, ids } of segments) {
      const state = unpackLabels(
        (await this.labels.findOne({ _id: { $eq: _id } }, { session })) ?? emptyLabels(_id, ids.length),
      );
      ids.forEach((id, row) => {
        for (const outcome of byId.get(id) ?? []) setLabel(state, row, outcome);
        byId.delete(id);
      });
      await this.labels.replaceOne({ _id: { $eq: _id } }, packLabels(state), { session, upsert: true });
      this.failpoint('fold-labelled');
    }
    return [...byId.values()].flat();
  }
}

interface LabelState {
  readonly label: Uint8Array;
  readonly at: Float64Array;
  readonly value: Float64Array;
  readonly revision: Int32Array;
}

/** The highest revision stands, whatever order they come in. */
function setLabel(state: LabelState, row: number, outcome: Outcome): void {
  if (outcome.revision <= state.revision[row]!) return;
  state.label[row] = outcome.label;
  state.at[row] = outcome.at;
  state.value[row] = outcome.value;
  state.revision[row] = outcome.revision;
}

function emptyLabels(_id: string, n: number): SegmentLabels {
  const state = {
    label: new Uint8Array(n).fill(NO_LABEL),
    at: new Float64Array(n).fill(Number.NaN),
    value: new Float64Array(n).fill(Number.NaN),
    revision: new Int32Array(n).fill(-1),
  };
  return { _id, ...packLabels(state) };
}

function packLabels(state: LabelState): Omit<SegmentLabels, '_id'> {
  return { label: pack(state.label), at: pack(state.at), value: pack(state.value), revision: pack(state.revision) };
}

/** A segment's labels, unpacked. */
export function unpackLabels(labels: SegmentLabels): LabelState {
  return {
    label: unpackBytes(labels.label),
    at: unpackNumbers(labels.at),
    value: unpackNumbers(labels.value),
    revision: unpackIntegers(labels.revision),
  };
}

function unpackOutcomes(segment: OutcomeSegment): Outcome[] {
  const label = unpackBytes(segment.label);
  const at = unpackNumbers(segment.at);
  const value = unpackNumbers(segment.value);
  const revision = unpackIntegers(segment.revision);
  return segment.predictionIds.map((predictionId, row) => ({
    predictionId,
    label: label[row]!,
    at: at[row]!,
    value: value[row]!,
    revision: revision[row]!,
  }));
}

function pendingId(target: ModelTarget, outcome: Outcome): string {
  return `${target.model}\n${target.environment}\n${outcome.predictionId}\n${outcome.revision}`;
}
