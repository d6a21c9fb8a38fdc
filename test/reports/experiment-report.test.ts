import type { ExperimentAnalysis, DesignRecord } from '../../src/contracts';
import { experimentReport } from '../../src/reports';
import { effectChart, sampleRatioChart } from '../../src/reports/plots/experiment-course';
import { liftChart } from '../../src/reports/plots/experiment-lifts';
import { analysisAfter, comparison, emptyStory, experimentStory, onDay } from '../support/experiment-fixture';
import { HOSTILE } from '../support/report-fixture';

/** What a reader sees: no style sheet, no tags. */
const shown = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<svg[\s\S]*?<\/svg>/g, ' ')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

const story = experimentStory();
const { record, analyses } = story;
const decided = (change: Partial<NonNullable<DesignRecord['result']>>) => ({
  ...story,
  record: { ...record, result: { ...record.result!, ...change } },
});

test('the first sentence says what to do and why, in words', async () => {
  const text = shown(await experimentReport(story));
  expect(text).toContain('Experiment checkout Ship one-page: it does better than control');
  expect(text).toContain('Why: orders is better: z 2.42 reached its bound 2.02.');
  expect(text).toContain('Nothing was changed in production. A person ships it.');
  expect(text).toContain('Hypothesis: A checkout on one page');
  expect(text).toContain('4 planned looks, α spent by O’Brien and Fleming, α 0.05; may decide early, not before 1w.');
  expect(text).toContain('Variants: control 50 %, one-page 25 %, wizard 25 % (closed).');
});

test.each([
  [{ decision: 'rollback', variant: null }, 'Keep control: what was tried does worse'],
  [{ decision: 'stop', variant: null }, 'Stopped before its end: control stays.'],
  [{ decision: 'invalid', variant: null }, 'Nothing may be concluded; control stays.'],
  [{ decision: 'inconclusive', variant: null }, 'No difference was shown: control stays.'],
  [{ acted: 'promoted' }, 'one-page was promoted by itself.'],
  [{ reasons: [] }, 'Why: no reason was recorded.'],
] as const)('%j is told', async (change, words) => {
  expect(shown(await experimentReport(decided(change)))).toContain(words);
});

test.each([
  [{ phase: 'draft', start: null, end: null }, 'A draft: nobody has met a variant yet.'],
  [{ phase: 'scheduled' }, 'Not begun: exposure starts on 2026-10-05.'],
  [
    { phase: 'running', coverage: 0.25 },
    'Running with 25 % of the eligible units, until 2026-11-02. Nothing is decided',
  ],
] as const)('an undecided experiment says where it is: %j', async (change, words) => {
  const page = shown(await experimentReport({ ...story, record: { ...record, ...change, result: null } }));
  expect(page).toContain(words);
  expect(page).not.toContain('Why:');
});

test('needed and measured units stand side by side, with what the plan warned of', async () => {
  const text = shown(await experimentReport(story));
  expect(text).toContain('3,400 units a day were expected: 24.0 days are needed. 4 looks planned, 4 taken.');
  expect(text).toContain('orders 0.1200 20,400 26,040 (127.6 %) 4.3 %');
  expect(text).toContain('refunds – not known before – no baseline 26,040 – no baseline');
  expect(text).toContain('refunds: no baseline is known sized at α .025: 2 comparisons');
});

test('every metric and variant has its numbers, or why there are none', async () => {
  const text = shown(await experimentReport(story));
  expect(text).toContain('From the look 4 of 2026-11-05, units first exposed before 2026-11-02.');
  expect(text).toMatch(
    /orders success one-page better \+3\.09 % \+0\.57 % to \+5\.60 % 0\.0153 0\.0306 99\.2 % 52,700 0\.1200 26,350 0\.1237 – 83 %/,
  );
  expect(text).toContain('orders success wizard not shown −1.20 %');
  expect(text).toContain('revenue secondary wizard not judged – too few units – too few units – too few units 12');
  expect(text).toContain('0.1226 37.2 % 83 %');
  expect(text).toContain('page-load guardrail, margin 5 %, lower is better one-page within its margin');
  expect(text).toContain('page-load guardrail, margin 5 %, lower is better wizard breached +7.10 %');
  expect(text).toContain('1 peek by people decided nothing. 3 units were seen in more than one variant');
});

