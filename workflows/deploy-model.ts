import { ActivityFailure, ApplicationFailure } from '@temporalio/common';
import { condition, continueAsNew, setHandler, setWorkflowOptions } from '@temporalio/workflow';
import * as contracts from '../src/contracts';
import type { Decision, DeployModelInput, DeploymentState, LedgerEntry } from '../src/contracts';
import { decide, refuse, remember } from '../src/domain/deployment';
import type { DeploymentDecision } from '../src/domain/deployment';
import { checkSpec, localActivities } from './lib/activities';
import { facts, showState } from './lib/attributes';
import { checkPerson, conflict, isInstant, isRecord, readWatermark, refuseUnless } from './lib/guards';
import { RunMeter, runLoop, Serial } from './lib/loop';
import { versioned } from './lib/versioning';

const local = localActivities();

setWorkflowOptions(versioned('AUTO_UPGRADE'), deployModel);

/**
 * The only writer of what serves a model in an environment. Every decision is an update with an idempotency key;
 * the history is the queue, the ledger the record, the fencing token the lock.
 */
export async function deployModel(input: DeployModelInput): Promise<void> {
  const given: unknown = (input as Partial<DeployModelInput> | undefined)?.target;
  const meter = new RunMeter();
  const turns = new Serial();
  let state: DeploymentState | null = input?.state ?? null;
  let target = state === null ? null : (given as DeployModelInput['target']);

  const apply = async (decision: DeploymentDecision): Promise<LedgerEntry> => {
    meter.countUpdate();
    await condition(() => state !== null);
    return turns.run(async () => {
      for (;;) {
        const { serving, keys } = state!;
        const known = keys.includes(decision.key)
          ? await local.findDecision({ target: target!, key: decision.key }, `decided before: ${decision.key}`)
          : null;
        if (known !== null) return known;
        const refusal = refuse(serving, decision);
        if (refusal !== null) throw conflict(refusal);
        const wanted = decide(target!, serving, decision);
        try {
          const entry = await local.writeDeployment({ entry: wanted }, `${decision.action} by ${decision.who}`);
          const { action: _action, reason: _reason, who: _who, key, recordedAt: _recordedAt, ...next } = entry;
          const newer = serving === null || next.token > serving.token;
          state = { ...state!, keys: remember(keys, key), serving: newer ? next : serving };
          show(state);
          return entry;
        } catch (error) {
          if (!isStale(error)) throw error;
          // A workflow task that was lost after its write: the store is ahead of the history.
          const ahead = await local.loadDeployment(target!, 'what did a lost task write?');
          if (ahead === null || ahead.token <= (serving?.token ?? 0)) throw error;
          state = { ...state!, serving: ahead };
        }
      }
    });
  };
  const options = (action: DeploymentDecision['action'], description: string) => ({
    description,
    validator: (command: Decision) => checkDecision(action, command),
  });
  setHandler(
    contracts.deployUpdate,
    (command) => apply({ ...command, action: 'deploy' }),
    options('deploy', 'Serve this version alone.'),
  );
  setHandler(
    contracts.setTrafficUpdate,
    (command) => apply({ ...command, action: 'set-traffic' }),
    options('set-traffic', 'Divide traffic between champion and challenger, or end the division.'),
  );
  setHandler(
    contracts.promoteUpdate,
    (command) => apply({ ...command, action: 'promote' }),
    options('promote', 'Make a version the champion.'),
  );
  setHandler(
    contracts.rollBackUpdate,
    (command) => apply({ ...command, action: 'roll-back' }),
    options('roll-back', 'Go back to the previous champion.'),
  );
  setHandler(
    contracts.deploymentWatermarkSignal,
    (fact) => {
      const watermark = readWatermark(fact);
      if (state !== null && watermark !== null) state = { ...state, watermark: watermark.at };
    },
    { description: 'How far event time is; a deployment acts on decisions only.' },
  );
  setHandler(
    contracts.deploymentStatusQuery,
    () => ({ serving: state?.serving ?? null, settledThrough: state?.watermark ?? null, nextDueAt: null }),
    {
      description: 'What serves: champion, challenger, traffic split, fencing token.',
    },
  );

  if (state === null) {
    target = await checkSpec('deployment', given);
    // A deployment that was terminated goes on from its ledger, not from token 0.
    const serving = await local.loadDeployment(target, 'what serves now?');
    state = { serving, keys: [], watermark: null };
  }
  show(state);
  await runLoop(
    { pending: () => false, done: () => false, act: () => Promise.resolve(), wait: (wake) => condition(wake) },
    meter,
  );
  await continueAsNew<typeof deployModel>({ target: target!, state });
}

/** A local activity fails with its failure itself, a remote one with it as cause. */
function isStale(error: unknown): boolean {
  const failure = error instanceof ActivityFailure ? error.cause : error;
  return failure instanceof ApplicationFailure && failure.type === contracts.failureTypes.staleWriter;
}

function checkDecision(action: DeploymentDecision['action'], command: unknown): void {
  checkPerson(command);
  const { key, effectiveAt, version, split } = command as Record<string, unknown>;
  refuseUnless(
    typeof key === 'string' && key.length > 0 && key.length <= 300,
    'key',
    key,
    'an idempotency key, 1 to 300 characters',
  );
  refuseUnless(isInstant(effectiveAt), 'effectiveAt', effectiveAt, 'an ISO instant');
  const needed = action === 'deploy' || action === 'promote';
  const isVersion = typeof version === 'number' && Number.isInteger(version) && version >= 1;
  refuseUnless(isVersion || (!needed && version === undefined), 'version', version, 'a version number, 1 or more');
  if (action !== 'set-traffic' || split === null) return;
  refuseUnless(isRecord(split), 'split', split, 'an object or null');
  const { allocation } = split;
  refuseUnless(
    typeof allocation === 'number' && allocation > 0 && allocation < 1,
    'split.allocation',
    allocation,
    'a share between 0 and 1',
  );
  if (typeof split.seed !== 'string')
    throw ApplicationFailure.nonRetryable('split.seed is missing', contracts.failureTypes.invalidSpec);
}

function show(state: DeploymentState): void {
  const { serving } = state;
  if (serving === null) {
    showState('empty', ['Nothing is deployed yet.']);
    return;
  }
  const { split } = serving;
  showState(split === null ? 'serving' : 'split', [
    `**${serving.model}** in **${serving.environment}**`,
    ...facts([
      ['champion', serving.champion],
      ['challenger', serving.challenger],
      ['share of the challenger', split?.allocation ?? null],
      ['experiment', split?.experiment ?? null],
      ['previous champion', serving.previous],
      ['effective at', serving.effectiveAt],
      ['fencing token', serving.token],
    ]),
  ]);
}
