import { startMongo } from './mongo';
import type { MongoEngine, MongoEngineOptions } from './mongo';
import { startTemporal } from './temporal';
import type { TemporalEngine, TemporalEngineOptions } from './temporal';

/** Both servers. */
export interface Engines {
  readonly temporal: TemporalEngine;
  readonly mongo: MongoEngine;
  /** Stops the ones that we started. */
  stop(): Promise<void>;
}

/** How to provide both; one data directory serves both. */
export interface EnginesOptions extends TemporalEngineOptions, MongoEngineOptions {}

/**
 * Provides Temporal and MongoDB, side by side; if one fails, the other is stopped.
 * @example
 * const engines = await startEngines({ ui: false });
 * const connection = await Connection.connect({ address: engines.temporal.address });
 * await engines.stop();
 */
export async function startEngines(options: EnginesOptions = {}): Promise<Engines> {
  const [temporal, mongo] = await Promise.allSettled([startTemporal(options), startMongo(options)]);
  if (temporal.status === 'fulfilled' && mongo.status === 'fulfilled') {
    const engines = { temporal: temporal.value, mongo: mongo.value };
    return {
      ...engines,
      stop: async () => {
        await Promise.all([engines.temporal.stop(), engines.mongo.stop()]);
      },
    };
  }
  const failures: unknown[] = [];
  for (const outcome of [temporal, mongo]) {
    if (outcome.status === 'fulfilled') await outcome.value.stop();
    else failures.push(outcome.reason);
  }
  if (failures.length === 1) throw failures[0];
  throw new AggregateError(failures, failures.map((failure) => (failure as Error).message).join('\n'));
}
