import { requireCounts, requireProbability, requireShare, requireShares } from '../arguments';
import { chiSquareLogSurvival } from '../distributions/chi-square';
import { deviance } from '../distributions/log-gamma';
import { stirlingError } from '../distributions/log-gamma';
import { noResult, reportedP } from '../result';
import type { Assumption, Effect, NoResult } from '../result';

/** An alarm about the split is an alarm about the experiment: it should be rare. */
const THRESHOLD = 0.001;
/** Concentration of the prior: how sharply a planned split is expected to hold. */
const CONCENTRATION = 1_000;

/** What a check of the split says. */
export interface SampleRatio {
  readonly status: 'ok';
  readonly method: string;
  /** Pearson's χ², or the natural logarithm of the odds against the plan. */
  readonly statistic: number;
  readonly pValue: number;
  readonly log10PValue: number;
  /** Units per arm. */
  readonly n: readonly number[];
  /** The largest deviation of an arm's share from its planned one, in shares. */
  readonly effect: Effect;
  readonly threshold: number;
  readonly significant: boolean;
  readonly assumptions: readonly Assumption[];
  readonly notes: readonly string[];
}

/** The fixed check; without units there is nothing to check. */
export type ChiSquareSampleRatioResult =
  (SampleRatio & { readonly degreesOfFreedom: number }) | NoResult<'insufficient-data'>;

/** The sequential check; without units the p of the looks so far stands. */
export type SequentialSampleRatioResult =
  | SampleRatio
  | (NoResult<'insufficient-data'> & Pick<SampleRatio, 'pValue' | 'log10PValue' | 'threshold' | 'significant'>);

/**
 * Whether observed counts fit a planned split, valid however often it is looked at: a Dirichlet mixture against the
 * plan, p = running minimum of 1/odds.
 * @param counts units per arm so far, all looks together
 * @param weights the planned shares, each above 0, summing to 1
 * @param previousP the running minimum so far; 1 at the first look
 * @throws RangeError on fewer than two arms, counts that are none, weights that are no plan, a p outside [0, 1]
 * @see Lindon, Malek (2022), "Anytime-valid inference for multinomial count data"
 * @example sequentialSampleRatio([600, 400], [0.5, 0.5]).pValue // 6.283e-5
 */
export function sequentialSampleRatio(
  counts: readonly number[],
  weights: readonly number[],
  previousP = 1,
  options: { readonly alpha?: number } = {},
): SequentialSampleRatioResult {
  const { alpha = THRESHOLD } = options;
  const shares = sharesOf(counts, weights, alpha);
  requireProbability('previousP', previousP);
  const n = total(counts);
  const method = 'sequential sample ratio, Dirichlet mixture';
  const before = Math.log(Math.max(previousP, Number.MIN_VALUE));
  if (n === 0) {
    const p = { ...reportedP(before), threshold: alpha, significant: previousP < alpha };
    return { ...noResult('insufficient-data', method, counts, NOBODY), ...p };
  }
  const statistic = logOdds(counts, shares, n);
  return judged(method, counts, shares, statistic, Math.min(before, -statistic), alpha, []);
}

/**
 * lnΓ(c) − lnΓ(c + n) + Σ [lnΓ(α + S) − lnΓ(α)] − Σ S ln w with α = c w, by Stirling's formula and its remainders: the
 * large logarithms leave only deviances, so that a billion units lose no digits.
 */
function logOdds(counts: readonly number[], shares: readonly number[], n: number): number {
  const all = CONCENTRATION + n;
  let sum = 0.5 * Math.log(all / CONCENTRATION) + stirlingError(CONCENTRATION) - stirlingError(all);
  counts.forEach((count, arm) => {
    const prior = CONCENTRATION * shares[arm]!;
    const posterior = prior + count;
    sum += deviance(posterior, shares[arm]! * all) - 0.5 * Math.log(posterior / prior);
    sum += stirlingError(posterior) - stirlingError(prior);
  });
  return sum;
}

/**
 * Pearson's χ² against a planned split, arms − 1 degrees of freedom, for a single look.
 * @param counts units per arm
 * @param weights the planned shares, each above 0, summing to 1
 * @throws RangeError on fewer than two arms, counts that are none, weights that are no plan, an alpha outside (0, 1)
 * @see Pearson (1900); Fabijan et al. (2019) for its use
 * @example chiSquareSampleRatio([5227, 5000], [0.5, 0.5]) // { statistic: 5.0385255, pValue: 0.0247896 }
 */
export function chiSquareSampleRatio(
  counts: readonly number[],
  weights: readonly number[],
  options: { readonly alpha?: number } = {},
): ChiSquareSampleRatioResult {
  const { alpha = THRESHOLD } = options;
  const shares = sharesOf(counts, weights, alpha);
  const n = total(counts);
  const degreesOfFreedom = counts.length - 1;
  const method = `chi-square sample ratio, ${degreesOfFreedom} degree${degreesOfFreedom === 1 ? '' : 's'} of freedom`;
  if (n === 0) return noResult('insufficient-data', method, counts, NOBODY);
  let [statistic, least] = [0, Infinity];
  counts.forEach((count, arm) => {
    const expected = n * shares[arm]!;
    statistic += (count - expected) ** 2 / expected;
    least = Math.min(least, expected);
  });
  const large = {
    name: `at least ${ENOUGH} expected in each arm`,
    holds: least >= ENOUGH,
    detail: `the least is ${least.toFixed(1)}`,
  };
  const logP = chiSquareLogSurvival(statistic, degreesOfFreedom);
  return { ...judged(method, counts, shares, statistic, logP, alpha, [large]), degreesOfFreedom };
}

const NOBODY = 'no arm has a unit';
/** χ² is near its law from so many expected on. */
const ENOUGH = 5;

function judged(
  method: string,
  counts: readonly number[],
  shares: readonly number[],
  statistic: number,
  logP: number,
  alpha: number,
  assumptions: readonly Assumption[],
): SampleRatio {
  const n = total(counts);
  const p = reportedP(logP);
  const value = Math.max(...counts.map((count, arm) => Math.abs(count / n - shares[arm]!)));
  const effect = { name: 'largest deviation of a share', value, interval: null };
  const significant = p.pValue < alpha;
  return {
    status: 'ok',
    method,
    statistic,
    ...p,
    n: counts,
    effect,
    threshold: alpha,
    significant,
    assumptions,
    notes: [],
  };
}

function sharesOf(counts: readonly number[], weights: readonly number[], alpha: number): readonly number[] {
  requireShare('alpha', alpha);
  requireCounts('counts', counts);
  if (counts.length < 2) throw new RangeError(`counts has ${counts.length} arms: expected at least two`);
  requireShares('weights', weights, counts.length);
  // Exactly 1: a rounding of 1e-10 is a unit among many.
  const sum = total(weights);
  return weights.map((weight) => weight / sum);
}

function total(counts: readonly number[]): number {
  return counts.reduce((sum, count) => sum + count, 0);
}
