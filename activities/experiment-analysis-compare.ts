import type {
  AnalyseDesignInput,
  Comparison,
  DesignMetric,
  Estimate,
  ExperimentDesign,
  UnitSums,
  VariantSums,
} from '../src/contracts';
import * as statistics from '../src/statistics';
import type { Effect } from '../src/statistics';
import { estimateOf } from './estimates';
import { againstControl, armsOf, rawMean } from './experiment-analysis-arms';
import type { Arms } from './experiment-analysis-arms';

/** A variant against the control on one metric, before anything is claimed about it. */
export interface Draft {
  readonly variant: string;
  readonly metric: DesignMetric;
  readonly control: UnitSums;
  readonly treatment: UnitSums;
  readonly arms: Arms;
  readonly test: statistics.MeanResult | statistics.ProportionsResult;
  /** The test that holds at any look. */
  readonly anytime: statistics.AlwaysValidResult;
}

/** Where claims are made: a look with enough units makes them, a check or a peek does not. */
export interface ClaimContext {
  readonly input: AnalyseDesignInput;
  /** Units that are judged in variants that were not dropped: those of this look and those before. */
  readonly units: number;
  readonly mayClaim: boolean;
}

/** What may be said about a draft. */
export interface Claim {
  readonly bound: number | null;
  readonly significant: boolean;
  readonly adjustedPValue: number | null;
  readonly breached: boolean;
  /** 1 − the level of its intervals; null for those that hold at any look. */
  readonly intervals: number | null;
}

/** Every variant against the control on every metric, metric by metric within a variant. */
export function draftsOf(design: ExperimentDesign, variants: readonly VariantSums[]): Draft[] {
  const [control, treatments] = againstControl(variants);
  return treatments.flatMap(({ variant, metrics }) =>
    design.metrics.map((metric, index) => draft(design, metric, variant, control.metrics[index]!, metrics[index]!)),
  );
}

function draft(
  { alpha }: ExperimentDesign,
  metric: DesignMetric,
  variant: string,
  control: UnitSums,
  treatment: UnitSums,
): Draft {
  const arms = armsOf(metric, control, treatment);
  const anytime = statistics.alwaysValidCompare(...arms, { alpha });
  return { variant, metric, control, treatment, arms, test: testOf(arms, alpha), anytime };
}

/** Pooled z for shares of units, Welch's t for everything else. */
function testOf([control, treatment]: Arms, alpha: number): Draft['test'] {
  return control.kind === 'proportion' && treatment.kind === 'proportion'
    ? statistics.twoProportionZTest(control, treatment, { alpha })
    : statistics.compareArms(control, treatment, { alpha });
}

/** z of a draft (t where the test is Welch's: from a hundred units on they are one), null without a test. */
export function zOf({ test }: Pick<Draft, 'test'>): number | null {
  return test.status === 'ok' ? test.statistic : null;
}

/** A draft with what is claimed about it. */
export function finish(design: ExperimentDesign, draft: Draft, claim: Claim): Comparison {
  const { variant, metric, control, treatment, test, anytime } = draft;
  const { bound, significant, adjustedPValue, breached } = claim;
  const base = {
    ...{ variant, metric: metric.name, role: metric.role, units: [control.n, treatment.n] as const },
    means: [rawMean(metric, control), rawMean(metric, treatment)] as const,
    ...{ bound, significant, adjustedPValue, breached },
    anytime: anytime.status === 'ok' ? estimateOf(anytime.effect) : null,
    power: powerOf(design, draft),
  };
  if (test.status !== 'ok') {
    const none = { difference: null, lift: null, pValue: null, z: null, better: null, chanceToWin: null, cuped: null };
    return { ...base, status: test.status, ...none };
  }
  const value = test.effect.value;
  const higher = metric.direction === 'higher-is-better';
  const posterior = statistics.bayesianCompare(...draft.arms, { direction: metric.direction });
  const adjustment = 'adjustment' in test ? test.adjustment : null;
  return {
    ...base,
    status: 'ok',
    ...intervalsOf(design, draft, claim),
    pValue: test.pValue,
    z: test.statistic,
    better: value === 0 ? null : value > 0 === higher,
    chanceToWin: posterior.status === 'ok' ? posterior.chanceToWin : null,
    cuped: adjustment === null ? null : { theta: adjustment.theta, varianceReduction: adjustment.varianceReduction },
  };
}

/** Difference and relative lift, with intervals that agree with what is claimed. */
function intervalsOf(
  { alpha }: ExperimentDesign,
  { arms, test, anytime }: Draft,
  { intervals }: Claim,
): { readonly difference: Estimate | null; readonly lift: Estimate | null } {
  if (test.status !== 'ok') return { difference: null, lift: null };
  const at = intervals === null ? null : testOf(arms, intervals);
  if (at?.status === 'ok')
    return { difference: estimateOf(at.effect), lift: at.relativeLift && estimateOf(at.relativeLift) };
  const relative = statistics.alwaysValidCompare(...arms, { difference: 'relative', alpha });
  return {
    difference: anytime.status === 'ok' ? estimateOf(anytime.effect) : bare(test.effect),
    lift: relative.status === 'ok' ? estimateOf(relative.effect) : bare(test.relativeLift),
  };
}

/** A value whose interval cannot be given yet. */
function bare(effect: Effect | null): Estimate | null {
  return effect === null ? null : { value: effect.value, low: null, high: null };
}

/** No shift in standard deviations needs to be larger to be found by two units. */
const SURE = 1e6;

/** The chance to find the design's effect with these units, from the control as it is; z, Bonferroni over variants. */
function powerOf(design: ExperimentDesign, { metric, control, treatment, test }: Draft): number | null {
  if (test.status !== 'ok') return null;
  const mean = rawMean(metric, control);
  const variance = 'variances' in test ? test.variances[0] : mean * (1 - mean);
  const shift = (design.minimumDetectableEffect * Math.abs(mean)) / Math.sqrt(variance);
  if (!(shift > 0)) return null;
  const { alpha, variants } = design;
  const plan = { alpha, variants: variants.length, n: control.n, ratio: treatment.n / control.n } as const;
  return statistics.powerTwoMeans({ ...plan, effectSize: Math.min(SURE, shift), formula: 'z' }).power;
}
