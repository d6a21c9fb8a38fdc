import type { Db, MongoClient } from 'mongodb';
import os from 'node:os';
import { ArtifactStore } from './artifact';
import { DatasetStore } from './dataset';
import { DeploymentStore } from './deployment';
import { EvaluationStore } from './evaluation';
import { ExperimentStore } from './experiment';
import { LabelStore } from './label';
import type { FoldFailpoint } from './label';
import { LeaseStore } from './lease';
import { OutcomeStore } from './outcome';
import { PredictionStore } from './prediction';
import { QuarantineStore } from './quarantine';
import { RegistryStore } from './registry';
import { RetrainingStore } from './retraining';
import { RowStore } from './rows';

/** Every store over one database. */
export interface Stores {
  readonly predictions: PredictionStore;
  readonly outcomes: OutcomeStore;
  readonly labels: LabelStore;
  readonly rows: RowStore;
  readonly quarantine: QuarantineStore;
  readonly evaluations: EvaluationStore;
  readonly registry: RegistryStore;
  readonly artifacts: ArtifactStore;
  readonly datasets: DatasetStore;
  readonly deployments: DeploymentStore;
  readonly retrainings: RetrainingStore;
  readonly experiments: ExperimentStore;
}

/** Majority and journal: what is acknowledged survives a failover. */
export const MONGO_OPTIONS = {
  writeConcern: { w: 'majority', journal: true },
  retryWrites: true,
  // The driver would load `os` by a dynamic import, which jest and some bundlers do not have.
  runtimeAdapters: { os },
} as const;

/** The stores of a database. `failpoint` is for crash tests. */
export function openStores(client: MongoClient, db: Db, failpoint?: (name: FoldFailpoint) => void): Stores {
  const predictions = new PredictionStore(db);
  const outcomes = new OutcomeStore(db);
  const labels = new LabelStore(db, { predictions, outcomes, leases: new LeaseStore(db, client) }, failpoint);
  return {
    predictions,
    outcomes,
    labels,
    rows: new RowStore({ predictions, labels }),
    quarantine: new QuarantineStore(db),
    evaluations: new EvaluationStore(db),
    registry: new RegistryStore(db),
    artifacts: new ArtifactStore(db),
    datasets: new DatasetStore(db),
    deployments: new DeploymentStore(db),
    retrainings: new RetrainingStore(db),
    experiments: new ExperimentStore(db),
  };
}

/** Creates every index; safe to repeat and to run from several processes at once. */
export async function migrate(stores: Stores): Promise<void> {
  const { predictions, outcomes, labels, quarantine, evaluations, registry } = stores;
  const { deployments, retrainings, experiments } = stores;
  for (const store of [predictions, outcomes, labels, quarantine, evaluations, registry]) await store.migrate();
  for (const store of [deployments, retrainings, experiments]) await store.migrate();
}

export { ArtifactCorruptError } from './artifact';
export { StaleWriterError } from './deployment';
export type { ExperimentDocument } from './experiment';
export { NO_LABEL } from './label';
export type { FoldFailpoint } from './label';
export { NO_PREDICTION } from './prediction';
export type { RetrainingDocument } from './retraining';
export type { RowQuery, Rows } from './rows';
