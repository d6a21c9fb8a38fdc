/** Experiments: comparisons of two arms. */
import {
  adjustPValues,
  adjustedMeanOf,
  betaBinomialCompare,
  cohensD,
  compareArms,
  fiellerInterval,
  mannWhitney,
  meanOf,
  proportionInterval,
  ratioOf,
  studentTest,
  twoProportionZTest,
} from '../../../src/statistics';
import type { Adjustment, Interval, MetricSums } from '../../../src/statistics';
import { ok } from './mapper';
import type { Mappers } from './mapper';

export const ends = (interval: Interval | null) => [interval?.low, interval?.high];

/** A mean, a sample variance and a count, as sums. */
export const fromStatistics = ({ mean, variance, n }: { mean: number; variance: number; n: number }): MetricSums => ({
  kind: 'mean',
  n,
  mean,
  m2: variance * (n - 1),
});

const ADJUSTMENTS: Readonly<Record<string, Adjustment>> = {
  benjaminiHochberg: 'benjamini-hochberg',
  benjaminiYekutieli: 'benjamini-yekutieli',
  holmSidak: 'holm-sidak',
};

export const arms: Mappers = {
  welch: ({ control, treatment }, { alpha = 0.05 }) => {
    const [a, b] = [meanOf(control), meanOf(treatment)];
    const found = ok(compareArms(a, b, { alpha }));
    const student = ok(studentTest(a, b, { alpha }));
    return {
      diff: found.effect.value,
      t: found.statistic,
      df: found.degreesOfFreedom,
      pTwoSided: found.pValue,
      pGreater: ok(compareArms(a, b, { alpha, alternative: 'greater' })).pValue,
      pLess: ok(compareArms(a, b, { alpha, alternative: 'less' })).pValue,
      ci: ends(found.effect.interval),
      se: found.standardError,
      student: {
        t: student.statistic,
        df: student.degreesOfFreedom,
        pTwoSided: student.pValue,
        ci: ends(student.effect.interval),
      },
      cohensD: ok(cohensD(a, b)).effect.value,
    };
  },

  welchFromStats: ({ control, treatment }, { alpha = 0.05 }) => {
    const found = ok(compareArms(fromStatistics(control), fromStatistics(treatment), { alpha }));
    return {
      t: found.statistic,
      df: found.degreesOfFreedom,
      pTwoSided: found.pValue,
      ci: ends(found.effect.interval),
    };
  },

  cuped: ({ control, treatment }, { alpha = 0.05 }) => {
    const found = ok(
      compareArms(adjustedMeanOf(control.y, control.x), adjustedMeanOf(treatment.y, treatment.x), { alpha }),
    );
    return {
      theta: found.adjustment?.theta,
      rho: found.adjustment?.correlation,
      adjustedMeans: found.means,
      adjustedVars: found.variances,
      diff: found.effect.value,
      t: found.statistic,
      df: found.degreesOfFreedom,
      p: found.pValue,
      ci: ends(found.effect.interval),
      rawP: ok(compareArms(meanOf(control.y), meanOf(treatment.y), { alpha })).pValue,
      varianceReduction: found.adjustment?.varianceReduction,
    };
  },

  twoProportionZ: ({ control, treatment }, { alpha = 0.05 }) => {
    const compared = (options: Parameters<typeof twoProportionZTest>[2]) =>
      ok(twoProportionZTest(control, treatment, { alpha, ...options }));
    const pooled = compared({});
    const separate = twoProportionZTest(control, treatment, { alpha, variance: 'separate' });
    return {
      diff: pooled.effect.value,
      relativeLift: pooled.relativeLift?.value ?? null,
      zPooled: pooled.statistic,
      pTwoSided: pooled.pValue,
      pGreater: compared({ alternative: 'greater' }).pValue,
      pLess: compared({ alternative: 'less' }).pValue,
      zUnpooled: separate.status === 'ok' ? separate.statistic : null,
      pUnpooledTwoSided: separate.status === 'ok' ? separate.pValue : null,
      waldCI: ends(compared({ interval: 'wald' }).effect.interval),
      newcombeCI: ends(pooled.effect.interval),
      agrestiCaffoCI: ends(compared({ interval: 'agresti-caffo' }).effect.interval),
      riskRatioLogCI: pooled.riskRatio === null ? null : ends(pooled.riskRatio.interval),
      liftDeltaCI: pooled.relativeLift === null ? null : ends(pooled.relativeLift.interval),
      effectSizeH: pooled.cohensH,
    };
  },

  proportionCI: (input, { alpha = 0.05 }) => {
    const by = (method: NonNullable<Parameters<typeof proportionInterval>[1]>['method'] & string) =>
      ends(proportionInterval(input, { method, alpha }));
    return {
      wilson: by('wilson'),
      clopperPearson: by('clopper-pearson'),
      agrestiCoull: by('agresti-coull'),
      wald: by('wald'),
      jeffreys: by('jeffreys'),
    };
  },

  deltaRatio: ({ control, treatment }, { alpha = 0.05 }) => {
    const [a, b] = [ratioOf(control.num, control.den), ratioOf(treatment.num, treatment.den)];
    const found = ok(compareArms(a, b, { alpha, law: 'normal' }));
    return {
      ratioControl: found.means[0],
      ratioTreatment: found.means[1],
      varControl: found.variances[0] / found.n[0],
      varTreatment: found.variances[1] / found.n[1],
      diff: found.effect.value,
      z: found.statistic,
      p: found.pValue,
      ci: ends(found.effect.interval),
      relativeLift: found.relativeLift?.value,
      relativeLiftCI: ends(found.relativeLift?.interval ?? null),
    };
  },

  fieller: ({ control, treatment }, { alpha = 0.05 }) => {
    const found = ok(fiellerInterval(fromStatistics(control), fromStatistics(treatment), { alpha }));
    const set = found.effect.interval ?? found.excluded;
    return {
      ratio: found.effect.value,
      type: found.type,
      ratioCI: set === null ? null : ends(set),
      liftCI: set === null ? null : ends(set).map((end) => end! - 1),
    };
  },

  mannWhitneyU: ({ x, y }, { continuity = true }, expected: Record<string, unknown>) => {
    // Our alternative speaks about the second sample, scipy's about the first.
    const sides = { 'two-sided': 'two-sided', less: 'less', greater: 'greater' } as const;
    const p = (side: keyof typeof sides, method: 'exact' | 'asymptotic') =>
      ok(mannWhitney(y, x, { alternative: sides[side], method, continuity })).pValue;
    const found = ok(mannWhitney(y, x, { continuity }));
    const tails = Object.keys(sides) as (keyof typeof sides)[];
    return {
      U1: found.statistic,
      commonLanguageEffect: found.effect.value,
      ...Object.fromEntries(tails.map((side) => [`pAsymp_${side}`, p(side, 'asymptotic')])),
      ...('pExact_two-sided' in expected
        ? Object.fromEntries(tails.map((side) => [`pExact_${side}`, p(side, 'exact')]))
        : {}),
    };
  },

  adjustPValues: ({ p }, { method, alpha = 0.05 }) => {
    const found = adjustPValues(p, ADJUSTMENTS[method] ?? method, alpha);
    return { adjusted: found.adjusted, reject: found.rejected };
  },

  betaBinomialChanceToWin: ({ control, treatment }, { prior = [1, 1] }) => {
    const found = betaBinomialCompare(control, treatment, { prior });
    return {
      pTreatmentBetter: found.chanceToWin,
      posteriorMeans: found.posteriorMeans,
      credible95Control: ends(found.intervals[0]),
      credible95Treatment: ends(found.intervals[1]),
    };
  },
};
