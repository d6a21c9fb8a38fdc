import {
  conversionSchema,
  impactSpecSchema,
  monthSchema,
  parseWith,
  recommendationEventSchema,
  siftImpactEvents,
} from '../../src/schemas';
import { shown } from '../support/impact';

const least = { model: 'shop', start: '2026-01-01', attributionWindow: '7d', currency: 'EUR' };

test('the least spec has defaults', () => {
  expect(parseWith(impactSpecSchema, least, 'spec')).toMatchObject({
    environment: 'production',
    clock: 'wall',
    start: '2026-01-01T00:00:00.000Z',
    controlGroupSize: 0.1,
    rotation: 'first',
    lookBack: '28d',
    minimumUsers: 100,
    businessCase: [],
    impactMetrics: expect.arrayContaining(['revenuePerUser', 'repeatPurchaseRate']),
  });
});

test.each([
  ['model', 'a b'],
  ['start', 'soon'],
  ['attributionWindow', '53w'],
  ['attributionWindow', '0d'],
  ['lookBack', '400d'],
  ['currency', ''],
  ['currency', 'EUR; DROP'],
  ['controlGroupSize', 0],
  ['controlGroupSize', 1],
  ['controlGroupSize', Number.NaN],
  ['rotation', ''],
  ['minimumUsers', 0],
  ['impactMetrics', []],
  ['impactMetrics', ['revenuePerUser', 'revenuePerUser']],
  ['impactMetrics', ['margin']],
  ['businessCase', [{ from: '2026-13', monthlyValue: 1 }]],
  ['businessCase', [{ from: '2026-02', monthlyValue: 1 }, { from: '2026-01', monthlyValue: 1 }]],
  ['colour', 'red'],
])('%s may not be %j', (path, value) => {
  expect(() => parseWith(impactSpecSchema, { ...least, [path]: value }, 'spec')).toThrow(path);
});

test.each(['2026-1', '2026-00', '2026-10-01', ''])('%j is no month', (month) =>
  expect(monthSchema.safeParse(month).success).toBe(false),
);

const NOW = Date.parse('2026-06-01T00:00:00Z');
const conversion = { conversionId: 'o1', userId: 'ü ser/1 $where', revenue: 10, at: '2026-05-01' };

test.each([
  ['revenue', Number.NaN, 'invalid-value'],
  ['revenue', Number.POSITIVE_INFINITY, 'invalid-value'],
  ['revenue', '10', 'invalid-value'],
  ['userId', { $ne: null }, 'invalid-value'],
  ['userId', 'a\u0000b', 'invalid-value'],
  ['userId', '\ud800', 'invalid-value'],
  ['userId', '', 'invalid-value'],
  ['revision', -1, 'invalid-value'],
  ['at', '2026-02-30', 'invalid-value'],
  ['at', '2026-06-02T00:00:00.001Z', 'future-timestamp'],
])('an order with %s %p is rejected, the others stay', (path, value, reason) => {
  const given = [conversion, { ...conversion, [path]: value }, { ...conversion, conversionId: 'o2' }];
  const { rows, rejected } = siftImpactEvents(conversionSchema, given, NOW);
  expect(rows.map(({ index }) => index)).toEqual([0, 2]);
  expect(rejected).toMatchObject([{ index: 1, reason, path }]);
});

test('a day ahead of the clock is taken; times are normalised', () => {
  const { rows } = siftImpactEvents(conversionSchema, [{ ...conversion, at: '2026-06-02' }], NOW);
  expect(rows[0]!.row.at).toBe('2026-06-02T00:00:00.000Z');
});

test('a recommendation without a version is what everybody sees', () => {
  const event = shown('e1', 'u', '2026-01-01T00:00');
  expect(parseWith(recommendationEventSchema, { ...event, modelVersion: null }, 'event').modelVersion).toBeNull();
  expect(recommendationEventSchema.safeParse({ ...event, modelVersion: 0 }).success).toBe(false);
});
