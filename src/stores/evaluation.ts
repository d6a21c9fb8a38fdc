import type { Collection, Db } from 'mongodb';
import type { Evaluation, Instant, ModelTarget } from '../contracts';
import { targetFilter } from './unique-batch';
import { ensureIndex } from './indexes';

interface EvaluationDocument extends ModelTarget {
  readonly _id: string;
  /** Null for all served rows. */
  readonly version: number | null;
  readonly evaluation: Evaluation;
}

/** What a window is known by. */
type RecordedWindow = Pick<Evaluation, 'from' | 'to' | 'asOf' | 'phase'>;

/** Judged windows. */
export class EvaluationStore {
  private readonly evaluations: Collection<EvaluationDocument>;

  constructor(db: Db) {
    this.evaluations = db.collection('evaluations');
  }

  /** Creates the indexes; safe to repeat. */
  async migrate(): Promise<void> {
    await ensureIndex(this.evaluations, { model: 1, environment: 1, 'evaluation.from': 1 }, { name: 'window' });
  }

  /** Records a judged window and returns what stands: the first result. */
  async record(target: ModelTarget, evaluation: Evaluation, version: number | null): Promise<Evaluation> {
    const { model, environment } = target;
    const found = await this.evaluations.findOneAndUpdate(
      { _id: { $eq: idOf(target, evaluation, version) } },
      { $setOnInsert: { model, environment, version, evaluation } },
      { upsert: true, returnDocument: 'after' },
    );
    return found?.evaluation ?? evaluation;
  }

  /** What was recorded of a window, or null. */
  async find(target: ModelTarget, window: RecordedWindow, version: number | null): Promise<Evaluation | null> {
    const found = await this.evaluations.findOne({ _id: { $eq: idOf(target, window, version) } });
    return found?.evaluation ?? null;
  }

  /** The newest estimate of a window, made before its labels; null when there is none. */
  async findEstimate(target: ModelTarget, window: Pick<Evaluation, 'from' | 'to'>): Promise<Evaluation | null> {
    const found = await this.evaluations
      .find({
        ...targetFilter(target),
        version: null,
        'evaluation.from': { $eq: window.from },
        'evaluation.to': { $eq: window.to },
        'evaluation.phase': 'traffic',
      })
      .sort({ 'evaluation.asOf': -1 })
      .limit(1)
      .next();
    return found?.evaluation ?? null;
  }

  /** Judged windows, oldest first: what came in and what came of it as one, where both are known. */
  async list(target: ModelTarget, range: { from?: Instant; to?: Instant } = {}): Promise<Evaluation[]> {
    const found = await this.evaluations
      .find({
        ...targetFilter(target),
        version: null,
        'evaluation.from': { $gte: range.from ?? '', $lt: range.to ?? '9999' },
      })
      .sort({ 'evaluation.from': 1, 'evaluation.to': 1, 'evaluation.asOf': 1 })
      .toArray();
    return merged(found.map(({ evaluation }) => evaluation));
  }
}

/** A window's traffic and its labels are judged at two times; a reader wants one window. */
function merged(found: readonly Evaluation[]): Evaluation[] {
  const windows = new Map<string, Evaluation>();
  for (const evaluation of found) {
    const key = `${evaluation.from}/${evaluation.to}`;
    const known = windows.get(key);
    if (known === undefined) windows.set(key, evaluation);
    else if (known.phase === 'traffic') windows.set(key, withTraffic(evaluation, known));
    else if (evaluation.phase === 'traffic') windows.set(key, withTraffic(known, evaluation));
  }
  return [...windows.values()];
}

function withTraffic(judged: Evaluation, traffic: Evaluation): Evaluation {
  const { drift, reference, driftReason, estimate, expectedServed } = traffic;
  return { ...judged, drift, reference, driftReason, estimate, expectedServed };
}

function idOf({ model, environment }: ModelTarget, window: RecordedWindow, version: number | null): string {
  const parts = [model, environment, window.from, window.to, window.asOf, version ?? 'served'];
  // A look at the same rows for something else; what the first release recorded keeps its ids.
  return [...parts, ...(window.phase === 'traffic' ? ['traffic'] : [])].join('/');
}
