/** One query's items. */
export interface RankedList {
  readonly relevance: Float64Array;
  readonly scores: Float64Array;
}

/** Items by score, highest first; equal scores keep their order. */
function order({ scores }: RankedList): Uint32Array {
  return Uint32Array.from(scores.keys()).sort((a, b) => scores[b]! - scores[a]! || a - b);
}

/** Relevances in the order in which the items are shown. */
export function inOrder(list: RankedList): number[] {
  return Array.from(order(list), (item) => list.relevance[item]!);
}

/**
 * Σ relevance ⁄ log₂(rank + 1) over the first k ranks; equal scores share their mean relevance over their ranks.
 * @example discountedGain({ relevance: Float64Array.of(1, 0), scores: Float64Array.of(5, 5) }, 2) // .815465
 */
export function discountedGain(list: RankedList, k: number): number {
  const ranked = order(list);
  const { relevance, scores } = list;
  let gain = 0;
  for (let from = 0; from < Math.min(k, ranked.length);) {
    let [to, sum, discount] = [from, 0, 0];
    for (; to < ranked.length && scores[ranked[to]!] === scores[ranked[from]!]; to += 1) {
      sum += relevance[ranked[to]!]!;
      if (to < k) discount += 1 / Math.log2(to + 2);
    }
    gain += (sum / (to - from)) * discount;
    from = to;
  }
  return gain;
}
