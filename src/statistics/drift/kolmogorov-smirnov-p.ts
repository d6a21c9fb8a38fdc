import { kolmogorovLogSurvival, kolmogorovSmirnovLogSurvival } from '../distributions/kolmogorov';
import { logGamma } from '../distributions/log-gamma';
import type { Alternative } from '../result';
import { leavingShare, stayingShare } from './lattice-paths';

/** Where 1 − p is close enough to 1 to lose digits of p, p is summed up itself: ln p expected, and p found. */
const USUAL = Math.log(1e-3);
const LEAST = 1e-4;
/** How far, in standard units, the side that is not looked at is followed: e^−338 lies beyond. */
const FAR = 13;

/**
 * ln P(D ≥ steps/(n·m)) of two samples from one law: the share of lattice paths from (0,0) to (n,m) that leave the
 * band |i·m − j·n| < steps. With ties it is conservative.
 * @see Hodges (1958), "The significance probability of the Smirnov two-sample test"
 * @see Gnedenko, Korolyuk (1951) for n = m
 */
export function exactLogP(n: number, m: number, steps: number, alternative: Alternative): number {
  if (steps <= 0) return 0;
  if (n === m) return equalSizes(n, Math.round(steps / n), alternative);
  const twoSided = alternative === 'two-sided';
  if (twoSided && limitLogP(n, m, steps / (n * m), false) > USUAL) {
    const out = 1 - stayingShare(n, m, steps);
    if (out > LEAST) return Math.log(out);
  }
  const far = twoSided ? steps : Math.ceil(FAR * Math.sqrt(n * m * (n + m)));
  const out = leavingShare(n, m, steps, far, twoSided);
  return out > 0 ? Math.min(0, Math.log(out)) : asymptoticLogP(n, m, steps / (n * m), alternative);
}

/** Closed form by the reflection principle, h steps of 1/n apart. */
function equalSizes(n: number, h: number, alternative: Alternative): number {
  const whole = 2 * logGamma(n + 1);
  const share = (k: number) => whole - logGamma(n - k + 1) - logGamma(n + k + 1);
  const first = share(h);
  if (alternative !== 'two-sided') return Math.min(0, first);
  let sum = 1;
  for (let k = 2; k * h <= n; k += 1) {
    const term = Math.exp(share(k * h) - first);
    sum += k % 2 === 0 ? -term : term;
    if (term < 1e-18) break;
  }
  return Math.min(0, Math.LN2 + first + Math.log(Math.max(sum, Number.MIN_VALUE)));
}

/**
 * ln p as scipy's `method='asymp'`: two-sided by the one-sample law at the effective size, one-sided by Hodges' 5.3.
 */
export function asymptoticLogP(n: number, m: number, statistic: number, alternative: Alternative): number {
  if (statistic <= 0) return 0;
  if (alternative === 'two-sided') {
    const logP = kolmogorovSmirnovLogSurvival(Math.max(1, halfToEven((n * m) / (n + m))), statistic);
    // Beyond the one-sample law's support only the two-sample count of full separation is left.
    return logP === -Infinity ? separatedLogP(n, m) : logP;
  }
  const [large, small] = [Math.max(n, m), Math.min(n, m)];
  const z = Math.sqrt((large * small) / (large + small)) * statistic;
  const correction = (2 * z * (large + 2 * small)) / Math.sqrt(large * small * (large + small)) / 3;
  return Math.min(0, -2 * z * z - correction);
}

/** As numpy rounds. */
function halfToEven(value: number): number {
  const below = Math.floor(value);
  return value - below === 0.5 ? below + (below % 2) : Math.round(value);
}

/** ln of 2 / C(n + m, n): every value of one sample below every value of the other. */
function separatedLogP(n: number, m: number): number {
  return Math.min(0, Math.LN2 + logGamma(n + 1) + logGamma(m + 1) - logGamma(n + m + 1));
}

/**
 * ln p by Kolmogorov's limit law at the effective size.
 * @param corrected with Stephens' (1970) correction for finite samples
 */
export function limitLogP(n: number, m: number, statistic: number, corrected: boolean): number {
  const root = Math.sqrt((n * m) / (n + m));
  return kolmogorovLogSurvival((corrected ? root + 0.12 + 0.11 / root : root) * statistic);
}
