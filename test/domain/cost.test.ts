import type { MonitorSpec } from '../../src/contracts';
import { costOf } from '../../src/domain/cost';
import { alert } from '../support/alerts';
import { badSegment, metricValue, windowReport } from '../support/looks';
import { monitorSpec } from '../support/specs';

const perCorrect = monitorSpec({ cost: { currency: 'EUR', perCorrect: 2 } });
const cells = { truePositive: 5, falsePositive: -1, falseNegative: -4, trueNegative: 0 };
const matrix = monitorSpec({ cost: { currency: 'EUR', matrix: cells } });
const about = (change: Parameters<typeof alert>[0] = {}) =>
  alert({ kind: 'performance', subject: 'accuracy', metric: 'accuracy', baseline: 0.85, ...change });
const report = windowReport({ metrics: { accuracy: metricValue(0.75) }, rowsPerDay: 1_000 });
const near = (value: number) => expect.closeTo(value, 9);

test('value of a correct prediction × served rows a day × fall of accuracy, with the ends of its interval', () => {
  expect(costOf(perCorrect, about(), report)).toEqual({
    currency: 'EUR',
    perDay: near(200),
    low: near(100),
    high: near(300),
    how: '2 a correct prediction × accuracy 0.85 → 0.75 × 1000 rows a day',
  });
});

test('a gain is negative, nothing is zero without a sign, and the ends are in order whatever a row is worth', () => {
  const better = windowReport({ metrics: { accuracy: metricValue(0.95) }, rowsPerDay: 1_000 });
  expect(costOf(perCorrect, about(), better)).toMatchObject({ perDay: near(-200), low: near(-300), high: near(-100) });
  const negative: MonitorSpec = { ...perCorrect, cost: { currency: 'EUR', perCorrect: -2 } };
  expect(costOf(negative, about(), report)).toMatchObject({ perDay: near(-200), low: near(-300), high: near(-100) });
  const none = costOf(negative, about({ baseline: 0.75 }), { ...report, rowsPerDay: 0 })!;
  for (const value of [none.perDay, none.low, none.high]) expect(Object.is(value, 0)).toBe(true);
});

test('a matrix: fall of the value of a row', () => {
  const valuePerRow = { window: metricValue(0.4, { low: 0.3, high: 0.5 }), baseline: 0.45 };
  expect(costOf(matrix, about(), { ...report, valuePerRow })).toEqual({
    currency: 'EUR',
    perDay: near(50),
    low: near(-50),
    high: near(150),
    how: 'value a row 0.45 → 0.4 × 1000 rows a day',
  });
  expect(costOf(matrix, about(), report)).toBeNull();
  // It is that of the whole window: neither of a segment nor before labels.
  for (const kind of ['segment', 'estimate'] as const)
    expect(costOf(matrix, about({ kind }), { ...report, valuePerRow })).toBeNull();
});

test('an alert on another metric costs what accuracy fell, where the baseline knows it', () => {
  const loss = about({ subject: 'logLoss', metric: 'logLoss', baseline: 0.4 });
  expect(costOf(perCorrect, loss, report)).toBeNull();
  expect(costOf(perCorrect, loss, report, { value: 0.8, n: 900 })).toMatchObject({ perDay: near(100) });
  const other = { ...perCorrect, metric: 'logLoss' } as const;
  expect(costOf(other, loss, report, { value: 0.8, n: 900 })).toBeNull();
  const known = { value: 0.4, n: 900, metrics: { accuracy: metricValue(0.8) } };
  expect(costOf(other, loss, report, known)).toMatchObject({ perDay: near(100) });
});

test('a segment costs its part of the traffic, held against its own baseline', () => {
  const segments = { judged: 2, flagged: [badSegment('country=AT', 0.6), badSegment('country=DE', 0.5)] };
  const bad = about({ kind: 'segment', subject: 'country=DE/accuracy', baseline: 0.8 });
  expect(costOf(perCorrect, bad, { ...report, segments })).toMatchObject({ perDay: near(300) });
  // The baseline of all traffic is not that of a segment.
  const all = { value: 0.8, n: 900 };
  expect(costOf(perCorrect, about({ ...bad, baseline: null }), { ...report, segments }, all)).toBeNull();
  expect(costOf(perCorrect, about({ ...bad, subject: 'country=FR/accuracy' }), { ...report, segments })).toBeNull();
});

test('an estimate costs by the estimated accuracy', () => {
  const estimate = { metrics: { accuracy: metricValue(0.65) }, n: 220, reason: null };
  const found = costOf(perCorrect, about({ kind: 'estimate' }), { ...report, metrics: {}, estimate });
  expect(found).toMatchObject({ perDay: near(400) });
});

test('null where nothing is said of worth, numbers are missing, or right and wrong are not the matter', () => {
  expect(costOf(monitorSpec(), about(), report)).toBeNull();
  expect(costOf({ ...perCorrect, task: 'regression' }, about(), report)).toBeNull();
  for (const kind of ['drift', 'schema', 'volume', 'silence', 'concept'] as const)
    expect(costOf(perCorrect, about({ kind }), report)).toBeNull();
  expect(costOf(perCorrect, about({ baseline: null }), report)).toBeNull();
  const unknown = { ...report, metrics: { accuracy: metricValue(0.75, { low: null }) } };
  expect(costOf(perCorrect, about(), unknown)).toBeNull();
  expect(costOf(perCorrect, about(), { ...report, metrics: { accuracy: metricValue(null) } })).toBeNull();
  expect(costOf(perCorrect, about(), { ...report, metrics: {} })).toBeNull();
});
