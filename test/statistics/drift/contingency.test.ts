import { chiSquareContingency, gTestContingency } from '../../../src/statistics';
import { ok } from '../../vectors/map/mapper';

test('Yates corrects the statistic and not the effect', () => {
  const table = [
    [42, 178],
    [162, 96],
  ];
  const plain = ok(chiSquareContingency(table));
  const yates = ok(chiSquareContingency(table, { correction: true }));
  expect(yates.statistic).toBeLessThan(plain.statistic);
  expect(yates.effect.value).toBe(plain.effect.value);
  expect(yates.method).toMatch(/Yates/);
});

test('Yates is for 2 × 2 only and never takes more than the difference', () => {
  const wide = [
    [5, 6, 7],
    [8, 9, 4],
  ];
  expect(ok(chiSquareContingency(wide, { correction: true })).statistic).toBe(ok(chiSquareContingency(wide)).statistic);
  const near = [
    [1, 2],
    [3, 4],
  ];
  expect(ok(chiSquareContingency(near, { correction: true }))).toMatchObject({ statistic: 0, pValue: 1 });
});

test('small expected counts are said aloud', () => {
  const counts = [
    [3, 1],
    [2, 6],
  ];
  expect(ok(chiSquareContingency(counts)).assumptions).toEqual([
    { name: 'every expected count at least 5', holds: false, detail: 'the least is 1.667' },
  ]);
});

test('a table that says nothing is a status', () => {
  expect(chiSquareContingency([[0, 0], [5, 5]])).toMatchObject({ status: 'insufficient-data' }); // prettier-ignore
  expect(chiSquareContingency([[5, 0], [5, 0]])).toMatchObject({ status: 'insufficient-data' }); // prettier-ignore
  expect(chiSquareContingency([[5, 6]])).toMatchObject({ status: 'no-variation' });
  expect(chiSquareContingency([])).toMatchObject({ status: 'insufficient-data' });
});

test('counts that are none are refused by name', () => {
  expect(() => chiSquareContingency([[1, 2], [3, 4.5]])).toThrow('table[1][1] is 4.5'); // prettier-ignore
  expect(() => chiSquareContingency([[1, 2], [3]])).toThrow('table[1] has 1 columns and table[0] has 2'); // prettier-ignore
  expect(() => chiSquareContingency([[1, NaN], [3, 4]])).toThrow(RangeError); // prettier-ignore
  expect(() => gTestContingency([[1, 2], [3, 4]], { alpha: 1 })).toThrow('alpha is 1'); // prettier-ignore
});

test('G keeps its digits next to independence', () => {
  // mpmath, 50 digits: two rows of 10⁹ that differ by one in either cell
  const found = ok(gTestContingency([[500_000_000, 500_000_000], [500_000_001, 499_999_999]])); // prettier-ignore
  expect(Math.abs(found.statistic / 2.0e-9 - 1)).toBeLessThan(1e-6);
  expect(found.pValue).toBeGreaterThan(0.99);
});

test('a table of 200 000 columns is no different', () => {
  const columns = 200_000;
  const table = [new Uint8Array(columns).fill(10), new Uint8Array(columns).fill(12)];
  expect(ok(chiSquareContingency(table))).toMatchObject({ degreesOfFreedom: columns - 1, pValue: 1 });
});
