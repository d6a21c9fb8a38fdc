import { ApplicationFailure } from '@temporalio/common';
import { createRetrainingActivities } from '../../../activities/retraining';
import { Scoring } from '../../../activities/scoring';
import { DEFAULT_TRAINER } from '../../contracts';
import type { GateResult, Instant, MonitorSpec, RetrainSpec } from '../../contracts';
import { gateMetricOf, judgeGate } from '../../domain/retraining';
import { logisticRegressionStage, TrainingRefused } from '../../models';
import type { Stores } from '../../stores';
import type { World } from './world';

/** A challenger, or why there is none. */
export interface Challenger {
  /** Null when it was refused. */
  readonly version: number | null;
  readonly decision: 'failed' | 'not-better' | null;
  readonly reason: string;
  /** Labelled rows it learned from. */
  readonly rows: number;
  readonly gate: GateResult | null;
}

const stages = { [DEFAULT_TRAINER]: logisticRegressionStage };
const alone = { heartbeat: () => undefined, signal: { aborted: false, throwIfAborted: () => undefined } };

/** Snapshot, training, hold-out and refit of a retraining, as production runs them. */
export async function trainChallenger(
  { world, stores }: { readonly world: World; readonly stores: Stores },
  spec: MonitorSpec,
  at: Instant,
  key: string,
): Promise<Challenger> {
  const request = requestOf(spec, at, key);
  const activities = createRetrainingActivities(stores, new Scoring(stores.artifacts, stages));
  let rows = 0;
  try {
    const snapshot = await activities.takeSnapshot({ spec: request });
    rows = snapshot.rows;
    const { from, to, asOf, holdoutFrom } = snapshot;
    const artifact = await stores.artifacts.put(await train(world, { from, to: holdoutFrom, asOf }));
    const gate = await activities.evaluateGate({ spec: request, snapshot, artifact });
    const { pass, reason } = judgeGate(gate, request.policy.gate);
    if (!pass) return { version: null, decision: 'not-better', reason, rows, gate };
    const version = world.register(await train(world, { from, to, asOf }), { from, to });
    return { version, decision: null, reason, rows, gate };
  } catch (error) {
    if (!(error instanceof ApplicationFailure || error instanceof TrainingRefused)) throw error;
    return { version: null, decision: 'failed', reason: error.message, rows, gate: null };
  }
}

async function train(world: World, range: { from: Instant; to: Instant; asOf: Instant }): Promise<Uint8Array> {
  const { n, columns, label } = await world.rows.read({ ...range, labelledOnly: true, features: true });
  return logisticRegressionStage.train({ n, columns, labels: label }, alone);
}

function requestOf(spec: MonitorSpec, at: Instant, key: string): RetrainSpec {
  const { model, environment, clock, labelMaturity, retrain: policy, experiment } = spec;
  const reasons = ['an alert of the backtest'];
  return {
    model,
    environment,
    key,
    clock,
    at,
    reasons,
    metric: gateMetricOf(spec.metric),
    labelMaturity,
    policy,
    experiment,
  };
}
