import { IMPACT_METRICS } from '../../src/contracts';
import type { ImpactComparison, ImpactMetric, ImpactReport } from '../../src/contracts';
import { impactAdvice } from '../../src/domain/impact-advice';

/** A metric on which the treatment is significantly better. */
export function comparison(metric: ImpactMetric, change: Partial<ImpactComparison> = {}): ImpactComparison {
  return {
    metric,
    status: 'ok',
    reason: null,
    control: 10,
    treatment: 12.5,
    plain: { treatmentValue: 12.5, controlValue: 10, liftPercentage: 25, absoluteDifference: 2.5 },
    difference: { value: 2.4, low: 1, high: 3.8 },
    lift: { value: 0.24, low: 0.1, high: 0.38 },
    pValue: 0.0008,
    significant: true,
    better: true,
    cuped: null,
    ...change,
  };
}

/** A month that went well. */
export function impactReport(change: Partial<ImpactReport> = {}): ImpactReport {
  const group = {
    users: 100,
    events: 400,
    clicks: 90,
    conversions: 50,
    orders: 60,
    revenue: 1_000,
    secondsToConversion: 100_000,
    buyers: 40,
    repeatBuyers: 10,
  };
  const report: ImpactReport = {
    model: 'shop',
    environment: 'production',
    month: '2026-10',
    from: '2026-10-01T00:00:00.000Z',
    to: '2026-11-01T00:00:00.000Z',
    closedTo: '2026-11-01T00:00:00.000Z',
    revision: 1,
    at: '2026-11-08T00:00:00.000Z',
    currency: 'EUR',
    minimumUsers: 100,
    controlGroup: { rotation: 'first', controlGroupSize: 0.1, from: '2026-09-01T00:00:00.000Z' },
    groups: { control: group, treatment: { ...group, users: 900, revenue: 11_250 } },
    sampleRatioP: 0.9,
    metrics: IMPACT_METRICS.map((metric) => comparison(metric)),
    additionalRevenue: {
      value: 2_160,
      low: 900,
      high: 3_420,
      treatedUsers: 900,
      perUser: { value: 2.4, low: 1, high: 3.8 },
    },
    value: { expected: 2_000, realised: { value: 2_160, low: 900, high: 3_420 }, share: 1.08, status: 'in-line' },
    modelPerformance: {
      windows: 31,
      served: 12_000,
      alertsRaised: 1,
      alertsOpen: 0,
      versions: [{ version: 3, events: 3_600 }],
    },
    recommendations: [],
    ...change,
  };
  return { ...report, recommendations: change.recommendations ?? impactAdvice(report) };
}
