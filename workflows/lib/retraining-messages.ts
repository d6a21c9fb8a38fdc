import { condition, setHandler } from '@temporalio/workflow';
import type { CancellationScope } from '@temporalio/workflow';
import * as contracts from '../../src/contracts';
import type { ApprovalDecision, PersonDecision, ResolveCompensation, RolloutEnd } from '../../src/contracts';
import type { EarlyUpdates } from './early';
import { checkPerson, conflict, isRecord, readWatermark, refuseUnless } from './guards';
import type { Retraining } from './retraining';

/** What was said about a challenger. */
export interface Word extends PersonDecision {
  readonly approved: boolean;
}

/** How many reasons a retraining keeps of the triggers that joined it. */
const MAX_REASONS = 20;

/** What a retraining is told while it runs. */
export class RetrainingMessages {
  /** What was said about the challenger, once it was. */
  word: Word | null = null;
  /** Who cancelled it, and why. */
  cancelledBy: string | null = null;
  /** How far event time is. */
  watermark: contracts.Instant | null = null;
  private readonly ends: RolloutEnd[] = [];
  private readonly retraining: Retraining;

  constructor(retraining: Retraining, scope: CancellationScope, updates: EarlyUpdates) {
    this.retraining = retraining;
    this.handleFacts();
    this.handleApproval(updates);
    this.handleUndo(scope, updates);
  }

  /** How a rollout ended, or null while nothing is known of it. */
  endOf(rollout: string): RolloutEnd | null {
    return this.ends.find(({ id }) => id === rollout) ?? null;
  }

  private handleFacts(): void {
    const { retraining } = this;
    setHandler(contracts.retrainingStatusQuery, () => retraining.status, {
      description: 'Where the retraining stands: phase, snapshot, gate, challenger, experiment, result.',
    });
    setHandler(
      contracts.retrainingRequestedSignal,
      (request) => {
        // The trigger that started this run has the same key; another one joins with its reasons.
        if (!isRecord(request) || request.key === retraining.spec.key || !Array.isArray(request.reasons)) return;
        const reasons = [...new Set([...retraining.status.reasons, ...request.reasons.map(String)])];
        retraining.change({ reasons: reasons.slice(0, MAX_REASONS) });
      },
      { description: 'A trigger; while a retraining is open it joins with its reasons.' },
    );
    setHandler(
      contracts.retrainingWatermarkSignal,
      (fact) => {
        const at = readWatermark(fact)?.at ?? null;
        if (at !== null && (this.watermark === null || at > this.watermark)) this.watermark = at;
      },
      { description: 'How far event time is; on the data clock it ends the bake.' },
    );
    setHandler(
      contracts.rolloutEndedSignal,
      (end) => {
        if (isRecord(end) && typeof end.id === 'string' && Array.isArray(end.reasons)) this.ends.push(end);
      },
      { description: 'The rollout of the challenger has ended.' },
    );
  }

  private handleApproval(updates: EarlyUpdates): void {
    const { retraining } = this;
    const validator = (decision: ApprovalDecision): void => {
      checkPerson(decision);
      const { phase, challenger } = retraining.status;
      if (phase !== 'approval') throw conflict(`nothing to approve: the retraining is in phase ${phase}`);
      if (this.word !== null) throw conflict(`decided already, by ${this.word.who}: ${this.word.reason}`);
      const named = decision.challenger;
      if (named !== undefined && named !== challenger)
        throw conflict(`challenger is ${JSON.stringify(named)}: version ${challenger} waits for approval`);
    };
    const decide = (approved: boolean) => (decision: ApprovalDecision) => {
      this.word = { approved, who: decision.who, reason: decision.reason };
      return retraining.status;
    };
    const description = (what: string) => ({ description: what, validator });
    updates.set(contracts.approveUpdate, decide(true), description('The challenger may meet traffic.'));
    updates.set(contracts.rejectUpdate, decide(false), description('The challenger is dropped.'));
  }

  private handleUndo(scope: CancellationScope, updates: EarlyUpdates): void {
    const { retraining } = this;
    updates.set(
      contracts.cancelRetrainingUpdate,
      async ({ who, reason }) => {
        this.cancelledBy = `cancelled by ${who}: ${reason}`;
        scope.cancel();
        await condition(() => retraining.status.phase === 'closed' || retraining.saga.waitsFor !== null);
        return retraining.status;
      },
      {
        description: 'Ends the retraining and undoes what it has done.',
        validator: (decision) => {
          checkPerson(decision);
          if (retraining.status.phase === 'closed') throw conflict('the retraining has ended');
        },
      },
    );
    updates.set(
      contracts.resolveCompensationUpdate,
      (command) => {
        retraining.saga.resolve(command);
        return retraining.status;
      },
      {
        description: 'Tries a failed compensation again, or takes it as done by hand.',
        validator: (command: ResolveCompensation) => {
          checkPerson(command);
          const { action } = command;
          refuseUnless(['retry', 'done-by-hand'].includes(action), 'action', action, 'retry or done-by-hand');
          if (retraining.saga.waitsFor === null) throw conflict('no compensation waits');
        },
      },
    );
  }
}
