import type { ExperimentSums } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { designOf, eventOf, exposureOf, hours, metricOf, running } from '../support/tracking';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

test('a unit counts on a metric once its window is over, as a unit once all are, and in the split at once', async () => {
  const metrics = [
    metricOf({ name: 'fast', conversionWindow: '1h', lookBack: null }),
    metricOf({ name: 'slow', conversionWindow: '24h', lookBack: null }),
  ];
  const design = await running(opened.stores, designOf({ metrics, attributes: ['country'], segments: ['country'] }));
  const units = [0, 10, 33, 34].map((hour) => ({ hour, name: `came-${hour}` }));
  const { assignments, designs, metricEvents } = opened.stores;
  const exposures = units.map(({ hour, name }) => exposureOf(design, name, { at: hours(hour) }));
  await assignments.expose(exposures, await designs.assignable([design.id]));
  await metricEvents.track(units.map(({ hour, name }) => eventOf(name, hour, 1)));
  const { unitSums } = opened.stores;
  await unitSums.fold(design);
  const epochs = [{ from: hours(0), weights: [0.5, 0.5] }];
  const query = { design, from: hours(0), epochs, detailed: false, exposedTo: hours(34.5) };
  const sums = await unitSums.read({ ...query, at: hours(34), detailed: true });
  const [{ units: judged, metrics: found }] = sums.variants as [ExperimentSums['variants'][number]];
  expect([judged, found[0]!.n, found[1]!.n]).toEqual([2, 3, 2]);
  expect(sums.exposed[0]!.units[0]).toBe(4);
  expect(sums.segments[0]!.variants[0]!.metrics.map(({ n }) => n)).toEqual([2, 2]);
  expect(sums.weeks[0]!.variants[0]!.metrics.map(({ n }) => n)).toEqual([3, 2]);
  expect((await unitSums.read(query)).variants[0]!.metrics.map(({ n }) => n)).toEqual([4, 4]);
});
