import { condition } from '@temporalio/workflow';
import { approvalPolicyOf } from '../../src/domain/retraining';
import { durationMs, iso } from '../../src/domain/time';
import type { Ending, Retraining } from './retraining';
import type { RetrainingMessages, Word } from './retraining-messages';

/**
 * Waits for a person's word on the challenger, reminds by an alert, and at the time-out takes the declared default. A
 * person is waited for on the wall clock, whatever the clock of the data.
 * @returns how the retraining ends, or null when it goes on
 */
export async function approve(retraining: Retraining, messages: RetrainingMessages): Promise<Ending | null> {
  const policy = approvalPolicyOf(retraining.spec.policy);
  if (policy === null) return null;
  const started = Date.now();
  const left = (duration: string) => started + durationMs(duration) - Date.now();
  const deadline = policy.timeout === undefined ? undefined : iso(started + durationMs(policy.timeout));
  retraining.change({ phase: 'approval', waitsUntil: deadline });
  await retraining.report({ waitsFor: 'approval' });
  const decided = () => messages.word !== null;
  const { reminder: reminds, timeout } = policy;
  const isInTime = reminds !== undefined && (timeout === undefined || durationMs(reminds) < durationMs(timeout));
  if (isInTime && !(await condition(decided, left(reminds)))) {
    await retraining.raiseAlert({ kind: 'approval', subject: 'challenger', summary: reminder(retraining, deadline) });
  }
  if (policy.timeout === undefined) await condition(decided);
  else await condition(decided, Math.max(1, left(policy.timeout)));
  const word: Word = messages.word ?? {
    approved: policy.onTimeout === 'approve',
    who: 'time-out',
    reason: `nobody decided within ${policy.timeout}`,
  };
  const timedOut = messages.word === null;
  messages.word = word;
  retraining.change({ approval: { ...word, at: iso(Date.now()) }, waitsUntil: undefined });
  await retraining.settleAlert(word);
  await retraining.report({});
  if (word.approved) return null;
  const reason = `rejected by ${word.who}: ${word.reason}`;
  return { decision: timedOut ? 'timed-out' : 'rejected', reasons: [reason], experiment: null };
}

function reminder({ spec, status }: Retraining, deadline: string | undefined): string {
  const until = deadline === undefined ? '' : `, by ${deadline}`;
  return `${spec.model}@${status.challenger} waits for approval in ${spec.environment}${until}: send approve or reject`;
}
