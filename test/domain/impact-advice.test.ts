import type { ImpactComparison, ImpactMetric } from '../../src/contracts';
import { impactAdvice } from '../../src/domain/impact-advice';
import { comparison, impactReport } from '../support/impact-report';

const report = impactReport();
const kinds = (change: Partial<typeof report>) => impactAdvice({ ...report, ...change }).map(({ kind }) => kind);
const reason = (change: Partial<typeof report>) => impactAdvice({ ...report, ...change })[0]!.reason;
const withMetric = (metric: ImpactMetric, change: Partial<ImpactComparison>) => ({
  metrics: [...report.metrics.filter((each) => each.metric !== metric), comparison(metric, change)],
});
const users = (control: number) => ({
  groups: { ...report.groups, control: { ...report.groups.control, users: control } },
});

test('nothing found is said too', () => expect(kinds({})).toEqual(['keep-going']));

test('a broken split comes first', () => {
  expect(kinds({ sampleRatioP: 0.0009, ...users(5) })).toEqual(['repair-split', 'enlarge-control']);
  expect(kinds({ sampleRatioP: 0.001 })).toEqual(['keep-going']);
  expect(kinds({ sampleRatioP: null })).toEqual(['keep-going']);
});

test('a small control group is told how large it should be', () => {
  expect(kinds(users(100))).toEqual(['keep-going']);
  expect(reason(users(99))).toBe(
    'the control group has 99 users, 100 are needed for a comparison: at this traffic a rotation with a control group of 11 % has them',
  );
  const nobody = { ...report.groups.treatment, users: 0 };
  expect(reason({ groups: { control: nobody, treatment: nobody } })).toContain('wait for more users');
});

test('a lift that is not shown yet is told how many users would show it', () => {
  const weak = { significant: false, pValue: 0.3, difference: { value: 1, low: -0.96, high: 2.96 } };
  expect(reason(withMetric('revenuePerUser', weak))).toContain('about 785 users in control (now 100)');
  const flat = { ...weak, difference: { value: 0, low: -1, high: 1 } };
  expect(reason(withMetric('revenuePerUser', flat))).toContain('the groups hardly differ');
  expect(kinds(withMetric('revenuePerUser', { ...weak, status: 'no-variation', difference: null }))).toEqual([
    'keep-going',
  ]);
});

test('harm is named', () => {
  expect(reason(withMetric('timeToConversion', { better: false }))).toContain(
    'significantly worse than without the model: timeToConversion',
  );
  expect(kinds(withMetric('timeToConversion', { better: false, significant: false }))).toEqual(['keep-going']);
});

test('clicks up and conversions flat', () => {
  expect(kinds(withMetric('conversionRate', { significant: false }))).toEqual(['clicks-without-orders']);
  const unknown = withMetric('conversionRate', { significant: false, status: 'control-too-small' });
  expect(kinds(unknown)).toEqual(['keep-going']);
});

test('below the business case', () => {
  const value = { expected: 9_000, realised: { value: 1_000, low: 1, high: 2 }, share: 0.1, status: 'below' } as const;
  expect(reason({ value })).toContain('1000 EUR of the expected 9000 came');
  expect(kinds({ value: { ...value, status: 'in-line' } })).toEqual(['keep-going']);
});

test('open alerts', () => {
  expect(reason({ modelPerformance: { ...report.modelPerformance, alertsOpen: 2 } })).toContain('2 of the model');
});
