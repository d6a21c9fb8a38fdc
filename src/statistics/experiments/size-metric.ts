import { requireFinite, requirePositive } from '../arguments';
import { centredPairs } from './centred';
import type {
  DesignOptions,
  DetectableEffectResult,
  PlannedEffect,
  PowerOptions,
  PowerResult,
  SampleSizeResult,
} from './design';
import { detectableEffectTwoMeans, powerTwoMeans, sampleSizeTwoMeans } from './size-means';
import type { MeansFormula } from './size-means';
import { absoluteEffect } from './size-proportions';
import { summaryOf } from './summary';
import type { MetricSums } from './sums';

/** A metric as it was before the experiment: mean and variance of one unit, or sums they can be found from. */
export type PilotMetric = { readonly mean: number; readonly variance: number } | MetricSums;

/** An effect on a metric whose spread is known. */
export interface MetricPlan {
  /** A ratio metric's variance is the delta method's, of an adjusted mean what the covariate leaves. */
  readonly metric: PilotMetric;
  /** In the metric's unit, not 0. */
  readonly minimumDetectableEffect?: number;
  /** Instead of the absolute one, a share of the mean; .05 where neither is given. */
  readonly relativeEffect?: number;
  /** `z` unless said: the variance is known, units are many. */
  readonly formula?: MeansFormula;
}

/**
 * Units per arm to find an effect on a metric of known spread: means, ratios, means with a covariate (CUPED).
 * @throws RangeError on a variance or an effect of 0, a relative effect on a mean of 0, sums that no rows can have
 * @see Cohen (1988); Deng, Knoblich, Lu (2018) for the variance of a ratio
 * @example sampleSizeForMetric({ metric: { mean: 10, variance: 16 } }).control // 1005
 */
export function sampleSizeForMetric(plan: PowerOptions & MetricPlan): SampleSizeResult {
  const { options, effect } = asked(plan);
  const found = sampleSizeTwoMeans({ ...options, effectSize: effect.standardised });
  return found.status === 'ok' ? { ...found, effect } : found;
}

/**
 * The probability to find an effect on a metric of known spread.
 * @param plan.n units in the control arm
 * @throws RangeError as `sampleSizeForMetric`, and on an n not above 0
 * @example powerForMetric({ metric: { mean: 10, variance: 16 }, relativeEffect: 0.05, n: 1005 }).power // 0.80013…
 */
export function powerForMetric(plan: DesignOptions & MetricPlan & { readonly n: number }): PowerResult {
  const { options, effect } = asked(plan);
  return { ...powerTwoMeans({ ...options, n: plan.n, effectSize: effect.standardised }), effect };
}

/**
 * The smallest effect on a metric of known spread that a number of units finds.
 * @param plan.n units in the control arm
 * @throws RangeError on a variance of 0, sums that no rows can have, an n not above 0
 * @example detectableEffectForMetric({ metric: { mean: 10, variance: 16 }, n: 1005 }).effect.relative // 0.04999…
 */
export function detectableEffectForMetric(
  plan: PowerOptions & Pick<MetricPlan, 'metric' | 'formula'> & { readonly n: number },
): DetectableEffectResult {
  const { metric, formula = 'z', n, ...options } = plan;
  const { mean, deviation } = pilot(metric);
  const found = detectableEffectTwoMeans({ ...options, n, formula });
  if (found.status !== 'ok') return found;
  return { ...found, effect: effectOf(found.effect.standardised * deviation, mean, deviation) };
}

function asked<Plan extends PowerOptions & MetricPlan>(plan: Plan) {
  const { metric, minimumDetectableEffect: _absolute, relativeEffect: _relative, formula = 'z', ...options } = plan;
  const { mean, deviation } = pilot(metric);
  if (mean === 0 && plan.minimumDetectableEffect === undefined)
    throw new RangeError('metric has a mean of 0: expected minimumDetectableEffect, nothing is relative to it');
  return { options: { ...options, formula }, effect: effectOf(absoluteEffect(plan, mean), mean, deviation) };
}

function effectOf(absolute: number, mean: number, deviation: number): PlannedEffect {
  return { absolute, relative: mean === 0 ? null : absolute / mean, standardised: absolute / deviation };
}

function pilot(metric: PilotMetric): { readonly mean: number; readonly deviation: number } {
  if (!('kind' in metric)) {
    requireFinite('metric.mean', metric.mean);
    return { mean: metric.mean, deviation: Math.sqrt(requirePositive('metric.variance', metric.variance)) };
  }
  const { n, mean, variance } = summaryOf('metric', metric);
  if (n < 2) throw new RangeError(`metric.n is ${n}: expected at least 2 units`);
  let left = variance;
  if (metric.kind === 'adjusted-mean') {
    const { m2X, m2Y, cXY } = centredPairs('metric', metric);
    if (m2X !== null && m2X > 0) left = Math.max(0, (m2Y ?? NaN) - (cXY ?? NaN) ** 2 / m2X) / (n - 1);
  }
  requireFinite('metric.mean', mean);
  return { mean, deviation: Math.sqrt(requirePositive("metric's variance", left)) };
}
