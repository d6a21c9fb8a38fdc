import { requireShape } from './distribution';
import type { Distribution } from './distribution';
import { gamma, incompleteGamma } from './gamma';

/**
 * The χ² distribution.
 * @param degreesOfFreedom above 0, not necessarily whole
 * @throws RangeError on degrees of freedom that are not above 0
 * @see Press et al. (2007), Numerical Recipes §6.2
 * @example chiSquare(10).survival(100) // 5.44970198292e-17
 * @example chiSquare(1).survivalQuantile(0.05) // 3.841458820694
 */
export function chiSquare(degreesOfFreedom: number): Distribution {
  return gamma(requireShape('degreesOfFreedom', degreesOfFreedom) / 2, 2);
}

/**
 * ln P(χ² > x), for tests.
 * @param degreesOfFreedom above 0
 */
export function chiSquareLogSurvival(x: number, degreesOfFreedom: number): number {
  if (x <= 0) return 0;
  return x === Infinity ? -Infinity : incompleteGamma(degreesOfFreedom / 2, x / 2).upper;
}
