import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../src/contracts';
import type {
  Decision,
  DeployCommand,
  LedgerEntry,
  ModelTarget,
  PromoteCommand,
  RollBackCommand,
  Rollout,
  RolloutEnd,
  Serving,
  SetTrafficCommand,
  StagedStrategy,
  WithdrawCommand,
} from '../../src/contracts';
import { decide, servingOf } from '../../src/domain/deployment';
import type { DeploymentDecision } from '../../src/domain/deployment';
import { beginRollout, endOf } from '../../src/domain/rollout';
import { localActivities } from './activities';
import { Clock } from './clock';
import { thisRun } from './deployment';
import type { Deployment } from './deployment';
import { conflict } from './guards';
import { reportEnd } from './rollout';

const local = localActivities();

/** Serves a version at once, or begins its rollout. */
export async function deploy(deployment: Deployment, command: DeployCommand): Promise<LedgerEntry> {
  const { version, strategy } = command;
  if (strategy === undefined || strategy.kind === 'direct')
    return override(deployment, command.key, () => ({ ...decisionOf(command), action: 'deploy', version }));
  return stage(deployment, command, strategy);
}

/** Makes a version the champion. */
export function promote(deployment: Deployment, command: PromoteCommand): Promise<LedgerEntry> {
  const { key, version } = command;
  return override(deployment, key, () => ({ ...decisionOf(command), action: 'promote', version }));
}

/** Divides traffic, or ends the division. */
export function setTraffic(deployment: Deployment, command: SetTrafficCommand): Promise<LedgerEntry> {
  const { key, challenger, split, champion } = command;
  const action = 'set-traffic';
  return override(deployment, key, () => ({ ...decisionOf(command), action, challenger, split, champion }));
}

/** Goes back: to the named version, to what an entry of the ledger says, or to what served before the last change. */
export function rollBack(deployment: Deployment, command: RollBackCommand): Promise<LedgerEntry> {
  return override(deployment, command.key, async () => {
    const to = await versionOf(deployment, command);
    const { serving } = deployment.state!;
    // Until a rollout has switched, what served before it serves still: to go back is to end it.
    const isUndone = isBeforeSwitch(deployment.rollout) && (to ?? serving?.champion) === serving?.champion;
    return isUndone
      ? { ...decisionOf(command), action: 'abort' }
      : { ...decisionOf(command), action: 'roll-back', version: to };
  });
}

/** Makes sure that a version does not serve; null when it does not. */
export function withdraw(deployment: Deployment, command: WithdrawCommand): Promise<LedgerEntry | null> {
  const { version, key } = command;
  return ending(deployment, key, async () => {
    const { serving } = deployment.state!;
    if (serving === null) return null;
    if (serving.champion === version) {
      const request = { target: deployment.target!, version };
      const to = await local.findFallback(request, `what served before version ${version}?`);
      if (to === null) throw conflict(`nothing to roll back to: no version before ${version} may serve`);
      return { ...decisionOf(command), action: 'roll-back', version: to };
    }
    const isTried = [deployment.rollout?.version, serving.challenger, serving.shadow].includes(version);
    return isTried ? { ...decisionOf(command), action: 'abort' } : null;
  });
}

/**
 * What serves when a workflow starts over an existing ledger. A rollout whose workflow is gone with its state is given
 * up before any other decision: all traffic goes back to the champion.
 */
export async function resume(target: ModelTarget): Promise<Serving | null> {
  // A deployment that was terminated goes on from its ledger, not from token 0.
  const serving = await local.loadDeployment(target, 'what serves now?');
  if (serving?.rollout == null) return serving;
  const { token, champion, effectiveAt, rollout } = serving;
  const last = await local.findEntry({ target, token }, `on which clock was ${rollout}?`);
  const entry = decide(target, serving, {
    key: `${rollout}/abandoned`,
    who: 'deployment',
    reason: `the workflow that rolled out ${rollout} was ended: version ${champion} serves alone`,
    effectiveAt: new Clock(last?.clock ?? 'data', () => null).from(effectiveAt),
    by: thisRun(),
    action: 'abort',
  });
  return servingOf(await local.writeDeployment({ entry }, `give up ${rollout}`));
}

