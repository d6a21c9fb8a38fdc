import type { ExperimentSums } from '../../src/contracts';
import { openTestStores } from '../support/environment';
import type { TestStores } from '../support/environment';
import { many } from '../support/rows';
import { designOf, ended, eventOf, exposureOf, hours, running } from '../support/tracking';

let opened: TestStores;
beforeAll(async () => {
  opened = await openTestStores();
});
afterAll(() => opened.close());

const known = (...designs: readonly { readonly id: string }[]) =>
  opened.stores.designs.assignable(designs.map(({ id }) => id));
const stored = (unit: string) => opened.db.collection('assignments').findOne({ unit: { $eq: unit } });

test('the first exposure decides; the same again is a duplicate and changes nothing', async () => {
  const design = await running(opened.stores, designOf());
  const { assignments } = opened.stores;
  const once = await assignments.expose([exposureOf(design, 'one')], await known(design));
  expect(once).toEqual({ accepted: 1, duplicates: 0, rejected: {} });
  const first = await stored('one');
  const later = [exposureOf(design, 'one', { at: hours(3) }), exposureOf(design, 'one')];
  expect(await assignments.expose(later, await known(design))).toEqual({ accepted: 0, duplicates: 2, rejected: {} });
  expect(await stored('one')).toEqual(first);
});

test('two of one unit in one batch are one unit, exposed when it first was', async () => {
  const design = await running(opened.stores, designOf());
  const pair = [exposureOf(design, 'pair', { at: hours(5) }), exposureOf(design, 'pair', { at: hours(2) })];
  expect(await opened.stores.assignments.expose(pair, await known(design))).toMatchObject({
    accepted: 1,
    duplicates: 1,
  });
  expect(await stored('pair')).toMatchObject({ exposedAt: new Date(hours(2)), dirty: true });
});

test('a unit seen in another variant stays where it was and is counted as crossed, once as a unit', async () => {
  const design = await running(opened.stores, designOf());
  const { assignments, unitSums } = opened.stores;
  await assignments.expose([exposureOf(design, 'x1'), exposureOf(design, 'x2')], await known(design));
  for (const at of [hours(-1), hours(1)])
    await assignments.expose([exposureOf(design, 'x1', { variant: 'new', at })], await known(design));
  expect(await stored('x1')).toMatchObject({ variant: 'control', exposedAt: new Date(hours(0)), crossed: 2 });
  const query = { design, from: hours(0), exposedTo: hours(1), epochs: [], detailed: false };
  const sums: ExperimentSums = await unitSums.read(query);
  expect(sums.crossed).toBe(1);
  expect(sums.variants.map(({ units }) => units)).toEqual([2, 0]);
});

test('what cannot be taken is counted by reason, and the others are', async () => {
  const [open, over] = [await running(opened.stores, designOf()), await running(opened.stores, designOf())];
  await ended(opened.stores, over);
  const nobody = { ...open, id: 'nobody' };
  const result = await opened.stores.assignments.expose(
    [
      exposureOf(open, 'good'),
      exposureOf(nobody, 'u'),
      exposureOf(over, 'u'),
      exposureOf(open, 'u', { variant: 'third' }),
      exposureOf(open, 'u', { variant: 'toString' }),
    ],
    await known(open, over, nobody),
  );
  expect(result).toEqual({
    accepted: 1,
    duplicates: 0,
    rejected: { 'unknown-experiment': 1, 'experiment-over': 1, 'unknown-variant': 2 },
  });
  expect(await stored('u')).toBeNull();
});

test('a unit may be called anything printable; its segments too', async () => {
  const design = await running(opened.stores, designOf({ attributes: ['$a.b'], segments: ['$a.b'] }));
  const names = [
    '$where',
    'a.b',
    '"quoted"',
    "o'neil",
    '{"$gt":""}',
    '😀',
    '__proto__',
    'ünï códe',
    '$',
    'x'.repeat(200),
  ];
  const exposures = names.map((unit) => exposureOf(design, unit, { attributes: { '$a.b': unit, undeclared: 'gone' } }));
  await opened.stores.assignments.expose(exposures, await known(design));
  await opened.stores.metricEvents.track(names.map((unit, k) => eventOf(unit, 1, 2 ** k)));
  await opened.stores.unitSums.fold(design);
  const query = { design, from: hours(0), exposedTo: hours(1), epochs: [], detailed: true };
  const { variants, segments } = await opened.stores.unitSums.read(query);
  expect(variants[0]!.metrics[0]).toMatchObject({ n: 10, meanY: 102.3 });
  expect(segments.map(({ value }) => value).sort()).toEqual([...names].sort());
  const values = segments.map(({ value, variants: [control] }) => [value, control!.metrics[0]!.meanY]);
  expect(new Map(values as [string, number][])).toEqual(new Map(names.map((name, k) => [name, 2 ** k])));
  expect(await opened.stores.assignments.sticky(design.id, [...names, 'unknown'])).toEqual(
    new Map(names.map((name) => [name, 'control'])),
  );
});

test('a unit of one experiment is not met in another', async () => {
  const [one, other] = [await running(opened.stores, designOf()), await running(opened.stores, designOf())];
  await opened.stores.assignments.expose([exposureOf(one, 'only')], await known(one));
  expect(await opened.stores.assignments.sticky(other.id, ['only'])).toEqual(new Map());
});

test('many that expose the same units at once leave one document each', async () => {
  const design = await running(opened.stores, designOf());
  const experiments = await known(design);
  const results = await Promise.all(
    many(5, (k) =>
      opened.stores.assignments.expose(
        many(50, (unit) => exposureOf(design, `r${unit}`, { at: hours(k) })),
        experiments,
      ),
    ),
  );
  expect(results.reduce((sum, { accepted }) => sum + accepted, 0)).toBe(50);
  expect(results.reduce((sum, { duplicates }) => sum + duplicates, 0)).toBe(200);
  const at = await opened.db.collection('assignments').distinct('exposedAt', { experiment: { $eq: design.id } });
  expect(at).toEqual([new Date(hours(0))]);
});
