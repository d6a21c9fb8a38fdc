import { studentTQuantile } from '../distributions/student-t';
import { wilsonInterval } from '../experiments/proportion-interval';
import { noResult } from '../result';
import type { Interval, MetricResult, NoResult } from '../result';

/** What a metric may not exceed. */
export interface Bounds {
  readonly low: number;
  readonly high: number;
}

export const UNIT: Bounds = { low: 0, high: 1 };
export const NOT_NEGATIVE: Bounds = { low: 0, high: Infinity };
export const UNBOUNDED: Bounds = { low: -Infinity, high: Infinity };

/** What `metric` puts together. */
export interface MetricParts {
  readonly method: string;
  readonly value: number;
  readonly interval: Interval | null;
  readonly n: number;
  readonly direction: MetricResult['direction'];
  readonly notes: readonly string[];
}

/** A metric, or the status `undefined` where the arithmetic left the range of a double. */
export function metric(parts: MetricParts): MetricResult | NoResult<'undefined'> {
  const { method, value, n, notes, interval } = parts;
  if (!Number.isFinite(value))
    return noResult('undefined', method, [n], `${n} rows: the arithmetic left the range of a double`, notes);
  const ends = interval === null ? [] : [interval.low, interval.high];
  const sound = ends.every((end) => end === null || Number.isFinite(end));
  return { status: 'ok', ...parts, interval: sound ? interval : null };
}

/** Wilson's interval of `successes` among `of`; a share with no row behind it may be anything in [0, 1]. */
export function wilson(successes: number, of: number, alpha: number): Interval {
  const [low, high] = wilsonInterval({ n: of, successes }, alpha);
  return { low, high, level: 1 - alpha, method: 'wilson' };
}

/** Mean and the standard error of the mean, in two passes; the error is 0 for one value. */
export function meanAndError(values: ArrayLike<number>): { readonly mean: number; readonly error: number } {
  const n = values.length;
  let sum = 0;
  for (let k = 0; k < n; k += 1) sum += values[k]!;
  const mean = sum / n;
  let squares = 0;
  for (let k = 0; k < n; k += 1) squares += (values[k]! - mean) ** 2;
  return { mean, error: n < 2 ? 0 : Math.sqrt(squares / (n - 1) / n) };
}

/** value ± t · error, cut to where the metric can lie; null for fewer than two values. */
export function tInterval(value: number, error: number, n: number, alpha: number, bounds: Bounds): Interval | null {
  if (n < 2) return null;
  const half = studentTQuantile(1 - alpha / 2, n - 1) * error;
  return {
    low: Math.max(bounds.low, value - half),
    high: Math.min(bounds.high, value + half),
    level: 1 - alpha,
    method: 't',
  };
}

/** What a mean over rows or queries needs besides its values. */
export interface MeanParts {
  readonly method: string;
  readonly alpha: number;
  readonly bounds: Bounds;
  readonly direction: MetricResult['direction'];
  readonly notes: readonly string[];
}

/** The mean of at least one value as a metric with its t interval. */
export function meanMetric(values: ArrayLike<number>, parts: MeanParts): MetricResult | NoResult<'undefined'> {
  const { method, alpha, bounds, direction } = parts;
  const n = values.length;
  const { mean, error } = meanAndError(values);
  return metric({
    method,
    value: mean,
    interval: tInterval(mean, error, n, alpha, bounds),
    n,
    direction,
    notes: [...parts.notes, ...widthNotes(n, error)],
  });
}

/** Why an interval is missing or has no width. */
export function widthNotes(n: number, error: number): string[] {
  if (n < 2) return ['one value: no interval'];
  return error === 0 ? [`all ${n} values are equal: the interval has no width`] : [];
}
