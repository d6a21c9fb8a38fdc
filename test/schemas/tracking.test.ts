import { FUTURE_TOLERANCE_MS } from '../../src/contracts';
import { exposureSchema, metricEventSchema, siftTracking } from '../../src/schemas';

const NOW = Date.parse('2026-03-02T00:00:00Z');
const event = { eventId: 'e', unit: 'u', event: 'order', value: 2, at: '2026-03-01T00:00:00.000Z' };
const exposure = { experiment: 'x', unit: 'u', variant: 'a', at: '2026-03-01T00:00:00.000Z' };
const eventsOf = (...given: unknown[]) => siftTracking(metricEventSchema, given, NOW);
const exposuresOf = (...given: unknown[]) => siftTracking(exposureSchema, given, NOW);

test('an event is 1 unless said, and its instant is normalised', () => {
  const { value: _, ...plain } = event;
  expect(eventsOf({ ...plain, at: '2026-03-01' }).rows).toEqual([{ ...event, value: 1 }]);
  expect(eventsOf({ ...event, at: '2026-03-01T00:00:00Z' }).rows).toEqual([event]);
});

test.each(['$where', 'a.b', '"', '{"$gt":""}', '😀', '__proto__', ' ', 'x'.repeat(200)])('a unit may be %j', (unit) => {
  expect(eventsOf({ ...event, unit }).rows).toHaveLength(1);
  expect(exposuresOf({ ...exposure, unit }).rows).toHaveLength(1);
});

const NO_UNITS: unknown[] = [{ $gt: '' }, '', 'x'.repeat(201), 'a\nb', 'a\0', '\ud800', 7, null, undefined, ['u'], { toString: 'u' }];

test.each(NO_UNITS.map((unit) => [unit]))('no unit: %p', (unit) => {
  expect(eventsOf({ ...event, unit })).toEqual({ rows: [], rejected: { 'bad-unit': 1 } });
  expect(exposuresOf({ ...exposure, unit })).toEqual({ rows: [], rejected: { 'bad-unit': 1 } });
});

test.each([
  ['value', Number.NaN],
  ['value', Infinity],
  ['value', '3'],
  ['value', 1e101],
  ['value', null],
  ['eventId', { $ne: null }],
  ['eventId', ''],
  ['event', '$inc'],
  ['at', '2026-02-30'],
  ['at', 5],
  ['extra', 1],
])('of an event, %s cannot be %p', (key, value) => {
  expect(eventsOf({ ...event, [key]: value })).toEqual({ rows: [], rejected: { 'bad-value': 1 } });
});

test.each([
  ['experiment', { $gt: '' }],
  ['experiment', 'a b'],
  ['variant', '$a'],
  ['attributes', { country: { $gt: '' } }],
  ['attributes', { age: Number.NaN }],
  ['attributes', { 'a\n': 1 }],
  ['attributes', ['a']],
  ['attributes', Object.fromEntries(Array.from({ length: 51 }, (_, k) => [`a${k}`, k]))],
])('of an exposure, %s cannot be %p', (key, value) => {
  expect(exposuresOf({ ...exposure, [key]: value })).toEqual({ rows: [], rejected: { 'bad-value': 1 } });
});

test('what is no object at all has no unit', () => {
  expect(eventsOf(null, 3, 'x', [])).toEqual({ rows: [], rejected: { 'bad-unit': 4 } });
});

test('the future begins a day ahead of the clock', () => {
  const latest = new Date(NOW + FUTURE_TOLERANCE_MS).toISOString();
  const beyond = new Date(NOW + FUTURE_TOLERANCE_MS + 1).toISOString();
  const far = '+010000-01-01T00:00:00.000Z';
  expect(eventsOf({ ...event, at: latest }, { ...event, at: beyond }).rejected).toEqual({ 'in-the-future': 1 });
  expect(exposuresOf({ ...exposure, at: beyond }, { ...exposure, at: far }).rejected).toEqual({
    'in-the-future': 1,
    'bad-value': 1,
  });
});

test('attributes keep their names, whatever they are', () => {
  const attributes = JSON.parse('{"__proto__":"x","$a.b":null,"age":3,"paid":true}') as Record<string, never>;
  expect(exposuresOf({ ...exposure, attributes }).rows[0]!.attributes).toBe(attributes);
});
