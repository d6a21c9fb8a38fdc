import type { ClientSession, Db } from 'mongodb';
import type { Instant, ModelTarget } from '../contracts';
import { expiredRow } from './expired';
import { foldKey, FoldStates } from './fold-state';
import type { LabelStore } from './label';
import type { LeaseStore } from './lease';
import { PendingStore } from './pending';
import type { PredictionStore } from './prediction';
import type { QuarantineStore } from './quarantine';
import { targetFilter } from './unique-batch';

/** Segments, and outcomes that wait, in one transaction. */
const MOST_SEGMENTS = 100;
const MOST_OUTCOMES = 5_000;

/** What retention works with. */
export interface RetentionParts {
  readonly predictions: PredictionStore;
  readonly labels: LabelStore;
  readonly leases: LeaseStore;
  readonly quarantine: QuarantineStore;
}

/** Drops what is older than a model keeps. Summaries stay. */
export class RetentionStore {
  private readonly parts: RetentionParts;
  private readonly states: FoldStates;
  private readonly pending: PendingStore;

  constructor(db: Db, parts: RetentionParts) {
    this.parts = parts;
    this.states = new FoldStates(db);
    this.pending = new PendingStore(db);
  }

  /**
   * Drops whole segments, with their labels, of which every row is older than a time; one that is not folded yet stays
   * until it is. An outcome that waits for a prediction older than that, or comes for one later, is set aside as expired.
   * @returns how many segments were dropped
   */
  async drop(target: ModelTarget, before: Instant): Promise<number> {
    await this.parts.labels.summaries.finish(target);
    const limit = new Date(before);
    const run = <T>(work: (session: ClientSession) => Promise<T>): Promise<T> =>
      this.parts.leases.transaction(foldKey(target), work);
    let dropped = 0;
    for (;;) {
      const now = await run((session) => this.dropSome(target, limit, session));
      dropped += now;
      if (now < MOST_SEGMENTS) break;
    }
    while ((await run((session) => this.expireSome(target, limit, session))) === MOST_OUTCOMES);
    return dropped;
  }

  private async dropSome(target: ModelTarget, before: Date, session: ClientSession): Promise<number> {
    const state = await this.states.claim(target, session);
    // Others changed the settings meanwhile: nothing may go before it is summed up by them.
    if (!state.ready) return 0;
    const { segments } = this.parts.predictions;
    const old = { ...targetFilter(target), from: { $lt: before }, to: { $lt: before }, folded: true };
    const found = await segments
      .find(old, { session })
      .project<{ _id: string }>({ _id: 1 })
      .limit(MOST_SEGMENTS)
      .toArray();
    if (state.droppedBefore === null || state.droppedBefore < before)
      await this.states.set(target, { droppedBefore: before }, session);
    if (found.length === 0) return 0;
    const which = { _id: { $in: found.map(({ _id }) => _id) } };
    await segments.deleteMany(which, { session });
    await this.parts.labels.labels.deleteMany(which, { session });
    return found.length;
  }

  private async expireSome(target: ModelTarget, before: Date, session: ClientSession): Promise<number> {
    await this.states.claim(target, session);
    const expired = await this.pending.takeOlder(target, before.getTime(), MOST_OUTCOMES, session);
    await this.parts.quarantine.add(target, expired.map(expiredRow));
    return expired.length;
  }
}
