import type { DesignMetric, DesignPlan, ExperimentDesign } from '../src/contracts';
import { plannedLooksOf } from '../src/domain/experiment-schedule';
import { durationMs } from '../src/domain/time';
import * as statistics from '../src/statistics';

/** What was measured before the start. */
export interface Measured {
  readonly unitsPerDay: number | null;
  /** Mean and standard deviation of a unit, by metric. */
  readonly baselines: ReadonlyMap<string, { readonly mean: number; readonly sd: number }>;
}

const DAY_MS = durationMs('1d');
const WEEK_MS = durationMs('1w');

/**
 * What a design needs and what time gives. Each success metric is sized by itself for its arms of equal size, at α
 * over the comparisons with the control (Bonferroni): shares by Fleiss' pooled formula, everything else by z from
 * mean and standard deviation, without what a covariate will save. What is measured goes before what is declared.
 */
export function planOfDesign(design: ExperimentDesign, measured: Measured): DesignPlan {
  const { unitsPerDay } = measured;
  const smallest = Math.min(...design.variants.map(({ weight }) => weight));
  const days = exposureDays(design);
  const expected = unitsPerDay === null ? null : Math.floor(unitsPerDay * smallest * days.full);
  const sized = design.metrics
    .filter(({ role }) => role === 'success')
    .map((metric) => ({ name: metric.name, ...sizeOf(design, metric, measured, expected) }));
  const needed = Math.max(0, ...sized.map(({ unitsPerArm }) => unitsPerArm ?? 0));
  const isSized = sized.some(({ unitsPerArm }) => unitsPerArm !== null);
  const daysNeeded =
    unitsPerDay === null || unitsPerDay === 0 || !isSized ? null : daysUntil(needed / (unitsPerDay * smallest), days);
  return {
    looks: plannedLooksOf(design, durationMs(design.duration)),
    metrics: sized.map(({ name, baseline, unitsPerArm, detectableEffect }) => ({
      metric: name,
      baseline,
      unitsPerArm,
      detectableEffect,
    })),
    unitsPerDay,
    daysNeeded,
    warnings: [
      ...sized.flatMap(({ warning }) => (warning === null ? [] : [warning])),
      ...sized.flatMap(({ name, unitsPerArm }) => shortfall(design, name, unitsPerArm, expected)),
      ...(unitsPerDay === null || unitsPerDay === 0
        ? ['nothing tells how many units come in a day: no duration can be planned']
        : []),
      ...aboutTime(design),
    ],
    notes: notesOn(design),
  };
}

type Size = Pick<DesignPlan['metrics'][number], 'baseline' | 'unitsPerArm' | 'detectableEffect'> & {
  readonly warning: string | null;
};

function sizeOf(
  design: ExperimentDesign,
  metric: DesignMetric,
  { baselines }: Measured,
  expected: number | null,
): Size {
  const known = baselines.get(metric.name);
  const mean = known?.mean ?? metric.baseline?.mean;
  const sd = known?.sd ?? metric.baseline?.standardDeviation;
  const none = { baseline: mean ?? null, unitsPerArm: null, detectableEffect: null };
  if (mean === undefined) {
    const warning = `${metric.name} has no baseline, measured or declared: nothing says how many units it needs`;
    return { ...none, warning };
  }
  const isShare = metric.type === 'proportion';
  if (isShare ? !(mean > 0 && mean < 1) : mean === 0 || !(sd !== undefined && sd > 0)) {
    const wanted = isShare ? 'a share between 0 and 1' : 'a mean other than 0 and a standard deviation above 0';
    return {
      ...none,
      warning: `${metric.name} has the baseline ${mean} (deviation ${sd ?? 'unknown'}): expected ${wanted}`,
    };
  }
  const options = { alpha: design.alpha, power: design.power, variants: design.variants.length };
  const size = isShare ? shareSize(design, mean, options) : spreadSize(design, mean, sd!, options);
  const units = size.status === 'ok' ? size.control : null;
  const effect =
    expected === null || expected < 1 ? null : smallestEffect(isShare, mean, sd ?? 0, { ...options, n: expected });
  return { baseline: mean, unitsPerArm: units, detectableEffect: effect, warning: null };
}

type Options = Pick<statistics.PowerOptions, 'alpha' | 'power' | 'variants'>;

