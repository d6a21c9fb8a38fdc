/**
 * Random lattice paths from (0, 0) to (n, m) and a band around their diagonal, −below < i·m − j·n < above. Both ways
 * go from one antidiagonal i + j to the next, where no cell waits for its neighbour.
 */

/** Masses below this no longer count, and would be slow as denormal numbers. */
const NOTHING = 1e-290;
/** Diagonals after which counts, which at most double, are scaled down. */
const SCALED = 500;

/** The cells of an antidiagonal that are within the band, as first and last i. */
function within(n: number, m: number, diagonal: number, above: number, below: number): [number, number] {
  const along = diagonal * n;
  const low = Math.floor((along - below) / (n + m)) + 1;
  const high = Math.ceil((along + above) / (n + m)) - 1;
  return [Math.max(0, diagonal - m, low), Math.min(n, diagonal, high)];
}

/**
 * The share of paths that stay within a symmetric band: counts up to the middle, which are those from the other end
 * as well. Its error is about 1e-14, too much where nearly all paths stay and the others are asked for.
 */
export function stayingShare(n: number, m: number, steps: number): number {
  const half = (n + m) >> 1;
  // At i + 1: the paths to (i, diagonal − i) in units of 2^bits.
  const counts = new Float64Array(n + 2);
  counts[1] = 1;
  let bits = 0;
  let [low, high] = [0, 0];
  const advance = (diagonal: number) => {
    const [first, last] = within(n, m, diagonal, steps, steps);
    addNeighbours(counts, first, last);
    // What lies outside has left the band.
    if (first > low) counts[low + 1] = 0;
    if (last < high) counts[high + 1] = 0;
    [low, high] = [first, last];
    if (diagonal % SCALED === 0) bits += scaleDown(counts, low, high);
  };
  for (let diagonal = 1; diagonal <= half; diagonal += 1) advance(diagonal);
  const [before, bitsBefore] = [counts.slice(), bits];
  if ((n + m) % 2 === 1) advance(half + 1);
  let sum = 0;
  for (let i = low; i <= high; i += 1) sum += counts[i + 1]! * before[n - i + 1]!;
  const all = binomial(n, m);
  return (sum / all.value) * 2 ** (bits + bitsBefore - all.bits);
}

/** To each cell its paths by j, which are at hand, and by i, those of its lower neighbour; in place, downwards. */
function addNeighbours(counts: Float64Array, low: number, high: number): void {
  let i = high;
  let here = counts[i + 1]!;
  for (; i >= low + 3; i -= 4) {
    const a = counts[i]!;
    const b = counts[i - 1]!;
    const c = counts[i - 2]!;
    const d = counts[i - 3]!;
    counts[i + 1] = here + a;
    counts[i] = a + b;
    counts[i - 1] = b + c;
    counts[i - 2] = c + d;
    here = d;
  }
  for (; i >= low; i -= 1) counts[i + 1]! += counts[i]!;
}

/** Divides by a power of two near the largest count, and says which. */
function scaleDown(counts: Float64Array, low: number, high: number): number {
  let most = 0;
  for (let i = low; i <= high; i += 1) most = Math.max(most, counts[i + 1]!);
  if (most === 0) return 0;
  const bits = Math.floor(Math.log2(most));
  const unit = 2 ** -bits;
  for (let i = low; i <= high; i += 1) counts[i + 1]! *= unit;
  return bits;
}

/** C(n + m, n) as value · 2^bits, to the last digits where a gamma function loses some. */
function binomial(n: number, m: number): { readonly value: number; readonly bits: number } {
  const [more, fewer] = [Math.max(n, m), Math.min(n, m)];
  let [value, bits] = [1, 0];
  for (let k = 1; k <= fewer; k += 1) {
    value *= (more + k) / k;
    if (value < 2 ** 900) continue;
    value *= 2 ** -900;
    bits += 900;
  }
  return { value, bits };
}

/**
 * The probability that a path leaves the band, from masses that are probabilities: all terms are positive and nothing
 * cancels, however small the result.
 * @param below equal to `above` where both sides count, else how far paths are followed that are not counted
 */
export function leavingShare(n: number, m: number, above: number, below: number, bothSides: boolean): number {
  // At i + 1: the probability of a path at (i, diagonal − i) that has not left.
  const mass = new Float64Array(n + 3);
  mass[1] = 1;
  let [low, high, out] = [0, 0, 0];
  for (let diagonal = 1; diagonal <= n + m; diagonal += 1) {
    const [first, last] = within(n, m, diagonal, above, below);
    const least = Math.max(low, diagonal - m);
    const most = Math.min(n, diagonal, high + 1);
    advanceMass(mass, least, most, n + 1, m + 1 - diagonal, 1 / (n + m + 1 - diagonal));
    if (least > low) mass[low + 1] = 0;
    for ([low, high] = [least, most]; high > last && high >= low; high -= 1) {
      out += mass[high + 1]!;
      mass[high + 1] = 0;
    }
    for (; low < first && low <= high; low += 1) {
      if (bothSides) out += mass[low + 1]!;
      mass[low + 1] = 0;
    }
    for (; low < high && mass[low + 1]! < NOTHING; low += 1) mass[low + 1] = 0;
    for (; low < high && mass[high + 1]! < NOTHING; high -= 1) mass[high + 1] = 0;
  }
  return out;
}

/**
 * Of its completions each path goes on with one at random: the weights are the steps that remain to either side times
 * `share`. In place, downwards.
 * @param up steps in i that remain to what comes to i = 0, and `right` those in j
 */
function advanceMass(mass: Float64Array, low: number, high: number, up: number, right: number, share: number): void {
  let here = mass[high + 1]!;
  for (let i = high; i >= low; i -= 1) {
    const from = mass[i]!;
    mass[i + 1] = here * ((right + i) * share) + from * ((up - i) * share);
    here = from;
  }
}
