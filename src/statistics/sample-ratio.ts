import { logGamma } from './jstat';
import { normalSurvival } from './normal';

/** Concentration of the prior: how sharply a planned split is expected to hold. */
const CONCENTRATION = 1_000;

/** What a check of the split says. */
export interface SampleRatioResult {
  readonly method: string;
  readonly status: 'ok' | 'no-data';
  readonly pValue: number;
  readonly n: number;
}

/**
 * Whether observed counts fit a planned split, valid however often it is looked at: a Dirichlet mixture against the
 * plan, p = running minimum of 1/odds.
 * @param weights the planned shares, summing to 1
 * @param previousP the running minimum so far
 * @see Lindon, Malek (2022), "Anytime-valid inference for multinomial count data"
 */
export function sequentialSampleRatio(
  counts: readonly number[],
  weights: readonly number[],
  previousP = 1,
): SampleRatioResult {
  const n = counts.reduce((sum, count) => sum + count, 0);
  const method = 'sequential sample ratio, Dirichlet mixture';
  if (n === 0) return { method, status: 'no-data', pValue: previousP, n };
  let logOdds = logGamma(CONCENTRATION) - logGamma(CONCENTRATION + n);
  counts.forEach((count, arm) => {
    const alpha = CONCENTRATION * weights[arm]!;
    logOdds += logGamma(alpha + count) - logGamma(alpha) - count * Math.log(weights[arm]!);
  });
  return { method, status: 'ok', pValue: Math.min(previousP, Math.min(1, Math.exp(-logOdds))), n };
}

/**
 * Pearson's χ² against a planned split of two arms (one degree of freedom), for a single look.
 */
export function chiSquareSampleRatio(
  counts: readonly [number, number],
  weights: readonly [number, number],
): SampleRatioResult {
  const n = counts[0] + counts[1];
  const method = 'chi-square sample ratio, 1 degree of freedom';
  if (n === 0) return { method, status: 'no-data', pValue: 1, n };
  const statistic = counts.reduce((sum, count, arm) => sum + (count - n * weights[arm]!) ** 2 / (n * weights[arm]!), 0);
  return { method, status: 'ok', pValue: 2 * normalSurvival(Math.sqrt(statistic)), n };
}
