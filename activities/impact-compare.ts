import type {
  ImpactComparison,
  ImpactComparisonStatus,
  ImpactGroup,
  ImpactGroupSums,
  ImpactMetric,
  ImpactSpec,
  ImpactSums,
} from '../src/contracts';
import { impactValues, liftOf } from '../src/domain/impact-value';
import { chiSquareSampleRatio, compareArms } from '../src/statistics';
import type { MeanResult, MetricSums } from '../src/statistics';
import { estimateOf } from './estimates';

/** Both groups of a month. */
export type ImpactArms = Readonly<Record<ImpactGroup, ImpactGroupSums>>;

/** Metrics about orders rest on the users that ordered, not on all of them. */
const OF_BUYERS: readonly ImpactMetric[] = ['averageOrderValue', 'timeToConversion', 'repeatPurchaseRate'];

/** Treatment against control, metric by metric. Users are the units: events of one user hang together. */
export function compareImpact(arms: ImpactArms, spec: ImpactSpec): ImpactComparison[] {
  return spec.impactMetrics.map((metric) => compared(metric, arms, spec));
}

/** Whether the groups are as large as they were meant to be; null without users. */
export function impactSampleRatio({ control, treatment }: ImpactArms, controlGroupSize: number): number | null {
  const counts = [control.totals.users, treatment.totals.users];
  const found = chiSquareSampleRatio(counts, [controlGroupSize, 1 - controlGroupSize]);
  return found.status === 'ok' ? found.pValue : null;
}

function compared(metric: ImpactMetric, { control, treatment }: ImpactArms, spec: ImpactSpec): ImpactComparison {
  const [a, b] = [impactValues(control.totals)[metric], impactValues(treatment.totals)[metric]];
  const values = { metric, control: a, treatment: b };
  const units = [unitsOf(metric, control), unitsOf(metric, treatment)] as const;
  const few = tooFew(metric, units, spec.minimumUsers);
  if (few !== null) return without(values, ...few);
  const plain = liftOf(b, a);
  const found = test(metric, control, treatment, spec);
  if (found.status !== 'ok') {
    const status = found.status === 'insufficient-data' ? 'undefined' : found.status;
    return { ...without(values, status, found.reason), plain };
  }
  const { effect, relativeLift, pValue, significant, adjustment } = found;
  const upwards = metric === 'timeToConversion' ? -1 : 1;
  return {
    ...values,
    status: 'ok',
    reason: null,
    plain,
    difference: estimateOf(effect),
    lift: relativeLift === null || plain === null ? null : estimateOf(relativeLift),
    pValue,
    significant,
    better: effect.value === 0 ? null : effect.value * upwards > 0,
    cuped: adjustment && { theta: adjustment.theta, varianceReduction: adjustment.varianceReduction },
  };
}

function unitsOf(metric: ImpactMetric, { totals }: ImpactGroupSums): number {
  return OF_BUYERS.includes(metric) ? totals.buyers : totals.users;
}

function tooFew(
  metric: ImpactMetric,
  [control, treatment]: readonly [number, number],
  minimum: number,
): readonly [ImpactComparisonStatus, string] | null {
  const who = OF_BUYERS.includes(metric) ? 'users with an order' : 'users';
  const said = (group: string, n: number) => `${group} has ${n} ${who}, ${minimum} are needed`;
  if (control === 0) return ['control-empty', `control has no ${who}`];
  if (treatment === 0) return ['treatment-empty', `treatment has no ${who}`];
  if (control < minimum) return ['control-too-small', said('control', control)];
  return treatment < minimum ? ['treatment-too-small', said('treatment', treatment)] : null;
}

function without(
  values: Pick<ImpactComparison, 'metric' | 'control' | 'treatment'>,
  status: ImpactComparisonStatus,
  reason: string,
): ImpactComparison {
  const nothing = { plain: null, difference: null, lift: null, pValue: null, better: null, cuped: null };
  return { ...values, status, reason, ...nothing, significant: false };
}

function test(
  metric: ImpactMetric,
  control: ImpactGroupSums,
  treatment: ImpactGroupSums,
  { lookBack }: ImpactSpec,
): MeanResult {
  const of = ({ totals, metrics }: ImpactGroupSums): MetricSums =>
    sumsFor(metric, totals.users, metrics[metric], lookBack !== null);
  return compareArms(of(control), of(treatment));
}

function sumsFor(metric: ImpactMetric, n: number, { y, yy, x, xx, xy }: ImpactSums, adjusted: boolean): MetricSums {
  if (metric !== 'revenuePerUser') {
    const [numerator, denominator] = [
      { sum: y, sumSquares: yy },
      { sum: x, sumSquares: xx },
    ];
    return { kind: 'ratio', n, numerator, denominator, sumProducts: xy };
  }
  if (!adjusted) return { kind: 'mean', n, sum: y, sumSquares: yy };
  return { kind: 'adjusted-mean', n, sum: y, sumSquares: yy, covariate: { sum: x, sumSquares: xx }, sumProducts: xy };
}
