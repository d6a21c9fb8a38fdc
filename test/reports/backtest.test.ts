import type { BacktestOutcome, BacktestResult } from '../../src/contracts';
import { renderBacktestReport } from '../../src/reports';
import { accuracyChart, gainChart, timelineChart } from '../../src/reports/plots/backtest';
import { HOSTILE } from '../support/report-fixture';

/** What a reader sees: no style sheet, no tags. */
const shown = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

const week = (k: number) => new Date(Date.parse('2011-08-01') + k * 604_800_000).toISOString();

/** A small outcome with everything in it; `text` stands wherever text comes from outside. */
function outcomeFixture(policy: string, text = 'bike'): BacktestOutcome {
  return {
    policy,
    gate: { kind: 'shadow', duration: '7d', alpha: 0.05 },
    baseline: 0.863,
    level: 0.813,
    alerts: [
      {
        ...{ at: week(3), event: 'opened', kind: 'performance', subject: 'accuracy', metric: 'accuracy' },
        ...{ severity: 'medium', summary: text, actions: ['retrain'], withheld: [], verdict: 'hit' },
      },
      {
        ...{ at: week(9), event: 'again', kind: 'drift', subject: text, metric: null, severity: 'high' },
        ...{ summary: text, actions: [], withheld: [`retrain: ${text}`], verdict: 'false' },
      },
    ],
    truth: [
      { from: week(2), to: week(5), what: text, firstAlarm: week(3), delayDays: 7 },
      { from: week(10), to: week(11), what: text, firstAlarm: null, delayDays: null },
    ],
    falseAlarms: 0,
    missed: 1,
    retrainings: [
      {
        ...{ at: week(3), closedAt: week(5), rows: 1413, decision: 'promoted', reasons: [text], challenger: 2 },
        holdout: { n: 238, champion: { accuracy: 0.7, logLoss: 0.8 }, challenger: { accuracy: 0.8, logLoss: null } },
        waiting: { days: 14, rows: 336, correct: 16, value: 16 },
      },
      {
        ...{ at: week(9), closedAt: week(9), rows: 100, decision: 'not-better', reasons: [], challenger: null },
        ...{ holdout: null, waiting: null },
      },
    ],
    promotions: [{ at: week(5), version: 2 }],
    daysToPromotion: 14,
    served: { n: 1_000, accuracy: 0.85, logLoss: 0.37 },
    frozen: { n: 1_000, accuracy: 0.8, logLoss: 0.48 },
    value: { currency: 'EUR', served: 850, frozen: 800, gain: 50, behindBest: 0 },
    windows: Array.from({ length: 12 }, (_, k) => ({
      ...{ from: week(k), n: 100, correct: 80 + k, frozenCorrect: 80, champion: k < 5 ? 1 : 2 },
    })),
    judgedFrom: week(2),
    notes: [text],
  };
}

function resultFixture(...policies: readonly BacktestOutcome[]): BacktestResult {
  const stream = { rows: 17_379, from: week(0), to: week(11), recorded: false, quarantined: { 'malformed-line': 2 } };
  return { stream, policies };
}

const empty: BacktestOutcome = {
  ...outcomeFixture('empty'),
  ...{ baseline: null, level: null, alerts: [], truth: [], falseAlarms: null, missed: null, retrainings: [] },
  ...{ promotions: [], daysToPromotion: null, value: null, windows: [], notes: [] },
  ...{ served: { n: 0, accuracy: null, logLoss: null }, frozen: null },
};

const two = resultFixture(outcomeFixture('first'), {
  ...outcomeFixture('second'),
  served: { n: 1_000, accuracy: 0.86, logLoss: 0.36 },
});

test('the first sentence names the policy that served best, beside the first model', async () => {
  const text = shown(await renderBacktestReport(two));
  expect(text).toContain('Backtest of 2 policies');
  expect(text).toContain('second served at accuracy 0.860 on 1,000 rows; the first model left alone, at 0.800.');
  expect(text).toContain('17,379 rows, 2011-08-01 to 2011-10-17. Rows set aside: malformed-line (2).');
});

