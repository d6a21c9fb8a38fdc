/**
 * How many of the values in ascending order lie below a limit, or up to and with it.
 * @param from so many are known to
 */
export function countBelow(sorted: Float64Array, limit: number, inclusive: boolean, from = 0): number {
  let [low, high] = [from, sorted.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle]! < limit || (inclusive && sorted[middle] === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}
