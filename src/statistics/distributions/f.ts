import { incompleteBeta, oddsStart, shareOf } from './beta';
import { continuous, requireShape } from './distribution';
import type { Distribution } from './distribution';
import { logBetaFront } from './log-gamma';

/**
 * Fisher's F distribution.
 * @param between degrees of freedom of the numerator, above 0
 * @param within degrees of freedom of the denominator, above 0
 * @throws RangeError on degrees of freedom that are not above 0
 * @see Press et al. (2007), Numerical Recipes §6.14.10
 * @example fisherF(3, 20).survivalQuantile(0.05) // 3.098391212
 */
export function fisherF(between: number, within: number): Distribution {
  requireShape('between', between);
  requireShape('within', within);
  return continuous({
    support: [0, Infinity],
    logDensity: (x) => logDensity(x, between, within),
    tails: (x) => incompleteBeta(between / 2, within / 2, ...shareOf((between / within) * x)),
    start: (p) => (within / between) * oddsStart(p, between / 2, within / 2),
  });
}

function logDensity(x: number, between: number, within: number): number {
  if (x < 0 || x === Infinity) return -Infinity;
  if (x === 0) return between === 2 ? 0 : between < 2 ? Infinity : -Infinity;
  const [a, b] = [between / 2, within / 2];
  return logBetaFront(a, b, ...shareOf((between / within) * x)) - Math.log(x);
}
