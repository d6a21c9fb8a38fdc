import { join } from 'node:path';
import { Connection } from '@temporalio/client';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import { findExecutable } from './executables';
import type { FoundExecutable } from './executables';
import { serverFolder } from './folders';
import { isListening, onFreePorts } from './ports';
import { startServer } from './process';
import { registerMissing, searchAttributeFlags } from './search-attributes';
import type { SearchAttributeSpec } from './search-attributes';

const READY_MS = 30_000;
const CALL_MS = 2_000;
const NAMESPACE = 'default';
const GIVEN_BY = ['TEMPORAL_ADDRESS', 'TEMPORAL_PROFILE', 'TEMPORAL_CONFIG_FILE'] as const;

/** A Temporal server to work with. */
export interface TemporalEngine {
  readonly address: string;
  readonly namespace: string;
  /** Undefined without a UI, and for a server that was there already. */
  readonly uiAddress: string | undefined;
  /** Where it came from: the environment variable, or the source of the executable. */
  readonly source: string;
  /** True if it was there already; then `stop` leaves it alone. */
  readonly provided: boolean;
  stop(): Promise<void>;
}

/** How to provide Temporal. */
export interface TemporalEngineOptions {
  /** Default true. */
  readonly ui?: boolean | undefined;
  /** Keeps the histories, in `temporal.db` in it, for the next start. Default: memory. */
  readonly dataDirectory?: string | undefined;
  /** Registered with a server that we start; never with one that was there already. */
  readonly searchAttributes?: readonly SearchAttributeSpec[] | undefined;
  /** Takes a line on each step. Nothing is printed by default. */
  readonly log?: ((line: string) => void) | undefined;
  /** Default `process.env`. */
  readonly environment?: NodeJS.ProcessEnv | undefined;
}

/** Takes the server that the environment names, or starts a dev server of our own on loopback. */
export async function startTemporal(options: TemporalEngineOptions = {}): Promise<TemporalEngine> {
  const environment = options.environment ?? process.env;
  const given = GIVEN_BY.find((name) => (environment[name] ?? '') !== '');
  if (given !== undefined) {
    options.log?.(`temporal: the one that ${given} names`);
    return { ...fromEnvironment(environment), source: given };
  }
  const found = await findExecutable('temporal', { log: options.log, environment });
  return onFreePorts((port, uiPort) => launch(found, port, uiPort, options, environment));
}

function fromEnvironment(environment: NodeJS.ProcessEnv): Omit<TemporalEngine, 'source'> {
  const variables = Object.entries(environment).filter((entry): entry is [string, string] => entry[1] !== undefined);
  const config = loadClientConnectConfig({ overrideEnvVars: Object.fromEntries(variables) });
  return {
    // what the SDK takes for a profile without an address
    address: config.connectionOptions.address ?? 'localhost:7233',
    namespace: config.namespace ?? NAMESPACE,
    uiAddress: undefined,
    provided: true,
    stop: () => Promise.resolve(),
  };
}

async function launch(
  found: FoundExecutable,
  port: number,
  uiPort: number,
  options: TemporalEngineOptions,
  environment: NodeJS.ProcessEnv,
): Promise<TemporalEngine> {
  const folder = await serverFolder(options.dataDirectory, 'temporal');
  const withUi = options.ui ?? true;
  const attributes = options.searchAttributes ?? [];
  const place = ['server', 'start-dev', '--ip', '127.0.0.1', '--port', String(port), '--log-level', 'error'];
  const kept = folder.temporary === undefined ? ['--db-filename', join(folder.path, 'temporal.db')] : [];
  const server = await startServer({
    name: 'temporal',
    path: found.path,
    parameters: [
      ...place,
      ...(withUi ? ['--ui-port', String(uiPort)] : ['--headless']),
      ...kept,
      ...searchAttributeFlags(attributes),
    ],
    logFile: join(folder.path, 'temporal.log'),
    temporaryFolder: folder.temporary,
    environment,
  });
  const address = `127.0.0.1:${port}`;
  const uiAddress = withUi ? `http://127.0.0.1:${uiPort}` : undefined;
  try {
    await server.untilReady(READY_MS, () => isListening(port));
    const connection = Connection.lazy({ address });
    try {
      await server.untilReady(READY_MS, () => answers(connection));
      await registerMissing(connection, NAMESPACE, attributes);
    } finally {
      await connection.close();
    }
    if (uiAddress !== undefined) await server.untilReady(READY_MS, () => answersHttp(uiAddress));
  } catch (error) {
    await server.stop();
    throw error;
  }
  options.log?.(`temporal: ready at ${address}${uiAddress === undefined ? '' : `, UI at ${uiAddress}`}`);
  return { address, namespace: NAMESPACE, uiAddress, source: found.source, provided: false, stop: () => server.stop() };
}

/** True once the server knows its namespace, which it registers after it has begun to listen. */
function answers(connection: Connection): Promise<boolean> {
  return connection.withDeadline(Date.now() + CALL_MS, async () => {
    await connection.workflowService.getSystemInfo({});
    await connection.workflowService.describeNamespace({ namespace: NAMESPACE });
    return true;
  });
}

async function answersHttp(address: string): Promise<boolean> {
  const response = await fetch(address, { signal: AbortSignal.timeout(CALL_MS) });
  await response.body?.cancel();
  return response.ok;
}
