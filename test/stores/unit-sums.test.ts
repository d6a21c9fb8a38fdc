import fc from 'fast-check';
import type { ExperimentDesign, ExperimentSums, Exposure, MetricEvent, UnitSums } from '../../src/contracts';
import type { SumsQuery } from '../../src/stores';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';
import { designOf, eventOf, exposureOf, hours, metricOf, running, sumsInMemory } from '../support/tracking';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

async function read(design: ExperimentDesign, more: Partial<SumsQuery> = {}): Promise<ExperimentSums> {
  const epochs = [{ from: hours(0), weights: design.variants.map(({ weight }) => weight) }];
  const query = { design, from: hours(0), exposedTo: hours(1_000), epochs, detailed: false, ...more };
  await opened.stores.unitSums.fold(design);
  return opened.stores.unitSums.read(query);
}

async function store(exposures: readonly Exposure[], events: readonly MetricEvent[]): Promise<void> {
  const ids = [...new Set(exposures.map(({ experiment }) => experiment))];
  await opened.stores.assignments.expose(exposures, await opened.stores.designs.assignable(ids));
  await opened.stores.metricEvents.track(events);
}

const control = (sums: ExperimentSums, place = 0): UnitSums => sums.variants[0]!.metrics[place]!;

function near(found: UnitSums, expected: UnitSums): void {
  expect(found.n).toBe(expected.n);
  for (const key of ['meanY', 'm2Y', 'meanX', 'm2X', 'cXY'] as const) expect(found[key]).toBeCloseTo(expected[key], 8);
}

test('events count in [exposure, exposure + window), those before it in [exposure − look-back, exposure)', async () => {
  const design = await running(opened.stores, designOf());
  const edges: [number, number][] = [
    [-48.001, 1],
    [-48, 2],
    [-0.001, 4],
    [0, 8],
    [23.999, 16],
    [24, 32],
  ];
  await store(
    [exposureOf(design, 'edge')],
    edges.map(([hour, value]) => eventOf('edge', hour, value)),
  );
  expect(control(await read(design))).toEqual({ n: 1, meanY: 24, m2Y: 0, meanX: 6, m2X: 0, cXY: 0 });
});

test('an event that comes after the look counts at the next, as long as it is dated inside the window', async () => {
  const design = await running(opened.stores, designOf());
  await store([exposureOf(design, 'late')], [eventOf('late', 1, 5)]);
  expect(control(await read(design)).meanY).toBe(5);
  await opened.stores.metricEvents.track([eventOf('late', 20, 7), eventOf('late', 25, 100)]);
  expect(control(await read(design)).meanY).toBe(12);
});

test('events before there is an exposure wait for it; those of a unit without one never count', async () => {
  const design = await running(opened.stores, designOf());
  await opened.stores.metricEvents.track([eventOf('first', -5, 3), eventOf('first', 2, 4), eventOf('nobody', 1, 99)]);
  await opened.stores.unitSums.fold(design);
  await store([exposureOf(design, 'first')], []);
  expect(control(await read(design))).toMatchObject({ n: 1, meanY: 4, meanX: 3 });
});

test('proportion, capped mean, ratio and a metric about outcomes, as computed in memory', async () => {
  const design = await running(
    opened.stores,
    designOf({
      model: 'm',
      variants: [
        { name: 'control', weight: 0.5, version: 1 },
        { name: 'new', weight: 0.5, version: 2 },
      ],
      metrics: [
        metricOf({ name: 'buyers', type: 'proportion' }),
        metricOf({ name: 'capped', cap: 20, lookBack: '24h' }),
        metricOf({ name: 'accuracy', source: { kind: 'outcome', metric: 'accuracy' }, lookBack: null }),
        metricOf({ name: 'per-visit', type: 'ratio', denominator: { kind: 'event', event: 'visit' }, lookBack: null }),
      ],
    }),
  );
  const exposures = many(40, (k) =>
    exposureOf(design, `r${k}`, { variant: k % 3 === 0 ? 'new' : 'control', at: hours(k / 4) }),
  );
  const events = many(400, (k) =>
    eventOf(`r${(k * 7) % 40}`, ((k * 13) % 100) - 50, (k * 31) % 17, { event: k % 4 === 0 ? 'visit' : 'revenue' }),
  );
  await store(exposures, [...events, eventOf('r1', 1, 0)]);
  const sums = await read(design);
  for (const [index, variant] of ['control', 'new'].entries())
    for (const place of [0, 1, 3])
      near(sums.variants[index]!.metrics[place]!, sumsInMemory(design, place, variant, { exposures, events }));
  expect(sums.variants.map(({ metrics }) => metrics[2]!.n)).toEqual([0, 0]);
  expect(sums.variants.map(({ units }) => units)).toEqual([26, 14]);
});

