import type { ClientSession, Collection, Db } from 'mongodb';
import type { ModelTarget } from '../contracts';
import type { Outcome } from './label-state';
import { digestOf, targetFilter } from './unique-batch';
import { ensureIndex } from './indexes';

/** An outcome that waits for its prediction. */
interface PendingOutcome extends ModelTarget, Outcome {
  readonly _id: string;
}

/** Outcomes whose prediction is not there yet. They cost nothing until it comes. */
export class PendingStore {
  private readonly pending: Collection<PendingOutcome>;

  constructor(db: Db) {
    this.pending = db.collection('pendingOutcomes');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.pending, { model: 1, environment: 1, predictionId: 1 }, { name: 'prediction' });
    await ensureIndex(this.pending, { model: 1, environment: 1, at: 1 }, { name: 'age' });
  }

  /** How many wait. */
  async count(target: ModelTarget): Promise<number> {
    return this.pending.countDocuments(targetFilter(target));
  }

  /** Lets outcomes wait; the same ones again wait once, and every body of a revision waits by itself. */
  async add(target: ModelTarget, outcomes: readonly Outcome[], session: ClientSession): Promise<void> {
    if (outcomes.length === 0) return;
    const { model, environment } = target;
    await this.pending.bulkWrite(
      outcomes.map((outcome) => ({
        replaceOne: {
          filter: { _id: digestOf([model, environment, { ...outcome, value: String(outcome.value) }]).toString('hex') },
          replacement: { model, environment, ...outcome },
          upsert: true,
        },
      })),
      { session, ordered: false },
    );
  }

  /** Takes the outcomes of predictions, which wait no longer. */
  async take(target: ModelTarget, predictionIds: readonly string[], session: ClientSession): Promise<Outcome[]> {
    if ((await this.pending.findOne(targetFilter(target), { session, projection: { _id: 1 } })) === null) return [];
    const filter = { ...targetFilter(target), predictionId: { $in: [...predictionIds] } };
    return this.remove(await this.pending.find(filter, { session }).sort({ _id: 1 }).toArray(), session);
  }

  /** Takes outcomes that were known before a time, so many at most: their predictions will not come any more. */
  async takeOlder(target: ModelTarget, before: number, most: number, session: ClientSession): Promise<Outcome[]> {
    const filter = { ...targetFilter(target), at: { $lt: before } };
    return this.remove(await this.pending.find(filter, { session }).limit(most).toArray(), session);
  }

  private async remove(found: readonly PendingOutcome[], session: ClientSession): Promise<Outcome[]> {
    if (found.length > 0) await this.pending.deleteMany({ _id: { $in: found.map(({ _id }) => _id) } }, { session });
    return found.map(({ predictionId, label, at, value, revision, relevance }) => {
      // Outcomes that have waited since the first release know no gains.
      return { predictionId, label, at, value, revision, relevance: relevance ?? null };
    });
  }
}
