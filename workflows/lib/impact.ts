import { ActivityFailure } from '@temporalio/workflow';
import type { ImpactClosing, ImpactState, Instant } from '../../src/contracts';
import * as impact from '../../src/domain/impact';
import { activities, LOOK, SHORT } from './activities';
import { facts, showDetails, showState, table } from './attributes';
import { Clock, waitFor } from './clock';

const run = activities(SHORT);
const look = activities(LOOK);

/** How long after a failure it is tried again. */
const AGAIN_MS = 60_000;

/** A tracker's state, and what it does when a day is over. */
export class Tracker {
  state: ImpactState;
  readonly clock: Clock;
  private closing: Omit<ImpactClosing, 'at'> | null = null;
  private nudged = false;
  private held = false;
  private shown: string | null = null;

  constructor(state: ImpactState) {
    this.state = state;
    this.clock = new Clock(state.spec.clock, () => this.state.watermark);
  }

  /** Events were written. */
  nudge(): void {
    this.nudged = true;
  }

  /** The end is decided; what is over is still reported before. */
  close(decision: Omit<ImpactClosing, 'at'>): void {
    this.closing ??= decision;
  }

  pending(): boolean {
    if (this.held || this.state.closed !== null) return false;
    return this.closing !== null || this.wanted() || this.clock.reached(impact.dueAt(this.state));
  }

  /** A nudge before the first watermark waits for it. */
  private wanted(): boolean {
    return this.nudged && this.clock.now() !== null;
  }

  /** Waits for the next day, a message, or the time to try again what has failed. */
  async wait(wake: () => boolean): Promise<void> {
    if (this.held) await waitFor(wake, AGAIN_MS);
    else await this.clock.waitUntil(impact.dueAt(this.state), wake);
    this.held = false;
  }

  /** Closes the windows that are over by the day's beginning; ends, if that is decided. */
  async act(): Promise<void> {
    const { closing } = this;
    const now = this.clock.now();
    this.nudged = false;
    const done = now === null || (await this.closeWindows(impact.dayStart(now)));
    if (!done) this.held = true;
    else if (closing !== null) await this.end({ ...closing, at: now ?? this.state.spec.start });
    this.show();
  }

  /** A tracker outlives a database that is away: the failure shows in its status, and it tries again. */
  private async closeWindows(at: Instant): Promise<boolean> {
    const { spec, groups } = this.state;
    try {
      const months = await look.closeImpactWindows({ spec, groups, at }, `windows over by ${at.slice(0, 10)}`);
      this.state = impact.settled(this.state, at, months);
      return true;
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.state = { ...this.state, failure: error.cause?.message ?? error.message };
      return false;
    }
  }

  private async end(closed: ImpactClosing): Promise<void> {
    await run.endImpact({ model: this.state.spec.model, closed }, `closed by ${closed.who}`);
    this.state = { ...this.state, closed };
  }

  /** The page in the Temporal UI; the state in lists is written only when it has changed. */
  show(): void {
    const status = impact.statusOf(this.state);
    const { spec, groups } = status;
    showDetails([
      `**${spec.model}** in **${spec.environment}** · ${status.state} · ${spec.clock} clock`,
      ...facts([
        ['settled through', status.settledThrough],
        ['next due', status.nextDueAt],
        ['control group', groups.map(({ rotation, controlGroupSize }) => `${rotation} ${controlGroupSize}`).join(', ')],
        ['attribution window', spec.attributionWindow],
        ['last failure', status.failure ?? 'none'],
      ]),
      '**Months**, newest first',
      ...table(
        ['month', 'revision', 'closed to', 'control', 'treatment', `additional revenue, ${spec.currency}`],
        [...status.months]
          .reverse()
          .map(({ month, revision, closedTo, users, additionalRevenue }) => [
            month,
            revision,
            closedTo,
            ...users,
            additionalRevenue,
          ]),
      ),
    ]);
    if (this.shown === status.state) return;
    this.shown = status.state;
    showState(status.state);
  }
}
