import type { BacktestGate, BacktestOutcome, BacktestResult, BacktestRetraining } from '../contracts';
import { count, day, decimals, missing, orWhy, percent, plural, sentence, signed } from './format';
import { html, page, tableOf } from './html';
import type { Html } from './html';
import { accuracyChart, gainChart, timelineChart } from './plots/backtest';
import { figure } from './plots/chart';
import type { Chart } from './plots/chart';
import { titleOf } from './plots/performance';

const number = (name: string) => ({ name, kind: 'number' as const });
const word = (name: string) => ({ name, kind: 'word' as const });

/**
 * The report of a backtest: one page, self-contained. The same result gives the same page.
 * @throws Error naming the package to install when echarts is not there
 */
export async function renderBacktestReport(result: BacktestResult): Promise<string> {
  const { stream, policies } = result;
  const title = `Backtest of ${plural(policies.length, 'policy', 'policies')}`;
  const parts: Html[] = [];
  // One after the other, for the order of what is drawn.
  for (const chart of [accuracyChart(result), gainChart(result), timelineChart(result)]) parts.push(await drawn(chart));
  const body = html`<header>
      <h1>${title}</h1>
      <p class="lead">${headline(result)}</p>
      <p class="soft">
        ${plural(stream.rows, 'row')}, ${stream.from === null ? '' : day(stream.from)} to ${stream.to === null ? '' : day(stream.to)}.
        ${asideOf(result)}
      </p>
    </header>
    <main>
      <h2>Side by side</h2>
      ${comparisonOf(policies)} ${valuesOf(policies)}
      <h2>What was served</h2>
      ${parts}
      ${policies.map(policyOf)}
    </main>
    <footer>
      <h2>How to read it</h2>
      <p>
        Every policy served the same rows in the same order, by the rules that production runs. Policies that were tried
        on one stream are in an order, not in a ranking: with another stream, or another salt, close ones change places.
        The more of them were tried, the more the best one owes to luck.
      </p>
      <p class="soft">Times are event times, in UTC.</p>
    </footer>`;
  return page({ title, body });
}

async function drawn(chart: Chart | null): Promise<Html> {
  return chart === null ? html`` : figure(chart);
}

function headline({ policies, stream }: BacktestResult): string {
  const known = policies.filter(({ served }) => served.accuracy !== null);
  if (known.length === 0) return 'Nothing was served after the baseline.';
  if (stream.recorded) return 'Predictions were recorded: monitoring was replayed, nothing was retrained.';
  const best = known.reduce((a, b) => (b.served.accuracy! > a.served.accuracy! ? b : a));
  const frozen = best.frozen?.accuracy ?? null;
  const left = frozen === null ? '' : `; the first model left alone, at ${decimals(frozen)}`;
  return `${best.policy} served at accuracy ${decimals(best.served.accuracy)} on ${plural(best.served.n, 'row')}${left}.`;
}

function asideOf({ stream }: BacktestResult): string {
  const aside = Object.entries(stream.quarantined).map(([reason, n]) => `${reason} (${count(n)})`);
  return aside.length === 0 ? 'No row was set aside.' : `Rows set aside: ${aside.join(', ')}.`;
}

function comparisonOf(policies: readonly BacktestOutcome[]): Html {
  const undeclared = 'no truth declared';
  const table = tableOf(
    [
      'policy',
      'gate',
      word('first alert'),
      ...['alerts', 'false', 'missed', 'retrainings', 'promotions', 'days to promotion', 'accuracy', 'log loss'].map(
        number,
      ),
      number('beyond frozen'),
    ],
    policies.map((outcome) => [
      outcome.policy,
      gateName(outcome.gate),
      outcome.alerts[0] === undefined ? null : day(outcome.alerts[0].at),
      outcome.alerts.length,
      outcome.falseAlarms ?? missing(undeclared),
      outcome.missed ?? missing(undeclared),
      outcome.retrainings.length,
      outcome.promotions.length,
      orWhy(outcome.daysToPromotion, 'no promotion', 1),
      orWhy(outcome.served.accuracy, 'no rows'),
      orWhy(outcome.served.logLoss, 'no scores'),
      outcome.frozen?.accuracy == null || outcome.served.accuracy === null
        ? missing('no frozen model')
        : signed(outcome.served.accuracy - outcome.frozen.accuracy, 4),
    ]),
    'Policies side by side',
  );
  return html`${table}
    <p class="soft">
      False: alerts that opened outside every declared interval. Missed: intervals in which none fired. Days: from the
      first alert to the first promotion. Beyond frozen: accuracy above that of the first model left alone.
    </p>`;
}