test('an event of value 0 makes a converted unit, though its sum is nothing', async () => {
  const design = await running(opened.stores, designOf({ metrics: [metricOf({ type: 'proportion' })] }));
  await store([exposureOf(design, 'free'), exposureOf(design, 'none')], [eventOf('free', 1, 0)]);
  expect(control(await read(design))).toMatchObject({ n: 2, meanY: 0.5 });
});

test('any order of arrival, folded at any time by one or two at once, gives the same sums to the last bit', async () => {
  const cards = fc.array(
    fc.record({
      unit: fc.nat({ max: 5 }),
      hour: fc.integer({ min: -60, max: 40 }),
      value: fc.double({ min: -1e6, max: 1e6, noNaN: true }),
    }),
    { minLength: 1, maxLength: 30 },
  );
  let round = 0;
  const play = async (design: ExperimentDesign, deck: readonly (Exposure | MetricEvent)[], fold: boolean) => {
    for (const [k, card] of deck.entries()) {
      await ('variant' in card ? store([card], []) : store([], [card]));
      const folder = () => opened.stores.unitSums.fold(design);
      if (fold && k % 3 === 0) await Promise.all([folder(), folder()]);
    }
    const { variants } = await read(design);
    return variants;
  };
  await fc.assert(
    fc.asyncProperty(cards, fc.array(fc.nat(), { minLength: 40, maxLength: 40 }), async (drawn, keys) => {
      round += 1;
      const [one, other] = await Promise.all([running(opened.stores, designOf()), running(opened.stores, designOf())]);
      const deck = (design: ExperimentDesign, name: string) => [
        ...many(6, (k) =>
          exposureOf(design, `${name}${round}-${k}`, { at: hours(k), variant: k % 2 === 0 ? 'new' : 'control' }),
        ),
        ...drawn.map(({ unit, hour, value }, k) =>
          eventOf(`${name}${round}-${unit}`, hour, value, { eventId: `${name}${round}/${k}` }),
        ),
      ];
      const shuffled = deck(other, 'b')
        .map((card, k) => ({ card, key: keys[k % keys.length]! }))
        .sort((a, b) => a.key - b.key);
      const straight = await play(one, deck(one, 'a'), false);
      const mixed = await play(
        other,
        shuffled.map(({ card }) => card),
        true,
      );
      expect(mixed).toEqual(straight);
    }),
    { numRuns: 12 },
  );
});

test('an earlier exposure in the same variant that comes later moves the windows back', async () => {
  const design = await running(opened.stores, designOf());
  await store([exposureOf(design, 'moved', { at: hours(10) })], [eventOf('moved', 5, 1), eventOf('moved', 30, 2)]);
  expect(control(await read(design))).toMatchObject({ meanY: 2, meanX: 1 });
  await store([exposureOf(design, 'moved', { at: hours(4) })], []);
  expect(control(await read(design))).toMatchObject({ n: 1, meanY: 1, meanX: 0 });
});

test('1 000 events of one unit, tracked in pieces and twice, are counted once', async () => {
  const design = await running(opened.stores, designOf());
  const events = many(1_000, (k) => eventOf('busy', k / 50, 0.1));
  await store([exposureOf(design, 'busy')], events.slice(0, 600));
  await opened.stores.unitSums.fold(design);
  expect(await opened.stores.metricEvents.track(events)).toMatchObject({ accepted: 400, duplicates: 600 });
  expect(control(await read(design)).meanY).toBeCloseTo(100, 9);
});

test('a mean that dwarfs the spread cancels nothing', async () => {
  const design = await running(opened.stores, designOf());
  const exposures = many(200, (k) => exposureOf(design, `big${k}`));
  const values = many(200, (k) => 1e9 + (k % 5) * 0.25);
  await store(
    exposures,
    values.flatMap((value, k) => [eventOf(`big${k}`, 1, value), eventOf(`big${k}`, -1, value * 2)]),
  );
  const { m2Y, m2X, cXY, meanY } = control(await read(design));
  expect(meanY).toBe(1e9 + 0.5);
  expect(m2Y).toBeCloseTo(25, 9);
  expect(m2X).toBeCloseTo(100, 9);
  expect(cXY).toBeCloseTo(50, 9);
});

test('a crash before the fold, in the middle of it, or between two steps of it is made good by the next', async () => {
  const design = await running(opened.stores, designOf());
  await store([exposureOf(design, 'crash')], []);
  expect(control(await read(design)).meanY).toBe(0);
  // Stored, and nothing more.
  await opened.stores.metricEvents.track([eventOf('crash', 1, 1)]);
  expect(control(await read(design)).meanY).toBe(1);
  // The unit was told, the event not yet marked as folded.
  await opened.stores.metricEvents.track([eventOf('crash', 2, 2)]);
  await opened.db.collection('assignments').updateOne({ unit: 'crash' }, { $set: { dirty: true }, $inc: { marks: 1 } });
  expect(control(await read(design)).meanY).toBe(3);
  // Told and marked, and not yet computed.
  const event = eventOf('crash', 3, 4);
  await opened.stores.metricEvents.track([event]);
  await opened.stores.unitSums.mark([{ _id: event.eventId, unit: 'crash', at: new Date(event.at) }]);
  expect(await opened.db.collection('metricEvents').countDocuments({ unit: 'crash', folded: false })).toBe(0);
  expect(control(await read(design)).meanY).toBe(7);
});

