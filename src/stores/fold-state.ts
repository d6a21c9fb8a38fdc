import type { ClientSession, Collection, Db } from 'mongodb';
import type { ModelTarget, SummarySettings } from '../contracts';

/** How far a target's outcomes and predictions are folded, and into what. */
export interface FoldState {
  readonly _id: string;
  /** What is summed up; null while nobody asked for summaries. */
  readonly settings: SummarySettings | null;
  /** False while the summaries of other settings are being dropped. */
  readonly ready: boolean;
  /** Predictions older than this may have been dropped. */
  readonly droppedBefore: Date | null;
  /** Every transaction counts itself here: of two that meet, one is refused. */
  readonly transactions: number;
}

/** The fold states of all targets. */
export class FoldStates {
  private readonly states: Collection<FoldState>;

  constructor(db: Db) {
    this.states = db.collection('foldStates');
  }

  /** The state of a target, as nothing has been folded yet where there is none. */
  async read(target: ModelTarget): Promise<FoldState> {
    return (await this.states.findOne({ _id: { $eq: idOf(target) } })) ?? { ...EMPTY, _id: idOf(target) };
  }

  /** The state for a transaction, which nobody else can change any more. */
  async claim(target: ModelTarget, session: ClientSession): Promise<FoldState> {
    const { _id, transactions: _counted, ...first } = { ...EMPTY, _id: idOf(target) };
    const claimed = await this.states.findOneAndUpdate(
      { _id: { $eq: _id } },
      { $inc: { transactions: 1 }, $setOnInsert: first },
      { upsert: true, returnDocument: 'after', session },
    );
    return claimed!;
  }

  /** Changes a claimed state. */
  async set(
    target: ModelTarget,
    change: Partial<Pick<FoldState, 'settings' | 'ready' | 'droppedBefore'>>,
    session: ClientSession,
  ): Promise<void> {
    await this.states.updateOne({ _id: { $eq: idOf(target) } }, { $set: change }, { session });
  }
}

const EMPTY: Omit<FoldState, '_id'> = { settings: null, ready: true, droppedBefore: null, transactions: 0 };

function idOf({ model, environment }: ModelTarget): string {
  return `${model}:${environment}`;
}

/** Under which lease a target's transactions run. */
export function foldKey({ model, environment }: ModelTarget): string {
  return `fold:${model}:${environment}`;
}

/** Settings in one form: the same ones are equal as text. */
export function plainSettings({ task, keys, rankingDepth }: SummarySettings): SummarySettings {
  return { task, keys: [...new Set(keys)].sort(), rankingDepth };
}

/** Whether summaries of these settings are there to be added to. */
export function activeSettings({ settings, ready }: FoldState): SummarySettings | null {
  return ready ? settings : null;
}
