import { retrainingOwner } from '../src/contracts';
import type {
  Performance,
  QualityGate,
  QualityVerdict,
  RetrainingActivities,
  RetrainingResult,
  RetrainSpec,
  Snapshot,
  TrainingRows,
} from '../src/contracts';
import { before } from '../src/domain/time';
import { TrainingRefused } from '../src/models';
import { artifactNeeds } from '../src/stores';
import type { Stores } from '../src/stores';
import { stageContext } from './context';
import { performanceOf } from './performance';
import { recordOf } from './retraining-candidate';
import { exportRows } from './retraining-export';
import { evaluateGate } from './retraining-gate';
import { holdoutStart, readLabelled, refused, slice, snapshotRows } from './retraining-rows';
import type { Scoring } from './scoring';

interface Deps {
  readonly stores: Stores;
  readonly scoring: Scoring;
}

/** What a retraining asks: snapshot, train, score, register. Whether the challenger is better is `domain`'s to say. */
export function createRetrainingActivities(
  stores: Stores,
  scoring: Scoring,
  qualityGate: QualityGate = twoClasses,
): RetrainingActivities {
  const deps: Deps = { stores, scoring };
  return {
    openRetraining: ({ spec }) => stores.retrainings.begin(spec),
    takeSnapshot: ({ spec }) => takeSnapshot(stores, spec),
    checkQuality: async ({ spec, snapshot }) => {
      const rows = await snapshotRows(stores, spec, snapshot);
      return qualityGate(snapshot, slice(rows, 0, rows.n));
    },
    trainChallenger: async ({ spec, snapshot }) => {
      const rows = await snapshotRows(stores, spec, snapshot);
      const artifact = await train(scoring, spec, slice(rows, 0, holdoutStart(rows, snapshot)));
      return { artifact: await stores.artifacts.put(artifact, retrainingOwner(spec)) };
    },
    exportRows: (input) => exportRows(stores, input),
    evaluateGate: (input) => evaluateGate(deps, input),
    registerChallenger: (input) => registerChallenger(deps, input),
    judgeBake: ({ spec, version, from, to }) => judgeBake(stores, spec, version, { from, to }),
    archiveChallenger: async ({ spec, reason }) => {
      const version = await stores.registry.findByKey(spec.model, spec.key);
      if (version !== null) await stores.registry.setState(spec.model, version.version, 'archived', reason);
    },
    discardArtifacts: ({ spec }) => discardArtifacts(stores, spec),
    discardSnapshot: ({ spec }) =>
      stores.datasets.discard(
        retrainingOwner(spec),
        async (dataset) => (await stores.registry.findByDataset(dataset)) !== null,
      ),
    planExperiment: async ({ spec }) => {
      const { id, number } = await stores.experiments.reserve(spec, spec.key);
      return { id, seed: `${spec.experiment.salt}-${number}` };
    },
    closeRetraining: ({ spec, result }) => closeRetraining(stores, spec, result),
  };
}

/** The gate where the user has none: a model needs two classes to learn from. */
function twoClasses(snapshot: Snapshot): Promise<QualityVerdict> {
  const { rows, positives } = snapshot;
  if (positives > 0 && positives < rows) return Promise.resolve({ pass: true, reasons: [] });
  return Promise.resolve({ pass: false, reasons: [`one class: ${positives} of ${rows} labels are 1`] });
}

async function takeSnapshot(stores: Stores, spec: RetrainSpec): Promise<Snapshot> {
  await stores.labels.fold(spec);
  const from = before(spec.at, spec.policy.lookback);
  const holdoutFrom = before(spec.at, spec.policy.holdout);
  const rows = await readLabelled(stores, spec, { from, to: spec.at, asOf: spec.at });
  if (rows.n === 0) throw refused(`no labelled rows between ${from} and ${spec.at}`);
  const positives = rows.label.reduce((sum, label) => sum + label, 0);
  const facts = { positives, from, to: spec.at, asOf: spec.at, holdoutFrom };
  return stores.datasets.record(spec, rows, facts, retrainingOwner(spec));
}

async function train(scoring: Scoring, spec: RetrainSpec, rows: TrainingRows): Promise<Uint8Array> {
  try {
    return await scoring.stage(spec.policy.trainer).train(rows, stageContext());
  } catch (error) {
    if (error instanceof TrainingRefused) throw refused(error.message);
    throw error as Error;
  }
}

async function registerChallenger(
  { stores, scoring }: Deps,
  { spec, snapshot, gate, artifact: trained }: Parameters<RetrainingActivities['registerChallenger']>[0],
): Promise<{ version: number }> {
  const known = await stores.registry.findByKey(spec.model, spec.key);
  if (known !== null) return { version: known.version };
  const rows = await snapshotRows(stores, spec, snapshot);
  const bytes =
    trained === undefined ? await train(scoring, spec, slice(rows, 0, rows.n)) : await stores.artifacts.get(trained);
  const described = recordOf(spec, bytes, rows.columns.keys());
  const artifact = await stores.artifacts.put(bytes, retrainingOwner(spec));
  const [low, high] = gate.intervals?.challenger ?? [null, null];
  const value = gate.challenger[spec.metric];
  const { version } = await stores.registry.register({
    model: spec.model,
    key: spec.key,
    artifact,
    ...described,
    dataset: snapshot.dataset,
    trainedOn: { from: snapshot.from, to: snapshot.to },
    metrics: { holdout: gate.challenger, snapshotAsServed: performanceOf(rows) },
    state: 'challenger',
    lineage: { parent: gate.championVersion, retraining: spec.key },
    ...(value === null ? {} : { estimates: { [spec.metric]: { value, low, high } } }),
  });
  return { version };
}

async function judgeBake(
  stores: Stores,
  spec: RetrainSpec,
  version: number,
  range: { readonly from: string; readonly to: string },
): Promise<Performance> {
  await stores.labels.fold(spec);
  const rows = await stores.rows.read({
    target: spec,
    ...range,
    asOf: range.to,
    versions: [version],
    servedOnly: true,
  });
  return performanceOf(rows);
}

async function discardArtifacts(stores: Stores, spec: RetrainSpec): Promise<void> {
  await stores.artifacts.discard(retrainingOwner(spec), artifactNeeds(stores));
}

/** Says what became of the challenger, drops what no version needs and records the end. */
async function closeRetraining(stores: Stores, spec: RetrainSpec, result: RetrainingResult): Promise<void> {
  const { challengerVersion, decision } = result;
  if (challengerVersion !== null) {
    const state = decision === 'promoted' ? 'champion' : 'archived';
    await stores.registry.setState(spec.model, challengerVersion, state, `retraining ${spec.key}: ${decision}`);
  }
  await discardArtifacts(stores, spec);
  await stores.retrainings.close(spec.key, result);
}
