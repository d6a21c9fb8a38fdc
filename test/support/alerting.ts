import type { MonitorSpecInput } from '../../src/schemas';
import type { TestLoop } from './environment';
import { hour, many, outcome, prediction } from './rows';

const DAY = 24;

/** A monitor on the data clock with one open alert: three good days, then two bad ones; nothing but notifying follows. */
export async function startAlertingMonitor(
  loop: TestLoop,
  model: string,
  change: Partial<MonitorSpecInput> = {},
): Promise<void> {
  const target = { model };
  const rows = many(5 * DAY, (k) => k);
  await loop.client.predictions.log(
    target,
    rows.map((k) => prediction(k, { prediction: 1, score: 0.9 })),
  );
  await loop.client.outcomes.log(
    target,
    rows.map((k) => outcome(k, { label: k < 3 * DAY ? 1 : 0, labelTs: hour(k + 12) })),
  );
  await loop.client.monitors.start({
    model,
    clock: 'data',
    window: '1d',
    labelMaturity: '1d',
    minSamples: 20,
    baselineDrop: 0.2,
    baseline: { from: hour(0), to: hour(3 * DAY) },
    drift: { mode: 'off' },
    response: { medium: ['notify'], high: ['notify'] },
    retrain: { lookback: '10d' },
    experiment: { duration: '7d', allocation: 0.5, salt: 's' },
    ...change,
  });
  await loop.client.monitors.advance(target, { source: 'default', at: hour(6 * DAY) });
}
