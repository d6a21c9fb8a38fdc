import type { Document } from 'mongodb';
import type { Interval } from '../contracts';

/** Which recommendations are counted, and with what. */
export interface ImpactSumsQuery {
  readonly model: string;
  /** Recommendations in it. */
  readonly shown: Interval;
  /** How long after a recommendation an order or a click counts, in milliseconds. */
  readonly windowMs: number;
  /** Revenue in it is the covariate of revenue per user; null for none. */
  readonly covariate: Interval | null;
}

/** What of an order is counted. */
const ORDER: Document = { _id: 0, order: '$_id', userId: 1, at: 1, revenue: 1, clicked: 1 };

/**
 * One line per recommendation that was followed by an order: each order at its user's last recommendation, once.
 * No order is looked up on its own: a lookup per order took 0.5 ms, and there are many.
 */
export function ordersOf(query: ImpactSumsQuery): Document[] {
  const { shown, windowMs } = query;
  return [
    ...lastShownOf(query),
    { $unionWith: { coll: 'conversions', pipeline: namedOf(query) } },
    {
      $match: {
        'shown.at': { $gte: new Date(shown.from), $lt: new Date(shown.to) },
        $expr: { $lt: [{ $subtract: ['$at', '$shown.at'] }, windowMs] },
      },
    },
    // Sums are taken in one order, so that the last bit is the same too.
    { $sort: { at: 1, order: 1 } },
    {
      $group: {
        _id: '$shown.event',
        userId: { $first: '$userId' },
        orders: { $sum: 1 },
        revenue: { $sum: '$revenue' },
        wait: { $min: { $subtract: ['$at', '$shown.at'] } },
        clicked: { $max: '$clicked' },
        seen: { $first: isClicked('$shown.clicks', '$shown.at', windowMs) },
      },
    },
    { $sort: { _id: 1 } },
    {
      $project: {
        _id: 0,
        userId: 1,
        orders: 1,
        revenue: 1,
        wait: 1,
        conversions: { $literal: 1 },
        // A click that stands at the recommendation is counted there.
        clicks: { $cond: [{ $and: ['$clicked', { $not: '$seen' }] }, 1, 0] },
      },
    },
  ];
}

/** Orders that name nothing, each with its user's last recommendation: one pass over both, user by user. */
function lastShownOf({ model, shown, windowMs }: ImpactSumsQuery): Document[] {
  const reach = reachOf(shown, windowMs);
  const recommendations = [
    { $match: within(model, reach) },
    { $project: { _id: 0, userId: 1, at: 1, shown: shownAs('$') } },
  ];
  return [
    { $match: { ...within(model, reach), recommendationId: { $eq: null } } },
    { $project: ORDER },
    { $unionWith: { coll: 'recommendationEvents', pipeline: recommendations } },
    {
      $setWindowFields: {
        partitionBy: '$userId',
        // At one instant what was shown comes before what was ordered: it has no order, and nothing is less than any text.
        sortBy: { at: 1, order: 1, 'shown.event': 1 },
        output: { shown: { $locf: '$shown' } },
      },
    },
    { $match: { order: { $exists: true } } },
  ];
}

/** Orders that name a recommendation, with that one, if it is their user's and came before. */
function namedOf({ model, shown, windowMs }: ImpactSumsQuery): Document[] {
  const reach = reachOf(shown, windowMs);
  return [
    { $match: { ...within(model, reach), recommendationId: { $ne: null } } },
    { $project: { ...ORDER, named: { $concat: [{ $literal: `${model}/` }, '$recommendationId'] } } },
    { $lookup: { from: 'recommendationEvents', localField: 'named', foreignField: '_id', as: 'found' } },
    { $unwind: '$found' },
    { $match: { $expr: { $and: [{ $eq: ['$found.userId', '$userId'] }, { $lte: ['$found.at', '$at'] }] } } },
    { $set: { shown: shownAs('$found.'), found: '$$REMOVE' } },
  ];
}

/** What of a recommendation an order is held against. */
function shownAs(path: string): Document {
  return { event: `${path}_id`, at: `${path}at`, clicks: `${path}clicks` };
}

/** What happened of a model in a time. */
export function within(model: string, { from, to }: Interval): Document {
  return { model: { $eq: model }, at: { $gte: new Date(from), $lt: new Date(to) } };
}

/** Where orders that follow recommendations of a time may lie. */
function reachOf({ from, to }: Interval, windowMs: number): Interval {
  return { from, to: new Date(Date.parse(to) + windowMs).toISOString() };
}

/** Whether a click came within the window: from the recommendation on, and before the window's end. */
export function isClicked(clicks: string, at: string, windowMs: number): Document {
  const one = { $and: [{ $gte: ['$$this', at] }, { $lt: ['$$this', { $add: [at, windowMs] }] }] };
  return { $anyElementTrue: [{ $map: { input: { $ifNull: [clicks, []] }, as: 'this', in: one } }] };
}
