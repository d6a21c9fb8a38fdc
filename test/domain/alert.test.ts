import type { JudgedWindow } from '../../src/contracts';
import {
  alertLevel,
  checkThresholds,
  figure,
  isWorse,
  levelOf,
  makeAlert,
  nextBelow,
  severityOf,
  windowStatus,
} from '../../src/domain/alert';
import { monitorSpec } from '../support/specs';

test.each([
  [{ metric: 'accuracy', baselineDrop: 0.05 }, 0.8, 0.75],
  [{ metric: 'logLoss', baselineDrop: 0.05 }, 0.4, 0.45],
  [{ metric: 'logLoss', baselineRatio: 1.5 }, 0.4, 0.6],
  [{ metric: 'auroc', baselineRatio: 0.9 }, 0.9, 0.81],
  [{ metric: 'accuracy', threshold: 0.7 }, 0.9, 0.7],
  [{ metric: 'r2', threshold: -0.1 }, 0.9, -0.1],
] as const)('the level of %j at baseline %d is %d', (spec, baseline, level) => {
  expect(alertLevel(spec, baseline)).toBeCloseTo(level, 12);
  expect(levelOf(spec, baseline)).toBe(alertLevel(spec, baseline));
});

test('without a baseline only a threshold is a level, 0 too', () => {
  expect(levelOf({ metric: 'accuracy', baselineDrop: 0.05 }, null)).toBeNull();
  expect(levelOf({ metric: 'logLoss', baselineRatio: 1.5 }, null)).toBeNull();
  expect(levelOf({ metric: 'r2', threshold: 0 }, null)).toBe(0);
});

test('equality does not alert, on either side', () => {
  expect(isWorse('accuracy', 0.8, 0.8)).toBe(false);
  expect(isWorse('logLoss', 0.8, 0.8)).toBe(false);
  expect(isWorse('accuracy', 0.79, 0.8)).toBe(true);
  expect(isWorse('logLoss', 0.81, 0.8)).toBe(true);
});

test('too few rows, and a metric that cannot be computed, are insufficient data', () => {
  expect(windowStatus(monitorSpec(), 99, 0.1, 0.8)).toBe('insufficient-data');
  expect(windowStatus(monitorSpec(), 500, null, 0.8)).toBe('insufficient-data');
  expect(windowStatus(monitorSpec(), 100, 0.1, 0.8)).toBe('below');
});

test.each([
  ['accuracy', 0.8, 1, undefined, 'medium'],
  ['accuracy', 0.79, 1, undefined, 'high'],
  ['logLoss', 0.5, 0.4, undefined, 'medium'],
  ['logLoss', 0.51, 0.4, undefined, 'high'],
  // A margin makes high what the share would not.
  ['accuracy', 0.9, 1, 0.05, 'high'],
  ['accuracy', 0.97, 1, 0.05, 'medium'],
  ['logLoss', 0.45, 0.4, 0.04, 'high'],
  // A share of 0 or less says nothing.
  ['r2', -5, 0, undefined, 'medium'],
  ['r2', -5, -0.1, undefined, 'medium'],
  ['r2', -0.61, -0.1, 0.5, 'high'],
  ['r2', -0.5, -0.1, 0.5, 'medium'],
  ['rmse', 3, 0, undefined, 'medium'],
  ['rmse', 3, 0, 2, 'high'],
] as const)('%s %d at level %d with margin %p is %s', (metric, value, level, margin, severity) => {
  expect(severityOf(metric, value, level, margin)).toBe(severity);
});

test('thresholds: in their order, by direction, equality and unknown values say nothing', () => {
  const metrics = { accuracy: 0.5, logLoss: 0.9, latency: 250, auroc: null, f1: 0.7, constructor: 0.1 };
  const thresholds = { latency: 200, logLoss: 0.5, auroc: 0.9, f1: 0.7, precision: 0.9, accuracy: 0.6 };
  expect(checkThresholds(metrics, thresholds, { latency: 'lower' })).toEqual([
    { metric: 'latency', currentValue: 250, threshold: 200, severity: 'medium' },
    { metric: 'logLoss', currentValue: 0.9, threshold: 0.5, severity: 'high' },
    { metric: 'accuracy', currentValue: 0.5, threshold: 0.6, severity: 'medium' },
  ]);
  // A metric of no known direction is better when it is higher, as in the seed.
  expect(checkThresholds({ latency: 250 }, { latency: 200 })).toEqual([]);
  expect(checkThresholds({}, { toString: 5 })).toEqual([]);
  expect(checkThresholds({ accuracy: 0.1 }, {})).toEqual([]);
  expect(checkThresholds({ accuracy: Number.NaN }, { accuracy: 0.5 })).toEqual([]);
  expect(checkThresholds({ r2: -2 }, { r2: -1 })[0]?.severity).toBe('medium');
  expect(checkThresholds({ r2: -2 }, { r2: -1 }, {}, { r2: 0.5 })[0]?.severity).toBe('high');
});

test('a good window ends the row, one with few rows or one that does not count leaves it', () => {
  const window = (change: Partial<JudgedWindow>): JudgedWindow => ({
    from: 'w',
    n: 200,
    value: 0.5,
    status: 'below',
    counted: true,
    ...change,
  });
  expect(nextBelow(['a'], window({}))).toEqual(['a', 'w']);
  expect(nextBelow(['a'], window({ status: 'ok' }))).toEqual([]);
  expect(nextBelow(['a'], window({ status: 'insufficient-data' }))).toEqual(['a']);
  expect(nextBelow(['a'], window({ counted: false, status: 'ok' }))).toEqual(['a']);
});

test('the same facts make the same alert, with the response of its severity', () => {
  const spec = monitorSpec({ response: { medium: ['notify'], high: ['roll-back', 'retrain'] } });
  const facts = {
    below: ['2011-11-14', '2011-11-21'],
    value: 0.5,
    n: 168,
    level: 0.81,
    baseline: 0.86,
    at: '2011-12-05',
  };
  expect(makeAlert(spec, facts)).toEqual(makeAlert(spec, facts));
  expect(makeAlert(spec, facts)).toMatchObject({
    id: 'm:production:performance:accuracy@2011-12-05',
    fingerprint: 'm:production:performance:accuracy',
    kind: 'performance',
    subject: 'accuracy',
    severity: 'high',
    actions: ['roll-back', 'retrain'],
    windows: ['2011-11-14', '2011-11-21'],
    count: 2,
    summary: 'accuracy 0.5 on 168 rows, level 0.81, baseline 0.86',
  });
  const many = Array.from({ length: 20 }, (_, k) => `2011-01-${String(k + 10)}`);
  expect(makeAlert(spec, { ...facts, below: many }).windows).toEqual(many.slice(8));
});

test('figures', () => {
  expect([0.784615, 0.1 + 0.2, 0, -0, 1e-12, 123_456.7].map(figure)).toEqual([
    '0.7846',
    '0.3',
    '0',
    '0',
    '1e-12',
    '123457',
  ]);
});
