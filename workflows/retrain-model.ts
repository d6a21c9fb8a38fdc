import { ActivityFailure, TimeoutFailure } from '@temporalio/common';
import { CancellationScope, condition, isCancellation, patched, setWorkflowOptions } from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type { RetrainingResult, RetrainModelInput } from '../src/contracts';
import { isClean } from '../src/domain/retraining';
import { activities, checkSpec, SHORT } from './lib/activities';
import { EarlyUpdates } from './lib/early';
import { messageOf } from './lib/failures';
import { Retraining } from './lib/retraining';
import type { Ending } from './lib/retraining';
import { executeFirst } from './lib/retraining-first';
import { RetrainingMessages } from './lib/retraining-messages';
import { showRetraining } from './lib/retraining-page';
import { execute } from './lib/retraining-steps';
import { versioned } from './lib/versioning';

const run = activities(SHORT);

const UPDATES = [
  contracts.approveUpdate,
  contracts.rejectUpdate,
  contracts.cancelRetrainingUpdate,
  contracts.resolveCompensationUpdate,
];

setWorkflowOptions(versioned('PINNED'), retrainModel);

/**
 * Trains a challenger on the rows labelled by the watermark, gates it on a hold-out, registers the refit and deploys
 * it by the policy's strategy. Every step is undone when a later one fails; "not better" is a normal end.
 */
export async function retrainModel(input: RetrainModelInput): Promise<RetrainingResult> {
  const updates = new EarlyUpdates(UPDATES);
  const given: unknown = (input as Partial<RetrainModelInput> | undefined)?.spec;
  const spec = await checkSpec('retraining', given);
  const retraining = new Retraining(spec, () => showRetraining(retraining.status));
  const scope = new CancellationScope();
  const messages = new RetrainingMessages(retraining, scope, updates);
  const ended = await run.openRetraining({ spec }, 'has this key ended before?');
  if (ended !== null) {
    retraining.change({ phase: 'closed', result: ended });
    await retraining.report({ closed: ended });
    return ended;
  }
  return patched('2026-11-undoable') ? runUndoable(retraining, messages, scope) : runFirst(retraining, messages, scope);
}

/** Whatever happens, short of a terminate, ends in a declared state with everything undone that did not serve. */
async function runUndoable(
  retraining: Retraining,
  messages: RetrainingMessages,
  scope: CancellationScope,
): Promise<RetrainingResult> {
  retraining.raisesAlerts = true;
  let ending: Ending;
  try {
    ending = await scope.run(() => execute(retraining, messages));
  } catch (error) {
    ending = endingOf(error, messages);
  }
  return CancellationScope.nonCancellable(async () => {
    await retraining.settleAlert({ who: 'retraining', reason: ending.decision });
    if (!isClean(ending.decision)) {
      retraining.change({ phase: 'undoing', waitsUntil: undefined });
      await retraining.saga.compensate();
    }
    return retraining.close(ending);
  });
}

async function runFirst(
  retraining: Retraining,
  messages: RetrainingMessages,
  scope: CancellationScope,
): Promise<RetrainingResult> {
  const word = async () => {
    await condition(() => messages.word !== null);
    return messages.word!;
  };
  let ending: Ending;
  try {
    ending = await scope.run(() => executeFirst(retraining, word));
  } catch (error) {
    retraining.change({ phase: 'undoing' });
    await retraining.saga.compensate();
    const reason = messages.cancelledBy ?? (isCancellation(error) ? 'cancelled' : messageOf(error));
    ending = { decision: 'failed', reasons: [reason], experiment: null };
  }
  return CancellationScope.nonCancellable(() => retraining.close(ending));
}

/** A person or the server cancelled it, a step took too long, or it failed. */
function endingOf(error: unknown, { cancelledBy }: RetrainingMessages): Ending {
  const end = (decision: Ending['decision'], reason: string): Ending => ({
    decision,
    reasons: [reason],
    experiment: null,
  });
  if (cancelledBy !== null) return end('cancelled', cancelledBy);
  if (isCancellation(error)) return end('cancelled', 'cancelled in Temporal');
  if (error instanceof ActivityFailure && error.cause instanceof TimeoutFailure) {
    const step = error.activityType.replace(contracts.TYPE_PREFIX, '');
    return end('timed-out', `${step} did not end in time; whether it happened was looked up before it was undone`);
  }
  return end('failed', messageOf(error));
}