test('what was read before a mark never overwrites what was read after it', async () => {
  const design = await running(opened.stores, designOf());
  await store([exposureOf(design, 'slow')], [eventOf('slow', 1, 5)]);
  expect(control(await read(design)).meanY).toBe(5);
  // A fold of marks 1 that comes last: as if it had read the unit before its event.
  const assignments = opened.db.collection<{ _id: string }>('assignments');
  const before = (await assignments.findOne({ unit: 'slow' }))!;
  expect(before).toMatchObject({ dirty: false });
  await assignments.updateOne({ unit: 'slow' }, { $set: { dirty: true, marks: 0 } });
  await opened.db.collection('metricEvents').deleteMany({ unit: 'slow' });
  await opened.stores.unitSums.fold(design);
  expect((await assignments.findOne({ unit: 'slow' }))!).toMatchObject({ m: { y0: 5 } });
});

test('segments by size, the rest together; weeks of first exposure; a unit without the attribute', async () => {
  const design = await running(opened.stores, designOf({ attributes: ['country'], segments: ['country'] }));
  const exposures = many(300, (k) =>
    exposureOf(design, `s${k}`, {
      at: hours(k),
      variant: k % 2 === 0 ? 'new' : 'control',
      attributes: k < 100 ? { country: '$DE.x' } : k < 150 ? {} : { country: `c${k % 30}` },
    }),
  );
  const events = many(300, (k) => eventOf(`s${k}`, k + 1, k));
  await store(exposures, events);
  const sums = await read(design, { detailed: true, exposedTo: hours(300) });
  const values = sums.segments.map(({ value }) => value);
  expect(values).toHaveLength(21);
  expect([...values.slice(0, 2), values.at(-1)]).toEqual(['$DE.x', 'unknown', 'other']);
  near(
    control({ ...sums, variants: sums.segments[0]!.variants }),
    sumsInMemory(design, 0, 'control', { exposures: exposures.slice(0, 100), events }),
  );
  const inSegments = sums.segments.flatMap(({ variants }) => variants.map(({ units }) => units));
  expect(inSegments.reduce((a, b) => a + b)).toBe(300);
  expect(sums.weeks.map(({ week, variants }) => [week, ...variants.map(({ units }) => units)])).toEqual([
    [0, 84, 84],
    [1, 66, 66],
  ]);
  near(
    sums.weeks[1]!.variants[1]!.metrics[0]!,
    sumsInMemory(design, 0, 'new', { exposures: exposures.slice(168), events }),
  );
  const short = await read(design, { exposedTo: hours(300) });
  expect(short.variants).toEqual(sums.variants);
  expect([short.segments, short.weeks]).toEqual([[], []]);
});

test('units are exposed in the epoch of their time, in [from, exposedTo) only, and a variant without units has n 0', async () => {
  const design = await running(
    opened.stores,
    designOf({ variants: ['a', 'b', 'c'].map((name, k) => ({ name, weight: [0.5, 0.25, 0.25][k]! })) }),
  );
  const at = (unit: string, variant: string, hour: number) => exposureOf(design, unit, { variant, at: hours(hour) });
  await store(
    [at('e0', 'a', -1), at('e1', 'a', 0), at('e2', 'b', 9), at('e3', 'a', 10), at('e4', 'a', 19), at('e5', 'a', 20)],
    [],
  );
  const epochs = [
    { from: hours(0), weights: [0.5, 0.25, 0.25] },
    { from: hours(10), weights: [2 / 3, 0, 1 / 3] },
  ];
  const sums = await read(design, { epochs, exposedTo: hours(20) });
  expect(sums.exposed.map(({ units }) => units)).toEqual([
    [1, 1, 0],
    [2, 0, 0],
  ]);
  expect(sums.variants.map(({ variant, units }) => [variant, units])).toEqual([
    ['a', 3],
    ['b', 1],
    ['c', 0],
  ]);
  expect(sums.variants[2]!.metrics).toEqual([{ n: 0, meanY: 0, m2Y: 0, meanX: 0, m2X: 0, cXY: 0 }]);
});

test('an experiment reads its own units; another design with other windows reads the same events by its own', async () => {
  const [short, long] = [
    await running(opened.stores, designOf()),
    await running(opened.stores, designOf({ metrics: [metricOf({ conversionWindow: '3d' })] })),
  ];
  await store([exposureOf(short, 'both'), exposureOf(long, 'both')], [eventOf('both', 1, 1), eventOf('both', 40, 2)]);
  expect(control(await read(short)).meanY).toBe(1);
  expect(control(await read(long)).meanY).toBe(3);
});
