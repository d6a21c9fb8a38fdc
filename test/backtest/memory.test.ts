import { MemoryRows } from '../../src/cli/backtest/memory';
import type { StreamRow } from '../../src/schemas';

const at = (day: number) => `2012-01-0${day}T00:00:00.000Z`;
const row = (day: number, features: StreamRow['features'], labelDay = day + 1): StreamRow => ({
  predictionId: `p${day}`,
  ts: at(day),
  features,
  label: day % 2 === 0 ? 0 : 1,
  labelTs: at(labelDay),
});

const all = () =>
  new MemoryRows([
    row(1, { temp: 1, city: 'b' }),
    row(2, { temp: 2, city: 'a' }, 6),
    row(3, { wind: true, city: 'b' }),
    row(4, { temp: null, list: [1] }),
  ]);
const range = { from: at(1), to: at(5), asOf: at(5), features: true };

test('an interval is half-open', async () => {
  const { ids } = await all().read({ ...range, from: at(2), to: at(4) });
  expect(ids).toEqual(['p2', 'p3']);
});

test('a label counts from when it became known', async () => {
  const rows = all();
  expect([...(await rows.read(range)).label]).toEqual([1, 255, 1, 0]);
  expect([...(await rows.read({ ...range, asOf: at(6) })).label]).toEqual([1, 0, 1, 0]);
  expect((await rows.read({ ...range, labelledOnly: true })).ids).toEqual(['p1', 'p3', 'p4']);
});

test('what was not served has no prediction; what was is found by its version', async () => {
  const rows = all();
  rows.serve(1, 1, 0, 0.25);
  rows.serve(2, 2, 1, 0.75);
  const served = await rows.read({ ...range, servedOnly: true });
  expect(served.ids).toEqual(['p2', 'p3']);
  expect([...served.prediction]).toEqual([0, 1]);
  expect([...served.predicted]).toEqual([0, 1]);
  expect([...served.score]).toEqual([0.25, 0.75]);
  expect((await rows.read({ ...range, versions: [2] })).ids).toEqual(['p3']);
  expect((await rows.read(range)).predicted[0]).toBeNaN();
});

test('features are numbers or texts; one that no row of the interval has is not there', async () => {
  const { columns, texts } = await all().read(range);
  expect([...columns.keys()]).toEqual(['temp', 'wind']);
  expect([...columns.get('temp')!]).toEqual([1, 2, Number.NaN, Number.NaN]);
  expect([...columns.get('wind')!]).toEqual([Number.NaN, Number.NaN, 1, Number.NaN]);
  expect(texts.get('city')).toEqual({ codes: Int32Array.from([0, 1, 0, -1]), names: ['b', 'a'] });
  const last = await all().read({ ...range, from: at(4) });
  expect(last.columns.size + last.texts.size).toBe(0);
});

test('only the features that are wanted are read', async () => {
  const { columns, texts } = await all().read({ ...range, features: ['wind'] });
  expect([[...columns.keys()], texts.size]).toEqual([['wind'], 0]);
  expect((await all().read({ ...range, features: false })).columns.size).toBe(0);
});

test('the first row at or after an instant', () => {
  const rows = all();
  expect(rows.indexOf(at(1))).toBe(0);
  expect(rows.indexOf('2012-01-02T00:00:00.001Z')).toBe(2);
  expect(rows.indexOf(at(9))).toBe(4);
});
