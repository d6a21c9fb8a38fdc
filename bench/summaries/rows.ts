import type { ModelTarget, OutcomeRow, PredictionRow, SummarySettings } from '../../src/contracts';
import type { Stores } from '../../src/stores';

/** Where the benchmark logs. */
export const TARGET: ModelTarget = { model: 'summaries', environment: 'production' };
/** What it sums up. */
export const SETTINGS: SummarySettings = { task: 'binary', keys: [], rankingDepth: 10 };
/** Where its rows begin. */
export const START = Date.parse('2011-08-01T00:00:00.000Z');
export const DAY_MS = 86_400_000;

const FEATURES = 10;

/** An instant so many days after the start. */
export function day(k: number): string {
  return new Date(START + k * DAY_MS).toISOString();
}

/** Rows `from` to before `to` of `n` that are spread evenly over some days, with ten numeric features and an outcome. */
export function rowsBetween(
  from: number,
  to: number,
  { n, days }: { readonly n: number; readonly days: number },
): { readonly predictions: PredictionRow[]; readonly outcomes: OutcomeRow[] } {
  const numbers = Array.from({ length: to - from }, (_, k) => from + k);
  const at = (k: number) => START + Math.floor((k * days * DAY_MS) / n);
  return {
    predictions: numbers.map((k) => ({
      predictionId: `p${String(k).padStart(8, '0')}`,
      ts: new Date(at(k)).toISOString(),
      features: Object.fromEntries(
        Array.from({ length: FEATURES }, (_, f) => [`feature${f}`, share(k * FEATURES + f)]),
      ),
      version: 1,
      score: share(k),
      prediction: share(k) > 0.5 ? 1 : 0,
    })),
    outcomes: numbers.map((k) => ({
      predictionId: `p${String(k).padStart(8, '0')}`,
      label: share(k + 0.5) < share(k) ? 1 : 0,
      labelTs: new Date(at(k) + 3_600_000).toISOString(),
    })),
  };
}

/** Between 0 and 1, the same for the same number, spread without a pattern that matters here. */
function share(k: number): number {
  const turned = Math.sin(k * 12.9898) * 43_758.5453;
  return turned - Math.floor(turned);
}

/** Logs rows in batches, without keeping them. */
export async function logRows(
  stores: Stores,
  from: number,
  to: number,
  size: { readonly n: number; readonly days: number },
): Promise<void> {
  for (let start = from; start < to; start += 10_000) {
    const { predictions, outcomes } = rowsBetween(start, Math.min(to, start + 10_000), size);
    await stores.predictions.log(TARGET, predictions);
    await stores.outcomes.log(TARGET, outcomes);
  }
}

/** The median of some runs, in milliseconds, with what the last one answered. */
export async function timed<T>(
  runs: number,
  work: () => Promise<T>,
): Promise<{ readonly ms: number; readonly answer: T }> {
  const times: number[] = [];
  let answer = await work();
  for (let run = 0; run < runs; run += 1) {
    const started = performance.now();
    answer = await work();
    times.push(performance.now() - started);
  }
  return { ms: times.sort((a, b) => a - b)[Math.floor(runs / 2)]!, answer };
}
