import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { CancellationScope, condition, getExternalWorkflowHandle, isCancellation, log } from '@temporalio/workflow';
import { rolloutEndedSignal } from '../../src/contracts';
import type { Instant, LedgerEntry, Rollout, RolloutEnd } from '../../src/contracts';
import { experimentOf } from '../../src/domain/deployment';
import type { DeploymentDecision } from '../../src/domain/deployment';
import { afterMove, endOf, found, holdAgain, judgeStep, nextMove } from '../../src/domain/rollout';
import type { RolloutMove, StepVerdict } from '../../src/domain/rollout';
import { activities, SHORT } from './activities';
import { thisRun } from './deployment';
import type { Deployment } from './deployment';

/** Tried for ten minutes; then the rollout is given up, which leaves the champion where it was. */
const run = activities({ ...SHORT, scheduleToCloseTimeout: '10 minutes' });

/** A reason in the ledger, at most. */
const REASON = 500;

/** Does what is due in the rollout: judges its phase, then goes on, holds again or gives up. */
export async function advanceRollout(deployment: Deployment): Promise<void> {
  const rollout = deployment.rollout!;
  const at = deployment.clockOf(rollout).from(rollout.since);
  try {
    const verdict = await whileUnderWay(deployment, rollout, () => judge(deployment, rollout, at));
    if (verdict === null || deployment.rollout !== rollout) return;
    const next = found(rollout, verdict.findings);
    if (verdict.verdict === 'hold') {
      deployment.setRollout(holdAgain(next, at));
      deployment.show();
    } else if (verdict.verdict === 'abort') await abort(deployment, rollout, next, verdict.findings.join('; '), at);
    else await go(deployment, rollout, next, at);
  } catch (error) {
    const message = messageOf(error);
    if (message === null || isCancellation(error)) throw error;
    if (deployment.rollout === rollout) await giveUp(deployment, rollout, message, at);
  }
}

/** An abort that cannot be written, because somebody else writes, ends the rollout all the same: it must not go on. */
async function giveUp(deployment: Deployment, rollout: Rollout, reason: string, at: Instant): Promise<void> {
  try {
    await abort(deployment, rollout, rollout, reason, at);
  } catch (error) {
    const message = messageOf(error);
    if (message === null || isCancellation(error)) throw error;
    log.error('the end of a rollout is not in the ledger', { rollout: rollout.id, reason, error });
    if (deployment.rollout === rollout) deployment.setRollout(null, endOf(rollout, 'aborted', at, message));
  }
}

/** What an activity or a refused decision says; null for any other error. */
function messageOf(error: unknown): string | null {
  if (error instanceof ActivityFailure) return error.cause?.message ?? error.message;
  return error instanceof ApplicationFailure ? error.message : null;
}

/** Tells whoever asked how the rollout ended. */
export async function reportEnd({ reportTo }: Pick<Rollout, 'reportTo'>, end: RolloutEnd): Promise<void> {
  if (reportTo === undefined) return;
  try {
    await getExternalWorkflowHandle(reportTo).signal(rolloutEndedSignal, end);
  } catch (error) {
    if (isCancellation(error)) throw error;
    log.warn('nobody takes the end of the rollout', { reportTo, error });
  }
}

/** The result of work, or null when another decision ended the rollout meanwhile: the work is then cancelled. */
async function whileUnderWay<T>(deployment: Deployment, rollout: Rollout, work: () => Promise<T>): Promise<T | null> {
  const scope = new CancellationScope();
  const done = scope.run(work);
  const first = await Promise.race([done, condition(() => deployment.rollout !== rollout).then(() => null)]);
  if (deployment.rollout !== rollout) {
    scope.cancel();
    await done.catch(() => undefined);
    return null;
  }
  return first;
}