test('segments, weeks, the story and every look are told', async () => {
  const text = shown(await experimentReport(story));
  expect(text).toContain('4 comparisons, from the look 4 of 2026-11-05. The more of them are made');
  expect(text).toContain('country DE orders success one-page');
  expect(text).toContain(
    'The effect of the first week differs from that of later ones on orders: what was new may wear off.',
  );
  expect(text).toContain('4 orders success one-page');
  expect(text).toContain('2026-10-17 closed a variant ann wizard: page-load breaches its margin');
  expect(text.match(/ check 2026-1/g)).toHaveLength(12);
  expect(text).toContain('look 4 2026-11-05 2026-11-02 105,090 0.2100 ship one-page orders: z 2.42');
});

test('what was decided on is shown, not a later peek; a check that stopped it is', async () => {
  const late = { ...story, analyses: [...analyses, analysisAfter(40, 'peek')] };
  expect(shown(await experimentReport(late))).toContain('From the look 4 of 2026-11-05');
  const stopped = decided({ decision: 'stop', variant: null, decidedAt: onDay(14) });
  expect(shown(await experimentReport(stopped))).toContain('From the check of 2026-10-19');
  const peeked = { record: { ...record, result: null }, analyses: [analysisAfter(5, 'peek')] };
  expect(shown(await experimentReport(peeked))).toContain(
    'A peek: it decides nothing, and its intervals are the always-valid ones.',
  );
});

test('an experiment of which nothing is known says so everywhere', async () => {
  const page = await experimentReport(emptyStory());
  for (const words of [
    'A draft: nobody has met a variant yet.',
    'exposure not begun, 4w planned',
    'No plan has been made yet.',
    'Nothing has been analysed yet.',
    'No effect has been measured yet.',
    'The split has not been looked at yet.',
    'No segments were declared.',
    'No week of exposure has been analysed yet.',
    'Nothing has happened yet.',
    'No look has been taken yet.',
  ])
    expect(shown(page)).toContain(words);
  expect(page).not.toContain('<svg');
});

const nothing: ExperimentAnalysis = {
  ...analysisAfter(10, 'look'),
  ...{ status: 'no-data', segments: [], weeks: [], novelty: [], notes: [], crossed: 0 },
  sampleRatio: { sequentialP: 1, chiSquareP: null },
  comparisons: [
    comparison({
      ...{
        metric: 'orders',
        variant: 'one-page',
        role: 'success',
        status: 'undefined',
        units: [0, 0],
        means: [NaN, NaN],
      },
      ...{ difference: null, lift: null, pValue: null, adjustedPValue: null, z: null, bound: null, significant: false },
      ...{ better: null, anytime: null, chanceToWin: null, power: null },
    }),
  ],
};

test('a look without any number is a page without a plot of effects, and without words of a machine', async () => {
  const page = await experimentReport({
    record: { ...record, plan: null, looks: [], events: [] },
    analyses: [nothing],
  });
  expect(shown(page)).toContain('No lift could be computed, so there is nothing to draw.');
  expect(shown(page)).toContain('No effect has been measured yet.');
  expect(shown(page)).toContain('No segment has been analysed yet: country.');
  expect(shown(page)).toContain('χ² p – not computed');
  expect(shown(page)).toContain('orders success one-page not judged – cannot be computed');
  expect(shown(page)).not.toMatch(/\b(NaN|undefined|null|Infinity)\b/);
  expect(page.match(/<svg role="img"/g)).toHaveLength(1);
});

test('a broken split is said', async () => {
  const broken = { ...nothing, sampleRatio: { sequentialP: 1e-30, chiSquareP: 1e-12 } };
  const text = shown(await experimentReport({ record, analyses: [broken] }));
  expect(text).toContain(
    'The split is broken: units met the variants in other shares than planned. Sequential p &lt; 0.0001',
  );
});

