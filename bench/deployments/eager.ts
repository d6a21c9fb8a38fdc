import { setTimeout as delay } from 'node:timers/promises';
import type { LoopwrightClient } from '../../src/client';
import type { ModelTarget } from '../../src/contracts';
import type { Bench } from '../monitors/bench';
import type { Result } from '../monitors/result';
import { HOUR, iso } from '../monitors/traffic';
import { DECISION, latency, twoVersions } from './figures';

const GOAL_MS = 1_000;
const MONITORS = 12;
const ROWS = 60;
/** An eager monitor looks every ten seconds at most: each is given one look, and time before the next. */
const PATIENCE_MS = 11_000;
/** Two good hours that are mature, then a bad one whose labels come early. */
const HOURS = { baseline: 2, maturity: 3 };

/** From the nudge whose outcome completes a bad window to the roll-back in the ledger, on the wall clock. */
export async function eagerRollBacks(bench: Bench): Promise<Result[]> {
  const loop = await bench.loop();
  const { client } = loop;
  const start = Date.now() - (HOURS.baseline + HOURS.maturity) * HOUR - HOUR / 12;
  const targets = Array.from({ length: MONITORS }, (_, k) => ({ model: `m${k}`, environment: 'production' }));
  for (const target of targets) await prepare(client, target, start);
  await delay(PATIENCE_MS);
  const took: number[] = [];
  for (const target of targets) {
    await logOutcomes(client, target, start, [lastRow]);
    const nudged = Date.now();
    const deadline = nudged + 30_000;
    let entry = null;
    while (entry?.action !== 'roll-back') {
      if (Date.now() > deadline)
        throw new Error(`no roll-back of ${target.model}: ${JSON.stringify(await client.monitors.status(target))}`);
      await delay(20);
      entry = (await client.deployments.history(target)).at(-1) ?? null;
    }
    took.push(Date.parse(entry.recordedAt) - nudged);
  }
  await loop.close();
  return [latency('from the nudge that completes a bad window to the roll-back in the ledger', took, GOAL_MS)];
}

const lastRow = (HOURS.baseline + 1) * ROWS - 1;

/** Two versions, traffic of which all outcomes but the last are known, and a monitor that has looked. */
async function prepare(client: LoopwrightClient, target: ModelTarget, start: number): Promise<void> {
  await twoVersions(client, target);
  await client.deployments.deploy(target, 2, { ...DECISION, key: 'second' });
  const rows = Array.from({ length: lastRow + 1 }, (_, k) => k);
  await client.predictions.log(
    target,
    rows.map((k) => ({ predictionId: `p${k}`, ts: at(start, k), version: 2, score: 0.9, prediction: 1, features: {} })),
  );
  await logOutcomes(client, target, start, rows.slice(0, -1));
  await client.monitors.start({
    ...target,
    window: '1h',
    labelMaturity: `${HOURS.maturity}h`,
    minSamples: 20,
    consecutive: 1,
    baselineDrop: 0.2,
    baseline: { from: iso(start), to: iso(start + HOURS.baseline * HOUR) },
    drift: { mode: 'off' },
    eager: true,
    response: { medium: ['roll-back'], high: ['roll-back'] },
    retrain: { lookback: '10d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
  });
  while ((await client.monitors.status(target)).baseline === null) await delay(50);
}

/** Right in the hours of the baseline, wrong after them. */
async function logOutcomes(client: LoopwrightClient, target: ModelTarget, start: number, rows: readonly number[]) {
  await client.outcomes.log(
    target,
    rows.map((k) => ({
      predictionId: `p${k}`,
      label: k < HOURS.baseline * ROWS ? (1 as const) : (0 as const),
      labelTs: at(start, k + 1),
    })),
  );
}

function at(start: number, row: number): string {
  return iso(start + (row * HOUR) / ROWS);
}
