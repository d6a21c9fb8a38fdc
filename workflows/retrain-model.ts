import { CancellationScope, condition, isCancellation, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type { PersonDecision, ResolveCompensation, RetrainingResult, RetrainModelInput } from '../src/contracts';
import { activities, checkSpec, SHORT } from './lib/activities';
import { facts, plain, showState } from './lib/attributes';
import { EarlyUpdates } from './lib/early';
import { checkPerson, conflict, isRecord, refuseUnless } from './lib/guards';
import { Retraining } from './lib/retraining';
import type { Ending } from './lib/retraining';
import { versioned } from './lib/versioning';

const run = activities(SHORT);

const UPDATES = [
  contracts.approveUpdate,
  contracts.rejectUpdate,
  contracts.cancelRetrainingUpdate,
  contracts.resolveCompensationUpdate,
];

setWorkflowOptions(versioned('PINNED'), retrainModel);

/** How many reasons a retraining keeps of the triggers that joined it. */
const MAX_REASONS = 20;

/**
 * Trains a challenger on the rows labelled by the watermark, gates it on a hold-out, registers the refit and lets
 * it meet the champion. Every step is undone when a later one fails; "not better" is a normal end.
 */
export async function retrainModel(input: RetrainModelInput): Promise<RetrainingResult> {
  const updates = new EarlyUpdates(UPDATES);
  const given: unknown = (input as Partial<RetrainModelInput> | undefined)?.spec;
  const spec = await checkSpec('retraining', given);
  const retraining = new Retraining(spec, () => show(retraining));
  const scope = new CancellationScope();
  const person = handleMessages(retraining, scope, updates);
  const ended = await run.openRetraining({ spec }, 'has this key ended before?');
  if (ended !== null) {
    retraining.change({ phase: 'closed', result: ended });
    await retraining.report({ closed: ended });
    return ended;
  }
  let ending: Ending;
  try {
    ending = await scope.run(() => retraining.execute(person.approved));
  } catch (error) {
    retraining.change({ phase: 'undoing' });
    await retraining.saga.compensate();
    const reason = person.cancelledBy() ?? (isCancellation(error) ? 'cancelled' : messageOf(error));
    ending = { decision: 'failed', reasons: [reason], experiment: null };
  }
  const result = await CancellationScope.nonCancellable(() => retraining.close(ending));
  await condition(() => !retraining.saga.waiting);
  return result;
}

function handleMessages(
  retraining: Retraining,
  scope: CancellationScope,
  updates: EarlyUpdates,
): { approved: () => Promise<string | null>; cancelledBy: () => string | null } {
  let approval: { readonly rejection: string | null } | null = null;
  let cancelledBy: string | null = null;
  const status = () => retraining.status;
  setHandler(contracts.retrainingStatusQuery, status, {
    description: 'Where the retraining stands: phase, snapshot, gate, challenger, experiment, result.',
  });
  setHandler(
    contracts.retrainingRequestedSignal,
    (request) => {
      // The trigger that started this run has the same key; another one joins with its reasons.
      if (!isRecord(request) || request.key === retraining.spec.key || !Array.isArray(request.reasons)) return;
      const reasons = [...new Set([...retraining.status.reasons, ...request.reasons.map(String)])].slice(
        0,
        MAX_REASONS,
      );
      retraining.change({ reasons });
    },
    { description: 'A trigger; while a retraining is open it joins with its reasons.' },
  );
  setHandler(contracts.retrainingWatermarkSignal, () => undefined, {
    description: 'How far event time is; a retraining waits for its experiment only.',
  });
  const waitsForApproval = (decision: PersonDecision): void => {
    checkPerson(decision);
    if (status().phase !== 'approval')
      throw conflict(`nothing to approve: the retraining is in phase ${status().phase}`);
  };
  updates.set(
    contracts.approveUpdate,
    () => {
      approval = { rejection: null };
      return status();
    },
    { description: 'The challenger may meet traffic.', validator: waitsForApproval },
  );
  updates.set(
    contracts.rejectUpdate,
    ({ who, reason }) => {
      approval = { rejection: `rejected by ${who}: ${reason}` };
      return status();
    },
    { description: 'The challenger is dropped.', validator: waitsForApproval },
  );
  updates.set(
    contracts.cancelRetrainingUpdate,
    async ({ who, reason }) => {
      cancelledBy = `cancelled by ${who}: ${reason}`;
      scope.cancel();
      await condition(() => status().phase === 'closed' || retraining.saga.waiting);
      return status();
    },
    {
      description: 'Ends the retraining and undoes what it has done.',
      validator: (decision) => {
        checkPerson(decision);
        if (status().phase === 'closed') throw conflict('the retraining has ended');
      },
    },
  );
  updates.set(
    contracts.resolveCompensationUpdate,
    (command) => {
      retraining.saga.resolve(command.action);
      return status();
    },
    {
      description: 'Tries a failed compensation again, or takes it as done by hand.',
      validator: (command: ResolveCompensation) => {
        checkPerson(command);
        refuseUnless(
          ['retry', 'done-by-hand'].includes(command.action),
          'action',
          command.action,
          'retry or done-by-hand',
        );
        if (!retraining.saga.waiting) throw conflict('no compensation waits');
      },
    },
  );
  return {
    approved: async () => {
      await condition(() => approval !== null);
      return approval!.rejection;
    },
    cancelledBy: () => cancelledBy,
  };
}

function messageOf(error: unknown): string {
  let cause = error as Error;
  while (cause.cause instanceof Error) cause = cause.cause;
  return cause.message;
}

function show(retraining: Retraining): void {
  const { spec, phase, reasons, snapshot, gate, challenger, experiment, result, failedCompensations } =
    retraining.status;
  showState(result?.decision ?? phase, [
    `**${spec.model}** in **${spec.environment}** · ${result?.decision ?? phase}`,
    ...facts([
      ['asked for at', spec.at],
      ['rows', snapshot?.rows ?? null],
      ['champion on the hold-out', gate?.champion[gate.metric] ?? null],
      ['challenger on the hold-out', gate?.challenger[gate.metric] ?? null],
      ['challenger', challenger],
      ['experiment', experiment],
    ]),
    '**Why**',
    ...reasons.map((reason) => `- ${plain(reason)}`),
    ...(result === null ? [] : ['', '**How it ended**', ...result.reasons.map((reason) => `- ${plain(reason)}`)]),
    ...failedCompensations.map((name) => `- **compensation ${name} failed**: send resolveCompensation`),
  ]);
}
