/** Experiments: GrowthBook's engine, sample ratio, and plans. */
import {
  bayesianCompare,
  chiSquare,
  chiSquareSampleRatio,
  compareArms,
  powerTwoMeans,
  sampleSizeTwoMeans,
  sampleSizeTwoProportions,
} from '../../../src/statistics';
import type { ProportionsFormula } from '../../../src/statistics';
import { ends } from './experiments-arms';
import { gbRefusal, gbSums } from './growthbook';
import { ok } from './mapper';
import type { Mappers } from './mapper';

/** Weights that sum to 1. */
function normalised(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return weights.map((weight) => weight / total);
}

export const plans: Mappers = {
  gbFrequentist: ({ control, treatment }, { differenceType: difference = 'relative', alpha = 0.05 }) => {
    const arms = [gbSums(control), gbSums(treatment)] as const;
    const refused = gbRefusal(...arms, true);
    if (refused !== null) return { ...refused, p: 1 };
    const found = ok(compareArms(...arms, { difference, alpha }));
    return {
      expected: found.effect.value,
      ci: ends(found.effect.interval),
      error: null,
      upliftStd: found.standardError,
      p: found.pValue,
    };
  },

  gbBayesian: ({ control, treatment }, { differenceType: difference = 'relative', alpha = 0.05, prior, inverse }) => {
    const belief = prior?.proper === true ? { mean: prior.mean, variance: prior.variance, of: prior.type } : null;
    const direction = inverse === true ? 'lower-is-better' : 'higher-is-better';
    const options = { difference, alpha, prior: belief, direction } as const;
    const arms = [gbSums(control), gbSums(treatment)] as const;
    const refused = gbRefusal(...arms, difference === 'relative');
    if (refused !== null) return { ...refused, chanceToWin: 0.5, risk: [0, 0] };
    const found = ok(bayesianCompare(...arms, options));
    return {
      expected: found.effect.value,
      ci: ends(found.effect.interval),
      error: null,
      upliftStd: found.deviation,
      chanceToWin: found.chanceToWin,
      risk: [found.expectedLoss.control, found.expectedLoss.treatment],
    };
  },

  gbSrm: (_input, { users, weights }: { users: number[]; weights: number[] }) => {
    // GrowthBook leaves arms without a weight out of the sum, but neither out of the total nor of the freedom.
    const planned = users.flatMap((count, arm) => (weights[arm]! > 0 ? [{ count, weight: weights[arm]! }] : []));
    const [all, some] = [users, planned.map(({ count }) => count)].map((counts) => counts.reduce((a, b) => a + b, 0));
    if (all === 0) return { p: 1 };
    const counts = planned.map(({ count }) => count);
    const found = ok(chiSquareSampleRatio(counts, normalised(planned.map(({ weight }) => weight))));
    // Σ o²/(N w) − 2 Σ o + N from Σ o²/(n w) − n.
    const statistic = ((found.statistic + some!) * some!) / all! - 2 * some! + all!;
    return { p: chiSquare(users.length - 1).survival(statistic) };
  },

  srm: ({ observed, expectedRatios }) => {
    const found = ok(chiSquareSampleRatio(observed, normalised(expectedRatios)));
    return {
      statistic: found.statistic,
      dof: found.degreesOfFreedom,
      p: found.pValue,
      'srmAt0.001': found.pValue < 0.001,
      'srmAt0.01': found.pValue < 0.01,
    };
  },

  sampleSizeTwoProportions: (input, { alpha = 0.05, power = 0.8, ratio = 1, sides = 2 }) => {
    const effect =
      input.mdeAbsolute === undefined
        ? { relativeEffect: input.mdeRelative }
        : { minimumDetectableEffect: input.mdeAbsolute };
    const variants = input.variants ?? 2;
    const by = (formula: ProportionsFormula) =>
      ok(
        sampleSizeTwoProportions({
          baseline: input.baseline,
          ...effect,
          alpha,
          power,
          ratio,
          sides,
          variants,
          formula,
        }),
      );
    const [fleiss, unpooled] = [by('fleiss'), by('unpooled')];
    return {
      fleissPooled_n1: fleiss.exact,
      fleissPooled_ceil: fleiss.control,
      n2_fleiss_ceil: fleiss.treatment,
      unpooled_n1: unpooled.exact,
      unpooled_ceil: unpooled.control,
      cohenH: fleiss.effect.standardised,
      statsmodelsH_n1: by('cohen-h').exact,
      closedH_n1: by('cohen-h-closed').exact,
      alphaPerComparison: fleiss.alphaPerComparison,
      totalAllVariants: fleiss.total,
    };
  },

  powerTwoProportionsH: ({ effectSizeH: effectSize, n1: n }, { alpha = 0.05, ratio = 1, sides = 2 }) => ({
    power: powerTwoMeans({ effectSize, n, alpha, ratio, sides, formula: 'z' }).power,
  }),

  sampleSizeTwoMeans: ({ effectSizeD: effectSize }, { alpha = 0.05, power = 0.8, ratio = 1, sides = 2 }) => {
    const by = (formula: 't' | 'z' | 'z-closed') =>
      ok(sampleSizeTwoMeans({ effectSize, alpha, power, ratio, sides, formula }));
    const t = by('t');
    return { tTest_n1: t.exact, tTest_ceil: t.control, z_n1: by('z').exact, zClosed_n1: by('z-closed').exact };
  },
};
