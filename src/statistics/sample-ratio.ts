import { logGamma } from './jstat';

/** Concentration of the prior: how sharply a planned split is expected to hold. */
const CONCENTRATION = 1_000;

/** What a check of the split says. */
export interface SampleRatioResult {
  readonly method: string;
  /** `invalid-plan`: weights that are not one positive share per arm, summing to 1, or fewer than two arms. */
  readonly status: 'ok' | 'no-data' | 'invalid-plan';
  /** Pearson's χ², or the natural logarithm of the odds against the plan. */
  readonly statistic: number;
  readonly pValue: number;
  /** Finite where `pValue` underflows to 0. */
  readonly log10PValue: number;
  /** Units counted, all arms. */
  readonly n: number;
}

/**
 * Whether observed counts fit a planned split, valid however often it is looked at: a Dirichlet mixture against the
 * plan, p = running minimum of 1/odds.
 * @param weights the planned shares, summing to 1
 * @param previousP the running minimum so far
 * @see Lindon, Malek (2022), "Anytime-valid inference for multinomial count data"
 * @example sequentialSampleRatio([600, 400], [0.5, 0.5]).pValue // 6.28e-5
 */
export function sequentialSampleRatio(
  counts: readonly number[],
  weights: readonly number[],
  previousP = 1,
): SampleRatioResult {
  const n = total(counts);
  const method = 'sequential sample ratio, Dirichlet mixture';
  const before = Math.log10(Math.max(previousP, Number.MIN_VALUE));
  const unknown = { method, statistic: 0, pValue: previousP, log10PValue: before, n };
  if (!isPlan(counts, weights)) return { ...unknown, status: 'invalid-plan' };
  if (n === 0) return { ...unknown, status: 'no-data' };
  let logOdds = logGamma(CONCENTRATION) - logGamma(CONCENTRATION + n);
  counts.forEach((count, arm) => {
    const alpha = CONCENTRATION * weights[arm]!;
    logOdds += logGamma(alpha + count) - logGamma(alpha) - count * Math.log(weights[arm]!);
  });
  const pValue = Math.min(previousP, 1, Math.exp(-logOdds));
  return { method, status: 'ok', statistic: logOdds, pValue, log10PValue: Math.min(before, -logOdds / Math.LN10), n };
}

/**
 * Pearson's χ² against a planned split, arms − 1 degrees of freedom, for a single look.
 * @param weights the planned shares, summing to 1
 * @example chiSquareSampleRatio([5227, 5000], [0.5, 0.5]).pValue // 0.0248
 */
export function chiSquareSampleRatio(counts: readonly number[], weights: readonly number[]): SampleRatioResult {
  const n = total(counts);
  const freedom = counts.length - 1;
  const method = `chi-square sample ratio, ${freedom} degree${freedom === 1 ? '' : 's'} of freedom`;
  const unknown = { method, statistic: 0, pValue: 1, log10PValue: 0, n };
  if (!isPlan(counts, weights)) return { ...unknown, status: 'invalid-plan' };
  if (n === 0) return { ...unknown, status: 'no-data' };
  const statistic = counts.reduce((sum, count, arm) => sum + (count - n * weights[arm]!) ** 2 / (n * weights[arm]!), 0);
  const logP = chiSquareLogSurvival(statistic, freedom);
  return { method, status: 'ok', statistic, pValue: Math.exp(logP), log10PValue: logP / Math.LN10, n };
}

/**
 * ln P(χ² > x), exact for the degrees of freedom of a handful of arms: the regularised incomplete gamma function by
 * its series below the mean and Lentz's continued fraction above.
 * @see Press et al. (2007), Numerical Recipes §6.2
 * @example Math.exp(chiSquareLogSurvival(100, 10)) // 5.45e-17
 */
export function chiSquareLogSurvival(x: number, degreesOfFreedom: number): number {
  if (x <= 0) return 0;
  const [a, y] = [degreesOfFreedom / 2, x / 2];
  const logFront = a * Math.log(y) - y - logGamma(a);
  if (y >= a + 1) return logFront + Math.log(upperFraction(a, y));
  let [term, sum] = [1 / a, 1 / a];
  for (let k = 1; term > sum * 1e-17; k += 1) {
    term *= y / (a + k);
    sum += term;
  }
  return Math.log1p(-Math.exp(logFront) * sum);
}

/** Γ(a, y) / (y^a e^−y) for y ≥ a + 1. */
function upperFraction(a: number, y: number): number {
  let b = y + 1 - a;
  let [c, d] = [Number.MAX_VALUE, 1 / b];
  let fraction = d;
  for (let k = 1; k <= 10_000; k += 1) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / (numerator * d + b);
    c = b + numerator / c;
    fraction *= c * d;
    if (Math.abs(c * d - 1) < 1e-15) break;
  }
  return fraction;
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

function isPlan(counts: readonly number[], weights: readonly number[]): boolean {
  if (counts.length < 2 || counts.length !== weights.length) return false;
  return weights.every((weight) => weight > 0) && Math.abs(total(weights) - 1) < 1e-9;
}
