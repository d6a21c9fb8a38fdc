import type { Alert, AlertCost, Baseline, MetricValue, MonitorSpec, WindowReport } from '../contracts';
import { figure } from './alert';

/** A mean per row in the window, with the ends of its interval, and what it was. */
interface Fall {
  readonly window: MetricValue;
  readonly baseline: number;
  /** What a unit of the fall is worth. */
  readonly worth: number;
  readonly rowsPerDay: number;
  readonly what: string;
}

/**
 * What a degradation costs per day, for as long as it lasts: worth × served rows a day × the fall since the baseline.
 * A negative number is a gain. The interval is that of the window; the baseline is taken as it is. Null where the
 * spec says nothing of worth, where the numbers do not give it, and for alerts that are not about right and wrong.
 * @param baseline for the accuracy that an alert on another metric does not carry
 * @example costOf(spec, alert, report)?.perDay // 142.1
 */
export function costOf(
  spec: Pick<MonitorSpec, 'task' | 'cost' | 'metric'>,
  alert: Pick<Alert, 'kind' | 'subject' | 'metric' | 'baseline'>,
  report: WindowReport,
  baseline: Baseline | null = null,
): AlertCost | null {
  const { cost, task } = spec;
  if (cost === undefined || task !== 'binary') return null;
  const fall =
    'perCorrect' in cost ? fallOfAccuracy(cost.perCorrect, alert, report, baseline, spec) : fallOfValue(alert, report);
  if (fall === null) return null;
  const { window, worth, rowsPerDay } = fall;
  if (window.value === null || window.low === null || window.high === null) return null;
  const perDay = (value: number) => positiveZero(worth * rowsPerDay * (fall.baseline - value));
  const ends = [perDay(window.low), perDay(window.high)];
  const change = `${figure(fall.baseline)} → ${figure(window.value)}`;
  return {
    currency: cost.currency,
    perDay: perDay(window.value),
    low: Math.min(...ends),
    high: Math.max(...ends),
    how: `${fall.what} ${change} × ${figure(rowsPerDay)} rows a day`,
  };
}

function fallOfAccuracy(
  worth: number,
  alert: Pick<Alert, 'kind' | 'subject' | 'metric' | 'baseline'>,
  report: WindowReport,
  baseline: Baseline | null,
  spec: Pick<MonitorSpec, 'metric'>,
): Fall | null {
  const window = accuracyOf(alert, report);
  const known = baseline?.metrics?.accuracy?.value ?? (spec.metric === 'accuracy' ? (baseline?.value ?? null) : null);
  const before =
    alert.metric === 'accuracy' && alert.baseline !== null ? alert.baseline : alert.kind === 'segment' ? null : known;
  if (window === null || before === null) return null;
  // A segment is as large a part of what is served as of what is labelled.
  const part = alert.kind === 'segment' && report.n > 0 ? window.n / report.n : 1;
  const what = `${figure(worth)} a correct prediction × accuracy`;
  return { window, baseline: before, worth, rowsPerDay: report.rowsPerDay * part, what };
}

function accuracyOf(alert: Pick<Alert, 'kind' | 'subject'>, report: WindowReport): MetricValue | null {
  if (alert.kind === 'performance') return report.metrics.accuracy ?? null;
  if (alert.kind === 'estimate') return report.estimate?.metrics.accuracy ?? null;
  if (alert.kind !== 'segment') return null;
  const found = report.segments.flagged.find(({ segment, metric }) => `${segment}/${metric}` === alert.subject);
  return found?.metric === 'accuracy' ? found.value : null;
}

/** The matrix is summed over the whole window: it says nothing of one segment, nor before the labels. */
function fallOfValue(alert: Pick<Alert, 'kind'>, report: WindowReport): Fall | null {
  if (alert.kind !== 'performance' || report.valuePerRow === null) return null;
  return { ...report.valuePerRow, worth: 1, rowsPerDay: report.rowsPerDay, what: 'value a row' };
}

/** Zero without a sign, which JSON would lose. */
function positiveZero(value: number): number {
  return value === 0 ? 0 : value;
}
