import { MINIMUM_PER_ARM } from '../src/contracts';
import type { DesignMetric, ExperimentDesign, ExperimentSums, UnitSums } from '../src/contracts';
import * as statistics from '../src/statistics';
import type { MetricSums } from '../src/statistics';
import { againstControl, momentsOf } from './experiment-analysis-arms';

/** An alarm about novelty should be rare. */
const ALARM = 0.01;

/**
 * Success metrics whose effect on the units of the first week differs from that on later ones: a z test of the two
 * differences, p < .01 after Holm over metrics and variants. An effect that wears off, or one that has to be learnt.
 */
export function noveltyOf(design: ExperimentDesign, weeks: ExperimentSums['weeks']): string[] {
  const first = weeks.find(({ week }) => week === 0);
  const later = weeks.filter(({ week }) => week > 0);
  if (first === undefined || later.length === 0) return [];
  const [, treatments] = againstControl(first.variants);
  const tests = design.metrics.flatMap((metric, index) => {
    if (metric.role !== 'success') return [];
    const arm = (variant: number, of: ExperimentSums['weeks'][number]): UnitSums =>
      of.variants[variant]!.metrics[index]!;
    return treatments.flatMap((_, treatment) => {
      const early = effectOf(merged(metric, [arm(0, first)]), merged(metric, [arm(treatment + 1, first)]));
      const late = effectOf(
        merged(
          metric,
          later.map((week) => arm(0, week)),
        ),
        merged(
          metric,
          later.map((week) => arm(treatment + 1, week)),
        ),
      );
      const p = early === null || late === null ? null : pOfChange(early, late);
      return p === null ? [] : [{ metric: metric.name, p }];
    });
  });
  const { adjusted } = statistics.adjustPValues(
    tests.map(({ p }) => p),
    'holm',
  );
  return [...new Set(tests.filter((_, index) => adjusted[index]! < ALARM).map(({ metric }) => metric))];
}

interface MeasuredEffect {
  readonly value: number;
  readonly standardError: number;
}

function merged(metric: DesignMetric, parts: readonly UnitSums[]): MetricSums {
  return parts.map((part) => momentsOf(metric, part)).reduce(statistics.mergeSums);
}

function effectOf(control: MetricSums, treatment: MetricSums): MeasuredEffect | null {
  if (Math.min(control.n, treatment.n) < MINIMUM_PER_ARM) return null;
  const test = statistics.compareArms(control, treatment);
  return test.status === 'ok' ? { value: test.effect.value, standardError: test.standardError } : null;
}

function pOfChange(early: MeasuredEffect, late: MeasuredEffect): number | null {
  const z = (early.value - late.value) / Math.hypot(early.standardError, late.standardError);
  return Number.isFinite(z) ? statistics.twoSidedNormal(z).pValue : null;
}
