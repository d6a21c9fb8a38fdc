import { renderReplayReport } from '../../src/reports';
import { emptyReport, HOSTILE, reportFixture } from '../support/report-fixture';

test('every part is there', async () => {
  const page = await renderReplayReport(reportFixture());
  for (const part of [
    'Frozen against loop',
    'Performance by window',
    'Drift by feature',
    'Experiments',
    'Retrainings',
    'Deployment ledger',
  ]) {
    expect(page).toContain(`<h2>${part}</h2>`);
  }
  expect(page.match(/<svg role="img" aria-label="/g)).toHaveLength(5);
  expect(page.match(/<figcaption>/g)).toHaveLength(5);
});

test('the first sentence says what came of it', async () => {
  const page = await renderReplayReport(reportFixture());
  expect(page).toContain(
    'The loop served at accuracy 0.85; the first model, left alone, would have served the same 300 rows at 0.8: +5 points.',
  );
});

test('text from outside is inert, in the page and in its plots', async () => {
  const page = await renderReplayReport(reportFixture(HOSTILE));
  expect(page).not.toContain('<img');
  expect(page).not.toContain('<script');
  expect(page).toContain('&lt;img src=x');
});

test('a replay in which nothing happened says so in sentences', async () => {
  const page = await renderReplayReport(emptyReport());
  expect(page).toContain('No experiment was run.');
  expect(page).toContain('No alert asked for a retraining.');
  expect(page).toContain('Nothing was served after the baseline.');
  expect(page).toContain('No window was compared with the training data.');
});

test.each([
  ['full', reportFixture()],
  ['empty', emptyReport()],
])('the %s page shows no NaN, undefined, null or Infinity', async (_, report) => {
  const text = (await renderReplayReport(report)).replace(/<style>[\s\S]*?<\/style>/, '').replace(/<[^>]*>/g, ' ');
  expect(text).not.toMatch(/\b(NaN|undefined|null|Infinity)\b/);
});

test('the same data give the same page', async () => {
  expect(await renderReplayReport(reportFixture())).toBe(await renderReplayReport(reportFixture()));
});

test('the page asks for nothing from the network and runs nothing', async () => {
  const page = await renderReplayReport(reportFixture());
  expect(page).toContain('default-src &#39;none&#39;');
  expect(page).not.toMatch(/(src|href)="https?:/);
});