test('text from outside is inert, the same data give the same page, and it needs nothing from outside', async () => {
  const page = await experimentReport(experimentStory(HOSTILE));
  expect(page).not.toMatch(/<img|<script|https?:\/\/(?!www\.w3\.org\/)/);
  expect(page).toContain('&lt;img src=x');
  expect(await experimentReport(experimentStory(HOSTILE))).toBe(page);
  expect(shown(page)).not.toMatch(/\b(NaN|undefined|null|Infinity)\b/);
});

interface Series {
  readonly name: string;
  readonly data: readonly any[];
  readonly renderItem: (context: unknown, plane: unknown) => any;
}
const named = (chart: ReturnType<typeof liftChart>, name: string) =>
  (chart!.option.series as readonly Series[]).find((series) => series.name === name)!;

test('lifts: the first is on top, and a margin is the loss that is accepted', () => {
  const chart = liftChart(record.design, analyses.at(-1)!);
  expect((chart!.option.yAxis as any).data.at(-1)).toBe('orders: one-page');
  expect(named(chart, 'success').data[0]![1]).toBe(4);
  expect(named(chart, 'margin').data).toEqual([
    [5, 1],
    [5, 0],
  ]);
  const higher = record.design.metrics.map((metric) => ({ ...metric, direction: 'higher-is-better' as const }));
  expect(named(liftChart({ ...record.design, metrics: higher }, analyses.at(-1)!), 'margin').data[0]).toEqual([-5, 1]);
  expect(chart!.caption).toContain('1 comparison without a lift left out.');
});

test('lifts: an open interval is a point; many are cut, and that is said', () => {
  const open = comparison({
    metric: 'orders',
    variant: 'one-page',
    role: 'success',
    lift: { value: 0.1, low: null, high: 0.3 },
  });
  const chart = liftChart(record.design, { ...nothing, comparisons: Array.from({ length: 50 }, () => open) });
  expect(named(chart, 'success').data).toHaveLength(40);
  expect(named(chart, 'success interval').data).toEqual([]);
  expect(chart!.caption).toContain('Shown are the first 40 of 50.');
});

test('effect: the bound is so many standard errors, at looks only', () => {
  const chart = effectChart(analyses, { metric: 'orders', variant: 'one-page' }, 1);
  const last = analyses.at(-1)!.comparisons[0]!;
  const bounds = named(chart, 'bound').data;
  expect(bounds).toHaveLength(4);
  expect(bounds.at(-1)![1]).toBeCloseTo((last.bound! * last.difference!.value) / last.z!, 12);
  expect(named(chart, 'lower bound').data.at(-1)![1]).toBe(-bounds.at(-1)![1]);
  expect(named(chart, 'planned look').data).toHaveLength(4);
  expect(named(chart, 'difference').data).toHaveLength(analyses.length);
});

test('effect: the always-valid interval is drawn from its lower to its upper end, also of one analysis', () => {
  const pair = { metric: 'orders', variant: 'one-page' };
  const series = named(effectChart(analyses, pair, 1), 'interval');
  expect(series.data).toHaveLength(analyses.length - 1);
  const { low, high } = analyses[0]!.comparisons[0]!.anytime!;
  expect(series.data[0]!.slice(0, 3)).toEqual([Date.parse(analyses[0]!.at), low, high]);
  const plane = {
    value: (dimension: number) => series.data[0]![dimension],
    coord: (point: readonly number[]) => point,
  };
  expect(series.renderItem(null, plane).shape.points[0]).toEqual([Date.parse(analyses[0]!.at), low]);
  expect(named(effectChart(analyses.slice(0, 1), pair, 1), 'interval').data).toHaveLength(1);
  expect(effectChart(analyses, { metric: 'orders', variant: 'nobody' }, 1)).toBeNull();
});

test('sample ratio: a p of nearly nothing stays on the plot, the alarm line is on it', () => {
  const chart = sampleRatioChart([{ ...nothing, sampleRatio: { sequentialP: 0, chiSquareP: null } }]);
  expect(named(chart, 'sequential p').data).toEqual([[nothing.at, 1e-9]]);
  expect((chart!.option.yAxis as any).min).toBe(1e-10);
  expect(named(chart, 'alarm below 0.001').data.map(([, p]: [string, number]) => p)).toEqual([0.001, 0.001]);
  expect(sampleRatioChart([])).toBeNull();
});
