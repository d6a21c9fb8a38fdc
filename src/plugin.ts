import { readFileSync } from 'node:fs';
import { MongoClient } from 'mongodb';
import { SimplePlugin } from '@temporalio/plugin';
import type { BundleOptions, ReplayWorkerOptions, WorkerOptions } from '@temporalio/worker';
import { createActivities, registered } from '../activities';
import type { ActivityFailpoint } from '../activities';
import { createAlertSinks } from './adapters/alert';
import type { AlertSinks } from './adapters/alert';
import { TYPE_PREFIX, WORKFLOW_NAMES } from './contracts';
import type { LoopwrightActivities, PipelineSettings, QualityGate, Stages } from './contracts';
import type { AlertSettings, AllowedHost } from './schemas';
import { migrate, MONGO_OPTIONS, openStores } from './stores';
import type { FoldFailpoint } from './stores';

/** How the plugin reaches MongoDB: an address, or a client of the user's own (which stays open). */
export type MongoSettings =
  | { readonly uri: string; readonly database?: string | undefined }
  | { readonly client: MongoClient; readonly database?: string | undefined };

/** Options of the plugin. */
export interface LoopwrightPluginOptions {
  /** A replica set of MongoDB 6 or newer. Database `loopwright` unless said. */
  readonly mongodb: MongoSettings;
  /** Trainers of the user's own, by name; `logistic-regression` ships. */
  readonly stages?: Stages | undefined;
  /**
   * Where alerts may be sent. `hosts` lists every host (or host:port) that is sent to; redirects are not followed, and
   * private addresses are refused unless the host stands there as `{ host, private: true }`. A sink of the user's own
   * is an object with `deliver`; an error with `nonRetryable: true`, such as `ApplicationFailure.nonRetryable(…)`, is
   * not tried again.
   * @example
   * alerts: {
   *   sinks: { ops: { kind: 'webhook', url: 'https://ops.example.com/alerts', secret }, pager: { deliver: async (notification) => … } },
   *   hosts: ['ops.example.com'],
   * }
   */
  readonly alerts?: AlertSettings | undefined;
  /** Environments that may be deployed to; any other is refused. Default: any, so a mistyped one is a new one. */
  readonly environments?: readonly string[] | undefined;
  /** Asked about the rows of every retraining before it trains; what it refuses is not trained on. */
  readonly qualityGate?: QualityGate | undefined;
  /**
   * Hosts that a model of the format `loopwright/remote-scorer@1` may name, as in `alerts.hosts`; none unless given.
   * @example remoteScorers: ['scores.example.com', { host: 'scorer.internal:8080', private: true }]
   */
  readonly remoteScorers?: readonly AllowedHost[] | undefined;
  /**
   * What carries out the stages of pipelines: functions, processes, containers; by image.
   * @example pipelines: { executors: { 'team/trainer': { kind: 'process', command: ['python3', 'train.py'] } } }
   */
  readonly pipelines?: PipelineSettings | undefined;
  /** Taken by workers that name no queue. Default `loopwright`. */
  readonly taskQueue?: string | undefined;
  /** Called inside a fold and around activities, for crash tests. @internal */
  readonly failpoint?: ((name: FoldFailpoint | ActivityFailpoint) => void) | undefined;
}

const DEFAULT_DATABASE = 'loopwright';
const OWN_WORKFLOWS = require.resolve('../workflows');
const COMPOSED_WORKFLOWS = require.resolve('../workflows/compose');
/** What `workflows/compose` calls the user's module; the bundler's alias points it there. */
const USER_WORKFLOWS = 'loopwright-user-workflows';

/**
 * Adds Loopwright to a worker: its workflows beside the user's own, its activities, and MongoDB opened and closed
 * with the worker.
 * @example
 * const worker = await Worker.create({
 *   connection, workflowsPath: require.resolve('./workflows'), taskQueue: 'loopwright',
 *   plugins: [new LoopwrightPlugin({ mongodb: { uri: 'mongodb://localhost/?replicaSet=rs0' } })],
 * });
 */
export class LoopwrightPlugin extends SimplePlugin {
  private readonly settings: LoopwrightPluginOptions;
  private readonly own: Record<string, unknown>;
  private readonly sinks: AlertSinks;
  private activities: LoopwrightActivities | null = null;
  private running = 0;
  private opening: Promise<void> = Promise.resolve();
  private close: () => Promise<void> = () => Promise.resolve();

  constructor(settings: LoopwrightPluginOptions) {
    super({ name: 'loopwright.LoopwrightPlugin' });
    this.settings = settings;
    this.sinks = createAlertSinks(settings.alerts ?? { sinks: {} });
    this.own = registered(this.lateActivities(), settings.failpoint);
  }

