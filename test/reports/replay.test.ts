import type { ReplayReport } from '../../src/contracts';
import { renderReplayReport } from '../../src/reports';
import { emptyReport, HOSTILE, reportFixture } from '../support/report-fixture';

/** What a reader sees: no style sheet, no tags. */
const shown = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

test('every part is there', async () => {
  const page = await renderReplayReport(reportFixture());
  for (const part of [
    'Frozen against loop',
    'Performance by window',
    'Alerts',
    'Drift by feature',
    'Experiments',
    'Retrainings',
    'Deployment ledger',
  ]) {
    expect(page).toContain(`<h2>${part}</h2>`);
  }
  expect(page.match(/<svg role="img" aria-label="/g)).toHaveLength(4);
  expect(page.match(/<figcaption>/g)).toHaveLength(4);
});

test('the first sentence says what came of it', async () => {
  const page = await renderReplayReport(reportFixture());
  expect(page).toContain(
    'The loop served at accuracy 0.847 where the frozen model would have served at 0.788: 5.9 points better over 11,726 predictions, 1 retraining, 1 promotion.',
  );
});

const withOverall = (overall: ReplayReport['summary']['overall'], metric: 'accuracy' | 'logLoss'): ReplayReport => {
  const full = reportFixture();
  const scenario = { ...full.scenario, monitor: { ...full.scenario.monitor, metric } };
  return { ...full, scenario, summary: { ...full.summary, overall } };
};

test.each([
  ['accuracy', 0.8, 0.75, '5.0 points worse'],
  ['accuracy', 0.8, 0.8, 'no difference'],
  ['logLoss', 0.48, 0.37, '0.110 better'],
  ['logLoss', 0.37, 0.48, '0.110 worse'],
] as const)('%s from %d to %d is %s', async (metric, frozen, loop, words) => {
  const of = (value: number) => ({ n: 10, accuracy: value, logLoss: value });
  const page = await renderReplayReport(withOverall({ frozen: of(frozen), loop: of(loop) }, metric));
  expect(page).toContain(`: ${words} over 10 predictions`);
});

test('log loss is drawn too when it is what is watched', async () => {
  const { frozen, loop } = reportFixture().summary.overall;
  const page = await renderReplayReport(withOverall({ frozen, loop }, 'logLoss'));
  expect(page.match(/<svg role="img"/g)).toHaveLength(5);
});

test('what is not there is a dash with a reason', async () => {
  const text = shown(await renderReplayReport(reportFixture()));
  expect(text).toContain('– an arm has no labelled rows');
  expect(text).toContain('– no α spent');
});

test('an experiment tells its decision, its reasons and its sample ratio in words', async () => {
  const text = shown(await renderReplayReport(reportFixture()));
  expect(text).toContain('Shipped: the challenger became the champion. Why: bike.');
  expect(text).toContain('Sample ratio: sequential p 0.8784 under the planned split');
  expect(text).toContain('5 looks as a table');
});

test('text from outside is inert, in the page and in its plots', async () => {
  const page = await renderReplayReport(reportFixture(HOSTILE));
  expect(page).not.toContain('<img');
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;img src=x');
});

test('a replay in which nothing happened says so in sentences', async () => {
  const page = await renderReplayReport(emptyReport());
  for (const sentence of [
    'No experiment was run.',
    'No alert was raised.',
    'No alert asked for a retraining.',
    'Nothing was served after the baseline: 0 retrainings, 0 promotions.',
    'No window was compared with the training data.',
    'No window has the 100 labelled rows that the monitor asks for.',
    'Nothing was deployed.',
    'No row of the stream was set aside.',
  ]) {
    expect(page).toContain(sentence);
  }
  expect(page).not.toContain('<svg');
});

test('one window, and an experiment without a look, are drawn', async () => {
  const full = reportFixture();
  const experiments = full.experiments.map((experiment) => ({ ...experiment, looks: [] }));
  const page = await renderReplayReport({ ...full, windows: full.windows.slice(0, 1), experiments });
  expect(page).toContain('No look was taken.');
  expect(page.match(/<svg role="img"/g)).toHaveLength(2);
});

test.each([
  ['full', reportFixture()],
  ['empty', emptyReport()],
])('the %s page shows no NaN, undefined, null or Infinity', async (_, report) => {
  const page = await renderReplayReport(report);
  expect(shown(page)).not.toMatch(/\b(NaN|undefined|null|Infinity)\b/);
  expect(page).not.toMatch(/NaN|undefined|Infinity/);
});

test('the same data give the same page', async () => {
  expect(await renderReplayReport(reportFixture())).toBe(await renderReplayReport(reportFixture()));
});

test('ids inside the plots are unique on the page, and what is referred to is there', async () => {
  const page = await renderReplayReport(reportFixture());
  const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  const used = [...page.matchAll(/url\(#([^)]*)\)/g)].map(([, id]) => id);
  expect(new Set(ids).size).toBe(ids.length);
  expect(used.length).toBeGreaterThan(0);
  expect(used.filter((id) => !ids.includes(id))).toEqual([]);
});

test('the page asks for nothing from the network and runs nothing', async () => {
  const page = await renderReplayReport(reportFixture());
  expect(page).toContain('default-src &#39;none&#39;');
  expect(page).not.toMatch(/(src|href)="https?:/);
});
