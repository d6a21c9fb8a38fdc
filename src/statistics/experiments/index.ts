export { bayesianCompare } from './bayesian';
export type { BayesianOptions, BayesianResult, NormalPrior } from './bayesian';
export { betaBinomialCompare } from './beta-binomial';
export type { BetaBinomialResult } from './beta-binomial';
export { cohensD } from './cohens-d';
export type { EffectSizeResult } from './cohens-d';
export { compareArms, studentTest } from './compare-arms';
export type { CompareOptions, CovariateAdjustment, MeanResult } from './compare-arms';
export { compareMetrics } from './compare-metrics';
export type { ComparedMetric, ComparedMetrics, ComparedMetricPlan } from './compare-metrics';
export type {
  DesignOptions,
  DetectableEffectResult,
  PlannedEffect,
  PowerOptions,
  PowerResult,
  SampleSizeResult,
} from './design';
export { experimentDuration } from './duration';
export type { DurationResult } from './duration';
export { fiellerInterval } from './fieller';
export type { FiellerResult } from './fieller';
export { mannWhitney } from './mann-whitney';
export type { MannWhitneyOptions, MannWhitneyResult } from './mann-whitney';
export { mergeSums } from './merge-sums';
export { adjustPValues } from './multiplicity';
export type { AdjustedPValues, Adjustment } from './multiplicity';
export { nonInferiority } from './non-inferiority';
export type { NonInferiorityPlan, NonInferiorityResult } from './non-inferiority';
export { mcnemarTest, pairedLossTest, pairedMeanTest } from './paired';
export type { McNemarResult, PairedLossResult, PairedMeanResult } from './paired';
export type { DifferenceIntervalMethod } from './proportion-difference';
export { proportionInterval } from './proportion-interval';
export type { ProportionIntervalMethod } from './proportion-interval';
export { twoProportionZTest } from './proportions';
export type { ProportionsOptions, ProportionsResult } from './proportions';
export type { ProportionsFormula } from './proportions-formulas';
export { chiSquareSampleRatio, sequentialSampleRatio } from './sample-ratio';
export type { ChiSquareSampleRatioResult, SampleRatio, SequentialSampleRatioResult } from './sample-ratio';
export { detectableEffectTwoMeans, powerTwoMeans, sampleSizeTwoMeans } from './size-means';
export type { MeansFormula, MeansPlan } from './size-means';
export { detectableEffectForMetric, powerForMetric, sampleSizeForMetric } from './size-metric';
export type { MetricPlan, PilotMetric } from './size-metric';
export { detectableEffectTwoProportions, powerTwoProportions, sampleSizeTwoProportions } from './size-proportions';
export type { ProportionsPlan } from './size-proportions';
export { sumByArm } from './sum-by-arm';
export type { ArmColumns } from './sum-by-arm';
export { adjustedMeanOf, meanOf, proportionOf, ratioOf } from './sums-of-rows';
export type * from './sums';
export { winsorise } from './winsorise';
export type { Winsorised, WinsoriseOptions } from './winsorise';
