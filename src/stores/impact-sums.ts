import type { Collection, Db, Document } from 'mongodb';
import { IMPACT_GROUPS, IMPACT_METRICS } from '../contracts';
import type { ImpactGroup, ImpactGroupSums, ImpactMetric, ImpactSums, ImpactTotals, Interval } from '../contracts';
import { isClicked, ordersOf, within } from './impact-orders';
import type { ImpactSumsQuery } from './impact-orders';

export type { ImpactSumsQuery };

/** The part of a metric that a user contributes. */
const PARTS: Readonly<Record<ImpactMetric, readonly [y: string, x: string]>> = {
  revenuePerUser: ['$revenue', '$covariate'],
  conversionRate: ['$conversions', '$events'],
  averageOrderValue: ['$revenue', '$orders'],
  clickThroughRate: ['$clicks', '$events'],
  timeToConversion: ['$seconds', '$conversions'],
  repeatPurchaseRate: ['$repeats', '$buys'],
};

const TOTALS: Readonly<Record<keyof ImpactTotals, unknown>> = {
  users: 1,
  events: '$events',
  clicks: '$clicks',
  conversions: '$conversions',
  orders: '$orders',
  revenue: '$revenue',
  secondsToConversion: '$seconds',
  buyers: '$buys',
  repeatBuyers: '$repeats',
};

const MOMENTS: readonly (keyof ImpactSums)[] = ['y', 'yy', 'x', 'xx', 'xy'];

const NOBODY: ImpactTotals = {
  users: 0,
  events: 0,
  clicks: 0,
  conversions: 0,
  orders: 0,
  revenue: 0,
  secondsToConversion: 0,
  buyers: 0,
  repeatBuyers: 0,
};

/**
 * Sums of both groups, computed from the events each time: whatever came in whatever order, and whatever crashed, the
 * same events give the same numbers. Users are reduced inside the database.
 */
export class ImpactSumsStore {
  private readonly events: Collection;
  private readonly conversions: Collection;

  constructor(db: Db) {
    this.events = db.collection('recommendationEvents');
    this.conversions = db.collection('conversions');
  }

  /** Sums of each group, all zero for a group without users. */
  async read(query: ImpactSumsQuery): Promise<Readonly<Record<ImpactGroup, ImpactGroupSums>>> {
    const pipeline = [
      ...ordersOf(query),
      { $unionWith: { coll: 'recommendationEvents', pipeline: shownOf(query) } },
      ...(query.covariate === null
        ? []
        : [{ $unionWith: { coll: 'conversions', pipeline: earlierOf(query.model, query.covariate) } }]),
      ...users(),
      ...groups(),
    ];
    const found = await this.conversions.aggregate(pipeline, { allowDiskUse: true }).toArray();
    const of = (group: ImpactGroup) => sumsOf(found.find(({ _id }) => _id === group));
    return { control: of(IMPACT_GROUPS[0]), treatment: of(IMPACT_GROUPS[1]) };
  }

  /** Recommendation events to treated users by model version, most first; ten at most. */
  async versions({
    model,
    shown,
  }: ImpactSumsQuery): Promise<{ readonly version: number | null; readonly events: number }[]> {
    return this.events
      .aggregate<{ version: number | null; events: number }>([
        { $match: { ...within(model, shown), group: { $eq: IMPACT_GROUPS[1] } } },
        { $group: { _id: '$modelVersion', events: { $sum: 1 } } },
        { $sort: { events: -1, _id: 1 } },
        { $limit: 10 },
        { $project: { _id: 0, version: '$_id', events: 1 } },
      ])
      .toArray();
  }
}

/** One line per recommendation. */
function shownOf({ model, shown, windowMs }: ImpactSumsQuery): Document[] {
  return [
    { $match: within(model, shown) },
    {
      $project: {
        _id: 0,
        userId: 1,
        group: 1,
        events: { $literal: 1 },
        clicks: { $cond: [isClicked('$clicks', '$at', windowMs), 1, 0] },
      },
    },
  ];
}

/** One line per order before the rotation. */
function earlierOf(model: string, covariate: Interval): Document[] {
  return [
    { $match: within(model, covariate) },
    { $sort: { at: 1, _id: 1 } },
    { $project: { _id: 0, userId: 1, covariate: '$revenue' } },
  ];
}

function users(): Document[] {
  const sum = (field: string): Document => ({ $sum: `$${field}` });
  return [
    {
      $group: {
        _id: '$userId',
        // Orders carry no group, and nothing is less than any text.
        group: { $max: '$group' },
        events: sum('events'),
        clicks: sum('clicks'),
        conversions: sum('conversions'),
        orders: sum('orders'),
        revenue: sum('revenue'),
        covariate: sum('covariate'),
        wait: sum('wait'),
      },
    },
    { $match: { events: { $gt: 0 } } },
    { $sort: { _id: 1 } },
    {
      $set: {
        seconds: { $divide: ['$wait', 1_000] },
        buys: { $cond: [{ $gt: ['$orders', 0] }, 1, 0] },
        repeats: { $cond: [{ $gt: ['$orders', 1] }, 1, 0] },
      },
    },
  ];
}

function groups(): Document[] {
  const totals = Object.entries(TOTALS).map(([name, of]) => [name, { $sum: of }]);
  const moments = IMPACT_METRICS.flatMap((metric) => {
    const [y, x] = PARTS[metric];
    const products = { y, yy: { $multiply: [y, y] }, x, xx: { $multiply: [x, x] }, xy: { $multiply: [x, y] } };
    return MOMENTS.map((moment) => [`${metric}_${moment}`, { $sum: products[moment] }]);
  });
  const sums = Object.fromEntries([...totals, ...moments]) as Document;
  return [{ $group: { _id: '$group', ...sums } }];
}

function sumsOf(found: Document | undefined): ImpactGroupSums {
  const totals = Object.fromEntries(
    Object.keys(NOBODY).map((name) => [name, (found?.[name] as number | undefined) ?? 0]),
  ) as unknown as ImpactTotals;
  const of = (metric: ImpactMetric) =>
    Object.fromEntries(MOMENTS.map((moment) => [moment, (found?.[`${metric}_${moment}`] as number | undefined) ?? 0]));
  const metrics = Object.fromEntries(IMPACT_METRICS.map((metric) => [metric, of(metric)]));
  return { totals, metrics: metrics as unknown as ImpactGroupSums['metrics'] };
}
