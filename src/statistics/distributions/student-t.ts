import { requireNumber, requirePositive, requireProbability } from '../arguments';
import { incompleteBeta, shareOf } from './beta';
import { continuous } from './distribution';
import type { Distribution } from './distribution';
import { logGamma, stirlingError } from './log-gamma';
import { normalLogSurvival, normalQuantile } from './normal';

/** Beyond this the tail is a power of t to every digit, and the square of t must stay finite. */
const FARTHEST = 1e150;
/** Up to this t²/ν Peizer and Pratt's normal deviate (1968) is right to 1e-11, and ten times as fast. */
const NORMAL_RATIO = 2e-5;
const NORMAL_FREEDOM = 1e5;
/** From here on t is normal to a rounding wherever its tail is not 0. */
const NORMAL = 1e20;

/**
 * ln P(T > t), to a rounding far beyond where P itself underflows.
 */
export function studentTLogSurvival(t: number, degreesOfFreedom: number): number {
  requireNumber('t', t);
  if (t === 0) return -Math.LN2;
  const df = Math.min(NORMAL, degreesOfFreedom);
  const size = Math.min(FARTHEST, Math.abs(t));
  const ratio = (size * size) / df;
  if (ratio < NORMAL_RATIO && df > NORMAL_FREEDOM) {
    const z = (df - 2 / 3 + 0.1 / df) * Math.sqrt(Math.log1p(ratio) / (df - 5 / 6));
    return normalLogSurvival(t > 0 ? z : -z);
  }
  const [x, y] = shareOf(ratio);
  const near = incompleteBeta(df / 2, 0.5, y, x).lower - Math.LN2;
  const tail = near - df * Math.log(Math.abs(t) / size);
  return t > 0 ? tail : Math.log1p(-Math.exp(tail));
}

/**
 * Student's t distribution.
 * @param degreesOfFreedom above 0, not necessarily whole
 * @throws RangeError on degrees of freedom that are not above 0
 * @see Press et al. (2007), Numerical Recipes §6.14.9; Peizer, Pratt (1968) for many degrees of freedom
 * @example studentT(5).quantile(0.975) // 2.570581835636
 * @example studentT(1e8).survival(1.96) // 0.0249978965…
 */
export function studentT(degreesOfFreedom: number): Distribution {
  const df = Math.min(NORMAL, requirePositive('degreesOfFreedom', degreesOfFreedom));
  const made = continuous({
    support: [-Infinity, Infinity],
    logDensity: (t) => logDensity(t, df),
    tails: (t) => ({ lower: studentTLogSurvival(-t, df), upper: studentTLogSurvival(t, df) }),
    start: (p) => quantileStart(p, df),
  });
  const middle = (solve: (p: number) => number) => (p: number) => (p === 0.5 ? 0 : solve(requireProbability('p', p)));
  return { ...made, quantile: middle(made.quantile), survivalQuantile: middle(made.survivalQuantile) };
}

function logDensity(t: number, df: number): number {
  const size = Math.min(FARTHEST, Math.abs(t));
  const beyond = size === 0 ? 0 : Math.log(Math.abs(t) / size);
  return logFront(df) - ((df + 1) / 2) * Math.log1p((size * size) / df) - (df + 1) * beyond;
}

/** ln of Γ((ν+1)/2) / (Γ(ν/2) √(πν)); at a large ν by Stirling's remainders, which do not cancel. */
function logFront(df: number): number {
  if (df <= 40) return logGamma((df + 1) / 2) - logGamma(df / 2) - 0.5 * Math.log(Math.PI * df);
  const [upper, lower] = [(df - 1) / 2, df / 2 - 1];
  const gammas = stirlingError(upper) - stirlingError(lower) + (upper + 0.5) * Math.log1p(0.5 / lower) - 0.5;
  return gammas + 0.5 * Math.log(lower / (Math.PI * df));
}

/**
 * Cornish and Fisher's expansion around the normal quantile, to ν^−5.
 * @see Abramowitz, Stegun (1964) 26.7.5
 */
function expansion(z: number, df: number): number {
  const s = z * z;
  const terms = [
    (s + 1) / 4,
    ((5 * s + 16) * s + 3) / 96,
    (((3 * s + 19) * s + 17) * s - 15) / 384,
    ((((79 * s + 776) * s + 1482) * s - 1920) * s - 945) / 92160,
    (((((27 * s + 339) * s + 930) * s - 1782) * s - 765) * s + 17955) / 368640,
  ];
  return z * (1 + terms.reduceRight((sum, term) => (sum + term) / df, 0));
}

function quantileStart(p: number, df: number): number {
  if (p <= 0 || p >= 1) return 0;
  return df < 3 ? Math.tan(Math.PI * (p - 0.5)) : expansion(normalQuantile(p), df);
}

/**
 * t with P(T ≤ t) = p, by the expansion alone where it is exact to a rounding.
 */
export function studentTQuantile(p: number, degreesOfFreedom: number): number {
  if (degreesOfFreedom > 300 && p > 1e-4 && p < 1 - 1e-4) return expansion(normalQuantile(p), degreesOfFreedom);
  return studentT(degreesOfFreedom).quantile(p);
}
