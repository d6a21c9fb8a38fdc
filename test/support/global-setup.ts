import { prebuildBundle } from '../../src/cli/child-worker';
import { SEARCH_ATTRIBUTE_NAMES } from '../../src/contracts';
import { startEngines } from '../../src/engines';
import type { Engines } from '../../src/engines';

/** What the teardown has to end; both run in the same process. */
export interface RunningEngines {
  readonly engines: Engines;
  readonly removeBundle: () => Promise<void>;
}

/** One Temporal, one MongoDB and one workflow bundle for every test file. */
export default async function globalSetup(): Promise<void> {
  const searchAttributes = SEARCH_ATTRIBUTE_NAMES.map((name) => ({ name, type: 'Keyword' as const }));
  const [engines, bundle] = await Promise.all([
    startEngines({ ui: false, testCommands: true, searchAttributes, environment: withoutAddresses() }),
    prebuildBundle(),
  ]);
  process.env.LOOPWRIGHT_TEST_TEMPORAL = engines.temporal.address;
  process.env.LOOPWRIGHT_TEST_MONGODB = engines.mongo.uri;
  process.env.LOOPWRIGHT_TEST_BUNDLE = bundle.path;
  Reflect.set(globalThis, 'loopwrightEngines', { engines, removeBundle: bundle.remove } satisfies RunningEngines);
}

/** Tests never touch a server that somebody uses. */
function withoutAddresses(): NodeJS.ProcessEnv {
  const { MONGODB_URI: _mongo, TEMPORAL_ADDRESS: _temporal, ...rest } = process.env;
  return rest;
}
