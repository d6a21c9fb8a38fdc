import type { LoopwrightClient } from '../../src/client';
import type { Instant, ModelTarget, NewPrediction } from '../../src/contracts';
import type { MonitorSpecInput } from '../../src/schemas';
import { seeded } from '../library';

export const HOUR = 3_600_000;
const REGIONS = ['north', 'south', 'west'];
/** How long after a prediction its outcome is known. */
const LABEL_DELAY = HOUR / 6;

/** The instant of so many milliseconds. */
export function iso(ms: number): Instant {
  return new Date(ms).toISOString();
}

/** Served rows and what came true, evenly over some hours; the same for the same seed. */
export interface Traffic {
  readonly from: number;
  readonly hours: number;
  readonly rowsPerHour: number;
  readonly seed: number;
  /** Whether an hour's labels contradict the scores. */
  readonly isBad?: (hour: number) => boolean;
}

/** Logs predictions and their outcomes. */
export async function serve(client: LoopwrightClient, target: ModelTarget, traffic: Traffic): Promise<void> {
  const { from, hours, rowsPerHour, isBad = () => false } = traffic;
  const random = seeded(traffic.seed);
  const step = HOUR / rowsPerHour;
  const times = Array.from({ length: hours * rowsPerHour }, (_, k) => from + k * step);
  const labels = new Map<number, 0 | 1>();
  const rows = times.map((ms): NewPrediction => {
    const score = random();
    const isPositive = random() < score !== isBad(Math.floor((ms - from) / HOUR));
    labels.set(ms, isPositive ? 1 : 0);
    const features = { load: random(), age: 20 + 60 * random(), region: REGIONS[Math.floor(3 * random())]! };
    return { ts: iso(ms), version: 1, score, prediction: score >= 0.5 ? 1 : 0, features };
  });
  const { ids } = await client.predictions.log(target, rows);
  await client.outcomes.log(
    target,
    times.map((ms, k) => ({ predictionId: ids[k]!, label: labels.get(ms)!, labelTs: iso(ms + LABEL_DELAY) })),
  );
}

/** An hourly monitor as it comes: one metric, and drift of every feature. */
export function hourlySpec(target: ModelTarget, baseline: { from: number; to: number }): MonitorSpecInput {
  return {
    ...target,
    window: '1h',
    labelMaturity: '1h',
    baseline: { from: iso(baseline.from), to: iso(baseline.to) },
    minSamples: 20,
    baselineDrop: 0.3,
    response: { medium: ['notify'], high: ['notify'] },
    retrain: { lookback: '10d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
  };
}

/** One that judges everything there is to judge: metrics, drift, volume, silence, segments, estimates. */
export function thoroughSpec(target: ModelTarget, baseline: { from: number; to: number }): MonitorSpecInput {
  return {
    ...hourlySpec(target, baseline),
    metrics: [
      { metric: 'auroc', baselineDrop: 0.3 },
      { metric: 'logLoss', baselineRatio: 2 },
      { metric: 'brier', baselineRatio: 2 },
    ],
    volume: { minimumRatio: 0.2, maximumRatio: 5, silence: '2h' },
    segments: { keys: ['region'], minSamples: 20 },
    estimate: true,
  };
}
