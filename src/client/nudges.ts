import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '@temporalio/client';
import { NUDGE_INTERVAL_MS, outcomesRecordedSignal, workflowIds } from '../contracts';
import type { ModelTarget } from '../contracts';
import type { NudgeStore } from '../stores';

/** How long a signal may take, in milliseconds; the next outcome brings another. */
const PATIENCE_MS = 5_000;

/** A monitor whose turn this process tries for, once per interval at most. */
interface Trying {
  /** Tries still to be made: every write asks for two, see `keepTrying`. */
  owed: number;
  readonly stop: AbortController;
  over: Promise<void>;
}

/**
 * Tells eager monitors that outcomes were written: at most one signal per monitor and interval, whatever the number of
 * writes and processes, and one after the last write.
 */
export class Nudges {
  private readonly store: NudgeStore;
  private readonly client: Client;
  private readonly trying = new Map<string, Trying>();

  constructor(store: NudgeStore, client: Client) {
    this.store = store;
    this.client = client;
  }

  /** Asks for a nudge after a durable write. Returns at once and never fails: the monitor's next look reads the store. */
  nudge(target: ModelTarget): void {
    const id = workflowIds.monitor(target);
    const known = this.trying.get(id);
    if (known !== undefined) {
      known.owed = 2;
      return;
    }
    const trying: Trying = { owed: 2, stop: new AbortController(), over: Promise.resolve() };
    this.trying.set(id, trying);
    trying.over = this.keepTrying(id, target, trying);
  }

  /** Returns when nothing is owed any more, two intervals later at most. */
  async flush(): Promise<void> {
    const all = [...this.trying.values()];
    for (const { stop } of all) stop.abort();
    await Promise.all(all.map(({ over }) => over));
  }

  /**
   * One try per interval while any is owed. A turn that another process held may have been used before our write, so
   * it is tried once more an interval later: by then it is ours, or another has nudged after our write.
   */
  private async keepTrying(id: string, target: ModelTarget, trying: Trying): Promise<void> {
    while (trying.owed > 0) {
      const { owed } = trying;
      trying.owed = 0;
      const held = await this.attempt(id, target);
      if (held) trying.owed = Math.max(trying.owed, owed - 1);
      // Nobody's process is kept alive for a nudge; a flush waits only for what is owed.
      const signal = trying.owed === 0 ? trying.stop.signal : undefined;
      await delay(NUDGE_INTERVAL_MS, undefined, { ref: false, signal }).catch(() => undefined);
    }
    this.trying.delete(id);
  }

  /** Whether another process held the turn. */
  private async attempt(id: string, target: ModelTarget): Promise<boolean> {
    try {
      const turn = await this.store.take(target);
      if (turn !== 'taken') return turn === 'held';
      await this.client.withDeadline(Date.now() + PATIENCE_MS, () =>
        this.client.workflow.getHandle(id).signal(outcomesRecordedSignal),
      );
    } catch {
      // No such workflow, or one of the servers is away: the write stands, and that is what was asked for.
    }
    return false;
  }
}
