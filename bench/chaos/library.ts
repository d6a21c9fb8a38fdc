import { createRequire } from 'node:module';
import { join } from 'node:path';
import type * as Workers from '../../src/cli/child-worker';
import type * as Random from '../../src/cli/random';
import type * as Clients from '../../src/client';
import type * as Contracts from '../../src/contracts';
import type * as Engines from '../../src/engines';
import type * as Models from '../../src/models';
import type * as Stores from '../../src/stores';

/** npm runs scripts where the package lies. */
const load = createRequire(join(process.cwd(), 'package.json'));

/** The compiled code that the package ships; `npm run chaos` builds it first. */
export const { ChildWorker, prebuildBundle } = load('./lib/src/cli/child-worker') as typeof Workers;
export const { seeded } = load('./lib/src/cli/random') as typeof Random;
export const { LoopwrightClient } = load('./lib/src/client') as typeof Clients;
export const { TYPE_PREFIX, workflowIds } = load('./lib/src/contracts') as typeof Contracts;
export const { findExecutable, startMongo } = load('./lib/src/engines') as typeof Engines;
export const { encodeModel, trainLogisticRegression } = load('./lib/src/models') as typeof Models;
export const { MONGO_OPTIONS } = load('./lib/src/stores') as typeof Stores;
