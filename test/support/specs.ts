import type { ExperimentSpec, Look, MonitorSpec, Serving } from '../../src/contracts';
import { monitorSpecSchema } from '../../src/schemas';
import type { MonitorSpecInput } from '../../src/schemas';

/** A monitor's spec as a user writes it. */
export const MONITOR: MonitorSpecInput = {
  model: 'm',
  clock: 'data',
  window: '7d',
  labelMaturity: '7d',
  baseline: { from: '2011-08-01', to: '2011-08-29' },
  baselineDrop: 0.05,
  retrain: { lookback: '63d' },
  experiment: { duration: '56d', allocation: 0.5, salt: 's' },
};

/** The same with its defaults. */
export function monitorSpec(change: Partial<MonitorSpec> = {}): MonitorSpec {
  return { ...monitorSpecSchema.parse(MONITOR), ...change };
}

/** An experiment of eight weeks. */
export function experimentSpec(change: Partial<ExperimentSpec> = {}): ExperimentSpec {
  return {
    id: 'e',
    model: 'm',
    environment: 'production',
    clock: 'data',
    champion: 1,
    challenger: 2,
    start: '2011-12-05T00:00:00.000Z',
    duration: '56d',
    labelMaturity: '7d',
    allocation: 0.5,
    salt: 's',
    seed: 's-1',
    successMetric: 'accuracy',
    alpha: 0.05,
    earlyStop: true,
    unit: 'predictionId',
    ...change,
  };
}

/** A look at which nothing is decided. */
export function look(change: Partial<Look> = {}): Look {
  const arm = { version: 1, n: 200, exposed: 200, successes: 150, accuracy: 0.75, logLoss: 0.5 };
  return {
    k: 3,
    at: '2012-01-02T00:00:00.000Z',
    exposedTo: '2011-12-26T00:00:00.000Z',
    status: 'ok',
    n: 400,
    z: 1,
    bound: 3.48,
    pValue: 0.3,
    difference: 0.02,
    interval: [-0.02, 0.06],
    sampleRatioP: 1,
    decision: 'continue',
    arms: [
      { name: 'champion', ...arm },
      { name: 'challenger', ...arm, version: 2 },
    ],
    ...change,
  };
}

/** What serves, with nothing special about it. */
export function serving(change: Partial<Serving> = {}): Serving {
  return {
    model: 'm',
    environment: 'production',
    token: 4,
    champion: 2,
    challenger: null,
    split: null,
    previous: 1,
    effectiveAt: '2011-08-01T00:00:00.000Z',
    ...change,
  };
}
