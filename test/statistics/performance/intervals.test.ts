import {
  meanAndError,
  meanMetric,
  metric,
  tInterval,
  UNBOUNDED,
  UNIT,
  widthNotes,
  wilson,
} from '../../../src/statistics/performance/intervals';

test('a mean with the error of the mean', () => {
  expect(meanAndError([1, 2, 3, 4])).toEqual({ mean: 2.5, error: expect.closeTo(Math.sqrt(5 / 3 / 4), 14) });
  expect(meanAndError([7])).toEqual({ mean: 7, error: 0 });
});

test('the t interval is cut to where the metric can lie', () => {
  // scipy: t.ppf(.975, 3) = 3.182446305283709
  expect(tInterval(0.5, 0.1, 4, 0.05, UNIT)).toEqual({
    low: expect.closeTo(0.5 - 0.3182446305283709, 12),
    high: expect.closeTo(0.5 + 0.3182446305283709, 12),
    level: 0.95,
    method: 't',
  });
  expect(tInterval(0.9, 0.1, 4, 0.05, UNIT)!.high).toBe(1);
  expect(tInterval(0.9, 0.1, 1, 0.05, UNBOUNDED)).toBeNull();
});

test('why an interval is missing or has no width', () => {
  expect(widthNotes(1, 0)).toEqual(['one value: no interval']);
  expect(widthNotes(3, 0)).toEqual(['all 3 values are equal: the interval has no width']);
  expect(widthNotes(3, 0.1)).toEqual([]);
});

test('a share of nothing may be anything', () => {
  expect(wilson(0, 0, 0.05)).toMatchObject({ low: 0, high: 1 });
  expect(wilson(0, 10, 0.05)).toMatchObject({ low: 0, high: expect.closeTo(0.2775327998628892, 12) });
});

test('what leaves the range of a double is a status', () => {
  const parts = { method: 'm', alpha: 0.05, bounds: UNBOUNDED, direction: 'neither', notes: [] } as const;
  expect(meanMetric([1e308, 1e308], parts)).toMatchObject({ status: 'undefined', n: [2] });
  // The mean is a number, its spread is not: no interval.
  expect(meanMetric([1e200, -1e200], parts)).toMatchObject({ status: 'ok', value: 0, interval: null });
  const interval = { low: 0, high: Infinity, level: 0.95, method: 't' };
  expect(metric({ method: 'm', value: 1, interval, n: 2, direction: 'neither', notes: [] })).toMatchObject({
    interval: null,
  });
});
