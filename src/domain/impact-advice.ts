import { SAMPLE_RATIO_ALARM } from '../contracts';
import type { ImpactAdvice, ImpactComparison, ImpactMetric, ImpactReport } from '../contracts';

/** z of 97.5 % plus z of 80 %: how many standard errors an effect must be to be shown four times in five. */
const REACH = 2.8016;

/** z of 97.5 %. */
const HALF_WIDTH = 1.96;

/** Beyond this many times the users, waiting is no advice. */
const WORTH_WAITING = 1_000;

/** What of a report the advice rests on. */
export type AdviceInput = Pick<
  ImpactReport,
  'groups' | 'controlGroup' | 'minimumUsers' | 'sampleRatioP' | 'metrics' | 'value' | 'modelPerformance' | 'currency'
>;

type Rule = (report: AdviceInput) => ImpactAdvice | null;

/** What to do for a better result, each with its reason; the most pressing first. */
export function impactAdvice(report: AdviceInput): ImpactAdvice[] {
  const found = RULES.map((rule) => rule(report)).filter((advice) => advice !== null);
  if (found.length > 0) return found;
  return [{ kind: 'keep-going', reason: 'no rule found anything to improve: keep the control group and go on' }];
}

const RULES: readonly Rule[] = [splitIsBroken, controlIsSmall, harms, liftNotShown, clicksAlone, belowCase, openAlerts];

function splitIsBroken({ sampleRatioP, groups, controlGroup }: AdviceInput): ImpactAdvice | null {
  if (sampleRatioP === null || sampleRatioP >= SAMPLE_RATIO_ALARM) return null;
  const { control, treatment } = groups;
  const share = percent(control.users / (control.users + treatment.users));
  return {
    kind: 'repair-split',
    reason: `${share} of the users are in control, ${percent(controlGroup.controlGroupSize)} were planned (p below ${SAMPLE_RATIO_ALARM}): find out which recommendations are not recorded before believing any lift`,
  };
}

function controlIsSmall({ groups, controlGroup, minimumUsers }: AdviceInput): ImpactAdvice | null {
  const { control, treatment } = groups;
  if (control.users >= minimumUsers) return null;
  const all = control.users + treatment.users;
  const enough = all > 0 ? Math.ceil((minimumUsers / all) * 100) / 100 : 1;
  const how =
    enough < 1 && enough > controlGroup.controlGroupSize
      ? `at this traffic a rotation with a control group of ${percent(enough)} has them`
      : 'wait for more users';
  return {
    kind: 'enlarge-control',
    reason: `the control group has ${control.users} users, ${minimumUsers} are needed for a comparison: ${how}`,
  };
}

function harms({ metrics }: AdviceInput): ImpactAdvice | null {
  const worse = metrics.filter(({ significant, better }) => significant && better === false);
  if (worse.length === 0) return null;
  return {
    kind: 'harm',
    reason: `significantly worse than without the model: ${worse.map(({ metric }) => metric).join(', ')}; look into it, or roll back`,
  };
}

function liftNotShown({ metrics, groups }: AdviceInput): ImpactAdvice | null {
  const revenue = of(metrics, 'revenuePerUser');
  if (revenue?.status !== 'ok' || revenue.significant) return null;
  const needed = timesTheUsers(revenue);
  const seen = `no lift of revenue per user is shown yet (p ${revenue.pValue?.toFixed(3)})`;
  if (needed === null) return { kind: 'wait-for-users', reason: `${seen}, and the groups hardly differ` };
  const users = Math.ceil(needed * groups.control.users);
  return {
    kind: 'wait-for-users',
    reason: `${seen}: if the difference is what it seems, about ${users} users in control (now ${groups.control.users}) would show it four times in five`,
  };
}

/** By how much the groups must grow until a difference of this size is shown; null where that is out of reach. */
function timesTheUsers({ difference }: ImpactComparison): number | null {
  if (difference?.low == null || difference.high === null) return null;
  const error = (difference.high - difference.low) / 2 / HALF_WIDTH;
  const times = ((REACH * error) / difference.value) ** 2;
  return times <= WORTH_WAITING ? times : null;
}

function clicksAlone({ metrics }: AdviceInput): ImpactAdvice | null {
  const [clicks, conversions] = [of(metrics, 'clickThroughRate'), of(metrics, 'conversionRate')];
  if (clicks?.better !== true || !clicks.significant) return null;
  if (conversions?.status !== 'ok' || conversions.significant) return null;
  return {
    kind: 'clicks-without-orders',
    reason: 'more is clicked but not more is bought: train on orders, or look at what comes after the click',
  };
}

function belowCase({ value, currency }: AdviceInput): ImpactAdvice | null {
  if (value.status !== 'below' || value.expected === null || value.realised === null) return null;
  return {
    kind: 'below-business-case',
    reason: `${Math.round(value.realised.value)} ${currency} of the expected ${Math.round(value.expected)} came, and the whole interval lies below: correct the business case or the model`,
  };
}

function openAlerts({ modelPerformance }: AdviceInput): ImpactAdvice | null {
  const { alertsOpen } = modelPerformance;
  if (alertsOpen === 0) return null;
  return { kind: 'answer-alerts', reason: `${alertsOpen} of the model's alerts of this month are not resolved` };
}

function of(metrics: readonly ImpactComparison[], name: ImpactMetric): ImpactComparison | undefined {
  return metrics.find(({ metric }) => metric === name);
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
