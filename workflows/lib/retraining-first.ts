import { judgeGate, outcomeOf } from '../../src/domain/retraining';
import { activities, LONG, SHORT } from './activities';
import type { Ending, Retraining } from './retraining';
import { experiment } from './retraining-experiment';
import type { Word } from './retraining-messages';

const run = activities(SHORT);
const work = activities(LONG);

/**
 * The steps of the first releases, for retrainings that began then: approval before registration, an experiment
 * always, no quality gate and no bake.
 */
export async function executeFirst(retraining: Retraining, approval: () => Promise<Word>): Promise<Ending> {
  const { spec } = retraining;
  retraining.enter('snapshot');
  const snapshot = await work.takeSnapshot({ spec }, 'rows labelled by the watermark');
  retraining.change({ snapshot, phase: 'training' });
  const { artifact } = await work.trainChallenger({ spec, snapshot }, `train on ${snapshot.rows} rows`);
  retraining.enter('gate');
  const gate = await work.evaluateGate({ spec, snapshot, artifact }, 'champion and challenger on the hold-out');
  retraining.change({ gate });
  const verdict = judgeGate(gate);
  if (!verdict.pass) return { decision: 'not-better', reasons: [verdict.reason], experiment: null };
  if (spec.policy.approval !== false) {
    retraining.enter('approval');
    await retraining.report({ waitsFor: 'approval' });
    const { approved, who, reason } = await approval();
    if (!approved) return { decision: 'not-better', reasons: [`rejected by ${who}: ${reason}`], experiment: null };
    await retraining.report({});
  }
  retraining.enter('registering');
  const { version } = await retraining.saga.step(
    'register',
    () => run.archiveChallenger({ spec, reason: 'the retraining was undone' }, 'undo: archive the challenger'),
    () => work.registerChallenger({ spec, snapshot, gate }, 'refit on all rows and register'),
  );
  retraining.change({ challenger: version });
  const result = await experiment(retraining, { champion: gate.championVersion, challenger: version });
  return { decision: outcomeOf(result), reasons: [verdict.reason, ...result.reasons], experiment: result };
}
