import type { LoopwrightClient } from '../../src/client';
import type { ModelTarget } from '../../src/contracts';
import { atMost, shown } from '../monitors/result';
import type { Result } from '../monitors/result';
import { encodeModel, trainLogisticRegression } from './library';

/** Who decides in a benchmark. */
export const DECISION = { who: 'bench', reason: 'to be measured' } as const;

/** Registers two versions of a model and deploys the first. */
export async function twoVersions(client: LoopwrightClient, target: ModelTarget): Promise<void> {
  const { model } = target;
  for (const shift of [0, 0.1]) {
    const x = Float64Array.from([-0.9, -0.5, -0.1, 0.1, 0.5, 0.9], (value) => value + shift);
    const columns = new Map([['x', x]]);
    const artifact = encodeModel(trainLogisticRegression({ columns, labels: [0, 0, 0, 1, 1, 1] }));
    await client.models.register({ model, key: String(shift), artifact });
  }
  await client.deployments.deploy(target, 1, { ...DECISION, key: 'first' });
}

/** The smallest value that so large a share does not exceed. */
export function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.max(0, Math.ceil(share * values.length) - 1)]!;
}

/** The 95th percentile of milliseconds, beside a goal, with the median beneath. */
export function latency(
  work: string,
  ms: readonly number[],
  goal: number | null,
  notes: readonly string[] = [],
): Result {
  const p95 = quantile(ms, 0.95);
  const spread = `p50 ${shown(quantile(ms, 0.5))} ms, p95 ${shown(p95)} ms, most ${shown(Math.max(...ms))} ms of ${ms.length}`;
  return besideGoal(`${work}: p95`, { value: p95, unit: 'ms', goal }, ms, [`${work}: ${spread}`, ...notes]);
}

/** A figure, the most it may be, and what share of that it is. */
export function besideGoal(
  work: string,
  figure: { readonly value: number; readonly unit: string; readonly goal: number | null },
  measured: unknown,
  notes: readonly string[] = [],
): Result {
  const { value, goal } = figure;
  const against = goal === null ? {} : { against: 'the goal', ratio: value / goal };
  return { ...atMost(work, figure, measured, notes), ...against };
}
