/** Jumps of more are rarer than a rounding: 1/23! = 4e-23. */
const MOST_JUMPS = 22;

/**
 * P(D < d) of n values against a known law, exactly: the n values are a Poisson process given its count, which must
 * stay in a band about its mean; the vector holds the chances of its places in the band and moves on by a unit of time.
 * O(n · nd) where powers of the transition matrix cost (nd)³ log n.
 * @param n whole, at most some hundreds
 * @see Durbin (1973); Marsaglia, Tsang, Wang (2003), "Evaluating Kolmogorov's distribution", for the matrix
 */
export function exactKolmogorovSmirnovCdf(n: number, d: number): number {
  const k = Math.floor(n * d) + 1;
  const size = 2 * k - 1;
  const h = k - n * d;
  const jumps = inverseFactorials(size + 1);
  // The band starts and ends within a unit: less of the first column and of the last row stays inside.
  const first = Float64Array.from({ length: size }, (_, i) => (1 - h ** (i + 1)) * jumps[i + 1]!);
  const last = first.slice().reverse();
  last[0] = (1 - 2 * h ** size + Math.max(0, 2 * h - 1) ** size) * jumps[size]!;
  let [now, next] = [new Float64Array(size), new Float64Array(size)];
  now[k - 1] = 1;
  for (let step = 1; step <= n; step += 1) {
    // n!/nⁿ turns the Poisson process into n values; a factor at a time keeps the numbers in range.
    const scale = step / n;
    for (let i = 0; i < size - 1; i += 1) {
      let sum = first[i]! * now[0]!;
      for (let j = Math.max(1, i + 1 - MOST_JUMPS); j <= i + 1; j += 1) sum += jumps[i + 1 - j]! * now[j]!;
      next[i] = sum * scale;
    }
    let sum = 0;
    for (let j = 0; j < size; j += 1) sum += last[j]! * now[j]!;
    next[size - 1] = sum * scale;
    [now, next] = [next, now];
  }
  return Math.min(1, now[k - 1]!);
}

function inverseFactorials(most: number): Float64Array {
  const found = new Float64Array(most + 1).fill(1);
  for (let k = 2; k <= most; k += 1) found[k] = found[k - 1]! / k;
  return found;
}
