import fc from 'fast-check';
import { namesBeyond } from '../../../src/stores/summary/bounded';
import { count, mergeCells, packCells, unpackCells } from '../../../src/stores/summary/cells';
import { centredSquares } from '../../../src/stores/summary/centred';
import { ExactSum } from '../../../src/stores/summary/exact-sum';
import { calibrationBin, cellOf, endsOf, scoreBin } from '../../../src/stores/summary/number-bins';

const double = fc.double({ noNaN: true, noDefaultInfinity: true });
const cells = fc
  .array(fc.tuple(fc.nat({ max: 300_000 }), fc.integer({ min: 1, max: 2 ** 40 })), { maxLength: 30 })
  .map((all) => new Map(all));

test('a number lies in its cell, cells are narrow and ascend with their numbers', () => {
  fc.assert(
    fc.property(double, double, (a, b) => {
      const [low, high] = endsOf(cellOf(a));
      expect(low === high ? low === a : low < a && a < high).toBe(true);
      if (Math.abs(a) > 1e-300 && Math.abs(a) < 1e308) expect(high - low).toBeLessThanOrEqual(Math.abs(a) / 64);
      if (a < b) expect(cellOf(a)).toBeLessThanOrEqual(cellOf(b));
    }),
    { seed: 1 },
  );
});

test('whole numbers up to 128 have cells of their own', () => {
  for (let k = -128; k <= 128; k += 1) expect(endsOf(cellOf(k)).map((end) => end + 0)).toEqual([k, k]);
});

test('scores fall into the bin whose ends hold them, 1 into the last', () => {
  expect([0, 0.5, 1 - 2 ** -53, 1].map(scoreBin)).toEqual([0, 512, 1_023, 1_023]);
  expect([0, 0.1, 0.3, 0.95, 1].map(calibrationBin)).toEqual([0, 1, 3, 9, 9]);
});

test('packed cells are the cells, and equal cells are equal bytes', () => {
  fc.assert(
    fc.property(cells, (given) => {
      expect(unpackCells(packCells(given))).toEqual(new Map([...given].sort(([a], [b]) => a - b)));
      expect(packCells(new Map([...given].reverse()))).toEqual(packCells(given));
    }),
    { seed: 2 },
  );
});

test('cells that come to nothing are not there', () => {
  fc.assert(
    fc.property(cells, cells, (a, b) => {
      const both = new Map(a);
      mergeCells(both, b);
      mergeCells(both, a, -1);
      expect(packCells(both)).toEqual(packCells(b));
    }),
    { seed: 3 },
  );
  const one = new Map([[3, 1]]);
  count(one, 3, -1);
  expect(one.size).toBe(0);
});

test('what is kept of a whole was kept of each of its parts', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string(), { minLength: 3, maxLength: 40 }), fc.nat({ max: 40 }), (names, cut) => {
      const keep = (all: readonly string[]) => all.filter((name) => !namesBeyond(all, 5).includes(name));
      const [first, second] = [names.slice(0, cut), names.slice(cut)];
      expect(keep([...keep(first), ...keep(second)]).sort()).toEqual(keep(names).sort());
      expect(keep(names)).toHaveLength(Math.min(5, names.length));
    }),
    { seed: 4 },
  );
});

test('squares about the mean do not cancel, however far away the mean lies', () => {
  const [sum, squares] = [new ExactSum(), new ExactSum()];
  for (const x of [1e15, 1e15 + 1, 1e15 + 2]) {
    sum.add(x);
    squares.addProduct(x, x);
  }
  expect(centredSquares(3, sum.units(), squares.units())).toBe(2);
  expect(centredSquares(1, sum.units(), squares.units())).toBe(0);
});
