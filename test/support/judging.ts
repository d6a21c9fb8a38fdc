import { createMonitoringActivities } from '../../activities/monitoring';
import type {
  JudgePhase,
  ModelTarget,
  MonitorSpec,
  OutcomeRow,
  PredictionRow,
  WindowReport,
} from '../../src/contracts';
import { monitorSpecSchema } from '../../src/schemas';
import type { MonitorSpecInput } from '../../src/schemas';
import type { TestStores } from './environment';
import { hour, many } from './rows';

/** Hours of a day. */
export const DAY = 24;

/** A seeded stream of uniform numbers in [0, 1) (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A seeded stream of standard normal numbers (Box-Muller). */
export function gaussian(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

/** A row served on a day, with what came true of it. */
export interface ServedRow extends Partial<
  Pick<PredictionRow, 'features' | 'score' | 'prediction' | 'version' | 'ts'>
> {
  readonly outcome?: Pick<OutcomeRow, 'label' | 'value' | 'relevance'>;
}

/** A model with rows to be judged. The baseline is days 0 to 9, windows are a day, labels mature after a day. */
export class Judging {
  readonly target: ModelTarget;
  readonly activities;
  private readonly opened: TestStores;

  constructor(opened: TestStores, model: string) {
    this.opened = opened;
    this.target = { model, environment: 'production' };
    this.activities = createMonitoringActivities(opened.stores);
  }

  /** Activities of another worker, which has seen nothing yet. */
  anotherWorker(): Judging {
    return new Judging(this.opened, this.target.model);
  }

  /** Serves rows spread over a day, with ids of their own under another tag; their outcomes are known twelve hours after its end. */
  async serve(day: number, rows: readonly ServedRow[], tag = ''): Promise<void> {
    const id = (k: number) => `d${day}${tag}-${k}`;
    const { predictions, outcomes } = this.opened.stores;
    await predictions.log(
      this.target,
      rows.map(({ outcome: _outcome, ...row }, k) => ({
        predictionId: id(k),
        ts: hour(day * DAY + (k * DAY) / rows.length),
        features: {},
        score: null,
        prediction: 1,
        version: 1,
        ...row,
      })),
    );
    const known = rows.flatMap(({ outcome }, k) =>
      outcome === undefined ? [] : [{ predictionId: id(k), labelTs: hour(day * DAY + 36), ...outcome }],
    );
    if (known.length > 0) await outcomes.log(this.target, known);
  }

  /** Serves every day from the first to before the last. */
  async serveDays(from: number, to: number, rowsOf: (day: number) => readonly ServedRow[], tag = ''): Promise<void> {
    for (let day = from; day < to; day += 1) await this.serve(day, rowsOf(day), tag);
  }

  spec(change: Partial<MonitorSpecInput> = {}): MonitorSpec {
    return monitorSpecSchema.parse({
      ...this.target,
      clock: 'data',
      window: '1d',
      labelMaturity: '1d',
      baseline: { from: hour(0), to: hour(10 * DAY) },
      baselineDrop: 0.05,
      minSamples: 20,
      retrain: { lookback: '10d' },
      experiment: { duration: '7d', allocation: 0.5, salt: 's' },
      ...change,
    });
  }

  /** Looks at what came of a day once its labels are mature, or at what came in at its end. */
  async judge(spec: MonitorSpec, day: number, phase: JudgePhase = 'judge', days = 1): Promise<WindowReport> {
    const to = hour((day + days) * DAY);
    const at = phase === 'traffic' ? to : hour((day + days + 1) * DAY);
    const window = { phase, from: hour(day * DAY), to, asOf: at };
    const { windows } = await this.activities.judgeWindows({ spec, at, windows: [window] });
    return windows[0]!;
  }
}

/** Rows of which a share is right; half of them are positive. */
export function day(n: number, right: number, seed = 1) {
  const next = uniform(seed);
  return many(n, (k) => {
    const label = k % 2 === 0 ? (1 as const) : (0 as const);
    const good = k % 10 < 10 * right;
    return {
      features: { x: next(), site: k % 4 < 2 ? 'n' : 's' },
      score: good === (label === 1) ? 0.8 : 0.2,
      prediction: good ? label : 1 - label,
      outcome: { label },
    };
  });
}

/** The request for a day. */
export const windowOf = (from: number, phase: 'judge' | 'traffic' | 'baseline' = 'judge') =>
  ({ phase, from: hour(from * DAY), to: hour((from + 1) * DAY), asOf: hour((from + 2) * DAY) }) as const;

/** The names of what was flagged: the features, the prediction, the score. */
export function flaggedOf({ drift }: WindowReport): string[] {
  return drift.flagged.map(({ of, feature }) => (of === 'feature' ? feature : of)).sort();
}

export { many };
