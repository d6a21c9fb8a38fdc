/** How good one ranking was. */
export interface ListQuality {
  readonly ndcg: number;
  readonly reciprocalRank: number;
  readonly precision: number;
  readonly hit: boolean;
  /** Nothing in the list was relevant. */
  readonly barren: boolean;
}

/**
 * The quality of the first k ranks, as the ranking metrics of the statistics have it for lists without equal scores.
 * @param relevance gains ≥ 0 of at least one item, in the order in which they were served
 */
export function listQuality(relevance: readonly number[], k: number): ListQuality {
  const shown = relevance.slice(0, k);
  const first = shown.findIndex((gain) => gain > 0);
  const best = discountedGain([...relevance].sort((a, b) => b - a).slice(0, k));
  return {
    ndcg: best === 0 ? 0 : Math.min(1, discountedGain(shown) / best),
    reciprocalRank: first < 0 ? 0 : 1 / (first + 1),
    precision: shown.filter((gain) => gain > 0).length / shown.length,
    hit: first >= 0,
    barren: relevance.every((gain) => gain === 0),
  };
}

function discountedGain(gains: readonly number[]): number {
  return gains.reduce((sum, gain, rank) => sum + gain / Math.log2(rank + 2), 0);
}
