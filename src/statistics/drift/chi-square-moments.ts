import type { Cells } from './cells';

/**
 * Mean and variance of χ² of a table of two rows when its rows are given out anew, exactly, from factorial moments of
 * the multivariate hypergeometric law. With them a scaled χ² fits a table of thousands of rare cells in one pass.
 * @see Haldane (1940), The mean and variance of χ², when used as a test of homogeneity, when expectations are small
 * @see Box (1954), Some theorems on quadratic forms, for the scaled χ²
 */
export function chiSquareMoments({ reference, current, n, m }: Cells): {
  readonly mean: number;
  readonly variance: number;
} {
  const total = n + m;
  // Shares of m, m(m − 1), … in N, N(N − 1), …
  const first = m / total;
  const second = (first * (m - 1)) / (total - 1);
  const third = (second * Math.max(0, m - 2)) / Math.max(1, total - 2);
  const fourth = (third * Math.max(0, m - 3)) / Math.max(1, total - 3);
  let [cells, pairs, squaredPairs, own] = [0, 0, 0, 0];
  for (let k = 0; k < reference.length; k += 1) {
    const count = reference[k]! + current[k]!;
    if (count === 0) continue;
    const two = count - 1;
    const three = (two * (count - 2)) / count;
    const four = three * (count - 3);
    cells += 1;
    pairs += two;
    squaredPairs += two * two;
    own += four * fourth + 6 * three * third + (7 * two * second + first) / count;
  }
  // Σ over cells of drawn²/pooled: its mean, and of its square what two different cells add.
  const mean = pairs * second + cells * first;
  const apart =
    (pairs * pairs - squaredPairs) * fourth + 2 * (pairs * cells - pairs) * third + (cells * cells - cells) * second;
  const scale = (total * total) / (n * m);
  return { mean: scale * (mean - m * first), variance: scale * scale * Math.max(0, own + apart - mean * mean) };
}