test('every policy has its alerts, its truth and its retrainings', async () => {
  const text = shown(await renderBacktestReport(two));
  for (const policy of ['first', 'second']) expect(text).toContain(` ${policy} shadow 7d, α 0.05; baseline 0.8630`);
  expect(text).toContain('2011-10-03 drift bike (again) high not retrain: bike false');
  expect(text).toContain('2011-08-22 7.0');
  expect(text).toContain('– missed – missed');
  expect(text).toContain('promoted 14.0 336 +16 bike.');
  expect(text).toContain('not-better – no gate – no gate – no gate no reason was recorded.');
  expect(text).toContain('tried on one stream are in an order, not in a ranking');
});

test('one policy with nothing in it says so', async () => {
  const page = await renderBacktestReport(resultFixture(empty));
  for (const words of ['Nothing was served after the baseline.', 'No alert was raised.', 'Nothing was retrained.'])
    expect(shown(page)).toContain(words);
  expect(shown(page)).not.toMatch(/\b(NaN|undefined|null|Infinity)\b/);
  expect(page).not.toContain('<svg');
});

test('a recording says that nothing was retrained', async () => {
  const result = resultFixture({ ...outcomeFixture('first'), frozen: null });
  const page = await renderBacktestReport({ ...result, stream: { ...result.stream, recorded: true } });
  expect(shown(page)).toContain('monitoring was replayed, nothing was retrained.');
  expect(page.match(/<svg role="img"/g)).toHaveLength(2);
});

test('text from outside is inert, and the same result gives the same page', async () => {
  const result = resultFixture(outcomeFixture(HOSTILE, HOSTILE));
  const page = await renderBacktestReport(result);
  expect(page).not.toMatch(/<img|<script/);
  expect(page).toContain('&lt;img src=x');
  expect(await renderBacktestReport(result)).toBe(page);
  expect(shown(page)).not.toMatch(/\b(NaN|undefined|null|Infinity)\b/);
});

interface Series {
  readonly name?: string;
  readonly data: readonly (readonly [string | number, number])[];
  readonly markArea?: { readonly data: unknown };
}
const seriesOf = (chart: ReturnType<typeof accuracyChart>) => chart!.option.series as readonly Series[];
const named = (chart: ReturnType<typeof accuracyChart>, name: string) =>
  seriesOf(chart).find((series) => series.name === name)!.data;

test('accuracy is added up from the end of the baseline on', () => {
  const chart = accuracyChart(two);
  expect(named(chart, 'first')[0]).toEqual([week(2), 0.82]);
  expect(named(chart, 'first')[1]).toEqual([week(3), (82 + 83) / 200]);
  expect(named(chart, 'frozen model').at(-1)![1]).toBe(0.8);
  expect(seriesOf(chart).at(-1)!.markArea!.data).toHaveLength(2);
});

test('right answers beyond the frozen model are added up; without one there is nothing to draw', () => {
  expect(named(gainChart(two), 'first').slice(0, 3)).toEqual([
    [week(2), 2],
    [week(3), 5],
    [week(4), 9],
  ]);
  expect(gainChart(resultFixture({ ...outcomeFixture('first'), frozen: null }))).toBeNull();
});

test('the timeline has a row for each policy, the first on top', () => {
  const chart = timelineChart(two);
  expect(named(chart, 'alert')).toEqual([
    [week(3), 1],
    [week(3), 0],
  ]);
  expect(named(chart, 'false alarm')).toEqual([
    [week(9), 1],
    [week(9), 0],
  ]);
  expect(named(chart, 'gate open')[0]).toEqual([week(3), week(5), 1]);
  expect(chart!.label).toContain('first: 2 alerts, 1 promotion on 2011-09-05');
});
