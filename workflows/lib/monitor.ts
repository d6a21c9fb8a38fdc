import { ActivityFailure, getExternalWorkflowHandle, log } from '@temporalio/workflow';
import { experimentWatermarkSignal, workflowIds } from '../../src/contracts';
import type { AlertChange, Instant, MonitorState } from '../../src/contracts';
import * as monitoring from '../../src/domain/monitoring';
import { activities, SHORT } from './activities';
import { Clock, waitFor } from './clock';

const run = activities(SHORT);

/** How long a report may take before the monitor looks whether its sender still lives. */
const PATIENCE_MS = 30_000;

/** How much of what is due has been judged: all of it, some, or nothing for now because the stores are away. */
export type Judged = 'all' | 'some' | 'held';

/** How a monitor judges what is due at an event time. */
export interface Judge {
  judge(at: Instant): Promise<Judged>;
  /** Moves the baseline to a version's performance in an interval. */
  rebase(version: number, from: Instant, to: Instant): Promise<void>;
  /** Outcomes were written. */
  nudge(): void;
  /** Whether there is work that no clock brings. */
  wanted(): boolean;
  /** How long to wait at most, in milliseconds; null for as long as it takes. */
  patience(): number | null;
}

/** A monitor's state and what it does when time has passed. */
export class Monitor {
  state: MonitorState;
  readonly clock: Clock;
  readonly judge: Judge;
  private evaluations = 0;
  private held = false;

  /** @param judgeFor how it judges: by looks, or as the first release did, whose runs are replayed as they were */
  constructor(state: MonitorState, judgeFor: (monitor: Monitor) => Judge) {
    this.state = state;
    this.clock = new Clock(state.spec.clock, () => monitoring.watermarkOf(this.state));
    this.judge = judgeFor(this);
  }

  /** Asks for everything that is due to be done now, on either clock. */
  requestEvaluation(): void {
    this.evaluations += 1;
  }

  pending(): boolean {
    if (this.evaluations > 0) return true;
    const now = this.clock.now();
    if (now === null || this.held) return false;
    if (this.judge.wanted()) return true;
    if (this.clock.kind === 'data') return now > (this.state.settledThrough ?? '');
    return this.clock.reached(monitoring.ownDue(this.state));
  }

  /** Waits until something is due, or until what could not be done is to be tried again. */
  async wait(wake: () => boolean): Promise<void> {
    const patience = this.judge.patience();
    if (patience === null) await this.clock.waitUntil(monitoring.ownDue(this.state), wake);
    else await waitFor(wake, patience);
    this.held = false;
  }

  /**
   * Does what is due, in the order in which a replay gives the same rows: experiment, windows, retraining. After a
   * long time away it takes several turns, between which the run may end.
   */
  async act(): Promise<void> {
    const requests = this.evaluations;
    const at = this.clock.now();
    const judged = at === null ? 'all' : await this.judgeAt(at);
    this.held = judged === 'held';
    if (judged !== 'some') this.evaluations -= requests;
    if (judged === 'all' && at !== null) this.state = { ...this.state, settledThrough: at };
  }

  private async judgeAt(at: Instant): Promise<Judged> {
    await this.forward(at);
    return this.judge.judge(at);
  }

  /** Tells the open experiment how far time is, and waits until it has acted; a wall-clock experiment knows itself. */
  private async forward(at: Instant): Promise<void> {
    const { open, spec } = this.state;
    if (open === null) return;
    const passesOn = open.waitsFor === 'rollout' || open.waitsFor === 'bake';
    if (this.clock.kind === 'data' && passesOn) {
      await this.tell(workflowIds.deployment(spec), at);
      await this.tell(workflowIds.retraining(spec), at);
    }
    // Nobody waits for these to report, so a terminated one would stay open for ever.
    if (this.clock.kind === 'wall' || open.waitsFor !== null) {
      await this.closeIfEnded(at);
      return;
    }
    if (open.experiment !== null) await this.tell(workflowIds.experiment(open.experiment), at);
    await this.waitUntilSettled(at);
  }

  /** Every workflow takes the watermark by the same signal. */
  private async tell(workflowId: string, at: Instant): Promise<void> {
    try {
      await getExternalWorkflowHandle(workflowId).signal(experimentWatermarkSignal, { source: 'monitor', at });
    } catch (error) {
      log.warn('nobody takes the watermark: the workflow has ended', { workflowId, error });
    }
  }

  /** Waits until all that the monitor has started has acted on everything up to an event time. */
  async waitUntilSettled(at: Instant): Promise<void> {
    while (!(await waitFor(() => monitoring.isSettled(this.state, at), PATIENCE_MS))) await this.closeIfEnded(at);
  }

  /** A retraining or experiment that was terminated reports nothing any more. */
  private async closeIfEnded(at: Instant): Promise<void> {
    const { open, spec } = this.state;
    if (open === null) return;
    const owner =
      open.retraining !== null ? workflowIds.retraining(spec) : workflowIds.experiment(open.experiment ?? 'none');
    const ended = await run.findEnded({ workflowIds: [owner] }, 'is what is open still running?');
    if (!ended.includes(owner) || this.state.open !== open) return;
    const failure = `${owner} ended without a report`;
    const countFrom = monitoring.countFromAfter(spec, { decision: 'failed', closedAt: at });
    this.state = { ...monitoring.afresh(this.state), open: null, countFrom, failure };
  }

  /** Records changes as the alerts now stand, and hands them to the outbox. */
  async publish(changes: readonly AlertChange[]): Promise<void> {
    if (changes.length === 0) return;
    const { model, environment } = this.state.spec;
    const standing = new Map(this.state.alerts.map((alert) => [alert.id, alert]));
    const current = changes.map(({ event, alert }) => ({ event, alert: standing.get(alert.id) ?? alert }));
    const { outbox } = this.state;
    if (outbox !== undefined) this.state = { ...this.state, outbox: [...outbox, ...current] };
    const summary = current.map(({ event, alert }) => `${event} ${alert.kind} ${alert.subject}`).join(', ');
    await this.attempt(() =>
      run.recordAlert({ target: { model, environment }, changes: current }, summary.slice(0, 200)),
    );
  }

  /** A monitor outlives what it cannot do: the failure shows in its status, and time goes on. */
  async attempt<T>(work: () => Promise<T>): Promise<T | null> {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      this.state = { ...this.state, failure: error.cause?.message ?? error.message };
      return null;
    }
  }
}
