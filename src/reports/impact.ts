import { SAMPLE_RATIO_ALARM } from '../contracts';
import type { Estimate, ImpactAdvice, ImpactComparison, ImpactHistory, ImpactReport, ImpactTotals } from '../contracts';
import { count, day, decimals, missing, percent, plural, probability, signed } from './format';
import { html, page, tableOf } from './html';
import type { Html } from './html';
import { drawn, figure } from './plots/chart';
import { cumulativeChart, groupsChart, IMPACT_TITLES, liftChart, valueChart } from './plots/impact';

/**
 * A month's business report as one page, self-contained. The same data give the same page.
 * @param history reports by ascending month; the last is the month that is reported
 * @throws RangeError without a report
 * @throws Error naming the package to install when echarts is not there
 */
export async function renderImpactReport(history: ImpactHistory): Promise<string> {
  const report = history.at(-1);
  if (report === undefined) throw new RangeError('history has no report: expected one at least');
  const title = `What ${report.model} earned in ${report.month}`;
  const body = html`<header>
      <h1>${title}</h1>
      <p class="lead">${headline(report)}</p>
      <p class="soft">${standing(report)}</p>
    </header>
    <main>
      <h2>What to do</h2>
      <ul>
        ${report.recommendations.map(({ kind, reason }) => html`<li><strong>${ADVICE[kind] ?? kind}:</strong> ${reason}.</li>`)}
      </ul>
      <h2>Value</h2>
      ${valueOf(report)} ${await drawn(cumulativeChart(history), 'Additional revenue could not be told in any month.')}
      <h2>Lift by metric</h2>
      ${metricsOf(report)} ${await drawn(liftChart(report), 'No metric could be compared.')}
      <h2>Groups</h2>
      ${groupsOf(report)}
      <div class="pair">
        ${await figure(groupsChart(history))}
        ${await drawn(valueChart(history), 'No business case was declared: there is nothing to hold the value against.')}
      </div>
      <h2>The model</h2>
      ${modelOf(report)}
    </main>
    <footer>
      <h2>Months</h2>
      ${monthsOf(history)}
    </footer>`;
  return page({ title, body });
}

const ADVICE: Readonly<Record<ImpactAdvice['kind'], string>> = {
  'enlarge-control': 'Enlarge the control group',
  'repair-split': 'Repair the split',
  harm: 'Look into the harm',
  'wait-for-users': 'Wait for more users',
  'clicks-without-orders': 'Clicks without orders',
  'below-business-case': 'Below the business case',
  'answer-alerts': 'Answer the alerts',
  'keep-going': 'Keep going',
};

function headline({ additionalRevenue, currency, metrics }: ImpactReport): string {
  if (additionalRevenue === null) {
    const why = metrics.find(({ metric }) => metric === 'revenuePerUser')?.reason ?? 'revenue per user is not tracked';
    return `What the model earned cannot be told: ${why}.`;
  }
  const { low, high, treatedUsers } = additionalRevenue;
  const shown = (low ?? 0) > 0 || (high ?? 0) < 0 ? '' : ', which may be chance';
  return `${spread(additionalRevenue, 0)} ${currency} of additional revenue from ${plural(treatedUsers, 'treated user')}${shown}.`;
}

function standing({ from, to, closedTo, revision, controlGroup, at }: ImpactReport): string {
  const state =
    revision === 0
      ? `so far: recommendations before ${day(closedTo)}, whose attribution windows are over`
      : `revision ${revision}${revision > 1 ? ', after late events' : ''}`;
  const { rotation, controlGroupSize } = controlGroup;
  return `Recommendations from ${day(from)} to ${day(to)} (UTC), ${state}; written ${day(at)}. Control group ${percent(controlGroupSize)} of the users, rotation ${rotation}.`;
}

function spread(estimate: Estimate, places: number): string {
  return `${signed(estimate.value, places)} (95 % interval ${signed(estimate.low, places)} to ${signed(estimate.high, places)})`;
}

const STATUSES: Readonly<Record<ImpactReport['value']['status'], string>> = {
  'no-business-case': 'no business case was declared',
  'not-measurable': 'not measurable',
  below: 'below: the whole interval lies under the expected value',
  'in-line': 'in line: the interval holds the expected value',
  above: 'above: the whole interval lies over the expected value',
};

