import type {
  AdditionalRevenue,
  Estimate,
  ImpactLift,
  ImpactTotals,
  ImpactValueReport,
  ImpactValues,
} from '../contracts';

/** The metrics of a group from what its users did. Time to conversion is in seconds. */
export function impactValues(totals: ImpactTotals): ImpactValues {
  const { users, events, clicks, conversions, orders, revenue, secondsToConversion, buyers, repeatBuyers } = totals;
  return {
    revenuePerUser: ratio(revenue, users),
    conversionRate: ratio(conversions, events),
    averageOrderValue: ratio(revenue, orders),
    clickThroughRate: ratio(clicks, events),
    timeToConversion: ratio(secondsToConversion, conversions),
    repeatPurchaseRate: ratio(repeatBuyers, buyers),
  };
}

/** Nothing is divided by nothing. */
function ratio(numerator: number, denominator: number): number | null {
  return denominator > 0 ? numerator / denominator : null;
}

/** Plain lift of one value over another; null unless the control's is above 0. */
export function liftOf(treatment: number | null, control: number | null): ImpactLift | null {
  if (treatment === null || control === null || !(control > 0)) return null;
  return {
    treatmentValue: treatment,
    controlValue: control,
    liftPercentage: ((treatment - control) / control) * 100,
    absoluteDifference: treatment - control,
  };
}

/** A difference per user as that of all treated users. */
export function additionalRevenue(perUser: Estimate, treatedUsers: number): AdditionalRevenue {
  const of = (value: number | null): number | null => (value === null ? null : value * treatedUsers);
  return { value: perUser.value * treatedUsers, low: of(perUser.low), high: of(perUser.high), treatedUsers, perUser };
}

/** What was promised against what came; `below` and `above` only where the whole interval is. */
export function valueAgainst(expected: number | null, revenue: AdditionalRevenue | null): ImpactValueReport {
  const realised = revenue === null ? null : { value: revenue.value, low: revenue.low, high: revenue.high };
  const share = expected === null || expected === 0 || realised === null ? null : realised.value / expected;
  return { expected, realised, share, status: statusOf(expected, realised) };
}

function statusOf(expected: number | null, realised: Estimate | null): ImpactValueReport['status'] {
  if (expected === null) return 'no-business-case';
  if (realised === null) return 'not-measurable';
  if (realised.high !== null && realised.high < expected) return 'below';
  if (realised.low !== null && realised.low > expected) return 'above';
  return 'in-line';
}

/**
 * Additional revenue summed month by month, with a band that holds however the months hang together: the same users
 * come again, so widths are added, not squares.
 */
export function cumulated(months: readonly (Estimate | null)[]): Estimate[] {
  let sum: Estimate = { value: 0, low: 0, high: 0 };
  return months.map((month) => {
    if (month !== null) {
      const { low, high } = month;
      sum = {
        value: sum.value + month.value,
        low: low === null || sum.low === null ? null : sum.low + low,
        high: high === null || sum.high === null ? null : sum.high + high,
      };
    }
    return sum;
  });
}
