import { chiSquareOf } from '../../../src/statistics/drift/cell-measures';
import { mergeRareCells, occupiedCells } from '../../../src/statistics/drift/cells';
import { chiSquareMoments } from '../../../src/statistics/drift/chi-square-moments';
import { permutedMeasures } from '../../../src/statistics/drift/permuted-cells';
import { RandomStream } from '../../../src/statistics/random-stream';

test('cells without a row are dropped, the others come by pooled count', () => {
  const cells = occupiedCells([0, 5, 40, 0], [3, 0, 20, 0]);
  expect([...cells.reference]).toEqual([40, 5, 0]);
  expect([...cells.current]).toEqual([20, 0, 3]);
  expect(cells).toMatchObject({ n: 45, m: 23 });
});

describe('rare cells', () => {
  const large = [4_000, 3_000, 2_900];

  test('nothing is merged where nothing is rare', () => {
    const merged = mergeRareCells(occupiedCells([50, 50], [30, 20]), 5);
    expect(merged?.merged).toBe(0);
  });

  test('are put into OTHER, the last', () => {
    const merged = mergeRareCells(occupiedCells([...large, 4, 3, 5], [...large, 4, 5, 4]), 5);
    expect(merged?.merged).toBe(3);
    expect([...merged!.reference]).toEqual([...large, 12]);
    expect([...merged!.current]).toEqual([...large, 13]);
  });

  test('which they are, pooled counts alone decide', () => {
    const [a, b] = [
      [...large, 9, 0, 5],
      [...large, 0, 8, 4],
    ];
    const there = mergeRareCells(occupiedCells(a, b), 5)!;
    const back = mergeRareCells(occupiedCells(b, a), 5)!;
    expect([...there.reference]).toEqual([...back.current]);
    expect([...there.current]).toEqual([...back.reference]);
  });

  test.each([
    ['OTHER would itself be rare', [...large, 4], [...large, 4]],
    [
      'OTHER would hold more than a fifth',
      [350, 350, ...Array<number>(75).fill(4)],
      [350, 350, ...Array<number>(75).fill(4)],
    ],
    ['only OTHER and one cell would remain', [9_000, 4, 4, 4], [9_000, 4, 4, 4]],
    // Rare is what has fewer than 250 of 10 200 rows: all 200 of the smaller side could be in one such cell.
    ['a cell of more than 2 % of the smaller side could be hidden', [6_000, 3_400, 195, 195, 195], [120, 68, 4, 4, 4]],
  ])('are left alone where %s', (_why, reference, current) => {
    expect(mergeRareCells(occupiedCells(reference, current), 5)).toBeNull();
  });
});

test('the moments of χ² are those of all arrangements', () => {
  const cells = occupiedCells([3, 1, 0, 2], [1, 2, 1, 0]);
  // Every way to choose four of the ten rows for the current side.
  const rows = [0, 0, 0, 0, 1, 1, 1, 2, 3, 3];
  const found: number[] = [];
  for (let mask = 0; mask < 1 << rows.length; mask += 1) {
    const sides = [new Float64Array(4), new Float64Array(4)];
    rows.forEach((cell, row) => (sides[(mask >> row) & 1]![cell]! += 1));
    if (sides[1]!.reduce((sum, count) => sum + count, 0) === 4) found.push(chiSquareOf(sides[0]!, sides[1]!, 6, 4));
  }
  expect(found).toHaveLength(210);
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const variance = found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / found.length;
  expect(chiSquareMoments(cells).mean).toBeCloseTo(mean, 10);
  expect(chiSquareMoments(cells).variance).toBeCloseTo(variance, 10);
});

test.each([
  ['row by row', [30, 12, 5, 3], [8, 9, 1, 2]],
  ['cell by cell', [3_000, 1_200, 50, 30], [800, 900, 10, 20]],
  ['the current side being the larger', [8, 9, 1, 2], [3_000, 1_200, 50, 30]],
])('permutations %s have the exact moments of χ²', (_how, reference, current) => {
  const cells = occupiedCells(reference, current);
  const found = permutedMeasures(cells, chiSquareOf, new RandomStream(3), 20_000);
  const mean = found.reduce((sum, value) => sum + value, 0) / found.length;
  const variance = found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / found.length;
  const exact = chiSquareMoments(cells);
  expect(Math.abs(mean / exact.mean - 1)).toBeLessThan(0.03);
  expect(Math.abs(variance / exact.variance - 1)).toBeLessThan(0.1);
});