async function judge({ target }: Deployment, rollout: Rollout, at: Instant): Promise<StepVerdict> {
  const { phase, strategy, version, from, since, held } = rollout;
  if (phase === 'verifying') {
    const probe = { target: target!, version, probes: strategy.probes, until: at };
    const { rows, problems } = await run.probeVersion(probe, `verify version ${version}`);
    if (problems.length > 0) return { verdict: 'abort', findings: problems };
    return { verdict: 'go-on', findings: [rows === 0 ? 'no traffic to probe with' : `${rows} probes scored`] };
  }
  if (phase === 'draining' || strategy.kind === 'blue-green') return { verdict: 'go-on', findings: [] };
  const evidence = await run.compareVersions(
    {
      target: target!,
      champion: from!,
      challenger: version,
      from: since,
      to: at,
      guardrails: strategy.guardrails,
      shadow: phase === 'shadowing',
    },
    `version ${version} against ${from} since ${since}`,
  );
  return judgeStep(strategy, held, evidence);
}

/** Goes on to the next phase or step; a decision that came meanwhile has ended the rollout. */
async function go(deployment: Deployment, rollout: Rollout, next: Rollout, at: Instant): Promise<void> {
  const move = nextMove(rollout);
  const following = afterMove(next, move, at);
  const end = following === null ? endOf(next, 'promoted', at) : undefined;
  if (move.kind === 'end') {
    deployment.setRollout(null, end);
    deployment.show();
  } else if (!(await write(deployment, rollout, decisionOf(next, move, at), following, end))) return;
  if (end !== undefined) await reportEnd(rollout, end);
}

async function abort(
  deployment: Deployment,
  rollout: Rollout,
  next: Rollout,
  reason: string,
  at: Instant,
): Promise<void> {
  const end = endOf(next, 'aborted', at, reason);
  const decision: DeploymentDecision = {
    ...common(next, 'abort', at),
    action: 'abort',
    reason: `aborted: ${reason}`.slice(0, REASON),
    evidence: [...next.findings.filter((finding) => finding !== reason), reason],
  };
  if (await write(deployment, rollout, decision, null, end)) await reportEnd(rollout, end);
}

/** Writes a decision of the rollout unless another has ended it; says whether it was written. */
async function write(
  deployment: Deployment,
  rollout: Rollout,
  decision: DeploymentDecision,
  following: Rollout | null,
  end: RolloutEnd | undefined,
): Promise<boolean> {
  const entry: LedgerEntry | null = await deployment.decide(decision.key, {
    ask: () => Promise.resolve(deployment.rollout === rollout ? decision : null),
    settle: () => deployment.setRollout(following, end),
  });
  return entry !== null;
}

function decisionOf(rollout: Rollout, move: Exclude<RolloutMove, { kind: 'end' }>, at: Instant): DeploymentDecision {
  const { id, version, from, strategy } = rollout;
  if (move.kind === 'split') {
    const steps = strategy.kind === 'canary' ? strategy.steps.length : 1;
    const share = Math.round(move.allocation * 10_000) / 100;
    return {
      ...common(rollout, `step-${move.step + 1}`, at),
      action: 'set-traffic',
      reason: `canary step ${move.step + 1} of ${steps}: ${share} % of the traffic`,
      challenger: version,
      split: { experiment: experimentOf(id), seed: id, unit: 'unit', allocation: move.allocation },
      rollout: id,
    };
  }
  if (move.kind === 'shadow') {
    return {
      ...common(rollout, 'shadow', at),
      action: 'set-traffic',
      reason: `shadow: version ${version} scores what version ${from} serves`,
      challenger: null,
      split: null,
      shadow: version,
      rollout: id,
    };
  }
  const reason = `${strategy.kind} rollout: ${rollout.reason}`.slice(0, REASON);
  return { ...common(rollout, 'promote', at), action: 'promote', reason, version };
}

function common({ id, who, clock, findings }: Rollout, step: string, effectiveAt: Instant) {
  return { key: `${id}/${step}`, who, effectiveAt, by: thisRun(), clock, evidence: findings };
}