/** A gate in words. */
export function gateName(gate: BacktestGate): string {
  if (gate.kind === 'validation') return 'validation alone';
  if (gate.kind === 'shadow') return `shadow ${gate.duration}, α ${gate.alpha}`;
  const stop = gate.earlyStop ? ', may stop early' : '';
  return `experiment ${gate.duration} at ${percent(gate.allocation)}${stop}, α ${gate.alpha}`;
}

function valuesOf(policies: readonly BacktestOutcome[]): Html {
  if (policies.every(({ value }) => value === null)) return html``;
  return tableOf(
    ['policy', ...['value served', 'beyond frozen', 'behind the best'].map(number), 'currency'],
    policies.map(({ policy, value }) => [
      policy,
      value === null ? missing('no cost declared') : count(value.served),
      value?.gain == null ? missing('not known') : count(value.gain),
      value?.behindBest == null ? missing('costs differ') : count(value.behindBest),
      value?.currency ?? null,
    ]),
    'Value by policy',
  );
}

function policyOf(outcome: BacktestOutcome): Html {
  const { policy, baseline, level, notes } = outcome;
  return html`<h2>${policy}</h2>
    <p class="soft">
      ${gateName(outcome.gate)}; baseline ${decimals(baseline, 4)}, alert level ${decimals(level, 4)}.
      ${sentence(notes, '')}
    </p>
    ${alertsOf(outcome)} ${truthOf(outcome)} ${retrainingsOf(outcome.retrainings)}`;
}

const VERDICTS = { hit: 'hit', false: 'false', undeclared: '–' } as const;

function alertsOf({ alerts }: BacktestOutcome): Html {
  if (alerts.length === 0) return html`<p>No alert was raised.</p>`;
  return tableOf(
    [word('fired'), word('kind'), 'what was found', word('severity'), 'response', word('verdict')],
    alerts.map(({ at, event, kind, metric, summary, severity, actions, withheld, verdict }) => [
      day(at),
      metric === null ? kind : titleOf(metric),
      `${summary}${event === 'again' ? ' (again)' : ''}`,
      severity,
      [...actions, ...withheld.map((reason) => `not ${reason}`)].join('; '),
      VERDICTS[verdict],
    ]),
    'Alerts',
  );
}

function truthOf({ truth }: BacktestOutcome): Html {
  if (truth.length === 0) return html``;
  return tableOf(
    ['declared as truly wrong', word('from'), word('to'), word('first alarm'), number('days late')],
    truth.map(({ what, from, to, firstAlarm, delayDays }) => [
      what,
      day(from),
      day(to),
      firstAlarm === null ? missing('missed') : day(firstAlarm),
      orWhy(delayDays, 'missed', 1),
    ]),
    'Declared truth',
  );
}

function retrainingsOf(retrainings: readonly BacktestRetraining[]): Html {
  if (retrainings.length === 0) return html`<p>Nothing was retrained.</p>`;
  return html`<p class="soft">
      Forgone: right answers that the challenger would have given while its gate was open, beyond those that were served.
    </p>
    ${tableOf(
      [
        word('asked for'),
        word('closed'),
        number('rows'),
        word('decision'),
        ...['days', 'rows served', 'forgone'].map(number),
        'reasons',
      ],
      retrainings.map(({ at, closedAt, rows, decision, reasons, waiting }) => [
        day(at),
        day(closedAt),
        count(rows),
        decision,
        waiting === null ? missing('no gate') : decimals(waiting.days, 1),
        waiting === null ? missing('no gate') : count(waiting.rows),
        waiting === null ? missing('no gate') : signed(waiting.correct, 0),
        sentence(reasons, 'no reason was recorded.'),
      ]),
      'Retrainings',
    )}`;
}