function shareSize({ minimumDetectableEffect }: ExperimentDesign, baseline: number, options: Options) {
  // Towards the middle where there is no room above.
  const relativeEffect =
    baseline * (1 + minimumDetectableEffect) < 1 ? minimumDetectableEffect : -minimumDetectableEffect;
  if (relativeEffect <= -1) return { status: 'undefined' } as const;
  return statistics.sampleSizeTwoProportions({ ...options, baseline, relativeEffect });
}

function spreadSize({ minimumDetectableEffect }: ExperimentDesign, mean: number, sd: number, options: Options) {
  const metric = { mean, variance: sd * sd };
  return statistics.sampleSizeForMetric({ ...options, metric, relativeEffect: minimumDetectableEffect });
}

/** Relative, to three digits; null where no effect is found by so many units. */
function smallestEffect(
  isShare: boolean,
  mean: number,
  sd: number,
  options: Options & { readonly n: number },
): number | null {
  const found = isShare
    ? (['increase', 'decrease'] as const).map((direction) =>
        statistics.detectableEffectTwoProportions({ ...options, baseline: mean, direction }),
      )
    : [statistics.detectableEffectForMetric({ ...options, metric: { mean, variance: sd * sd } })];
  const first = found.find((result) => result.status === 'ok');
  return first?.effect.relative == null ? null : Number(Math.abs(first.effect.relative).toPrecision(3));
}

/** Days of exposure of all units, and how they come: a ramp lets fewer in at first. */
interface ExposureDays {
  /** So many days of full traffic come in during the duration. */
  readonly full: number;
  readonly steps: readonly { readonly coverage: number; readonly days: number }[];
}

function exposureDays({ ramp, allocation, duration, namespace, holdout }: ExperimentDesign): ExposureDays {
  const share = (namespace ? namespace.range[1] - namespace.range[0] : 1) * (1 - (holdout?.share ?? 0));
  const held = ramp.map(({ coverage, hold }) => ({ coverage: coverage * share, days: durationMs(hold) / DAY_MS }));
  const steps = [...held, { coverage: allocation * share, days: Infinity }];
  let left = durationMs(duration) / DAY_MS;
  let full = 0;
  for (const { coverage, days } of steps) {
    full += coverage * Math.min(left, days);
    left = Math.max(0, left - days);
  }
  return { full, steps };
}

/** Whole days until so many days of full traffic have come in. */
function daysUntil(full: number, { steps }: ExposureDays): number | null {
  let [left, passed] = [full, 0];
  for (const { coverage, days } of steps) {
    if (left <= coverage * days) return finite(Math.ceil((passed + left / coverage) * (1 - 1e-9)));
    left -= coverage * days;
    passed += days;
  }
  return null;
}

function finite(days: number): number | null {
  return Number.isSafeInteger(days) ? days : null;
}

function shortfall(
  { minimumDetectableEffect }: ExperimentDesign,
  name: string,
  needed: number | null,
  expected: number | null,
): string[] {
  if (needed === null || expected === null || expected >= needed) return [];
  return [
    `about ${expected} units are expected in the smallest arm by the end, ${needed} are needed for ${name} to find a relative difference of ${minimumDetectableEffect}`,
  ];
}

function aboutTime({ duration, criteria: { minimumDuration } }: ExperimentDesign): string[] {
  const [exposure, minimum] = [durationMs(duration), durationMs(minimumDuration)];
  return [
    ...(exposure % WEEK_MS === 0 ? [] : [`${duration} are no whole weeks: weekdays are not equally often in it`]),
    ...(minimum > exposure
      ? [`the minimum duration ${minimumDuration} is longer than the exposure, ${duration}: nothing can ship`]
      : []),
  ];
}

function notesOn({ variants, eligibility, metrics }: ExperimentDesign): string[] {
  const comparisons = variants.length - 1;
  return [
    `shares: pooled variance under equality (Fleiss); means and ratios: z, both tails; α over ${comparisons} comparison${comparisons === 1 ? '' : 's'} with the control (Bonferroni)`,
    ...(eligibility.length === 0 ? [] : ['units per day are all units, eligible or not']),
    ...(metrics.some(({ lookBack, role }) => lookBack !== null && role === 'success')
      ? ['what a covariate saves (CUPED) is not in it']
      : []),
  ];
}
