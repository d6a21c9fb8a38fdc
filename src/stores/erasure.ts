import { createHash } from 'node:crypto';
import type { ClientSession, Collection, Db } from 'mongodb';
import type { Instant, ModelTarget } from '../contracts';
import { unpackNumbers } from './columns';
import { ensureIndex } from './indexes';
import { eraseRows } from './erased-segment';
import type { ErasableSegment } from './erased-segment';
import { activeSettings, foldKey, FoldStates } from './fold-state';
import { keepBytes, keepDigests, keepIntegers, keepNumbers } from './kept-rows';
import type { LabelStore } from './label';
import { LabelWriter } from './label-writer';
import type { LeaseStore } from './lease';
import type { OutcomeSegment, OutcomeStore } from './outcome';
import { PendingStore } from './pending';
import type { PredictionStore } from './prediction';
import { idOf } from './row-segments';
import { HOUR_MS } from './summary/segment-sums';
import { digestOf, targetFilter } from './unique-batch';

/** Segments rewritten in one transaction. */
const GROUP = 20;

/** Who wants a subject forgotten, why and when; the same three again are the same erasure. */
export interface ErasureRequest {
  readonly who: string;
  readonly reason: string;
  readonly at: Instant;
}

/** What an erasure leaves behind: that it was done, not about whom. */
export interface Erasure extends ModelTarget, ErasureRequest {
  /** SHA-256 of the subject: whoever knows the subject can check that it was erased. */
  readonly subject: string;
  /** Rows, outcomes and segments that were rewritten. */
  readonly predictions: number;
  readonly outcomes: number;
  readonly segments: number;
}

/** What erasure works with. */
export interface ErasureParts {
  readonly predictions: PredictionStore;
  readonly outcomes: OutcomeStore;
  readonly labels: LabelStore;
  readonly leases: LeaseStore;
}

/** Forgets a unit: a user, a session. */
export class ErasureStore {
  private readonly erasures: Collection<Erasure & { readonly _id: string }>;
  private readonly quarantine: Collection<ModelTarget & { readonly predictionId: string | null }>;
  private readonly parts: ErasureParts;
  private readonly states: FoldStates;
  private readonly pending: PendingStore;
  private readonly writer: LabelWriter;

