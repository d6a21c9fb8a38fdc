import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { condition, patched, workflowInfo } from '@temporalio/workflow';
import { failureTypes } from '../../src/contracts';
import type {
  DecidedBy,
  DeploymentState,
  DeploymentStatus,
  Instant,
  LedgerEntry,
  ModelTarget,
  Rollout,
  RolloutEnd,
} from '../../src/contracts';
import { broughtToServe, decide, refuse, remember, servingOf } from '../../src/domain/deployment';
import type { DeploymentDecision } from '../../src/domain/deployment';
import { localActivities } from './activities';
import { Clock } from './clock';
import { showDeployment } from './deployment-page';
import { conflict } from './guards';
import { Serial } from './loop';

const local = localActivities();

/** How a decision comes about and what follows from it. */
export interface Deciding {
  /** The decision, from what serves now; null when there is nothing to decide. */
  readonly ask: () => Promise<DeploymentDecision | null>;
  /** Asked once it is known that the decision is possible, before anything changes. */
  readonly verify?: () => Promise<void>;
  /** Changes the state beside what serves; `recorded` when the key had been used before by another decision. */
  readonly settle: (entry: LedgerEntry, recorded: boolean) => void;
}

/** What serves a model in an environment: one decision at a time, each a line of the ledger. */
export class Deployment {
  target: ModelTarget | null;
  state: DeploymentState | null;
  private readonly turns = new Serial();

  constructor(target: ModelTarget | null, state: DeploymentState | null) {
    this.target = target;
    this.state = state;
  }

  /** The rollout under way. */
  get rollout(): Rollout | null {
    return this.state?.rollout ?? null;
  }

  /** The clock that a rollout's times are on. */
  clockOf({ clock }: Pick<Rollout, 'clock'>): Clock {
    return new Clock(clock, () => this.state?.watermark ?? null);
  }

  /** Whether the rollout is to be judged now. */
  isDue(): boolean {
    const { rollout } = this;
    return rollout !== null && (rollout.dueAt === null || this.clockOf(rollout).reached(rollout.dueAt));
  }

  /** Waits for the rollout's next judgement, or until `wake` says so. */
  async wait(wake: () => boolean): Promise<void> {
    const { rollout } = this;
    if (rollout === null) await condition(wake);
    else await this.clockOf(rollout).waitUntil(rollout.dueAt, () => wake() || this.rollout !== rollout);
  }

  /** What a query is told. */
  status(): DeploymentStatus {
    const { rollout } = this;
    const { serving = null, watermark = null, lastRollout = null } = this.state ?? {};
    // What is due by the watermark and not yet done is not settled.
    const late = rollout?.clock === 'data' && this.isDue();
    const settledThrough = late ? rollout.since : watermark;
    return { serving, settledThrough, nextDueAt: rollout?.dueAt ?? null, rollout, lastRollout };
  }

  /** Moves event time; it never goes back. */
  advance(at: Instant): void {
    if (this.state !== null && at > (this.state.watermark ?? '')) this.state = { ...this.state, watermark: at };
  }

  /** Changes the rollout under way, or ends it; `null` leaves none. */
  setRollout(rollout: Rollout | null, end?: RolloutEnd): void {
    this.state = { ...this.state!, rollout, ...(end === undefined ? {} : { lastRollout: end }) };
  }

  /** Shows what serves on the workflow's page. */
  show(): void {
    showDeployment(this.state!);
  }

  /**
   * Takes a decision when its turn has come. A key that was decided before is answered from the ledger.
   * @throws ApplicationFailure when it does not fit what serves or the version cannot serve
   */
  async decide(key: string, deciding: Deciding): Promise<LedgerEntry | null> {
    await condition(() => this.state !== null);
    return this.turns.run(async () => {
      for (;;) {
        const target = this.target!;
        const { serving, keys } = this.state!;
        const known = keys.includes(key) ? await this.findDecision(key) : null;
        if (known !== null) return known;
        const decision = await deciding.ask();
        if (decision === null) return null;
        const before = await this.check(decision);
        if (before !== null) return before;
        await deciding.verify?.();
        const wanted = decide(target, serving, decision);
        try {
          const entry = await local.writeDeployment({ entry: wanted }, `${decision.action} by ${decision.who}`);
          const newer = serving === null || entry.token > serving.token;
          this.state = { ...this.state!, keys: remember(keys, key), serving: newer ? servingOf(entry) : serving };
          deciding.settle(entry, entry.token !== wanted.token);
          this.show();
          return entry;
        } catch (error) {
          if (!isStale(error)) throw error;
          // A workflow task that was lost after its write: the store is ahead of the history.
          const ahead = await local.loadDeployment(target, 'what did a lost task write?');
          if (ahead === null || ahead.token <= (serving?.token ?? 0)) throw error;
          this.state = { ...this.state!, serving: ahead };
        }
      }
    });
  }

  private findDecision(key: string): Promise<LedgerEntry | null> {
    return local.findDecision({ target: this.target!, key }, `decided before: ${key}`);
  }

  /** Refuses a decision before anything changes, unless an earlier run has taken it: then its entry is returned. */
  private async check(decision: DeploymentDecision): Promise<LedgerEntry | null> {
    const { serving } = this.state!;
    const refusal = refuse(serving, decision, this.rollout);
    const checked = patched('2026-11-checked');
    if (refusal !== null) {
      const before = checked ? await this.findDecision(decision.key) : null;
      const { rollout } = this;
      const isTaken = decision.action === 'begin-rollout' && rollout !== null;
      // Whoever asks may wait for its turn.
      if (before === null) throw conflict(refusal, ...(isTaken ? [{ rollout: rollout.id, phase: rollout.phase }] : []));
      return before;
    }
    const version = broughtToServe(serving, decision);
    if (version === null || !checked) return null;
    const reason = await this.ask(() =>
      local.checkDeployable({ target: this.target!, version }, `may version ${version} serve?`),
    );
    if (reason !== null) throw conflict(reason);
    return null;
  }

  /** A local activity whose failure is the caller's answer. */
  private async ask<T>(activity: () => Promise<T>): Promise<T> {
    try {
      return await activity();
    } catch (error) {
      throw failureOf(error) ?? error;
    }
  }
}

/** The run that decides. */
export function thisRun(): DecidedBy {
  const { workflowId, runId } = workflowInfo();
  return { workflowId, runId };
}

/** A local activity fails with its failure itself, a remote one with it as cause. */
export function failureOf(error: unknown): ApplicationFailure | null {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure ? failure : null;
}

function isStale(error: unknown): boolean {
  return failureOf(error)?.type === failureTypes.staleWriter;
}
