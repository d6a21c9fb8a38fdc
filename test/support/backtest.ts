import { replayPolicy } from '../../src/cli/backtest/simulate';
import { outcomeOf } from '../../src/cli/backtest/outcome';
import { parseRecorded } from '../../src/cli/backtest/stream';
import type { RecordedStream } from '../../src/cli/backtest/stream';
import type { BacktestOutcome, BacktestPolicy } from '../../src/contracts';
import { backtestPolicySchema, parseWith } from '../../src/schemas';
import { sampleRows } from './streams';

/** The experiment of the sample scenario. */
export const EXPERIMENT = {
  kind: 'experiment',
  duration: '56d',
  allocation: 0.5,
  salt: 'ab1',
  successMetric: 'accuracy',
  alpha: 0.05,
  earlyStop: false,
} as const;

/** A monitor as a policy has it: the sample scenario's, without drift. */
export const MONITOR_PART = {
  metric: 'accuracy',
  window: '7d',
  baselineDrop: 0.05,
  consecutive: 2,
  minSamples: 100,
  labelMaturity: '7d',
  drift: { mode: 'off' },
} as const;

/** A policy as a user writes it. */
export function policyInput(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    name: 'policy',
    train: { from: '2011-05-02', to: '2011-08-01' },
    baseline: { from: '2011-08-01', to: '2011-08-29' },
    monitor: MONITOR_PART,
    retrain: { lookback: '63d', holdout: '14d' },
    gate: { kind: 'validation' },
    ...change,
  };
}

/** The same with its defaults. */
export function policy(change: Record<string, unknown> = {}): BacktestPolicy {
  return parseWith(backtestPolicySchema, policyInput(change), 'policy');
}

/** Rows as the stream that a backtest reads. */
export function streamOf(rows: readonly unknown[]): Promise<RecordedStream> {
  return parseRecorded(rows.map((row) => JSON.stringify(row)));
}

let sample: Promise<RecordedStream> | null = null;

/** The sample stream, read once. */
export function sampleStream(): Promise<RecordedStream> {
  sample ??= streamOf(sampleRows());
  return sample;
}

/** What a policy comes to, on the sample stream unless said. */
export async function outcome(change: Record<string, unknown> = {}, stream?: RecordedStream): Promise<BacktestOutcome> {
  const given = policy(change);
  return outcomeOf(given, await replayPolicy(given, stream ?? (await sampleStream())));
}
