import type { EstimateReport, MetricValue, MetricValues, ReconciliationReport, TaskKind } from '../src/contracts';
import { estimatePerformance, reconcileEstimate } from '../src/statistics';
import type { EstimatedMetric, EstimatedName, NoResult, PerformanceEstimate } from '../src/statistics';
import type { Evidence, FrozenBaseline } from './evidence';
import { metricValue } from './judge-metrics';

/** The metrics that are estimated before labels are known. */
const ESTIMATED = ['accuracy', 'precision', 'recall', 'f1', 'auroc'] as const satisfies readonly EstimatedName[];

/** What estimates are held against, by task. */
export const RECONCILED: Readonly<Record<TaskKind, readonly EstimatedName[]>> = {
  binary: ESTIMATED,
  regression: [],
  ranking: [],
};

/** Performance of a window before its labels, from its scores and the frozen calibration; low and high are the band. */
export function estimateOf(evidence: Pick<Evidence, 'scores'>, baseline: FrozenBaseline | string): EstimateReport {
  if (typeof baseline === 'string') return noEstimate(baseline);
  const { estimator } = baseline;
  if (typeof estimator === 'string') return noEstimate(estimator);
  const scored = evidence.scores();
  if (scored === null) return noEstimate('no row of the window has a score');
  const estimate = estimatePerformance(estimator, scored.scores, { predictions: scored.predictions });
  if (estimate.status !== 'ok') return noEstimate(estimate.reason);
  const known = ESTIMATED.flatMap((name) => {
    const metric = estimate[name];
    return metric.status === 'ok' ? [[name, metric] as const] : [];
  });
  return {
    metrics: Object.fromEntries(ESTIMATED.map((name) => [name, estimatedValue(estimate[name])])),
    n: estimate.n,
    reason: null,
    errors: Object.fromEntries(known.map(([name, metric]) => [name, [metric.samplingError, metric.referenceError]])),
  };
}

function noEstimate(reason: string): EstimateReport {
  return { metrics: {}, n: 0, reason };
}

function estimatedValue(metric: EstimatedMetric | NoResult): MetricValue {
  const value = metricValue(metric);
  // What is 0 by convention is no estimate.
  return metric.status === 'ok' && metric.notes.length > 0 ? { ...value, value: null, low: null, high: null } : value;
}

/** The estimate that was recorded, held against what labels said; null where nothing can be compared. */
export function reconciled(estimate: EstimateReport | undefined, realised: MetricValues): ReconciliationReport | null {
  if (estimate?.reason !== null) return null;
  const known = ESTIMATED.flatMap((name) => {
    const metric = realised[name];
    return metric?.value == null ? [] : [[name, { ...OK, value: metric.value, n: metric.n }] as const];
  });
  const found = reconcileEstimate(restored(estimate), Object.fromEntries(known));
  return found.status === 'ok' ? { verdict: found.verdict, reason: found.reason } : null;
}

const OK = { status: 'ok', method: 'realised', interval: null, direction: 'higher-is-better', notes: [] } as const;

/** The estimate as it was before it was recorded, as far as a comparison needs it. */
function restored({ metrics, n, errors = {} }: EstimateReport): PerformanceEstimate {
  const entries = ESTIMATED.map((name) => {
    const [samplingError, referenceError] = errors[name] ?? [0, 0];
    const value = metrics[name]?.value ?? null;
    if (value === null) return [name, MISSING] as const;
    return [name, { ...OK, value, n, samplingError, referenceError } satisfies EstimatedMetric] as const;
  });
  const estimates = Object.fromEntries(entries) as Record<EstimatedName, EstimatedMetric | NoResult<'one-class'>>;
  const nothing = { tn: 0, fp: 0, fn: 0, tp: 0 };
  return {
    status: 'ok',
    method: 'recorded estimate',
    n,
    threshold: 0.5,
    calibration: 'none',
    confusion: nothing,
    notes: [],
    ...estimates,
  };
}

const MISSING: NoResult<'one-class'> = { status: 'one-class', method: 'recorded', reason: 'none', n: [], notes: [] };
