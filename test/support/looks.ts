import type { DriftFound, MetricValue, SegmentMetric, WindowReport } from '../../src/contracts';
import type { Finding } from '../../src/domain/findings';

export const WINDOW = '2011-10-03T00:00:00.000Z';

/** A metric of 200 rows with an interval of ± .05. */
export function metricValue(value: number | null, change: Partial<MetricValue> = {}): MetricValue {
  const ends = value === null ? { low: null, high: null } : { low: value - 0.05, high: value + 0.05 };
  return { value, n: 200, ...ends, errorBound: 0, ...change };
}

/** A judged window in which nothing is wrong. */
export function windowReport(change: Partial<WindowReport> = {}): WindowReport {
  return {
    phase: 'judge',
    from: WINDOW,
    to: '2011-10-10T00:00:00.000Z',
    asOf: '2011-10-17T00:00:00.000Z',
    served: 220,
    n: 200,
    metrics: { accuracy: metricValue(0.8) },
    drift: { judged: true, reference: 'm/production/1', subjects: 8, flagged: [], missing: [], added: [] },
    segments: { judged: 4, flagged: [] },
    estimate: null,
    reconciliation: null,
    expectedServed: 200,
    rowsPerDay: 30,
    valuePerRow: null,
    judgedBy: 'rows',
    ...change,
  };
}

/** The drift of a report, with features that moved. */
export function driftReport(
  flagged: readonly DriftFound[],
  change: Partial<WindowReport['drift']> = {},
): WindowReport['drift'] {
  return { ...windowReport().drift, flagged, ...change };
}

/** A feature that moved. */
export function moved(feature: string, effect = 0.62, change: Partial<DriftFound> = {}): DriftFound {
  return {
    of: 'feature',
    feature,
    method: 'kolmogorov-smirnov',
    statistic: effect,
    effect,
    floor: 0.5,
    pValue: 1e-9,
    n: 220,
    ...change,
  };
}

/** A segment whose metric is on the wrong side. */
export function badSegment(segment: string, value = 0.5): SegmentMetric {
  return { segment, metric: 'accuracy', value: metricValue(value, { n: 100 }), level: 0.75, flagged: true };
}

/** A feature that drifts. */
export function finding(change: Partial<Finding> = {}): Finding {
  return {
    kind: 'drift',
    subject: 'temp',
    metric: null,
    verdict: 'flagged',
    value: 0.6,
    level: 0.5,
    baseline: null,
    severity: 'medium',
    n: 200,
    window: WINDOW,
    features: [],
    summary: 'temp moved',
    interval: null,
    ...change,
  };
}
