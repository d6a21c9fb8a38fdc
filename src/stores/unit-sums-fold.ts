import { Double } from 'mongodb';
import type { Document } from 'mongodb';
import type { ExperimentDesign } from '../contracts';
import type { AssignmentDocument } from './assignment';
import { allOf, eventMetrics, eventNames } from './unit-sums-windows';
import type { EventMetric } from './unit-sums-windows';

/** What of a unit is known before its sums are computed. */
export type DirtyUnit = Pick<AssignmentDocument, '_id' | 'since' | 'until'>;

/**
 * Brings the sums of some units up to their events: each is computed from all of the unit's events, in one order, so
 * neither repeating nor the order of arrival shows. What was read before a later mark does not overwrite what was read
 * after it, and a unit that was marked meanwhile stays dirty.
 */
export function recomputation(design: ExperimentDesign, units: readonly DirtyUnit[]): Document[] {
  const metrics = eventMetrics(design);
  const since = units.map((unit) => unit.since.getTime()).reduce((a, b) => Math.min(a, b));
  const until = units.map((unit) => unit.until.getTime()).reduce((a, b) => Math.max(a, b));
  const fresh = (then: unknown, otherwise: unknown) => ({
    $cond: [{ $gte: ['$$new.marks', '$done'] }, then, otherwise],
  });
  const sums = eventMetrics(design).flatMap(({ place }) => [`y${place}`, `x${place}`]);
  return [
    { $match: { _id: { $in: units.map(({ _id }) => _id) } } },
    {
      // Bounds that are the same for all units: with bounds of each unit's own this takes three times as long.
      $lookup: {
        from: 'metricEvents',
        localField: 'unit',
        foreignField: 'unit',
        pipeline: [
          { $match: { event: { $in: eventNames(metrics) }, at: { $gte: new Date(since), $lt: new Date(until) } } },
          { $sort: { event: 1, at: 1, _id: 1 } },
        ],
        as: 'did',
      },
    },
    { $unwind: { path: '$did', preserveNullAndEmptyArrays: true } },
    { $group: { _id: '$_id', marks: { $first: '$marks' }, ...allOf(metrics.map(sumsOf)) } },
    { $project: { marks: 1, m: allOf(sums.map((name) => ({ [name]: `$${name}` }))) } },
    {
      $merge: {
        into: 'assignments',
        on: '_id',
        whenMatched: [
          {
            $set: {
              m: fresh('$$new.m', '$m'),
              done: fresh('$$new.marks', '$done'),
              dirty: fresh({ $ne: ['$$new.marks', '$marks'] }, '$dirty'),
            },
          },
        ],
        whenNotMatched: 'discard',
      },
    },
  ];
}

const NOTHING = new Double(0);

function sumsOf({ place, metric, event, denominator, window, lookBack }: EventMetric): Document {
  const within = (name: string, from: unknown, to: unknown, value: unknown) => ({
    $sum: {
      $cond: [
        { $and: [{ $eq: ['$did.event', { $literal: name }] }, { $gte: ['$did.at', from] }, { $lt: ['$did.at', to] }] },
        value,
        NOTHING,
      ],
    },
  });
  const end = { $add: ['$exposedAt', window] };
  const begin = { $subtract: ['$exposedAt', lookBack] };
  return {
    // A share asks whether there was an event, whatever its value.
    [`y${place}`]: within(event, '$exposedAt', end, metric.type === 'proportion' ? new Double(1) : '$did.value'),
    [`x${place}`]:
      denominator === null
        ? within(event, begin, '$exposedAt', '$did.value')
        : within(denominator, '$exposedAt', end, '$did.value'),
  };
}
