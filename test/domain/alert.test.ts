import type { JudgedWindow } from '../../src/contracts';
import { alertLevel, isWorse, makeAlert, nextBelow, severityOf, windowStatus } from '../../src/domain/alert';
import { monitorSpec } from '../support/specs';

test.each([
  [{ metric: 'accuracy', baselineDrop: 0.05 }, 0.8, 0.75],
  [{ metric: 'logLoss', baselineDrop: 0.05 }, 0.4, 0.45],
  [{ metric: 'logLoss', baselineRatio: 1.5 }, 0.4, 0.6],
  [{ metric: 'auroc', baselineRatio: 0.9 }, 0.9, 0.81],
] as const)('the level of %j at baseline %d is %d', (spec, baseline, level) => {
  expect(alertLevel(spec, baseline)).toBeCloseTo(level, 12);
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

test('severity is high beyond .8 of the level, mirrored at 1.25', () => {
  expect(severityOf('accuracy', 0.8, 1)).toBe('medium');
  expect(severityOf('accuracy', 0.79, 1)).toBe('high');
  expect(severityOf('logLoss', 0.5, 0.4)).toBe('medium');
  expect(severityOf('logLoss', 0.51, 0.4)).toBe('high');
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
    severity: 'high',
    actions: ['roll-back', 'retrain'],
    fingerprint: 'm:production:accuracy:2011-11-21',
  });
});
