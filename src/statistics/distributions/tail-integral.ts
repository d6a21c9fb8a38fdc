/** Half of this distance between nodes on the double exponential scale would give no further digit. */
const STEP = 1 / 8;
const FIRST = -3.75;
const LAST = 4.5;

const NODES = Float64Array.from({ length: Math.round((LAST - FIRST) / STEP) + 1 }, (_, node) => {
  const u = FIRST + node * STEP;
  return Math.exp(u - Math.exp(-u));
});
const WEIGHTS = NODES.map((s, node) => STEP * s * (1 + Math.exp(-FIRST - node * STEP)));
const CENTRE = Math.round(-FIRST / STEP);

/**
 * ∫ exp(f(s)) ds from 0 on, for an f that is 0 at 0 and falls from there: the trapezoidal rule after s = exp(u − e^−u),
 * some 60 nodes to a rounding whatever the shape parameters are, where series and fractions take √shape steps.
 * @param logOf f; −Infinity where the density ends
 * @param scale about where f has fallen to −1; a factor of three does not matter
 * @see Takahasi, Mori (1974), "Double exponential formulas for numerical integration"
 */
export function tailIntegral(logOf: (s: number) => number, scale: number): number {
  let sum = 0;
  for (let node = 0; node < NODES.length; node += 1) {
    const term = Math.exp(logOf(NODES[node]! * scale)) * WEIGHTS[node]!;
    sum += term;
    if (node > CENTRE && term <= sum * 1e-18) break;
  }
  return sum * scale;
}
