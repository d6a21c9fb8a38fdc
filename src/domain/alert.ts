import { METRIC_DIRECTIONS } from '../contracts';
import type {
  Alert,
  AlertKind,
  AlertSeverity,
  Instant,
  JudgedWindow,
  LevelRule,
  MetricName,
  ModelTarget,
  MonitorSpec,
  WindowStatus,
} from '../contracts';

/** Which way is good. */
export type Direction = 'higher' | 'lower';

/** So many windows are an alert's evidence, at most. */
export const EVIDENCE_WINDOWS = 12;

/** The value at which a window counts as below: a threshold, or a drop or ratio of the baseline, by the metric's direction. */
export function alertLevel(rule: LevelRule & { readonly metric: MetricName }, baseline: number): number {
  if (rule.threshold !== undefined) return rule.threshold;
  if (rule.baselineRatio !== undefined) return baseline * rule.baselineRatio;
  const drop = rule.baselineDrop ?? 0;
  return METRIC_DIRECTIONS[rule.metric] === 'higher' ? baseline - drop : baseline + drop;
}

/**
 * The same where the baseline may be unknown: null then, unless the rule is a threshold.
 * @example levelOf({ metric: 'logLoss', baselineDrop: 0.05 }, 0.4) // 0.45
 */
export function levelOf(rule: LevelRule & { readonly metric: MetricName }, baseline: number | null): number | null {
  if (baseline === null) return rule.threshold ?? null;
  return alertLevel(rule, baseline);
}

/** Whether a value is on the wrong side of the level; equality does not alert. */
export function isWorse(metric: MetricName, value: number, level: number): boolean {
  return isBeyond(METRIC_DIRECTIONS[metric], value, level);
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

/**
 * `high` beyond .8 × the level (1.25 × where lower is better) or beyond the level by more than `highMargin`. A share
 * of a level of 0 or less says nothing, so there only the margin makes it high.
 */
export function severityOf(metric: MetricName, value: number, level: number, highMargin?: number): AlertSeverity {
  return severityBeyond(METRIC_DIRECTIONS[metric], value, level, highMargin);
}

/** The same for a number that is no metric, by its direction. */
export function severityBeyond(direction: Direction, value: number, level: number, highMargin?: number): AlertSeverity {
  const share = direction === 'higher' ? 0.8 : 1.25;
  if (level > 0 && isBeyond(direction, value, level * share)) return 'high';
  const beyond = direction === 'higher' ? level - value : value - level;
  return highMargin !== undefined && beyond > highMargin ? 'high' : 'medium';
}

/** A metric that crossed its threshold. */
export interface ThresholdAlert {
  readonly metric: string;
  readonly currentValue: number;
  readonly threshold: number;
  readonly severity: AlertSeverity;
}

/**
 * Metrics beyond their thresholds, in the thresholds' order; one without a value says nothing.
 * @param directions which way is good; else what the metric is known for, and `higher` for an unknown one
 * @param highMargins so far beyond the threshold, absolutely, is `high`
 * @example checkThresholds({ accuracy: 0.7 }, { accuracy: 0.85 })[0]?.severity // 'medium'
 */
export function checkThresholds(
  metrics: Readonly<Record<string, number | null>>,
  thresholds: Readonly<Record<string, number>>,
  directions: Readonly<Record<string, Direction>> = {},
  highMargins: Readonly<Record<string, number>> = {},
): ThresholdAlert[] {
  return Object.entries(thresholds).flatMap(([metric, threshold]) => {
    const value = own(metrics, metric) ?? null;
    const direction = own(directions, metric) ?? own(METRIC_DIRECTIONS, metric) ?? 'higher';
    if (value === null || !isBeyond(direction, value, threshold)) return [];
    const severity = severityBeyond(direction, value, threshold, own(highMargins, metric));
    return [{ metric, currentValue: value, threshold, severity }];
  });
}

/**
 * The windows below the level in a row, after one more. A window with too few rows counts neither way, one that
 * is not counted (a retraining was open) leaves the row as it is.
 */
export function nextBelow(below: readonly Instant[], window: JudgedWindow): readonly Instant[] {
  if (!window.counted || window.status === 'insufficient-data') return below;
  return window.status === 'below' ? [...below, window.from] : [];
}

/** What makes two findings the same problem. */
export function fingerprintOf(target: ModelTarget, kind: AlertKind, subject: string): string {
  return `${target.model}:${target.environment}:${kind}:${subject}`;
}

/** The alert that k windows in a row make, for monitors of the first release. */
export function makeAlert(
  spec: MonitorSpec,
  facts: { below: readonly Instant[]; value: number; n: number; level: number; baseline: number; at: Instant },
): Alert {
  const { below, at, ...numbers } = facts;
  const fingerprint = fingerprintOf(spec, 'performance', spec.metric);
  const severity = severityOf(spec.metric, facts.value, facts.level, spec.highMargin);
  return {
    id: `${fingerprint}@${at}`,
    fingerprint,
    kind: 'performance',
    subject: spec.metric,
    metric: spec.metric,
    ...numbers,
    severity,
    windows: below.slice(-EVIDENCE_WINDOWS),
    at,
    lastAt: at,
    count: below.length,
    summary: `${spec.metric} ${figure(facts.value)} on ${facts.n} rows, level ${figure(facts.level)}, baseline ${figure(facts.baseline)}`,
    features: [],
    cost: null,
    state: 'open',
    actions: spec.response[severity],
    withheld: [],
    escalatedAt: null,
    resolution: null,
  };
}

/**
 * A number as a summary shows it: four significant digits, from a thousand on whole.
 * @example figure(0.784615) // '0.7846'
 */
export function figure(value: number): string {
  return String(Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(4)));
}

function isBeyond(direction: Direction, value: number, level: number): boolean {
  return direction === 'higher' ? value < level : value > level;
}

/** What a record holds itself: a metric may be called anything, `constructor` too. */
function own<T>(record: Readonly<Record<string, T>>, key: string): T | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined;
}
