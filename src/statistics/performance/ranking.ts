import { requireArray, requireCount, requireShare } from '../arguments';
import { noResult } from '../result';
import type { MetricResult, NoResult } from '../result';
import { meanMetric, NOT_NEGATIVE, UNIT, wilson } from './intervals';
import type { Bounds } from './intervals';
import { discountedGain, inOrder } from './ranked-list';
import type { RankedList } from './ranked-list';
import { pairsOf } from './pairs';
import type { Maybe } from './pairs';

/** What may be asked of a ranking metric. */
export interface RankingOptions {
  /** Ranks looked at, from 1; all of them where it is left out. */
  readonly k?: number;
  readonly alpha?: number;
}

/** One list of values per query. */
export type PerQuery = ArrayLike<ArrayLike<Maybe>>;

/** The mean over queries with each query's value, null where a query has no items; `n` counts queries. */
export type RankingMetric =
  (MetricResult & { readonly perQuery: readonly (number | null)[] }) | NoResult<'insufficient-data' | 'undefined'>;

/**
 * Discounted cumulative gain, Σ relevance ⁄ log₂(rank + 1) over the first k; equal scores share their ranks' discounts.
 * @param relevance per query and item, any size, 0 is irrelevant
 * @param scores per query and item, higher is ranked first; items that lack either are left out and counted
 * @throws RangeError on unequal lengths, a relevance below 0, a k below 1, an alpha outside (0, 1)
 * @see Järvelin, Kekäläinen (2002); scikit-learn, `dcg_score`
 * @example discountedCumulativeGain([[3, 2, 0, 1]], [[0.9, 0.2, 0.8, 0.5]], { k: 3 }) // { value: 3.5, perQuery: [3.5] }
 */
export function discountedCumulativeGain(
  relevance: PerQuery,
  scores: PerQuery,
  options: RankingOptions = {},
): RankingMetric {
  return over('DCG', relevance, scores, options, NOT_NEGATIVE, discountedGain);
}

/**
 * Normalised discounted cumulative gain, DCG over that of the best order, in [0, 1]; linear gain, ties averaged. A
 * query without a relevant item counts 0, as in scikit-learn, with a note. Interval: Student's t over the queries.
 * @param relevance per query and item, any size, 0 is irrelevant
 * @param scores per query and item, higher is ranked first; items that lack either are left out and counted
 * @throws RangeError on unequal lengths, a relevance below 0, a k below 1, an alpha outside (0, 1)
 * @see Järvelin, Kekäläinen (2002); McSherry, Najork (2008) for ties; scikit-learn, `ndcg_score`
 * @example normalisedDiscountedCumulativeGain([[3, 2, 0, 1]], [[0.9, 0.2, 0.8, 0.5]], { k: 3 }) // { value: 0.735 }
 */
export function normalisedDiscountedCumulativeGain(
  relevance: PerQuery,
  scores: PerQuery,
  options: RankingOptions = {},
): RankingMetric {
  return over('NDCG', relevance, scores, options, UNIT, (list, k) => {
    const best = discountedGain({ relevance: list.relevance, scores: list.relevance }, k);
    return best === 0 ? 0 : Math.min(1, discountedGain(list, k) / best);
  });
}

/**
 * Mean reciprocal rank of the first relevant item, 0 where none is among the first k; equal scores keep their order.
 * Interval: Student's t over the queries.
 * @param relevance per query and item, above 0 is relevant
 * @param scores per query and item, higher is ranked first; items that lack either are left out and counted
 * @throws RangeError on unequal lengths, a relevance below 0, a k below 1, an alpha outside (0, 1)
 * @see Voorhees (1999), TREC-8
 * @example meanReciprocalRank([[0, 1], [1, 0]], [[0.9, 0.1], [0.9, 0.1]]) // { value: 0.75, perQuery: [0.5, 1] }
 */
export function meanReciprocalRank(relevance: PerQuery, scores: PerQuery, options: RankingOptions = {}): RankingMetric {
  return over('MRR', relevance, scores, options, UNIT, (list, k) => {
    const first = inOrder(list).findIndex((value) => value > 0);
    return first === -1 || first >= k ? 0 : 1 / (first + 1);
  });
}