/** Accepts a rollout; where nothing serves yet the version is verified and serves at once. */
async function stage(deployment: Deployment, command: DeployCommand, strategy: StagedStrategy): Promise<LedgerEntry> {
  const { key, version, clock = 'wall', effectiveAt: until } = command;
  const decision = { ...decisionOf(command), clock, version };
  let end: RolloutEnd | null = null;
  const entry = await deployment.decide(key, {
    ask: () =>
      Promise.resolve({ ...decision, action: deployment.state!.serving === null ? 'deploy' : 'begin-rollout' }),
    verify: async () => {
      const target = deployment.target!;
      if (deployment.state!.serving !== null) return;
      // Local, so that it takes no slot: whoever asks may wait in one.
      const probe = { target, version, probes: strategy.probes, until };
      const { problems } = await local.probeVersion(probe, `verify version ${version}`);
      if (problems.length > 0) throw conflict(problems.join('; '));
    },
    settle: (written, recorded) => {
      if (recorded) return;
      if (written.action === 'begin-rollout') {
        deployment.setRollout(beginRollout(command, strategy, written));
        return;
      }
      end = endOf(beginRollout(command, strategy, null), 'promoted', written.effectiveAt, 'nothing served before');
      deployment.setRollout(null, end);
    },
  });
  if (end !== null) await reportEnd(command, end);
  return entry!;
}

/** A person's or a workflow's decision; it ends the rollout under way. */
async function override(
  deployment: Deployment,
  key: string,
  ask: () => DeploymentDecision | Promise<DeploymentDecision>,
): Promise<LedgerEntry> {
  const entry = await ending(deployment, key, async () => ask());
  return entry!;
}

async function ending(
  deployment: Deployment,
  key: string,
  ask: () => Promise<DeploymentDecision | null>,
): Promise<LedgerEntry | null> {
  const ends: { readonly rollout: Rollout; readonly end: RolloutEnd }[] = [];
  const entry = await deployment.decide(key, {
    ask,
    settle: (written, recorded) => {
      const { rollout } = deployment;
      if (rollout === null || recorded) return;
      const { action, who, reason } = written;
      const outcome = action === 'abort' ? 'aborted' : 'overridden';
      const end = endOf(
        rollout,
        outcome,
        deployment.clockOf(rollout).from(rollout.since),
        `${action} by ${who}: ${reason}`,
      );
      ends.push({ rollout, end });
      deployment.setRollout(null, end);
    },
  });
  for (const { rollout, end } of ends) await reportEnd(rollout, end);
  return entry;
}

/** The version that a roll-back names, by itself or by a line of the ledger; undefined where it names none. */
async function versionOf(deployment: Deployment, command: RollBackCommand): Promise<number | undefined> {
  const { version, toToken: token } = command;
  if (token === undefined) return version;
  const { model, environment } = deployment.target!;
  const entry = await local.findEntry({ target: { model, environment }, token }, `what served at token ${token}?`);
  if (entry !== null) return entry.champion;
  const message = `toToken is ${token}: expected the token of an entry in the ledger of ${model} in ${environment}`;
  throw ApplicationFailure.nonRetryable(message, failureTypes.notFound);
}

function isBeforeSwitch(rollout: Rollout | null): boolean {
  return rollout !== null && rollout.phase !== 'draining';
}

/** What every decision carries, and nothing else that came with it. */
function decisionOf({ key, reason, who, effectiveAt, by, evidence, origin }: Decision): Decision {
  return {
    ...{ key, reason, who, effectiveAt },
    ...(by === undefined ? {} : { by: { workflowId: by.workflowId, runId: by.runId } }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(origin === undefined ? {} : { origin: { environment: origin.environment, token: origin.token } }),
  };
}
