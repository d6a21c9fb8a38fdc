import type { Collection, Db } from 'mongodb';
import { NUDGE_INTERVAL_MS, workflowIds } from '../contracts';
import type { ModelTarget } from '../contracts';

interface NudgeDocument {
  /** The monitor's workflow id. */
  readonly _id: string;
  /** Before this nobody nudges it. */
  readonly nextAt: Date;
}

/** `taken`: nudge now. `held`: somebody did within the interval. `off`: the monitor wants no nudges. */
export type NudgeTurn = 'taken' | 'held' | 'off';

/** Turns at nudging a monitor: one per interval over all processes, by the server's clock. */
export class NudgeStore {
  private readonly nudges: Collection<NudgeDocument>;

  constructor(db: Db) {
    this.nudges = db.collection('nudges');
  }

  /** From now on the target's monitor is nudged; safe to repeat. */
  async enable(target: ModelTarget): Promise<void> {
    const _id = workflowIds.monitor(target);
    await this.nudges.updateOne({ _id: { $eq: _id } }, { $setOnInsert: { nextAt: new Date(0) } }, { upsert: true });
  }

  /** From now on it is not; safe to repeat. */
  async disable(target: ModelTarget): Promise<void> {
    await this.nudges.deleteOne({ _id: { $eq: workflowIds.monitor(target) } });
  }

  /** Takes the turn if it is free; of any number of processes that ask at once, one takes it. */
  async take(target: ModelTarget): Promise<NudgeTurn> {
    const _id = { $eq: workflowIds.monitor(target) };
    // `$$NOW` is the server's: processes whose clocks disagree still keep to one turn per interval.
    const taken = await this.nudges.findOneAndUpdate({ _id, $expr: { $lte: ['$nextAt', '$$NOW'] } }, [
      { $set: { nextAt: { $add: ['$$NOW', NUDGE_INTERVAL_MS] } } },
    ]);
    if (taken !== null) return 'taken';
    return (await this.nudges.countDocuments({ _id }, { limit: 1 })) > 0 ? 'held' : 'off';
  }
}
