import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../../src/contracts';
import * as rules from '../../src/domain/retraining';
import { activities, stepsOf, UNDO } from './activities';
import { approve } from './retraining-approval';
import { bake, rollOut, withdraw } from './retraining-deploy';
import type { Ending, Retraining } from './retraining';
import { experiment } from './retraining-experiment';
import type { RetrainingMessages } from './retraining-messages';
import { register, train } from './retraining-training';

const undo = activities(UNDO);

/**
 * Snapshot, quality gate, training, gate, registration, approval, deployment, bake: each undone when a later one
 * fails, with its compensation registered before it.
 */
export async function execute(retraining: Retraining, messages: RetrainingMessages): Promise<Ending> {
  const { spec } = retraining;
  const work = stepsOf(spec);
  retraining.enter('snapshot');
  const snapshot = await retraining.saga.step(
    'snapshot',
    () => undo.discardSnapshot({ spec }, 'undo: forget the dataset version'),
    () => work.takeSnapshot({ spec }, 'rows labelled by the watermark'),
  );
  retraining.change({ snapshot, phase: 'quality' });
  const quality = await work.checkQuality({ spec, snapshot }, `quality of ${snapshot.rows} rows`);
  if (!quality.pass) throw refusedByQuality(quality.reasons);
  retraining.enter('training');
  const trained = await train(retraining, snapshot);
  if ('decision' in trained) return trained;
  const { artifact } = trained;
  retraining.enter('gate');
  const gate = await work.evaluateGate({ spec, snapshot, artifact }, 'champion and challenger on the hold-out');
  retraining.change({ gate });
  const verdict = rules.judgeGate(gate, spec.policy.gate);
  if (!verdict.pass) return { decision: 'not-better', reasons: [verdict.reason], experiment: null };
  retraining.enter('registering');
  const registered = await register(retraining, { snapshot, gate });
  if ('decision' in registered) return registered;
  const { version } = registered;
  retraining.change({ challenger: version });
  const refused = await approve(retraining, messages);
  if (refused !== null) return refused;
  const deployed = await deploy(retraining, messages, { champion: gate.championVersion, challenger: version });
  const reasons = [verdict.reason, ...deployed.reasons];
  if (deployed.decision !== 'promoted' || spec.policy.bake === undefined) return { ...deployed, reasons };
  return bake(retraining, messages, { ...deployed, reasons }, { version, policy: spec.policy.bake });
}

/** By a strategy of the deployment, or by an experiment. */
async function deploy(
  retraining: Retraining,
  messages: RetrainingMessages,
  pair: { readonly champion: number; readonly challenger: number },
): Promise<Ending> {
  const strategy = retraining.spec.policy.strategy ?? { kind: 'experiment' };
  if (strategy.kind !== 'experiment') return rollOut(retraining, messages, pair.challenger, strategy);
  const afterUndo = () => withdraw(retraining, pair.challenger);
  const result = await experiment(retraining, { ...pair, afterUndo });
  return { decision: rules.outcomeOf(result), reasons: result.reasons, experiment: result };
}

function refusedByQuality(reasons: readonly string[]): ApplicationFailure {
  const why = `the quality gate refuses the rows: ${reasons.join('; ')}`;
  return ApplicationFailure.nonRetryable(why, failureTypes.trainingRefused);
}