  override configureWorker(options: WorkerOptions): WorkerOptions {
    const configured = super.configureWorker(options);
    checkBundle(configured.workflowBundle);
    return {
      // An activity learns that it is cancelled by its heart-beats; by default they are held back up to a minute.
      maxHeartbeatThrottleInterval: '1s',
      ...configured,
      ...this.paths(configured),
      taskQueue: configured.taskQueue ?? this.settings.taskQueue ?? 'loopwright',
      activities: this.merge(configured.activities),
    };
  }

  override configureReplayWorker(options: ReplayWorkerOptions): ReplayWorkerOptions {
    const configured = super.configureReplayWorker(options);
    return { ...configured, ...this.paths(configured) };
  }

  override configureBundler(options: BundleOptions): BundleOptions {
    const base = super.configureBundler(options);
    const theirs = base.workflowsPath;
    // Both the worker and its bundler ask: composing what is composed already would lose the user's module.
    if (theirs === OWN_WORKFLOWS || theirs === COMPOSED_WORKFLOWS) return base;
    const previous = base.webpackConfigHook;
    return {
      ...base,
      workflowsPath: COMPOSED_WORKFLOWS,
      webpackConfigHook: (given) => {
        const config = previous ? previous(given) : given;
        return { ...config, resolve: { ...config.resolve, alias: withAlias(config.resolve?.alias, theirs) } };
      },
    };
  }

  override async runWorker(
    worker: Parameters<SimplePlugin['runWorker']>[0],
    next: Parameters<SimplePlugin['runWorker']>[1],
  ): Promise<void> {
    this.running += 1;
    // Workers that share the plugin share its connection: the first opens it, the last closes it.
    if (this.running === 1) this.opening = this.open();
    try {
      await this.opening;
      await super.runWorker(worker, next);
    } finally {
      this.running -= 1;
      if (this.running === 0) await this.close();
    }
  }

  /** Ours where the user has no workflows; a bundle stays what it is. */
  private paths(options: { workflowsPath?: string; workflowBundle?: unknown }): { workflowsPath?: string } {
    return options.workflowsPath === undefined && options.workflowBundle === undefined
      ? { workflowsPath: OWN_WORKFLOWS }
      : {};
  }

  private merge(theirs: object | undefined): object {
    for (const [name, activity] of Object.entries(theirs ?? {})) {
      if (Object.hasOwn(this.own, name) && this.own[name] !== activity) {
        throw new TypeError(
          `activity ${name} is registered by you and by Loopwright: names that start with ${TYPE_PREFIX} are ours`,
        );
      }
    }
    return { ...theirs, ...this.own };
  }

  /** Activities are registered before MongoDB is open; they look it up when they run. */
  private lateActivities(): LoopwrightActivities {
    const names = Object.keys(createActivities({ stores: {} as never, remoteScorers: this.settings.remoteScorers }));
    const late = (name: string) => (input: unknown) => {
      if (this.activities === null) return Promise.reject(new Error('the worker is not running: MongoDB is not open'));
      const activity = Reflect.get(this.activities, name) as (input: unknown) => Promise<unknown>;
      return activity(input);
    };
    return Object.fromEntries(names.map((name) => [name, late(name)])) as unknown as LoopwrightActivities;
  }

  private async open(): Promise<void> {
    const { mongodb, failpoint, alerts: _alerts, taskQueue: _taskQueue, ...rest } = this.settings;
    const client = 'client' in mongodb ? mongodb.client : await MongoClient.connect(mongodb.uri, MONGO_OPTIONS);
    this.close = async () => {
      this.activities = null;
      if (!('client' in mongodb)) await client.close();
    };
    const stores = openStores(client, client.db(mongodb.database ?? DEFAULT_DATABASE, MONGO_OPTIONS), failpoint);
    await migrate(stores);
    this.activities = createActivities({ ...rest, stores, sinks: this.sinks });
  }
}

type Alias = NonNullable<
  NonNullable<Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0]['resolve']>['alias']
>;

/** The user's module under the name by which `workflows/compose` requires it; webpack takes both forms. */
function withAlias(given: Alias | undefined, path: string): Alias {
  if (Array.isArray(given)) return [...given, { name: USER_WORKFLOWS, alias: path, onlyModule: true }];
  return { ...given, [`${USER_WORKFLOWS}$`]: path };
}

/** A bundle made without the plugin lacks our workflows; the worker would find out at the first workflow task. */
function checkBundle(bundle: WorkerOptions['workflowBundle']): void {
  const code = bundle === undefined ? null : readBundle(bundle);
  if (code === null) return;
  const missing = WORKFLOW_NAMES.filter((name) => !code.includes(name));
  if (missing.length === 0) return;
  throw new TypeError(
    `the prebuilt workflow bundle lacks ${missing.join(', ')}: add \`plugins: [loopwright]\` to bundleWorkflowCode, ` +
      "or `export * from 'loopwright/workflows'` to your workflows file",
  );
}

function readBundle(bundle: NonNullable<WorkerOptions['workflowBundle']>): string | null {
  if ('code' in bundle) return bundle.code;
  if ('codePath' in bundle) return readFileSync(bundle.codePath, 'utf8');
  return null;
}
