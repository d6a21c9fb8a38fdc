import { ApplicationFailure } from '@temporalio/common';
import { failureTypes } from '../src/contracts';
import type {
  GateResult,
  Performance,
  RetrainingActivities,
  RetrainSpec,
  Snapshot,
  Stage,
  Stages,
  TrainingRows,
} from '../src/contracts';
import { before } from '../src/domain/time';
import { predictLabels, TrainingRefused } from '../src/models';
import type { Rows, Stores } from '../src/stores';
import { performanceOf, summarise } from './performance';
import { stageContext } from './context';

/** What a retraining asks: snapshot, train, score, register. Whether the challenger is better is `domain`'s to say. */
export function createRetrainingActivities(stores: Stores, stages: Stages): RetrainingActivities {
  const deps: Deps = { stores, stages };
  return {
    openRetraining: ({ spec }) => stores.retrainings.begin(spec),
    takeSnapshot: ({ spec }) => takeSnapshot(stores, spec),
    trainChallenger: async ({ spec, snapshot }) => {
      const rows = await snapshotRows(stores, spec, snapshot);
      const artifact = await train(deps, spec, slice(rows, 0, holdoutStart(rows, snapshot)));
      return { artifact: await stores.artifacts.put(artifact) };
    },
    evaluateGate: (input) => evaluateGate(deps, input),
    registerChallenger: (input) => registerChallenger(deps, input),
    archiveChallenger: async ({ spec, reason }) => {
      const version = await stores.registry.findByKey(spec.model, spec.key);
      if (version !== null) await stores.registry.setState(spec.model, version.version, 'archived', reason);
    },
    planExperiment: async ({ spec }) => {
      const { id, number } = await stores.experiments.reserve(spec, spec.key);
      return { id, seed: `${spec.experiment.salt}-${number}` };
    },
    closeRetraining: ({ spec, result }) => stores.retrainings.close(spec.key, result),
  };
}

interface Deps {
  readonly stores: Stores;
  readonly stages: Stages;
}

async function takeSnapshot(stores: Stores, spec: RetrainSpec): Promise<Snapshot> {
  await stores.labels.fold(spec);
  const from = before(spec.at, spec.policy.lookback);
  const holdoutFrom = before(spec.at, spec.policy.holdout);
  const rows = await read(stores, spec, { from, to: spec.at, asOf: spec.at });
  if (rows.n === 0) throw refused(`no labelled rows between ${from} and ${spec.at}`);
  const positives = rows.label.reduce((sum, label) => sum + label, 0);
  return stores.datasets.record(spec, rows, { positives, from, to: spec.at, asOf: spec.at, holdoutFrom });
}

function read(stores: Stores, spec: RetrainSpec, range: { from: string; to: string; asOf: string }): Promise<Rows> {
  return stores.rows.read({ target: spec, ...range, labelledOnly: true, features: true });
}

/** The snapshot's rows again: the same query gives the same rows, and the count says so. */
async function snapshotRows(stores: Stores, spec: RetrainSpec, snapshot: Snapshot): Promise<Rows> {
  const rows = await read(stores, spec, snapshot);
  if (rows.n === snapshot.rows) return rows;
  throw refused(`dataset ${snapshot.dataset} had ${snapshot.rows} rows and has ${rows.n}: a revision changed it`);
}

function holdoutStart(rows: Rows, { holdoutFrom }: Snapshot): number {
  const start = rows.at.findIndex((at) => at >= Date.parse(holdoutFrom));
  return start < 0 ? rows.n : start;
}

function slice(rows: Rows, from: number, to: number): TrainingRows {
  const columns = [...rows.columns].map(([name, values]) => [name, values.slice(from, to)] as const);
  return { n: to - from, columns: new Map(columns), labels: rows.label.slice(from, to) };
}

async function train({ stages }: Deps, spec: RetrainSpec, rows: TrainingRows): Promise<Uint8Array> {
  try {
    return await stageOf(stages, spec.policy.trainer).train(rows, stageContext());
  } catch (error) {
    if (error instanceof TrainingRefused) throw refused(error.message);
    throw error as Error;
  }
}

async function evaluateGate(
  deps: Deps,
  { spec, snapshot, artifact }: { spec: RetrainSpec; snapshot: Snapshot; artifact: string },
): Promise<GateResult> {
  const { stores, stages } = deps;
  const serving = await stores.deployments.current(spec);
  const champion = serving === null ? null : await stores.registry.find(spec.model, serving.champion);
  if (champion === null) {
    throw ApplicationFailure.nonRetryable(`no champion of ${spec.model} in ${spec.environment}`, failureTypes.notFound);
  }
  const rows = await snapshotRows(stores, spec, snapshot);
  const holdout = slice(rows, holdoutStart(rows, snapshot), rows.n);
  const judge = async (trainer: string, digest: string): Promise<Performance> => {
    const scores = await stageOf(stages, trainer).score(await stores.artifacts.get(digest), holdout);
    return summarise(holdout.labels, predictLabels(scores), scores);
  };
  return {
    metric: spec.metric,
    championVersion: champion.version,
    champion: await judge(champion.trainer, champion.artifact),
    challenger: await judge(spec.policy.trainer, artifact),
  };
}

async function registerChallenger(
  deps: Deps,
  { spec, snapshot, gate }: { spec: RetrainSpec; snapshot: Snapshot; gate: GateResult },
): Promise<{ version: number }> {
  const { stores } = deps;
  const known = await stores.registry.findByKey(spec.model, spec.key);
  if (known !== null) return { version: known.version };
  const rows = await snapshotRows(stores, spec, snapshot);
  const artifact = await stores.artifacts.put(await train(deps, spec, slice(rows, 0, rows.n)));
  const { version } = await stores.registry.register({
    model: spec.model,
    key: spec.key,
    artifact,
    trainer: spec.policy.trainer,
    dataset: snapshot.dataset,
    trainedOn: { from: snapshot.from, to: snapshot.to },
    metrics: { holdout: gate.challenger, snapshotAsServed: performanceOf(rows) },
    state: 'challenger',
  });
  return { version };
}

function stageOf(stages: Stages, name: string): Stage {
  const stage = stages[name];
  if (stage !== undefined) return stage;
  const known = Object.keys(stages).join(', ');
  throw ApplicationFailure.nonRetryable(`trainer is "${name}": expected one of ${known}`, failureTypes.invalidSpec);
}

function refused(message: string): ApplicationFailure {
  return ApplicationFailure.nonRetryable(message, failureTypes.trainingRefused);
}
