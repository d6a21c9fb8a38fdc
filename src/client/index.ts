/** Entry `./client`: the typed client for services. */
import { Client, Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { MongoClient } from 'mongodb';
import type { Db } from 'mongodb';
import { DEFAULT_TASK_QUEUE } from '../contracts';
import { migrate, MONGO_OPTIONS, openStores } from '../stores';
import { AlertsClient } from './alerts';
import { ChallengesClient } from './challenges';
import { DeploymentsClient } from './deployments';
import { ExperimentsClient } from './experiments';
import { ImpactClient } from './impact';
import { OutcomesClient, PredictionsClient } from './ingestion';
import { ModelsClient } from './models';
import { MonitorsClient } from './monitors';
import { Nudges } from './nudges';
import { PipelinesClient } from './pipelines';
import { RetrainingClient } from './retraining';
import { Starter } from './start';
import { TrackingClient } from './tracking';

/** What the client works with, where the service has its own connections. They stay open. */
export interface LoopwrightClientParts {
  readonly temporal: Client;
  readonly mongo: MongoClient;
  /** Default: the database `loopwright`. */
  readonly db?: Db | undefined;
  readonly taskQueue?: string | undefined;
  /** Told in a line of what works less well than it could. Default: `console.warn`. */
  readonly warn?: ((line: string) => void) | undefined;
}

/** How to connect: Temporal by the environment (`TEMPORAL_ADDRESS` … , profiles), MongoDB by its address. */
export interface ConnectOptions {
  readonly mongodb: string;
  readonly database?: string | undefined;
  readonly taskQueue?: string | undefined;
}

/**
 * Logs predictions and outcomes, starts monitors, asks what serves and why.
 * @example
 * const loopwright = await LoopwrightClient.connect({ mongodb: 'mongodb://localhost/?replicaSet=rs0' });
 * await loopwright.predictions.log({ model: 'bike' }, rows);
 */
export class LoopwrightClient {
  readonly models: ModelsClient;
  readonly predictions: PredictionsClient;
  readonly outcomes: OutcomesClient;
  readonly monitors: MonitorsClient;
  readonly alerts: AlertsClient;
  readonly retraining: RetrainingClient;
  readonly deployments: DeploymentsClient;
  readonly challenges: ChallengesClient;
  readonly experiments: ExperimentsClient;
  readonly impact: ImpactClient;
  readonly pipelines: PipelinesClient;
  readonly tracking: TrackingClient;
  private readonly closers: (() => Promise<void>)[] = [];
  private readonly prepare: () => Promise<void>;

  constructor(parts: LoopwrightClientParts) {
    const db = parts.db ?? parts.mongo.db('loopwright', MONGO_OPTIONS);
    const stores = openStores(parts.mongo, db);

    const warn = parts.warn ?? ((line: string) => console.warn(`loopwright: ${line}`));
    const starter = new Starter(parts.temporal, parts.taskQueue ?? DEFAULT_TASK_QUEUE, warn);
    const nudges = new Nudges(stores.nudges, parts.temporal);
    this.models = new ModelsClient(stores);
    this.predictions = new PredictionsClient(stores);
    this.outcomes = new OutcomesClient(stores, nudges);
    this.monitors = new MonitorsClient(starter, stores);
    this.alerts = new AlertsClient(starter, stores);
    this.retraining = new RetrainingClient(starter, stores);
    this.deployments = new DeploymentsClient(starter, stores);
    this.challenges = new ChallengesClient(starter, stores);
    this.experiments = new ExperimentsClient(starter, stores);
    this.impact = new ImpactClient(starter, stores);
    this.pipelines = new PipelinesClient(starter, stores);
    this.tracking = new TrackingClient(stores);
    this.prepare = () => migrate(stores);
    this.closers.push(async () => {
      await Promise.all([stores.predictions.flush(), stores.outcomes.flush(), this.tracking.flush()]);
      await nudges.flush();
    });
  }

  /** Connects by the environment and an address; `close` ends both connections. */
  static async connect(options: ConnectOptions): Promise<LoopwrightClient> {
    const { connectionOptions, namespace } = loadClientConnectConfig();
    const connection = await Connection.connect(connectionOptions);
    const mongo = await MongoClient.connect(options.mongodb, MONGO_OPTIONS);
    const client = new LoopwrightClient({
      temporal: new Client({ connection, ...(namespace === undefined ? {} : { namespace }) }),
      mongo,
      db: mongo.db(options.database ?? 'loopwright', MONGO_OPTIONS),
      taskQueue: options.taskQueue,
    });
    client.closers.push(
      () => connection.close(),
      () => mongo.close(),
    );
    await client.migrate();
    return client;
  }

  /** Creates the indexes; the worker does the same at its start. */
  async migrate(): Promise<void> {
    return this.prepare();
  }

  /** Writes rows that wait for others to join them, gives owed nudges, closes the connections that `connect` opened. */
  async close(): Promise<void> {
    for (const close of this.closers.splice(0)) await close();
  }
}

export { NotTrackedError } from './impact';
export { NoWorkerError } from './start';
export type { AlertDecisionInput, SnoozeInput } from './alerts';
export type { DecisionInput, DeployDecisionInput, Promotion, WatchOptions } from './deployments';
export type { TargetInput } from './ingestion';
export type { RegisterModel } from './models';
export type { RunningMonitor } from './monitors';
export type { PipelinePlan } from './pipeline-plan';
export type { PipelineHistory, PipelineRecord } from './pipeline-records';
export type { PipelineSchedule, ScheduleStep } from './pipeline-schedules';
export type { AppliedPipeline, StartedRun } from './pipelines';
export type { ServingHandle, ServingHandler } from './serving-watch';
export type {
  ExperimentDesignInput,
  ExperimentSpecInput,
  ImpactSpecInput,
  MetricEventInput,
  MonitorSpecInput,
  PipelineSpecInput,
  RetrainSpecInput,
  TrafficInput,
} from '../schemas';
export type {
  BackfillOptions,
  PlanPipelineOptions,
  RunPipelineOptions,
  ScheduleChange,
} from '../schemas/pipeline-command';
