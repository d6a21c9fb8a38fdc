import type { BacktestAlert, BacktestTruth, Instant, TruthInterval } from '../../contracts';
import { durationMs, ms } from '../../domain/time';

/** Alarms held against what was declared to be true. */
export interface Judged {
  readonly verdicts: readonly BacktestAlert['verdict'][];
  readonly truth: readonly BacktestTruth[];
  readonly falseAlarms: number | null;
  readonly missed: number | null;
}

/**
 * An alarm inside a declared interval is a hit, outside all of them false; an interval without one is missed. What was
 * open before and is found again counts for an interval, but is no further false alarm.
 * @param alarms in any order
 */
export function judgeAlarms(
  alarms: readonly { readonly at: Instant; readonly opened: boolean }[],
  declared: readonly TruthInterval[] | undefined,
): Judged {
  if (declared === undefined) {
    return { verdicts: alarms.map(() => 'undeclared'), truth: [], falseAlarms: null, missed: null };
  }
  const inside = (at: Instant, { from, to }: TruthInterval) => at >= from && at < to;
  const verdicts = alarms.map(({ at }) =>
    declared.some((each) => inside(at, each)) ? ('hit' as const) : ('false' as const),
  );
  const truth = declared.map((each) => {
    const firstAlarm =
      alarms
        .map(({ at }) => at)
        .filter((at) => inside(at, each))
        .sort()[0] ?? null;
    const delayDays = firstAlarm === null ? null : daysBetween(each.from, firstAlarm);
    return { ...each, firstAlarm, delayDays };
  });
  return {
    verdicts,
    truth,
    falseAlarms: alarms.filter(({ opened }, index) => opened && verdicts[index] === 'false').length,
    missed: truth.filter(({ firstAlarm }) => firstAlarm === null).length,
  };
}

/** Days from one instant to another, with two decimals. */
export function daysBetween(from: Instant, to: Instant): number {
  return Math.round(((ms(to) - ms(from)) / durationMs('1d')) * 100) / 100;
}
