import type { ClientSession, Collection, Db } from 'mongodb';
import type { ModelTarget } from '../contracts';
import { isKeyed } from './address';
import { unpackBytes, unpackIntegers, unpackNumbers } from './columns';
import { expiredRow, isExpired } from './expired';
import { activeSettings, FoldStates, foldKey } from './fold-state';
import type { FoldState } from './fold-state';
import { LabelWriter } from './label-writer';
import type { ChangedSegment } from './label-writer';
import type { Outcome, SegmentLabels } from './label-state';
import type { LeaseStore } from './lease';
import type { OutcomeSegment, OutcomeStore } from './outcome';
import { PendingStore } from './pending';
import type { PredictionSegment, PredictionStore } from './prediction';
import type { QuarantineStore } from './quarantine';
import { SummaryWriter } from './summary/writer';
import { targetFilter } from './unique-batch';

export { NO_LABEL } from './label-codes';
export { unpackLabels } from './label-state';
export type { SegmentLabels } from './label-state';

/** Points inside a fold at which a test may stop the process. */
export type FoldFailpoint = 'fold-marked' | 'fold-labelled' | 'fold-summed' | 'fold-committed';

/** Segments folded in one transaction. */
const GROUP = 20;

/** What folding works with. */
export interface FoldParts {
  readonly predictions: PredictionStore;
  readonly outcomes: OutcomeStore;
  readonly leases: LeaseStore;
  readonly quarantine: QuarantineStore;
}

/**
 * Labels beside predictions, and both in the summaries: outcomes and predictions are folded exactly once, in any order.
 */
export class LabelStore {
  readonly labels: Collection<SegmentLabels>;
  readonly summaries: SummaryWriter;
  private readonly states: FoldStates;
  private readonly pending: PendingStore;
  private readonly writer: LabelWriter;
  private readonly parts: FoldParts;
  private readonly failpoint: (name: FoldFailpoint) => void;

  constructor(db: Db, parts: FoldParts, failpoint: (name: FoldFailpoint) => void = () => undefined) {
    this.parts = parts;
    this.failpoint = failpoint;
    this.states = new FoldStates(db);
    this.pending = new PendingStore(db);
    this.writer = new LabelWriter(db, parts.predictions);
    this.labels = this.writer.labels;
    this.summaries = new SummaryWriter(db, { ...parts, states: this.states, labels: this.writer });
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await this.pending.migrate();
    await this.summaries.migrate();
  }

  /** Outcomes that wait for their prediction. */
  async countPending(target: ModelTarget): Promise<number> {
    return this.pending.count(target);
  }

  /**
   * Folds every segment that waits: outcomes into labels, or to wait for their prediction, and predictions with the
   * outcomes that waited for them; both into the summaries where there are some. Calls that meet take turns; a segment
   * counts once.
   * @returns how many outcomes found their prediction
   */
  async fold(target: ModelTarget): Promise<number> {
    await this.summaries.finish(target);
    let folded = 0;
    const work = async (ids: readonly string[], fold: typeof this.foldOutcomes): Promise<void> => {
      for (let start = 0; start < ids.length; start += GROUP) {
        const group = ids.slice(start, start + GROUP);
        folded += await this.parts.leases.transaction(foldKey(target), (session) => fold(target, group, session));
        this.failpoint('fold-committed');
      }
    };
    await work(await this.parts.outcomes.unfolded(target), this.foldOutcomes);
    await work(await this.unfolded(target), this.foldPredictions);
    return folded;
  }

  private async unfolded(target: ModelTarget): Promise<string[]> {
    const waiting = this.parts.predictions.segments.find({ ...targetFilter(target), folded: false });
    const found = await waiting.project<{ _id: string }>({ _id: 1 }).sort({ _id: 1 }).toArray();
    return found.map(({ _id }) => _id);
  }

  private readonly foldOutcomes = async (
    target: ModelTarget,
    ids: readonly string[],
    session: ClientSession,
  ): Promise<number> => {
    const state = await this.states.claim(target, session);
    const which = { _id: { $in: [...ids] }, folded: false };
    const segments = await this.parts.outcomes.segments.find(which, { session }).sort({ _id: 1 }).toArray();
    await this.parts.outcomes.segments.updateMany(which, { $set: { folded: true } }, { session });
    this.failpoint('fold-marked');
    const { changed, found, unknown } = await this.writer.apply(target, segments.flatMap(unpackOutcomes), session);
    this.failpoint('fold-labelled');
    await this.relabel(target, state, changed, session);
    const expired = unknown.filter((outcome) => isExpired(outcome, state));
    // Outside the transaction, before its end: set aside twice is once, set aside too late could be never.
    await this.parts.quarantine.add(target, expired.map(expiredRow));
    await this.pending.add(
      target,
      unknown.filter((outcome) => !isExpired(outcome, state)),
      session,
    );
    return found;
  };

  private readonly foldPredictions = async (
    target: ModelTarget,
    ids: readonly string[],
    session: ClientSession,
  ): Promise<number> => {
    const state = await this.states.claim(target, session);
    // Summaries of other settings are just being dropped: what is marked now would be in neither.
    if (!state.ready) return 0;
    const which = { _id: { $in: [...ids] }, folded: false };
    const segments = await this.parts.predictions.segments
      .find(which, { session })
      .project<PredictionSegment>({ digests: 0, units: 0 })
      .sort({ _id: 1 })
      .toArray();
    await this.parts.predictions.segments.updateMany(which, { $set: { folded: true } }, { session });
    this.failpoint('fold-marked');
    const named = segments.filter(({ _id }) => isKeyed(_id)).flatMap((segment) => segment.ids!);
    const waited = named.length === 0 ? [] : await this.pending.take(target, named, session);
    const { found } = await this.writer.apply(target, waited, session);
    this.failpoint('fold-labelled');
    const settings = activeSettings(state);
    if (settings !== null) await this.summaries.addSegments(target, settings, segments, session);
    this.failpoint('fold-summed');
    return found;
  };

  private async relabel(
    target: ModelTarget,
    state: FoldState,
    changed: readonly ChangedSegment[],
    session: ClientSession,
  ): Promise<void> {
    const settings = activeSettings(state);
    // The labels of a segment that is not folded yet are counted when it is.
    const counted = changed.filter(({ folded }) => folded);
    if (settings !== null && counted.length > 0) await this.summaries.relabel(target, settings, counted, session);
    this.failpoint('fold-summed');
  }
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
    relevance: segment.relevance?.[row] ?? null,
  }));
}
