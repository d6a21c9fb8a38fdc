import fc from 'fast-check';
import { describe as describeColumn, referenceStatistics } from '../../../src/statistics/describe';
import { casesOf, expectClose } from '../../support/vectors';

fc.configureGlobal({ seed: 1 });

test.each(casesOf('describe', 'describe'))('matches numpy: %s', (_, entry) => {
  const found = describeColumn(entry.input.x);
  expect(found).toMatchObject({ status: 'ok', n: entry.input.x.length, dropped: 0 });
  if (found.status !== 'ok') return;
  const { percentiles, stdSample, ...rest } = entry.expected;
  for (const [key, value] of Object.entries(rest)) expectClose(found[key as 'mean'], value, entry);
  for (const [percent, value] of Object.entries<number>(percentiles))
    expectClose(found.percentiles[Number(percent) as 50], value, entry);
  if (stdSample === null) expect(found.stdSample).toBeNull();
  else expectClose(found.stdSample!, stdSample, entry);
});

test.each(casesOf('describe', 'referenceStats'))('matches numpy with axis=0: %s', (_, entry) => {
  const found = referenceStatistics(entry.input.rows);
  expect(found.status).toBe('ok');
  if (found.status !== 'ok') return;
  const { mean, std, percentiles } = entry.expected;
  const expected: number[] = [mean, std, percentiles].flat(2);
  const all = [found.mean, found.std, found.percentiles].flat(2) as number[];
  expect(all).toHaveLength(expected.length);
  all.forEach((value, index) => expectClose(value, expected[index]!, entry));
});

test('the docstrings hold', () => {
  expect(describeColumn([2, 4, 4, 4, 5, 5, 7, 9, null])).toMatchObject({
    n: 8,
    dropped: 1,
    mean: 5,
    stdPopulation: 2,
    stdSample: 2.138089935299395,
    min: 2,
    max: 9,
    percentiles: { 0: 2, 25: 4, 50: 4.5, 75: 5.5, 90: expect.closeTo(7.6, 12), 100: 9 },
    notes: ['1 missing or infinite value left out'],
  });
  expect(
    referenceStatistics([
      [1, 10],
      [2, 20],
      [3, 60],
    ]),
  ).toMatchObject({
    n: [3, 3],
    mean: [2, 30],
    percentiles: [
      [1.5, 15],
      [2, 20],
      [2.5, 40],
    ],
  });
});

test('nothing has no description, one value no sample spread, a constant none at all', () => {
  expect(describeColumn([])).toMatchObject({ status: 'insufficient-data', n: [0] });
  expect(describeColumn([null, NaN])).toMatchObject({ status: 'insufficient-data', notes: [expect.any(String)] });
  expect(describeColumn([3])).toMatchObject({ mean: 3, stdPopulation: 0, stdSample: null });
  expect(describeColumn([0.1, 0.1, 0.1])).toMatchObject({ mean: 0.1, stdPopulation: 0, stdSample: 0 });
  const wide = describeColumn([1e300, -1e300]);
  expect(wide).toMatchObject({ stdPopulation: null, notes: ['the spread exceeds what a double can square'] });
});

test('tables: missing cells, empty columns, ragged rows', () => {
  expect(
    referenceStatistics([
      [1, null],
      [3, NaN],
    ]),
  ).toMatchObject({
    n: [2, 0],
    dropped: [0, 2],
    mean: [2, null],
    std: [1, null],
    percentiles: [
      [1.5, null],
      [2, null],
      [2.5, null],
    ],
  });
  expect(referenceStatistics([])).toMatchObject({ status: 'insufficient-data' });
  expect(referenceStatistics([[]])).toMatchObject({ status: 'insufficient-data', reason: '1 rows of 0 columns' });
  expect(() => referenceStatistics([[1, 2], [3]])).toThrow('rows[1] has 1 cells: expected 2');
  expect(() => referenceStatistics([1] as never)).toThrow('rows[0] is 1: expected an array');
  expect(() => referenceStatistics([['1']] as never)).toThrow(TypeError);
});

test('nothing but finite numbers and nulls comes out, in an order that does not matter', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.double(), fc.constant(null))), (values) => {
      const found = describeColumn(values);
      if (found.status !== 'ok') return;
      const reversed = describeColumn([...values].reverse());
      expect(reversed).toMatchObject({ n: found.n, dropped: found.dropped, percentiles: found.percentiles });
      for (const value of [found.mean, found.min, found.max, ...Object.values(found.percentiles)])
        expect(Number.isFinite(value)).toBe(true);
      expect(found.stdPopulation === null || Number.isFinite(found.stdPopulation)).toBe(true);
      expect(found.mean).toBeGreaterThanOrEqual(found.min);
      expect(found.mean).toBeLessThanOrEqual(found.max);
    }),
  );
});
