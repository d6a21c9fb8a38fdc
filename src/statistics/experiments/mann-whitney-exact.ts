/** About how many additions `exactLogP` needs. */
export function exactWork(n: number, m: number): number {
  return (Math.min(n, m) * n * m) / 2;
}

/**
 * ln P(U ≥ u), doubled for two sides, without ties. The law is symmetric, so the sums are those of the low tail: the
 * coefficients of the Gaussian binomial ∏ (1 − q^(m+i)) / (1 − q^i), each factor times i/(m + i) to stay a distribution.
 * @see Mann, Whitney (1947); Andrews (1976) for the generating function
 */
export function exactLogP(first: number, second: number, u: number, sides: 1 | 2): number {
  const [n, m] = [Math.min(first, second), Math.max(first, second)];
  const most = Math.min(n * m, Math.floor(n * m - u + 1e-9));
  const upper = most > (n * m) / 2;
  // Of a tail beyond the middle the other one is summed: it is the shorter.
  const last = upper ? n * m - most - 1 : most;
  const share = new Float64Array(last + 1);
  if (last >= 0) share[0] = 1;
  for (let i = 1; i <= n; i += 1) {
    const scale = i / (m + i);
    for (let k = last; k >= 0; k -= 1) share[k] = scale * (share[k]! - (k >= m + i ? share[k - m - i]! : 0));
    for (let k = i; k <= last; k += 1) share[k] = share[k]! + share[k - i]!;
  }
  let tail = 0;
  for (const value of share) tail += Math.max(0, value);
  return Math.min(0, upper ? Math.log1p(-tail) : Math.log(sides * tail));
}
