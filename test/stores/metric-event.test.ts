import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';
import { designOf, eventOf, hours, metricOf } from '../support/tracking';

let opened: TestStores;
beforeEach(async () => {
  opened = await openTestStores();
});
afterEach(() => opened.close());

test('a known id is a duplicate, with another content a conflict; what was stored first stands', async () => {
  const event = eventOf('u', 1, 5);
  const { metricEvents } = opened.stores;
  expect(await metricEvents.track([event])).toEqual({ accepted: 1, duplicates: 0, rejected: {} });
  const again = [event, { ...event, value: 6 }, { ...event, unit: 'v' }, { ...event, at: hours(2) }];
  expect(await metricEvents.track([...again, { ...event, event: 'other' }, eventOf('u', 1)])).toEqual({
    accepted: 1,
    duplicates: 1,
    rejected: { 'conflicting-id': 4 },
  });
  const stored = await opened.db.collection<{ _id: string }>('metricEvents').findOne({ _id: event.eventId });
  expect(stored).toMatchObject({ unit: 'u', value: 5, at: new Date(hours(1)), folded: false });
});

test('the same id twice in one batch, and in batches at once, is stored once', async () => {
  const events = many(300, (k) => eventOf(`u${k % 7}`, k % 5, k));
  const results = await Promise.all(many(4, () => opened.stores.metricEvents.track([...events, ...events])));
  expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(300);
  expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(4 * 600 - 300);
  expect(await opened.db.collection('metricEvents').countDocuments()).toBe(300);
});

test('more events than one insert takes are told apart by their own places', async () => {
  const events = many(12_000, (k) => eventOf(`u${k}`, 0));
  await opened.stores.metricEvents.track([events[5_001]!, { ...events[11_999]!, value: 7 }]);
  const statuses = await opened.stores.metricEvents.write(events);
  const odd = statuses.flatMap((status, index) => (status === 'accepted' ? [] : [[index, status]]));
  expect(odd).toEqual([
    [5_001, 'duplicate'],
    [11_999, 'conflicting-id'],
  ]);
});

test('baselines: units per day, and a unit over one conversion window', async () => {
  const lookBack = null;
  const design = designOf({
    metrics: [
      metricOf({ lookBack }),
      metricOf({ name: 'capped', cap: 3, lookBack }),
      metricOf({ name: 'buyers', type: 'proportion', lookBack }),
      metricOf({ name: 'per-visit', type: 'ratio', denominator: { kind: 'event', event: 'visit' }, lookBack }),
      metricOf({ name: 'nothing', source: { kind: 'event', event: 'refund' }, lookBack }),
    ],
  });
  const visit = (unit: string, hour: number, value = 1) => eventOf(unit, hour, value, { event: 'visit' });
  await opened.stores.metricEvents.track([
    // Outside of the two days.
    eventOf('a', -0.001, 100),
    eventOf('a', 48, 100),
    // The first day: a and b.
    ...[eventOf('a', 0, 2), eventOf('a', 23.9, 4), visit('a', 2, 2), visit('b', 1, 2)],
    // The second: a and c.
    ...[eventOf('a', 24, 2), visit('a', 30, 2), visit('c', 47.9, 2)],
  ]);
  const { unitsPerDay, metrics } = await opened.stores.metricEvents.baselines(design, {
    from: hours(0),
    to: hours(48),
  });
  expect(unitsPerDay).toBe(1.5);
  // Sums of units by day: 6, 0, 2, 0.
  expect(metrics.get('revenue')!.mean).toBe(2);
  expect(metrics.get('revenue')!.sd).toBeCloseTo(Math.sqrt((16 + 4 + 0 + 4) / 3), 12);
  expect(metrics.get('capped')!.mean).toBe(5 / 4);
  expect(metrics.get('buyers')).toEqual({ mean: 0.5, sd: 0.5 });
  // Every unit has a denominator of 2: the ratio is half the mean.
  expect(metrics.get('per-visit')!.mean).toBe(1);
  expect(metrics.get('per-visit')!.sd).toBeCloseTo(metrics.get('revenue')!.sd / 2, 12);
  expect(metrics.has('nothing')).toBe(false);
});

test('baselines of an empty history, and of one shorter than a window', async () => {
  const design = designOf({ metrics: [metricOf({ conversionWindow: '4w' })] });
  const history = { from: hours(0), to: hours(24) };
  const { metricEvents } = opened.stores;
  expect(await metricEvents.baselines(design, history)).toEqual({ unitsPerDay: null, metrics: new Map() });
  await metricEvents.track([eventOf('a', 1, 3), eventOf('b', 2, 5)]);
  const { unitsPerDay, metrics } = await metricEvents.baselines(design, history);
  expect([unitsPerDay, metrics.get('revenue')!.mean]).toEqual([2, 4]);
});
