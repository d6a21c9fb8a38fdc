import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Client, Connection } from '@temporalio/client';
import { MockActivityEnvironment } from '@temporalio/testing';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { BundleOptions, ReplayWorkerOptions, WorkerOptions } from '@temporalio/worker';
import { MongoClient } from 'mongodb';
import { LoopwrightPlugin } from '../../src';
import { LoopwrightClient } from '../../src/client';
import { WORKFLOW_NAMES } from '../../src/contracts';
import { MONGO_OPTIONS } from '../../src/stores';
import { eventually } from '../support/environment';
import { modelBytes } from '../support/models';

type Configuration = Parameters<NonNullable<BundleOptions['webpackConfigHook']>>[0];

const OURS = require.resolve('../../workflows');
const COMPOSED = require.resolve('../../workflows/compose');
const THEIRS = require.resolve('../../examples/workflows');
const mongodb = { uri: 'mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=200' };
const plugin = new LoopwrightPlugin({ mongodb });
const quiet = new DefaultLogger('ERROR');
/** For what only passes the worker on. */
const nobody: unknown = {};

const worker = (options: Partial<WorkerOptions> = {}) => plugin.configureWorker(options as WorkerOptions);
const activitiesOf = (options: WorkerOptions) => options.activities as Record<string, () => Promise<unknown>>;

describe('the options of a worker', () => {
  const mine = async () => 'mine';

  test.each<[string, Partial<WorkerOptions>]>([
    ['nothing', {}],
    ['workflows', { workflowsPath: THEIRS, activities: { mine } }],
    ['a bundle', { workflowBundle: { code: WORKFLOW_NAMES.join() }, taskQueue: 'theirs' }],
  ])('given %s, configuring twice is configuring once', (_name, options) => {
    const once = worker(options);
    expect(worker(once)).toEqual(once);
  });

  test('ours are the workflows where there are none, and only there', () => {
    const bundle = { code: WORKFLOW_NAMES.join() };
    expect(worker().workflowsPath).toBe(OURS);
    expect(worker({ workflowsPath: THEIRS }).workflowsPath).toBe(THEIRS);
    expect(worker({ workflowBundle: bundle }).workflowsPath).toBeUndefined();
    const replay = (options: ReplayWorkerOptions) => plugin.configureReplayWorker(options).workflowsPath;
    expect(replay({})).toBe(OURS);
    expect(replay({ workflowsPath: THEIRS })).toBe(THEIRS);
    expect(replay({ workflowBundle: bundle })).toBeUndefined();
  });

  test('the queue is theirs, then the plugin’s, then loopwright', () => {
    const queued = new LoopwrightPlugin({ mongodb, taskQueue: 'plugin' });
    expect(queued.configureWorker({ taskQueue: 'theirs' }).taskQueue).toBe('theirs');
    expect(queued.configureWorker({} as WorkerOptions).taskQueue).toBe('plugin');
    expect(worker().taskQueue).toBe('loopwright');
  });

  test('their activities stay beside ours', () => {
    const { mine: kept, ...rest } = activitiesOf(worker({ activities: { mine } }));
    expect(kept).toBe(mine);
    expect(rest).toEqual(activitiesOf(worker()));
    expect(Object.keys(rest).length).toBeGreaterThan(5);
    expect(Object.keys(rest).filter((name) => !name.startsWith('loopwright.'))).toEqual([]);
  });

  test('an activity of our name is refused', () => {
    const [name] = Object.keys(activitiesOf(worker())) as [string];
    expect(() => worker({ activities: { [name]: mine } })).toThrow(
      `activity ${name} is registered by you and by Loopwright`,
    );
  });

  test('an activity that is called like a method of every object is theirs', () =>
    expect(worker({ activities: { toString: mine } }).activities).toHaveProperty('toString', mine));

  test('a bundle must have all of ours, in memory or in a file', () => {
    const [lacking, ...others] = WORKFLOW_NAMES;
    const refused = (workflowBundle: NonNullable<WorkerOptions['workflowBundle']>) => () => worker({ workflowBundle });
    expect(refused({ code: others.join() })).toThrow(`bundle lacks ${lacking}: add`);
    expect(refused({ codePath: THEIRS })).toThrow(`bundle lacks ${WORKFLOW_NAMES.join(', ')}: add`);
    const codePath = process.env.LOOPWRIGHT_TEST_BUNDLE!;
    expect(refused({ codePath })).not.toThrow();
    expect(refused({ code: readFileSync(codePath, 'utf8') })).not.toThrow();
  });
});

