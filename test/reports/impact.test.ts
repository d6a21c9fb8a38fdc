import { renderImpactReport } from '../../src/reports';
import { HOSTILE } from '../support/report-fixture';
import { comparison, impactReport } from '../support/impact-report';

const september = impactReport({ month: '2026-09', from: '2026-09-01T00:00:00.000Z', to: '2026-10-01T00:00:00.000Z' });
const history = [september, impactReport()];

/** What a reader sees: no style sheet, no tags. */
const shown = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

test('every part is there, with four plots', async () => {
  const page = await renderImpactReport(history);
  for (const part of ['What to do', 'Value', 'Lift by metric', 'Groups', 'The model', 'Months'])
    expect(page).toContain(`<h2>${part}</h2>`);
  expect(page.match(/<svg role="img"/g)).toHaveLength(4);
  expect(page).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org)/);
});

test('the first sentence says what was earned', async () => {
  expect(await renderImpactReport(history)).toContain(
    '+2,160 (95 % interval +900 to +3,420) EUR of additional revenue from 900 treated users.',
  );
  const perUser = { value: 1, low: -1, high: 3 };
  const chance = { value: 900, low: -900, high: 2_700, treatedUsers: 900, perUser };
  expect(await renderImpactReport([impactReport({ additionalRevenue: chance })])).toContain(', which may be chance.');
});

test('plots say in words what they show', async () => {
  const page = await renderImpactReport(history);
  expect(page).toContain('Additional revenue summed over 2 months: +4,320 (+1,800 to +6,840) EUR');
  expect(page).toContain('revenue per user +24.0 (+10.0 to +38.0) %');
  expect(page).toContain('last 100 in control, 900 in treatment');
  expect(page).toContain('last expected 2,000, realised +2,160 (+900 to +3,420) EUR');
});

test('numbers are printed one way in every table', async () => {
  const text = shown(await renderImpactReport(history));
  expect(text).toContain('11,250.00');
  expect(text).toContain('1,000.00');
  expect(text).not.toMatch(/(?<![-\d.,#])(?!20\d\d-)\d{4,}\.\d/);
});

test('a control group that is too small is said where numbers would stand', async () => {
  const none = { status: 'control-too-small', reason: 'control has 5 users, 100 are needed' } as const;
  const nothing = { plain: null, difference: null, lift: null, pValue: null, significant: false, better: null };
  const report = impactReport({
    metrics: [comparison('revenuePerUser', { ...none, ...nothing })],
    additionalRevenue: null,
    value: { expected: null, realised: null, share: null, status: 'no-business-case' },
    revision: 0,
    closedTo: '2026-10-20T00:00:00.000Z',
  });
  const page = await renderImpactReport([report]);
  const text = shown(page);
  expect(text).toContain('What the model earned cannot be told: control has 5 users, 100 are needed.');
  expect(text).toContain('so far: recommendations before 2026-10-20');
  expect(text).toContain('No metric could be compared.');
  expect(text).toContain('No business case was declared: there is nothing to hold the value against.');
  expect(text).not.toMatch(/NaN|Infinity|undefined|\[object/);
  expect(page.match(/<svg role="img"/g)).toHaveLength(1);
});

test('a month that cannot be told among others leaves no hole', async () => {
  const unknown = impactReport({
    additionalRevenue: null,
    value: { expected: 2_000, realised: null, share: null, status: 'not-measurable' },
  });
  const page = await renderImpactReport([september, unknown]);
  expect(page).toContain('realised not measurable');
  expect(shown(page)).not.toMatch(/NaN|undefined/);
});

test('the same data give the same page', async () => {
  expect(await renderImpactReport(history)).toBe(await renderImpactReport(history));
});

test('names from outside are text', async () => {
  const controlGroup = { rotation: HOSTILE, controlGroupSize: 0.1, from: september.from };
  const recommendations = [{ kind: 'harm' as const, reason: HOSTILE }];
  const page = await renderImpactReport([
    impactReport({ model: HOSTILE, currency: HOSTILE, controlGroup, recommendations }),
  ]);
  expect(page).not.toContain(HOSTILE);
  expect(page).not.toMatch(/<script/i);
});

test('without a report there is no page', async () => {
  await expect(renderImpactReport([])).rejects.toThrow('history has no report: expected one at least');
});
