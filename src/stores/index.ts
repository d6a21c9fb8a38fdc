import type { Db, MongoClient } from 'mongodb';
import os from 'node:os';
import { AlertStore } from './alert';
import { AlertDeliveryStore } from './alert-delivery';
import { ArtifactStore } from './artifact';
import { ArtifactFiles } from './artifact-files';
import { AssignmentStore } from './assignment';
import { BaselineStore } from './baseline';
import { DatasetStore } from './dataset';
import { DeploymentStore } from './deployment';
import { ErasureStore } from './erasure';
import { DesignStore } from './design';
import { EvaluationStore } from './evaluation';
import { ExperimentStore } from './experiment';
import { ImpactStore } from './impact';
import { ImpactEventStore } from './impact-events';
import { ImpactSumsStore } from './impact-sums';
import { LabelStore } from './label';
import type { FoldFailpoint } from './label';
import { LeaseStore } from './lease';
import { MetricEventStore } from './metric-event';
import { NudgeStore } from './nudge';
import { OutcomeStore } from './outcome';
import { PipelineStore } from './pipeline';
import { PipelineRunStore } from './pipeline-run';
import { PipelineStageStore } from './pipeline-stage';
import { PredictionStore } from './prediction';
import { QuarantineStore } from './quarantine';
import { RegistryStore } from './registry';
import { RetrainingStore } from './retraining';
import { RetentionStore } from './retention';
import { RowStore } from './rows';
import { StageCacheStore } from './stage-cache';
import { SummaryStore } from './summaries';
import { TrafficStore } from './traffic';
import { UnitSumsStore } from './unit-sums';

/** Every store over one database. */
export interface Stores {
  readonly predictions: PredictionStore;
  readonly outcomes: OutcomeStore;
  readonly labels: LabelStore;
  readonly rows: RowStore;
  readonly summaries: SummaryStore;
  readonly retention: RetentionStore;
  readonly erasure: ErasureStore;
  readonly traffic: TrafficStore;
  readonly nudges: NudgeStore;
  readonly quarantine: QuarantineStore;
  readonly evaluations: EvaluationStore;
  readonly baselines: BaselineStore;
  readonly alerts: AlertStore;
  readonly alertDeliveries: AlertDeliveryStore;
  readonly registry: RegistryStore;
  readonly artifacts: ArtifactStore;
  readonly datasets: DatasetStore;
  readonly deployments: DeploymentStore;
  readonly retrainings: RetrainingStore;
  readonly experiments: ExperimentStore;
  readonly designs: DesignStore;
  readonly assignments: AssignmentStore;
  readonly metricEvents: MetricEventStore;
  readonly unitSums: UnitSumsStore;
  readonly impact: ImpactStore;
  readonly impactEvents: ImpactEventStore;
  readonly impactSums: ImpactSumsStore;
  readonly artifactFiles: ArtifactFiles;
  readonly pipelines: PipelineStore;
  readonly pipelineRuns: PipelineRunStore;
  readonly pipelineStages: PipelineStageStore;
  readonly stageCache: StageCacheStore;
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
  const quarantine = new QuarantineStore(db);
  const leases = new LeaseStore(db, client);
  const artifacts = new ArtifactStore(db);
  const labels = new LabelStore(db, { predictions, outcomes, leases, quarantine }, failpoint);
  return {
    predictions,
    outcomes,
    labels,
    rows: new RowStore({ predictions, labels }),
    traffic: new TrafficStore(db),
    nudges: new NudgeStore(db),
    summaries: new SummaryStore(db, { predictions, labels }),
    retention: new RetentionStore(db, { predictions, labels, leases, quarantine }),
    erasure: new ErasureStore(db, { predictions, outcomes, labels, leases }),
    quarantine,
    evaluations: new EvaluationStore(db),
    baselines: new BaselineStore(db),
    alerts: new AlertStore(db),
    alertDeliveries: new AlertDeliveryStore(db),
    registry: new RegistryStore(db),
    artifacts,
    artifactFiles: new ArtifactFiles(artifacts),
    pipelines: new PipelineStore(db),
    pipelineRuns: new PipelineRunStore(db),
    pipelineStages: new PipelineStageStore(db),
    stageCache: new StageCacheStore(db),
    datasets: new DatasetStore(db),
    deployments: new DeploymentStore(db),
    retrainings: new RetrainingStore(db),
    experiments: new ExperimentStore(db),
    designs: new DesignStore(db),
    assignments: new AssignmentStore(db),
    metricEvents: new MetricEventStore(db),
    unitSums: new UnitSumsStore(db),
    impact: new ImpactStore(db),
    impactEvents: new ImpactEventStore(db),
    impactSums: new ImpactSumsStore(db),
  };
}

/** Creates every index; safe to repeat and to run from several processes at once. */
export async function migrate(stores: Stores): Promise<void> {
  const { predictions, outcomes, labels, quarantine, evaluations, registry } = stores;
  const { alerts, baselines, deployments, retrainings, experiments, traffic } = stores;
  for (const store of [predictions, outcomes, labels, quarantine, evaluations, registry]) await store.migrate();
  for (const store of [stores.erasure, stores.artifacts, stores.datasets]) await store.migrate();
  for (const store of [stores.designs, stores.assignments, stores.metricEvents]) await store.migrate();
  for (const store of [stores.impact, stores.impactEvents]) await store.migrate();
  for (const store of [alerts, baselines, deployments, retrainings, experiments, traffic]) await store.migrate();
  for (const store of [stores.pipelines, stores.pipelineRuns, stores.pipelineStages]) await store.migrate();
}

export { changeKey } from './alert';
export type { AlertQuery, RecordedChange } from './alert';
export { ArtifactCorruptError } from './artifact';
export { artifactNeeds, pipelineOwners } from './artifact-needs';
export type { ArtifactStore } from './artifact';
export type { BaselineDocument } from './baseline';
export { StaleWriterError } from './deployment';
export type { Erasure, ErasureRequest } from './erasure';
export type { ExperimentDocument } from './experiment';
export type { PipelineDocument } from './pipeline';
export type { PipelineRunDocument, PipelineRunFacts } from './pipeline-run';
export type { IntendedStage, PipelineStageDocument, StageOutcome } from './pipeline-stage';
export type { CacheClaim, CachedOutcome } from './stage-cache';
export type { StandingReport } from './impact';
export type { GroupedEvent } from './impact-events';
export type { ImpactSumsQuery } from './impact-sums';
export { NO_LABEL } from './label';
export { NO_CLASS } from './label-codes';
export type { FoldFailpoint } from './label';
export type { NudgeStore } from './nudge';
export { NO_PREDICTION } from './prediction';
export type { RetrainingDocument } from './retraining';
export type { TextColumn } from './row-columns';
export type { RowQuery, Rows } from './rows';
export type { SumsQuery } from './unit-sums';
