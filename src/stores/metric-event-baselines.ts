import type { Collection, Document } from 'mongodb';
import type { ExperimentDesign, Interval } from '../contracts';
import { durationMs, ms } from '../domain/time';
import type { MetricEventDocument } from './metric-event-document';
import { eventMetrics } from './unit-sums-windows';
import type { EventMetric } from './unit-sums-windows';

/** What is known before a start. */
export interface Baselines {
  /** Null where nobody did anything. */
  readonly unitsPerDay: number | null;
  readonly metrics: ReadonlyMap<string, { readonly mean: number; readonly sd: number }>;
}

/** Moments of one metric over units; x is a ratio's denominator. */
interface Moments {
  readonly events: number;
  readonly meanY: number;
  readonly sdY: number | null;
  readonly meanX: number;
  readonly sdX: number | null;
  readonly meanXY: number;
}

/**
 * The history is cut, from its end backwards, into whole conversion windows; whoever did anything in a window is one
 * unit of it, with the sum of its events there. Units per day: different units of the history over its days.
 */
export async function baselinesOf(
  events: Collection<MetricEventDocument>,
  design: ExperimentDesign,
  history: Interval,
): Promise<Baselines> {
  const [from, to] = [ms(history.from), ms(history.to)];
  const units = await events
    .aggregate<{ n: number }>(
      [
        { $match: { at: { $gte: new Date(from), $lt: new Date(to) } } },
        { $group: { _id: '$unit' } },
        { $group: { _id: null, n: { $sum: 1 } } },
      ],
      { allowDiskUse: true },
    )
    .toArray();
  const n = units[0]?.n ?? 0;
  const found = new Map<string, { mean: number; sd: number }>();
  const metrics = eventMetrics(design);
  for (const length of n === 0 ? [] : new Set(metrics.map(({ window }) => window))) {
    // A window longer than the history is the history: the sums are then too small rather than made up.
    const window = Math.min(length, to - from);
    const alike = metrics.filter((one) => one.window === length);
    const moments = await momentsOf(events, alike, {
      from: to - Math.floor((to - from) / window) * window,
      to,
      window,
    });
    for (const one of alike) {
      const baseline = baselineOf(one, moments);
      if (baseline !== null) found.set(one.metric.name, baseline);
    }
  }
  return { unitsPerDay: n === 0 ? null : n / ((to - from) / durationMs('1d')), metrics: found };
}

async function momentsOf(
  events: Collection<MetricEventDocument>,
  metrics: readonly EventMetric[],
  { from, to, window }: { readonly from: number; readonly to: number; readonly window: number },
): Promise<Readonly<Record<string, number | null>>> {
  const per: Document = {};
  const all: Document = {};
  for (const { place, metric, event, denominator } of metrics) {
    const only = (name: string, value: unknown) => ({
      $sum: { $cond: [{ $eq: ['$event', { $literal: name }] }, value, 0] },
    });
    per[`n${place}`] = only(event, 1);
    per[`s${place}`] = only(event, '$value');
    per[`x${place}`] = denominator === null ? { $sum: 0 } : only(denominator, '$value');
    const sum = metric.cap === null ? `$s${place}` : { $min: [`$s${place}`, metric.cap] };
    const y = metric.type === 'proportion' ? { $min: [`$n${place}`, 1] } : sum;
    all[`events${place}`] = { $sum: `$n${place}` };
    all[`meanY${place}`] = { $avg: y };
    all[`sdY${place}`] = { $stdDevSamp: y };
    all[`meanX${place}`] = { $avg: `$x${place}` };
    all[`sdX${place}`] = { $stdDevSamp: `$x${place}` };
    all[`meanXY${place}`] = { $avg: { $multiply: [y, `$x${place}`] } };
  }
  const back = { $floor: { $divide: [{ $subtract: [new Date(to - 1), '$at'] }, window] } };
  const found = await events
    .aggregate<Record<string, number | null>>(
      [
        { $match: { at: { $gte: new Date(from), $lt: new Date(to) } } },
        { $group: { _id: { unit: '$unit', back }, ...per } },
        { $sort: { '_id.back': 1, '_id.unit': 1 } },
        { $group: { _id: null, ...all } },
      ],
      { allowDiskUse: true },
    )
    .toArray();
  return found[0] ?? {};
}

function baselineOf(
  { metric, place }: EventMetric,
  found: Readonly<Record<string, number | null>>,
): { mean: number; sd: number } | null {
  const of = (name: keyof Moments): number => found[`${name}${place}`] ?? 0;
  if (of('events') === 0) return null;
  const [meanY, sdY] = [of('meanY'), of('sdY')];
  if (metric.type === 'proportion') return { mean: meanY, sd: Math.sqrt(meanY * (1 - meanY)) };
  if (metric.type === 'mean') return { mean: meanY, sd: sdY };
  const meanX = of('meanX');
  if (meanX === 0) return null;
  // By the delta method, as one unit's share in the ratio.
  const ratio = meanY / meanX;
  const covariance = of('meanXY') - meanY * meanX;
  const variance = sdY ** 2 - 2 * ratio * covariance + (ratio * of('sdX')) ** 2;
  return { mean: ratio, sd: Math.sqrt(Math.max(0, variance)) / Math.abs(meanX) };
}
