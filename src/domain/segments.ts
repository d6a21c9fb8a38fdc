import { METRIC_DIRECTIONS } from '../contracts';
import type { LevelRule, MetricName, MetricValue, SegmentMetric } from '../contracts';
import { levelOf } from './alert';

/**
 * The alpha of one segment's interval, so that all tests together keep the policy's: Bonferroni, valid whatever the
 * segments have in common.
 * @example segmentAlpha(0.05, 20) // 0.0025
 */
export function segmentAlpha(alpha: number, tests: number): number {
  return alpha / Math.max(1, tests);
}

/**
 * One metric of one segment held against its level: flagged when its whole interval lies on the wrong side. A metric
 * without an interval is never flagged, for nothing says what chance does to it.
 * @param value with the interval that `segmentAlpha` asks for
 * @param baseline of the segment itself, or of all traffic where it had too few rows; null where neither is known
 * @example
 * const rule = { metric: 'accuracy', baselineDrop: 0.05 } as const;
 * const value = { value: 0.6, n: 300, low: 0.52, high: 0.68, errorBound: 0 };
 * judgeSegment(rule, 'country=DE', value, 0.8) // { segment: 'country=DE', level: 0.75, flagged: true }
 */
export function judgeSegment(
  rule: LevelRule & { readonly metric: MetricName },
  segment: string,
  value: MetricValue,
  baseline: number | null,
): SegmentMetric {
  const level = levelOf(rule, baseline);
  return { segment, metric: rule.metric, value, level, flagged: level !== null && isBeyond(rule.metric, value, level) };
}

/** Summaries may be off by their error bound, which counts for the segment. */
function isBeyond(metric: MetricName, { low, high, errorBound }: MetricValue, level: number): boolean {
  if (low === null || high === null) return false;
  return METRIC_DIRECTIONS[metric] === 'higher' ? high + errorBound < level : low - errorBound > level;
}