/**
 * Share of relevant items among the first k, or among all where a query has fewer; equal scores keep their order.
 * Interval: Student's t over the queries.
 * @param relevance per query and item, above 0 is relevant
 * @param scores per query and item, higher is ranked first; items that lack either are left out and counted
 * @throws RangeError on unequal lengths, a relevance below 0, a k below 1, an alpha outside (0, 1)
 * @see Manning, Raghavan, Schütze (2008) §8.4
 * @example precisionAtK([[3, 2, 0, 1]], [[0.9, 0.2, 0.8, 0.5]], { k: 3 }) // { value: 0.6667 }
 */
export function precisionAtK(relevance: PerQuery, scores: PerQuery, options: RankingOptions = {}): RankingMetric {
  return over('precision@k', relevance, scores, options, UNIT, (list, k) => {
    const shown = inOrder(list).slice(0, k);
    return shown.filter((value) => value > 0).length / shown.length;
  });
}

/**
 * Share of queries with a relevant item among the first k; equal scores keep their order. Interval: Wilson's.
 * @param relevance per query and item, above 0 is relevant
 * @param scores per query and item, higher is ranked first; items that lack either are left out and counted
 * @throws RangeError on unequal lengths, a relevance below 0, a k below 1, an alpha outside (0, 1)
 * @see Wilson (1927) for the interval
 * @example hitRateAtK([[0, 1], [1, 0]], [[0.9, 0.1], [0.9, 0.1]], { k: 1 }) // { value: 0.5, interval: { low: 0.0945, high: 0.9055 } }
 */
export function hitRateAtK(relevance: PerQuery, scores: PerQuery, options: RankingOptions = {}): RankingMetric {
  const hits = over('hit rate@k', relevance, scores, options, UNIT, (list, k) =>
    inOrder(list)
      .slice(0, k)
      .some((value) => value > 0)
      ? 1
      : 0,
  );
  if (hits.status !== 'ok') return hits;
  const { n, perQuery, notes } = hits;
  const interval = wilson(perQuery.filter((hit) => hit === 1).length, n, options.alpha ?? 0.05);
  // What the t interval said about its width does not hold for Wilson's.
  return { ...hits, interval, notes: notes.filter((note) => !note.includes('interval')) };
}

function over(
  name: string,
  relevance: PerQuery,
  scores: PerQuery,
  { k, alpha = 0.05 }: RankingOptions,
  bounds: Bounds,
  valueOf: (list: RankedList, k: number) => number,
): RankingMetric {
  requireShare('alpha', alpha);
  if (k !== undefined && requireCount('k', k) < 1) throw new RangeError(`k is ${k}: expected at least 1`);
  const method = k === undefined ? name : `${name.replace('@k', '')}@${k}`;
  const { lists, dropped } = listsOf(relevance, scores);
  const perQuery = lists.map((list) => (list.scores.length === 0 ? null : valueOf(list, k ?? Infinity)));
  const values = perQuery.filter((value) => value !== null);
  const notes = dropped === 0 ? [] : [`${counted(dropped, 'item')} with a missing or infinite value left out`];
  const empty = perQuery.length - values.length;
  if (empty > 0) notes.push(`${counted(empty, 'query', 'queries')} without items left out`);
  if (values.length === 0) return noResult('insufficient-data', method, [0], 'no query has items', notes);
  const barren = lists.filter((list) => list.scores.length > 0 && list.relevance.every((value) => value === 0)).length;
  if (barren > 0) notes.push(`${counted(barren, 'query', 'queries')} without a relevant item: 0`);
  const mean = meanMetric(values, { method, alpha, bounds, direction: 'higher-is-better', notes });
  if (mean.status !== 'ok') return mean;
  return { ...mean, perQuery };
}

function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

function listsOf(relevance: PerQuery, scores: PerQuery): { lists: RankedList[]; dropped: number } {
  requireArray('relevance', relevance);
  requireArray('scores', scores);
  if (relevance.length !== scores.length)
    throw new RangeError(`scores has ${scores.length} queries and relevance ${relevance.length}: expected one number`);
  let dropped = 0;
  const lists = Array.from(relevance, (_, query): RankedList => {
    const pairs = pairsOf(`relevance[${query}]`, relevance[query]!, `scores[${query}]`, scores[query]!);
    const below = pairs.first.findIndex((value) => value < 0);
    if (below !== -1)
      throw new RangeError(`relevance[${query}] holds ${pairs.first[below]}: expected relevances from 0 on`);
    dropped += pairs.dropped;
    return { relevance: pairs.first, scores: pairs.second };
  });
  return { lists, dropped };
}