  constructor(db: Db, parts: ErasureParts) {
    this.parts = parts;
    this.erasures = db.collection('erasures');
    this.quarantine = db.collection('quarantine');
    this.states = new FoldStates(db);
    this.pending = new PendingStore(db);
    this.writer = new LabelWriter(db, parts.predictions);
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.parts.predictions.segments, { model: 1, environment: 1, units: 1 }, { name: 'units' });
    await ensureIndex(this.erasures, { model: 1, environment: 1, at: 1 }, { name: 'target' });
  }

  /**
   * Erases every row of a unit, its labels and outcomes, and sums up the hours concerned without them. Each transaction
   * counts itself in the audit entry, so a process that dies half-way is gone on from by the same call, and repeating a
   * finished one changes nothing. Ids of the rows that stay lead where they led.
   */
  async forget(target: ModelTarget, subject: string, request: ErasureRequest): Promise<Erasure> {
    const digest = createHash('sha256').update(subject).digest('hex');
    const { model, environment } = target;
    const { who, reason, at } = request;
    const _id = digestOf([model, environment, digest, who, reason, at]).toString('hex');
    await this.erasures.updateOne(
      { _id: { $eq: _id } },
      {
        $setOnInsert: {
          model,
          environment,
          subject: digest,
          who,
          reason,
          at,
          predictions: 0,
          outcomes: 0,
          segments: 0,
        },
      },
      { upsert: true },
    );
    await this.parts.labels.summaries.finish(target);
    const step = (session: ClientSession) => this.eraseSome(target, subject, _id, session);
    while (await this.parts.leases.transaction(foldKey(target), step));
    const { _id: _key, ...audit } = (await this.erasures.findOne({ _id: { $eq: _id } }))!;
    return audit;
  }

  /** Erasures of a target, oldest first. */
  async list(target: ModelTarget): Promise<Erasure[]> {
    const found = await this.erasures.find(targetFilter(target)).sort({ at: 1, _id: 1 }).toArray();
    return found.map(({ _id, ...audit }) => audit);
  }

  private async eraseSome(
    target: ModelTarget,
    subject: string,
    audit: string,
    session: ClientSession,
  ): Promise<boolean> {
    const state = await this.states.claim(target, session);
    const { segments } = this.parts.predictions;
    const found = await segments
      .find({ ...targetFilter(target), units: { $eq: subject } }, { session })
      .sort({ _id: 1 })
      .limit(GROUP)
      .toArray();
    if (found.length === 0) return false;
    const labels = await this.writer.read(
      found.map(({ _id }) => _id),
      session,
    );
    const settings = activeSettings(state);
    const hours = new Set<number>();
    const ids: string[] = [];
    for (const segment of found as ErasableSegment[]) {
      const rows = segment.units!.flatMap((unit, row) => (unit === subject ? [row] : []));
      const at = unpackNumbers(segment.at);
      for (const row of rows) {
        ids.push(idOf(segment, row));
        if (segment.folded) hours.add(Math.floor(at[row]! / HOUR_MS));
      }
      const known = labels.get(segment._id) ?? null;
      if (settings !== null && segment.folded) {
        const dropped = state.droppedBefore?.getTime() ?? -Infinity;
        await this.parts.labels.summaries.subtractDropped(target, settings, segment, known, { rows, dropped }, session);
      }
      const left = eraseRows(segment, known, rows);
      if (left === null) {
        await segments.deleteOne({ _id: segment._id }, { session });
        await this.writer.labels.deleteOne({ _id: segment._id }, { session });
      } else {
        const { _id, ...replacement } = left.segment;
        await segments.replaceOne({ _id }, replacement, { session });
        if (left.labels !== null) await this.writer.write(new Map([[_id, left.labels]]), session);
      }
    }
    const outcomes = await this.eraseOutcomes(target, ids, session);
    if (hours.size > 0)
      await this.parts.labels.summaries.rebuildWithin(
        target,
        [...hours].sort((a, b) => a - b),
        session,
      );
    const $inc = { predictions: ids.length, outcomes, segments: found.length };
    await this.erasures.updateOne({ _id: audit }, { $inc }, { session });
    return true;
  }

  private async eraseOutcomes(target: ModelTarget, ids: readonly string[], session: ClientSession): Promise<number> {
    const which = { ...targetFilter(target), predictionIds: { $in: [...ids] } };
    const gone = new Set(ids);
    let erased = 0;
    for (const segment of await this.parts.outcomes.segments.find(which, { session }).toArray()) {
      const kept = segment.predictionIds.flatMap((id, row) => (gone.has(id) ? [] : [row]));
      erased += segment.predictionIds.length - kept.length;
      const _id = { _id: segment._id };
      if (kept.length === 0) await this.parts.outcomes.segments.deleteOne(_id, { session });
      else await this.parts.outcomes.segments.replaceOne(_id, keepOutcomes(segment, kept), { session });
    }
    await this.pending.take(target, ids, session);
    await this.quarantine.deleteMany({ ...targetFilter(target), predictionId: { $in: [...ids] } }, { session });
    return erased;
  }
}

function keepOutcomes({ _id, ...segment }: OutcomeSegment, rows: readonly number[]): Omit<OutcomeSegment, '_id'> {
  const { ids, digests, predictionIds, label, at, value, revision, relevance } = segment;
  return {
    ...segment,
    ids: rows.map((row) => ids[row]!),
    digests: keepDigests(digests, rows),
    predictionIds: rows.map((row) => predictionIds[row]!),
    label: keepBytes(label, rows),
    at: keepNumbers(at, rows),
    value: keepNumbers(value, rows),
    revision: keepIntegers(revision, rows),
    ...(relevance === undefined ? {} : { relevance: rows.map((row) => relevance[row]!) }),
  };
}