describe('the options of a bundler', () => {
  const aliasOf = ({ webpackConfigHook }: BundleOptions, given: Configuration = {}) =>
    webpackConfigHook!(given).resolve!.alias;

  test('configuring twice keeps pointing at their module', () => {
    const once = plugin.configureBundler({ workflowsPath: THEIRS });
    const twice = plugin.configureBundler(once);
    expect(twice.workflowsPath).toBe(COMPOSED);
    expect(aliasOf(twice)).toEqual({ 'loopwright-user-workflows$': THEIRS });
  });

  test('ours alone are not composed', () => {
    const options = plugin.configureBundler({ workflowsPath: OURS });
    expect(options.workflowsPath).toBe(OURS);
    expect(options.webpackConfigHook).toBeUndefined();
  });

  test('their webpackConfigHook runs once, first, and what it sets stays', () => {
    const hook = jest.fn((config: Configuration) => ({
      ...config,
      devtool: false as const,
      resolve: { extensions: ['.mts'], alias: { a: 'b' } },
    }));
    const once = plugin.configureBundler({ workflowsPath: THEIRS, webpackConfigHook: hook });
    const config = plugin.configureBundler(once).webpackConfigHook!({ mode: 'development' });
    expect(hook.mock.calls).toEqual([[{ mode: 'development' }]]);
    expect(config).toEqual({
      mode: 'development',
      devtool: false,
      resolve: { extensions: ['.mts'], alias: { a: 'b', 'loopwright-user-workflows$': THEIRS } },
    });
  });

  test('aliases given as a list stay a list', () => {
    const options = plugin.configureBundler({ workflowsPath: THEIRS });
    expect(aliasOf(options, { resolve: { alias: [{ name: 'a', alias: 'b' }] } })).toEqual([
      { name: 'a', alias: 'b' },
      { name: 'loopwright-user-workflows', alias: THEIRS, onlyModule: true },
    ]);
  });
});

