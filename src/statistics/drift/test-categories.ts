import { CELL_RULES } from './cell-methods';
import type { CellMethod } from './cell-methods';
import { testCells } from './cell-test';
import { occupiedCells } from './cells';
import type { FoundEffect, Resampling } from './found';

/**
 * Compares counts over the same cells, rows on both sides; the effect is the usual one of all cells, merged or not.
 */
export function testCategories(
  method: CellMethod,
  reference: ArrayLike<number>,
  current: ArrayLike<number>,
  resampling: Resampling,
): FoundEffect {
  const rule = CELL_RULES[method];
  const cells = occupiedCells(reference, current);
  const value = rule.effectOf(cells.reference, cells.current, cells.n, cells.m);
  const effect = { name: rule.effect, value, interval: null };
  if (cells.reference.length > 1) return { ...testCells(method, cells, resampling), effect };
  return {
    statistic: 0,
    logP: 0,
    way: 'exact',
    words: 'one cell',
    resampling: null,
    assumptions: [],
    notes: ['every row of both sides is in one cell'],
    effect,
  };
}
