import {
  conversionSchema,
  impactChangeSchema,
  impactClosingSchema,
  impactSpecSchema,
  monthSchema,
  parseWith,
  recommendationClickSchema,
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

test.each([
  ['minimumUsers', 0],
  ['minimumUsers', 1.5],
  ['impactMetrics', []],
  ['businessCase', [{ from: 'May', monthlyValue: 1 }]],
  ['businessCase', [{ from: '2026-05', monthlyValue: Number.POSITIVE_INFINITY }]],
  ['rotate', { rotation: 'a b', from: '2026-05-01' }],
  ['rotate', { rotation: 'b', from: 'May' }],
  ['rotate', { rotation: 'b', from: '2026-05-01', controlGroupSize: 0 }],
  ['rotate', { rotation: 'b' }],
  ['attributionWindow', '2d'],
  ['start', '2026-01-01'],
  ['lookBack', null],
])('a change of %s to %j is refused', (path, value) => {
  expect(() => parseWith(impactChangeSchema, { [path]: value }, 'change')).toThrow(path);
});

test('a change may hold little or nothing; a rotation’s time is normalised', () => {
  expect(parseWith(impactChangeSchema, {}, 'change')).toEqual({});
  const rotate = { rotation: 'second', from: '2026-05-01' };
  expect(parseWith(impactChangeSchema, { rotate }, 'change')).toEqual({
    rotate: { rotation: 'second', from: '2026-05-01T00:00:00.000Z' },
  });
});

test.each([{ who: 'ann' }, { reason: 'over' }, { who: 'a\nb', reason: 'over' }, { who: 'ann', reason: 'over', at: 'now' }])(
  '%j ends nothing',
  (given) => expect(impactClosingSchema.safeParse(given).success).toBe(false),
);

test.each([
  ['recommendationId', ''],
  ['recommendationId', 'x'.repeat(201)],
  ['recommendationId', { $gt: '' }],
  ['at', 1_767_225_600_000],
  ['at', '+275760-09-13T00:00:00.000Z'],
  ['userId', 'u1'],
])('a click with %s %p is rejected', (path, value) => {
  const click = { recommendationId: 'e1', at: '2026-05-01', [path]: value };
  const { rows, rejected } = siftImpactEvents(recommendationClickSchema, [click], NOW);
  expect(rows).toEqual([]);
  expect(rejected).toMatchObject([{ index: 0, path }]);
});

test.each([
  ['revenue', -1e12, true],
  ['revenue', 1e12, true],
  ['revenue', 1.1e12, false],
  ['revision', 1_000_000, true],
  ['revision', 1_000_001, false],
  ['revision', 0.5, false],
  ['conversionId', 'x'.repeat(200), true],
  ['conversionId', 'x'.repeat(201), false],
  ['clicked', 'yes', false],
  ['recommendationId', null, false],
])('an order with %s %p: %p', (path, value, isTaken) => {
  expect(conversionSchema.safeParse({ ...conversion, [path]: value }).success).toBe(isTaken);
});