describe('MongoDB', () => {
  const uri = process.env.LOOPWRIGHT_TEST_MONGODB!;
  let mongo: MongoClient;
  let database: string;
  let connect: jest.SpyInstance<Promise<MongoClient>>;
  /** How often each client that the plugin opened was closed. */
  let closes: jest.SpyInstance[];

  beforeEach(async () => {
    database = `test-${randomUUID()}`;
    mongo = await MongoClient.connect(uri, MONGO_OPTIONS);
    closes = [];
    const real = MongoClient.connect.bind(MongoClient);
    connect = jest.spyOn(MongoClient, 'connect').mockImplementation(async (...args) => {
      const client = await real(...args);
      closes.push(jest.spyOn(client, 'close'));
      return client;
    });
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    await mongo.db(database).dropDatabase();
    await mongo.close();
  });

  const closed = () => closes.map(({ mock }) => mock.calls.length);

  /** A worker that runs until it is told to end, well or badly. */
  async function run(shared: LoopwrightPlugin): Promise<(error?: Error) => Promise<void>> {
    let end: (error?: Error) => void = () => undefined;
    const ended = new Promise<void>((resolve, reject) => {
      end = (error) => (error === undefined ? resolve() : reject(error));
    });
    let running: Promise<void> = Promise.resolve();
    await new Promise<void>((started, failed) => {
      running = shared.runWorker(nobody as Worker, () => {
        started();
        return ended;
      });
      running.catch(failed);
    });
    return (error) => {
      end(error);
      return running;
    };
  }

  const read = (shared: LoopwrightPlugin) => {
    const load = activitiesOf(shared.configureWorker({} as WorkerOptions))['loopwright.loadDeployment'];
    const target = { model: 'm', environment: 'production' };
    return new MockActivityEnvironment({}, { logger: quiet }).run(
      load as (given: typeof target) => Promise<unknown>,
      target,
    );
  };

  test('is opened by the first worker and closed after the last', async () => {
    const shared = new LoopwrightPlugin({ mongodb: { uri, database } });
    await expect(read(shared)).rejects.toThrow('MongoDB is not open');
    const [endFirst, endSecond] = await Promise.all([run(shared), run(shared)]);
    expect(closed()).toEqual([0]);
    await endFirst();
    expect(closed()).toEqual([0]);
    expect(await read(shared)).toBeNull();
    await endSecond();
    expect(closed()).toEqual([1]);
    await expect(read(shared)).rejects.toThrow('MongoDB is not open');
  });

  test('is opened again for a worker that starts after the last ended', async () => {
    const shared = new LoopwrightPlugin({ mongodb: { uri, database } });
    await (
      await run(shared)
    )();
    const end = await run(shared);
    expect(closed()).toEqual([1, 0]);
    expect(await read(shared)).toBeNull();
    await end();
    expect(closed()).toEqual([1, 1]);
  });

  test('is closed after a worker that fails, which still says why', async () => {
    const shared = new LoopwrightPlugin({ mongodb: { uri, database } });
    const end = await run(shared);
    await expect(end(new Error('the worker failed'))).rejects.toThrow('the worker failed');
    expect(closed()).toEqual([1]);
  });

  test('stays open where the client is theirs', async () => {
    const shared = new LoopwrightPlugin({ mongodb: { client: mongo, database } });
    const end = await run(shared);
    expect(await read(shared)).toBeNull();
    await end();
    expect(connect).not.toHaveBeenCalled();
    expect(await mongo.db(database).command({ ping: 1 })).toMatchObject({ ok: 1 });
    await expect(read(shared)).rejects.toThrow('MongoDB is not open');
  });

  test('that cannot be reached fails the worker before it polls', async () => {
    const next = jest.fn();
    await expect(plugin.runWorker(nobody as Worker, next)).rejects.toThrow('ECONNREFUSED');
    expect(next).not.toHaveBeenCalled();
  });

  test('serves the second of two real workers when the first has ended', async () => {
    const address = process.env.LOOPWRIGHT_TEST_TEMPORAL!;
    Runtime.install({ logger: quiet });
    const native = await NativeConnection.connect({ address });
    const connection = await Connection.connect({ address });
    const temporal = new Client({ connection });
    const shared = new LoopwrightPlugin({ mongodb: { uri, database } });
    const queues = [`${database}-1`, `${database}-2`] as const;
    const workflowBundle = { codePath: process.env.LOOPWRIGHT_TEST_BUNDLE! };
    const create = (taskQueue: string) =>
      Worker.create({ connection: native, taskQueue, workflowBundle, plugins: [shared] });
    const workers = await Promise.all([create(queues[0]), create(queues[1])]);
    const running = workers.map((each) => each.run());

    const deploy = async (taskQueue: string) => {
      const client = new LoopwrightClient({ temporal, mongo, db: mongo.db(database, MONGO_OPTIONS), taskQueue });
      const target = { model: `m${randomUUID().slice(0, 8)}` };
      await client.models.register({ ...target, key: 'k', artifact: modelBytes(1) });
      await eventually(async () => (await polled(temporal, taskQueue)) > 0);
      await client.deployments.deploy(target, 1, { who: 'test', reason: 'first' });
      await temporal.workflow.getHandle(`deployment:${target.model}:production`).terminate('seen');
      return (await client.deployments.current(target))!.champion;
    };
    expect(await deploy(queues[0])).toBe(1);
    workers[0].shutdown();
    await running[0];
    expect(closed()).toEqual([0]);
    expect(await deploy(queues[1])).toBe(1);
    workers[1].shutdown();
    await running[1];
    expect(closed()).toEqual([1]);
    await native.close();
    await connection.close();
  });
});

async function polled(temporal: Client, name: string): Promise<number> {
  const { namespace } = temporal.options;
  const queue = await temporal.workflowService.describeTaskQueue({ namespace, taskQueue: { name }, taskQueueType: 1 });
  return (queue.pollers ?? []).length;
}
