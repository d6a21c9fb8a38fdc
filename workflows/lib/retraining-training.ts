import type { Snapshot, GateResult } from '../../src/contracts';
import { activities, stepsOf, UNDO } from './activities';
import type { Ending, Retraining } from './retraining';
import { TrainingRun } from './retraining-pipeline';

const undo = activities(UNDO);

/** Trains on the rows before the hold-out, by the policy's pipeline or by its trainer. */
export function train(retraining: Retraining, snapshot: Snapshot): Promise<{ readonly artifact: string } | Ending> {
  const { spec } = retraining;
  const discard = () => undo.discardArtifacts({ spec }, 'undo: delete the artifacts');
  const run = runOf(retraining, 'train');
  if (run === null) {
    return retraining.saga.step('train', discard, () =>
      stepsOf(spec).trainChallenger({ spec, snapshot }, `train on ${snapshot.rows} rows`),
    );
  }
  return retraining.saga.step(
    'train',
    async () => {
      await run.stop();
      await discard();
    },
    () => run.on(snapshot, 'training'),
  );
}

/** Trains on all rows and registers that as a challenger. */
export function register(
  retraining: Retraining,
  { snapshot, gate }: { readonly snapshot: Snapshot; readonly gate: GateResult },
): Promise<{ readonly version: number } | Ending> {
  const { spec } = retraining;
  const work = stepsOf(spec);
  const archive = () =>
    undo.archiveChallenger({ spec, reason: 'the retraining was undone' }, 'undo: archive the challenger');
  const run = runOf(retraining, 'register');
  if (run === null) {
    return retraining.saga.step('register', archive, () =>
      work.registerChallenger({ spec, snapshot, gate }, 'refit on all rows and register'),
    );
  }
  return retraining.saga.step(
    'register',
    async () => {
      await run.stop();
      await archive();
    },
    async () => {
      const trained = await run.on(snapshot, 'all');
      if ('decision' in trained) return trained;
      return work.registerChallenger({ spec, snapshot, gate, ...trained }, 'register what was trained on all rows');
    },
  );
}

function runOf(retraining: Retraining, step: 'train' | 'register'): TrainingRun | null {
  const { pipeline } = retraining.spec.policy;
  return pipeline === undefined ? null : new TrainingRun(retraining.spec, pipeline, step);
}
