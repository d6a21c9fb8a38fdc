import type { LevelRule, MetricName, MonitorSpec, SegmentMetric } from '../src/contracts';
import { judgeSegment, segmentAlpha } from '../src/domain/segments';
import type { Evidence, FrozenBaseline } from './evidence';

/** So many segments are judged, those with the most rows. */
const MOST_SEGMENTS = 1_000;

/** A metric without an interval, which no segment is judged by. */
const UNJUDGED: readonly MetricName[] = ['calibrationError'];

/** What a look says of the parts of the traffic. */
export interface SegmentReport {
  /** How many segments. */
  readonly judged: number;
  readonly metrics: readonly SegmentMetric[];
}

/**
 * Every metric that has a rule in every segment with enough labelled rows. A segment is held against its own baseline,
 * or against that of all traffic where its own has too few rows.
 */
export function judgeSegments(spec: MonitorSpec, evidence: Evidence, baseline: FrozenBaseline | string): SegmentReport {
  const { keys, minSamples, alpha } = spec.segments;
  if (keys.length === 0) return { judged: 0, metrics: [] };
  const rules = rulesOf(spec).filter(({ metric }) => !UNJUDGED.includes(metric));
  const judged = evidence
    .slices()
    .filter(({ n }) => n >= minSamples)
    .slice(0, MOST_SEGMENTS);
  const wide = segmentAlpha(alpha, judged.length * rules.length);
  const metrics = judged.flatMap(({ slice }) => {
    const values = evidence.metrics(
      rules.map(({ metric }) => metric),
      { slice, alpha: wide },
    );
    return rules.map((rule) =>
      judgeSegment(rule, slice, values[rule.metric]!, baselineOf(rule.metric, slice, baseline, minSamples)),
    );
  });
  return { judged: judged.length, metrics };
}

/** The primary metric and those beside it; of two rules for one metric the first stands. */
export function rulesOf(spec: MonitorSpec): (LevelRule & { readonly metric: MetricName })[] {
  const rules: readonly (LevelRule & { readonly metric: MetricName })[] = [spec, ...spec.metrics];
  return rules.filter((rule, index) => rules.findIndex(({ metric }) => metric === rule.metric) === index);
}

function baselineOf(
  metric: MetricName,
  slice: string,
  baseline: FrozenBaseline | string,
  minSamples: number,
): number | null {
  if (typeof baseline === 'string') return null;
  const own = baseline.slices.get(slice);
  const known = own !== undefined && own.n >= minSamples ? own.metrics[metric] : undefined;
  return known?.value ?? baseline.metrics[metric]?.value ?? null;
}
