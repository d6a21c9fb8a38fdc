import { METRIC_DIRECTIONS } from '../contracts';
import type { Alert, AlertSeverity, Instant, JudgedWindow, MetricName, MonitorSpec, WindowStatus } from '../contracts';

/** The value at which a window counts as below: a drop or a ratio of the baseline, by the metric's direction. */
export function alertLevel(
  spec: Pick<MonitorSpec, 'metric' | 'baselineDrop' | 'baselineRatio'>,
  baseline: number,
): number {
  if (spec.baselineRatio !== undefined) return baseline * spec.baselineRatio;
  const drop = spec.baselineDrop ?? 0;
  return METRIC_DIRECTIONS[spec.metric] === 'higher' ? baseline - drop : baseline + drop;
}

/** Whether a value is on the wrong side of the level; equality does not alert. */
export function isWorse(metric: MetricName, value: number, level: number): boolean {
  return METRIC_DIRECTIONS[metric] === 'higher' ? value < level : value > level;
}

/** What a window comes to on its own. */
export function windowStatus(
  spec: Pick<MonitorSpec, 'metric' | 'minSamples'>,
  n: number,
  value: number | null,
  level: number,
): WindowStatus {
  if (value === null || n < spec.minSamples) return 'insufficient-data';
  return isWorse(spec.metric, value, level) ? 'below' : 'ok';
}

/** `high` beyond .8 × the level, mirrored beyond 1.25 × where lower is better. */
export function severityOf(metric: MetricName, value: number, level: number): AlertSeverity {
  const high = METRIC_DIRECTIONS[metric] === 'higher' ? value < 0.8 * level : value > 1.25 * level;
  return high ? 'high' : 'medium';
}

/**
 * The windows below the level in a row, after one more. A window with too few rows counts neither way, one that
 * is not counted (a retraining was open) leaves the row as it is.
 */
export function nextBelow(below: readonly Instant[], window: JudgedWindow): readonly Instant[] {
  if (!window.counted || window.status === 'insufficient-data') return below;
  return window.status === 'below' ? [...below, window.from] : [];
}

/** The alert that k windows in a row make. */
export function makeAlert(
  spec: MonitorSpec,
  facts: { below: readonly Instant[]; value: number; n: number; level: number; baseline: number; at: Instant },
): Alert {
  const severity = severityOf(spec.metric, facts.value, facts.level);
  return {
    fingerprint: `${spec.model}:${spec.environment}:${spec.metric}:${facts.below.at(-1) ?? facts.at}`,
    metric: spec.metric,
    value: facts.value,
    level: facts.level,
    baseline: facts.baseline,
    severity,
    windows: facts.below,
    n: facts.n,
    at: facts.at,
    state: 'open',
    actions: spec.response[severity],
  };
}
