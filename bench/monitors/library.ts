import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as ChildWorkers from '../../src/cli/child-worker';
import type * as Clients from '../../src/client';
import type * as IngestionClients from '../../src/client/ingestion';
import type * as Contracts from '../../src/contracts';
import type * as Engines from '../../src/engines';
import type * as Plugins from '../../src/plugin';
import type * as Stores from '../../src/stores';

/** npm runs scripts where the package lies. */
const load = createRequire(join(process.cwd(), 'package.json'));

/** The compiled code that the package ships; `npm run bench` builds it first. */
export const { LoopwrightClient } = load('./lib/src/client') as typeof Clients;
export const { PredictionsClient } = load('./lib/src/client/ingestion') as typeof IngestionClients;
export const { SEARCH_ATTRIBUTE_NAMES } = load('./lib/src/contracts') as typeof Contracts;
export const { migrate, MONGO_OPTIONS, openStores } = load('./lib/src/stores') as typeof Stores;

/** Loaded when they are needed: a worker process has no use for the first two. */
export const loadEngines = () => load('./lib/src/engines') as typeof Engines;
export const loadBundler = () => load('./lib/src/cli/child-worker') as typeof ChildWorkers;
export const loadPlugin = () => load('./lib/src/plugin') as typeof Plugins;
