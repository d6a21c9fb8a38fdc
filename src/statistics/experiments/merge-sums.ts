import { mergeCoMoments } from '../describe/co-moments';
import type { CoMoments } from '../describe/co-moments';
import { centredPairs, centredSums } from './centred';
import { requireSuccesses } from './sums';
import type { AdjustedMeanSums, CentredPairs, CentredSums, MetricSums, RatioSums } from './sums';

/**
 * The sums of two parts of one arm together, from partitions, shards or days: always centred, in whatever form the
 * parts come.
 * @throws TypeError when the kinds differ; RangeError on sums that no rows can have
 * @see Chan, Golub & LeVeque (1979); Pébay (2008)
 * @example mergeSums(meanOf([1, 2]), meanOf([3, 6])) // { kind: 'mean', n: 4, mean: 3, m2: 14 }
 */
export function mergeSums(a: MetricSums, b: MetricSums): MetricSums {
  const dropped = (a.dropped ?? 0) + (b.dropped ?? 0);
  if (a.kind === 'proportion' && b.kind === 'proportion') {
    requireSuccesses('a', a);
    requireSuccesses('b', b);
    return { kind: 'proportion', n: a.n + b.n, successes: a.successes + b.successes, dropped };
  }
  if (a.kind === 'mean' && b.kind === 'mean') {
    const merged = mergeCoMoments(alone(centredSums('a', a)), alone(centredSums('b', b)));
    return { kind: 'mean', n: merged.n, mean: merged.meanY, m2: merged.m2Y, dropped };
  }
  if (a.kind !== b.kind) throw new TypeError(`b.kind is ${b.kind}: expected ${a.kind}, as a's`);
  const pairs = [a, b] as (AdjustedMeanSums | RatioSums)[];
  const merged: CentredPairs = mergeCoMoments(centredPairs('a', pairs[0]!), centredPairs('b', pairs[1]!));
  return { kind: a.kind as 'ratio', ...merged, dropped };
}

function alone({ n, mean, m2 }: CentredSums): CoMoments {
  return { n, dropped: 0, meanX: 0, meanY: mean, m2X: 0, m2Y: m2, cXY: 0 };
}
