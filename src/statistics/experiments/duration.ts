import { requireCounts, requirePositive, requireShares } from '../arguments';

/** How long an experiment takes. */
export interface DurationResult {
  readonly status: 'ok';
  readonly method: string;
  /** Whole days. */
  readonly days: number;
  /** Whole weeks: an experiment should see every day of the week as often. */
  readonly weeks: number;
  /** Before rounding up. */
  readonly exact: number;
  /** The arm that is complete last, 0 the control. */
  readonly lastArm: number;
  /** New units a day, per arm. */
  readonly perDay: readonly number[];
  readonly notes: readonly string[];
}

/**
 * How long it takes until every arm has the units it needs.
 * @param plan.needed units per arm, control first: `units` of a sample size
 * @param plan.dailyUnits new units a day that could take part, above 0; who returns is no new unit
 * @param plan.coverage share of them that does take part, in (0, 1]; 1
 * @param plan.shares how those are split among the arms, summing to 1; in proportion to what is needed unless given
 * @throws RangeError on counts that are none, a traffic not above 0, shares that do not sum to 1
 * @example experimentDuration({ needed: [3841, 3841], dailyUnits: 1000, coverage: 0.5 }).days // 16
 */
export function experimentDuration(plan: {
  readonly needed: readonly number[];
  readonly dailyUnits: number;
  readonly coverage?: number;
  readonly shares?: readonly number[];
}): DurationResult {
  const { needed, coverage = 1 } = plan;
  requireCounts('needed', needed);
  if (needed.length === 0) throw new RangeError('needed has 0 arms: expected at least one');
  requirePositive('dailyUnits', plan.dailyUnits);
  if (!(requirePositive('coverage', coverage) <= 1))
    throw new RangeError(`coverage is ${coverage}: expected a share of at most 1`);
  const total = needed.reduce((sum, units) => sum + units, 0);
  const shares = plan.shares ?? needed.map((units) => (total === 0 ? 1 / needed.length : units / total));
  if (plan.shares !== undefined) requireShares('shares', plan.shares, needed.length);
  const perDay = shares.map((share) => plan.dailyUnits * coverage * share);
  const daysOf = needed.map((units, arm) => (units === 0 ? 0 : units / perDay[arm]!));
  const exact = Math.max(...daysOf);
  if (!(exact < Number.MAX_SAFE_INTEGER))
    throw new RangeError(`dailyUnits is ${plan.dailyUnits}: expected a traffic that fills the arms some day`);
  const days = Math.ceil(exact * (1 - 1e-9));
  return {
    status: 'ok',
    method: 'units needed / new units a day, of the arm that is complete last',
    days,
    weeks: Math.ceil(days / 7),
    exact,
    lastArm: daysOf.indexOf(exact),
    perDay,
    notes: days % 7 === 0 ? [] : [`${days} days are no whole weeks: weekdays would not be equally often in it`],
  };
}