function valueOf({ value, additionalRevenue, currency }: ImpactReport): Html {
  const { expected, realised, share, status } = value;
  return tableOf(
    ['', currency],
    [
      ['additional revenue of a treated user', additionalRevenue && spread(additionalRevenue.perUser, 4)],
      ['additional revenue of all treated users', realised && spread(realised, 0)],
      ['expected by the business case', expected === null ? missing('none declared') : decimals(expected, 0)],
      ['realised of it', share === null ? null : percent(share)],
      ['verdict', STATUSES[status] ?? status],
    ],
    'Value',
  );
}

const numbers = (...names: readonly string[]) => names.map((name) => ({ name, kind: 'number' as const }));

function metricsOf({ metrics }: ImpactReport): Html {
  return html`${tableOf(
    ['metric', ...numbers('control', 'treatment', 'lift, %', 'difference', '95 % interval', 'p'), 'verdict'],
    metrics.map((one) => [
      `${IMPACT_TITLES[one.metric]}${one.metric === 'timeToConversion' ? ' (s)' : ''}`,
      decimals(one.control, 4),
      decimals(one.treatment, 4),
      signed(one.plain?.liftPercentage ?? null, 1),
      signed(one.difference?.value ?? null, 4),
      one.difference === null ? null : `${signed(one.difference.low, 4)} to ${signed(one.difference.high, 4)}`,
      one.pValue === null ? null : probability(one.pValue),
      verdictOf(one),
    ]),
    'Metrics',
  )}
    <p class="soft">
      Values count events, intervals count users. Lift is of the values; the difference of revenue per user is adjusted
      by what users spent before the control group was drawn (CUPED), where a look-back is set.
    </p>`;
}

function verdictOf({ status, reason, significant, better, cuped }: ImpactComparison): Html | string {
  if (status !== 'ok') return missing(reason ?? status);
  const gain = cuped === null ? '' : `, CUPED takes ${percent(cuped.varianceReduction)} of the variance`;
  if (!significant) return `not shown${gain}`;
  return `${better === true ? 'better' : 'worse'}${gain}`;
}

function groupsOf({ groups, sampleRatioP, controlGroup }: ImpactReport): Html {
  const row = (name: string, totals: ImpactTotals) => [
    name,
    ...[totals.users, totals.events, totals.clicks, totals.orders].map(count),
    decimals(totals.revenue, 2),
    count(totals.buyers),
  ];
  return html`${tableOf(
    ['group', ...numbers('users', 'recommendations', 'clicked', 'orders', 'revenue', 'buyers')],
    [row('control', groups.control), row('treatment', groups.treatment)],
    'Groups',
  )}
    <p class="soft">
      Sample ratio: p ${probability(sampleRatioP)} under ${percent(controlGroup.controlGroupSize)} in control; below
      ${SAMPLE_RATIO_ALARM} the split counts as broken.
    </p>`;
}

function modelOf({ modelPerformance }: ImpactReport): Html {
  const { windows, served, alertsRaised, alertsOpen, versions } = modelPerformance;
  const judged =
    windows === 0
      ? 'No window of a monitor was judged in this month'
      : `The monitor judged ${plural(windows, 'window')} with ${plural(served, 'prediction')}`;
  return html`<p>
      ${judged}; ${plural(alertsRaised, 'alert')} raised, ${count(alertsOpen)} of them not resolved.
    </p>
    ${
      versions.length === 0
        ? html`<p>Nothing was recommended to treated users.</p>`
        : tableOf(
            ['version', ...numbers('recommendations to treated users')],
            versions.map(({ version, events }) => [version === null ? 'none' : String(version), count(events)]),
            'Versions',
          )
    }`;
}

function monthsOf(history: ImpactHistory): Html {
  return tableOf(
    [{ name: 'month', kind: 'word' }, ...numbers('revision', 'control', 'treatment'), 'additional revenue', 'expected'],
    history.map(({ month, revision, groups, additionalRevenue, value }) => [
      month,
      revision === 0 ? 'so far' : String(revision),
      count(groups.control.users),
      count(groups.treatment.users),
      additionalRevenue === null ? missing('cannot be told') : spread(additionalRevenue, 0),
      value.expected === null ? null : decimals(value.expected, 0),
    ]),
    'Months',
  );
}
