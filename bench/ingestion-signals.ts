import { setTimeout as delay } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import type { LoopwrightClient } from '../src/client';
import type { ModelTarget, OutcomeRow } from '../src/contracts';
import type { Stores } from '../src/stores';
import { batchRate, rate } from './ingestion/rows';

/** How often it is looked whether all is stored, in milliseconds; asking the monitor would hold it up. */
const POLL_MS = 100;

/** Outcomes per second into one monitor. */
export interface SignalRate {
  /** Until the server had taken the last signal; nothing need be stored by then. */
  readonly accepted: number;
  /** Until the monitor had stored the last outcome. */
  readonly stored: number;
}

/** One `recordOutcomes` signal for each outcome, by many senders at once; for new outcomes only. */
export async function oneSignalEach(
  client: LoopwrightClient,
  { outcomes: { segments } }: Stores,
  target: ModelTarget,
  outcomes: readonly OutcomeRow[],
  senders = 50,
): Promise<SignalRate> {
  const monitor = client.monitors.handle(target);
  // Every signal is written by itself.
  const stored = (): Promise<number> => segments.countDocuments({ model: { $eq: target.model } });
  const before = await stored();
  const started = performance.now();
  const accepted = await rate(outcomes, senders, (outcome) => signal(monitor, [outcome]));
  while ((await stored()) < before + outcomes.length) await delay(POLL_MS);
  return { accepted, stored: (outcomes.length * 1_000) / (performance.now() - started) };
}

/** `outcomes.log` in batches, durable and with nudges to an eager monitor; outcomes per second. */
export async function logWithNudges(
  client: LoopwrightClient,
  target: ModelTarget,
  outcomes: readonly OutcomeRow[],
  writers = 4,
): Promise<number> {
  return batchRate(outcomes, writers, (batch) => client.outcomes.log(target, batch));
}

function signal(monitor: WorkflowHandle, outcomes: readonly OutcomeRow[]): Promise<void> {
  return monitor.signal('recordOutcomes', { batchId: outcomes[0]!.predictionId, outcomes });
}
