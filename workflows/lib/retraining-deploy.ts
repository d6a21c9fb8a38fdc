import { workflowInfo } from '@temporalio/workflow';
import type { BakePolicy, Instant, RolloutEnd, RolloutStrategy } from '../../src/contracts';
import { judgeBake, outcomeOfRollout } from '../../src/domain/retraining';
import { after, iso } from '../../src/domain/time';
import { activities, SHORT, stepsOf, UNDO } from './activities';
import { isSearchable } from './attributes';
import { Clock, waitFor } from './clock';
import type { Ending, Retraining } from './retraining';
import type { RetrainingMessages } from './retraining-messages';

const run = activities(SHORT);
const undo = activities(UNDO);

/** A rollout whose deployment was terminated reports nothing; so often the ledger is looked at. */
const PATIENCE_MS = 10 * 60_000;

/** Hands the challenger to the deployment, by a strategy, and waits for how that ends. */
export async function rollOut(
  retraining: Retraining,
  messages: RetrainingMessages,
  version: number,
  strategy: RolloutStrategy,
): Promise<Ending> {
  const { spec } = retraining;
  const key = `${spec.key}/deploy`;
  const at = now(retraining, messages);
  retraining.enter('deploying');
  await retraining.report({ waitsFor: 'rollout' });
  await retraining.saga.step(
    'deploy',
    () => withdraw(retraining, version),
    () =>
      stepsOf(spec).decideDeployment(
        {
          ...request(retraining, key, at),
          reason: spec.reasons[0] ?? 'retraining',
          action: { kind: 'deploy', version, strategy, clock: spec.clock, reportTo: workflowInfo().workflowId },
        },
        `deploy ${spec.model}@${version} by ${strategy.kind}`,
      ),
  );
  if (strategy.kind === 'direct') return { decision: 'promoted', reasons: ['deployed at once'], experiment: null, at };
  const end = await endOf(retraining, messages, key, version);
  return { decision: outcomeOfRollout(end), reasons: end.reasons, experiment: null, at: end.at };
}

/** Makes sure that the challenger does not serve; the deployment looks itself whether it does. */
export async function withdraw(retraining: Retraining, version: number): Promise<void> {
  const { spec } = retraining;
  const at = spec.clock === 'data' ? spec.at : iso(Date.now());
  await undo.decideDeployment(
    {
      ...request(retraining, `${spec.key}/withdraw`, at),
      reason: 'the retraining was undone',
      action: { kind: 'withdraw', version },
    },
    `undo: ${spec.model}@${version} must not serve`,
  );
}

/** Watches the new champion for the declared time; what breaks a rule is rolled back. */
export async function bake(
  retraining: Retraining,
  messages: RetrainingMessages,
  ending: Ending,
  { version, policy }: { readonly version: number; readonly policy: BakePolicy },
): Promise<Ending> {
  const { spec } = retraining;
  const from = ending.at ?? ending.experiment?.decidedAt ?? now(retraining, messages);
  const to = after(from, policy.duration);
  retraining.change({ phase: 'baking', waitsUntil: to });
  await retraining.report({ waitsFor: 'bake' });
  await new Clock(spec.clock, () => messages.watermark).waitUntil(to, () => false);
  const performance = await stepsOf(spec).judgeBake({ spec, version, from, to }, `how ${version} did since ${from}`);
  const verdict = judgeBake(policy, performance);
  retraining.change({ waitsUntil: undefined });
  const reasons = [...ending.reasons, verdict.reason];
  return { ...ending, decision: verdict.pass ? 'promoted' : 'rolled-back', reasons, at: to };
}

async function endOf(
  retraining: Retraining,
  messages: RetrainingMessages,
  rollout: string,
  version: number,
): Promise<RolloutEnd> {
  const { model, environment } = retraining.spec;
  while (!(await waitFor(() => messages.endOf(rollout) !== null, PATIENCE_MS))) {
    const serving = await run.loadDeployment({ model, environment }, 'is the rollout still under way?');
    if (serving?.rollout === rollout) continue;
    const outcome = serving?.champion === version ? 'promoted' : 'aborted';
    const reasons = [`the rollout ended without a report: version ${serving?.champion ?? 'none'} serves`];
    return { id: rollout, version, outcome, at: now(retraining, messages), reasons };
  }
  return messages.endOf(rollout)!;
}

function request({ spec }: Retraining, key: string, effectiveAt: Instant) {
  const { model, environment } = spec;
  const evidence = [`retraining ${spec.key}`];
  return { target: { model, environment }, key, who: 'retraining', effectiveAt, searchable: isSearchable(), evidence };
}

/** The time of the retraining's clock; its watermark is at least what it was asked for at. */
function now({ spec }: Retraining, { watermark }: RetrainingMessages): Instant {
  if (spec.clock === 'wall') return iso(Date.now());
  return watermark !== null && watermark > spec.at ? watermark : spec.at;
}
