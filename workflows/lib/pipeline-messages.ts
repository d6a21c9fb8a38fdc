import { CancellationScope, condition, setHandler } from '@temporalio/workflow';
import * as contracts from '../../src/contracts';
import type { ApproveStage, ResolveCompensation } from '../../src/contracts';
import type { EarlyUpdates } from './early';
import { checkPerson, conflict, isRecord, refuseUnless } from './guards';
import type { PipelineRun } from './pipeline';

/** What a run is told and asked. */
export class PipelineMessages {
  private readonly run: PipelineRun;
  private readonly scope: CancellationScope;
  private readonly updates: EarlyUpdates;

  constructor(run: PipelineRun, scope: CancellationScope, updates: EarlyUpdates) {
    this.run = run;
    this.scope = scope;
    this.updates = updates;
    setHandler(contracts.pipelineStatusQuery, () => run.status(), {
      description: 'Where the run stands: stages, approvals that are waited for, how it ended.',
    });
    setHandler(
      contracts.rolloutEndedSignal,
      (end) => {
        run.meter.countSignal();
        if (isRecord(end) && typeof end.id === 'string' && Array.isArray(end.reasons)) run.rollouts.push(end);
      },
      { description: 'From the deployment: how a rollout ended.' },
    );
  }

  /** Takes decisions from now on: the run is open. */
  listen(): void {
    this.listenForApproval();
    this.listenForEnd();
  }

  private listenForApproval(): void {
    const { run } = this;
    this.updates.set(
      contracts.approveStageUpdate,
      ({ stage, approved, who, reason }) => {
        run.meter.countUpdate();
        run.words[stage] = { approved, who, reason };
        run.touch();
        return run.status();
      },
      {
        description: 'A stage that waits for a person may run, or may not.',
        validator: (command: ApproveStage) => {
          checkPerson(command);
          const { stage, approved } = command;
          refuseUnless(typeof approved === 'boolean', 'approved', approved, 'true or false');
          const waiting = run.status().approvals.map((each) => each.stage);
          if (waiting.includes(stage) || isSaid(run, command)) return;
          const known = run.opened.stages.some(({ name }) => name === stage);
          const expected = waiting.length === 0 ? 'none waits for a person' : `one of ${waiting.join(', ')}`;
          refuseUnless(known, 'stage', stage, expected);
          throw conflict(`stage ${stage} does not wait for a person: ${expected}`);
        },
      },
    );
  }

  private listenForEnd(): void {
    const { run } = this;
    this.updates.set(
      contracts.cancelPipelineUpdate,
      async ({ who, reason }) => {
        run.meter.countUpdate();
        run.cancelledBy ??= `cancelled by ${who}: ${reason}`;
        this.scope.cancel();
        await CancellationScope.nonCancellable(() =>
          condition(() => run.result !== null || run.failedCompensation !== null),
        );
        return run.status();
      },
      {
        description: 'Stops what runs, undoes what is declared and ends the run.',
        validator: (decision) => {
          checkPerson(decision);
          if (run.phase !== 'running') throw conflict(`the run is ${run.phase}`);
        },
      },
    );
    this.updates.set(
      contracts.resolvePipelineUpdate,
      (command) => {
        if (!run.resolve(command)) throw conflict('no compensation waits');
        return run.status();
      },
      {
        description: 'Tries a failed compensation again, or takes it as done by hand.',
        validator: (command: ResolveCompensation) => {
          checkPerson(command);
          const { action } = command;
          refuseUnless(['retry', 'done-by-hand'].includes(action), 'action', action, 'retry or done-by-hand');
          if (run.failedCompensation === null) throw conflict('no compensation waits');
        },
      },
    );
  }
}

/** A word that comes again, as when its history ended under it, is no other word. */
function isSaid({ words, phase }: PipelineRun, { stage, approved, who, reason }: ApproveStage): boolean {
  const word = Object.hasOwn(words, stage) ? words[stage]! : null;
  return phase === 'running' && word?.approved === approved && word.who === who && word.reason === reason;
}
