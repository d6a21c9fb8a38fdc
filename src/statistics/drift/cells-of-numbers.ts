import type { NumberCells } from '../../contracts';
import type { CellMethod } from './cell-methods';
import { countBelow } from './count-below';
import type { FoundEffect, Resampling } from './found';
import type { BoundedFound } from './bounded-found';
import type { PreparedNumbers } from './prepared-numbers';
import { testCategories } from './test-categories';

/**
 * Compares numbers counted in cells with a reference, by a method on counts. A reference of few values is compared value
 * by value, where a value that shares its cell with others stands for all of the cell; another one in bins of its
 * quantiles, whose edges are moved to the nearer end of the cell they fall into. Both sides are counted exactly in what
 * is compared. The bound is the difference that counting the doubtful cells the other way makes.
 */
export function compareCells(
  reference: PreparedNumbers,
  cells: NumberCells,
  method: CellMethod,
  bins: number,
  resampling: Resampling,
): BoundedFound {
  const { levels, sorted } = reference;
  const ways =
    levels === null ? binnedWays(sorted, reference.bins(bins).edges, cells) : levelWays(sorted, levels, cells);
  const found = ways.map(({ before, now }): FoundEffect => testCategories(method, before, now, resampling));
  const [chosen, other = chosen] = found;
  const { notes } = ways[0]!;
  return {
    found: { ...chosen!, notes: [...chosen!.notes, ...notes] },
    errorBound: Math.abs(chosen!.statistic - other!.statistic),
  };
}

/** Counts of both sides in the same categories. */
interface Way {
  readonly before: readonly number[];
  readonly now: readonly number[];
  readonly notes: readonly string[];
}

function levelWays(sorted: Float64Array, levels: Float64Array, { low, high, counts }: NumberCells): Way[] {
  const before = new Map<string, number>();
  const cellOf = (value: number): string => {
    const cell = low.findIndex((start, k) => (start === high[k] ? value === start : value > start && value < high[k]!));
    return cell < 0 ? `value ${value}` : `cell ${cell}`;
  };
  for (const level of levels) {
    const rows = countBelow(sorted, level, true) - countBelow(sorted, level, false);
    before.set(cellOf(level), (before.get(cellOf(level)) ?? 0) + rows);
  }
  const now = new Map<string, number>(Array.from(counts, (rows, cell) => [`cell ${cell}`, rows]));
  const names = [...new Set([...before.keys(), ...now.keys()])];
  const of = (side: ReadonlyMap<string, number>) => names.map((name) => side.get(name) ?? 0);
  const doubtful = names.filter((name) => before.has(name) && now.has(name) && !isPoint(name, low, high));
  if (doubtful.length === 0) return [{ before: of(before), now: of(now), notes: [] }];
  const rows = doubtful.reduce((sum, name) => sum + now.get(name)!, 0);
  const notes = [`${rows} rows lie in cells that hold more than the reference's values: counted as these`];
  // The other extreme: none of them has a value of the reference.
  const strangers = names.map((name) => (doubtful.includes(name) ? 0 : (now.get(name) ?? 0)));
  return [
    { before: of(before), now: of(now), notes },
    { before: [...of(before), 0], now: [...strangers, rows], notes },
  ];
}

function isPoint(name: string, low: Float64Array, high: Float64Array): boolean {
  const cell = Number(name.slice('cell '.length));
  return low[cell] === high[cell];
}

function binnedWays(sorted: Float64Array, edges: readonly number[], cells: NumberCells): Way[] {
  const inside = (edge: number): number => cells.low.findIndex((low, k) => edge > low && edge < cells.high[k]!);
  const moved = (to: 'nearer' | 'farther') =>
    edges.map((edge) => {
      const cell = inside(edge);
      if (cell < 0) return edge;
      const [low, high] = [cells.low[cell]!, cells.high[cell]!];
      return edge - low <= high - edge === (to === 'nearer') ? low : high;
    });
  const away = edges.filter((edge) => inside(edge) >= 0).length;
  const notes = [`${edges.length + 1} bins by quantiles of the reference`];
  if (away === 0) return [way(sorted, edges, cells, notes)];
  notes.push(`${away} of ${edges.length} edges moved to the end of a cell`);
  return [way(sorted, moved('nearer'), cells, notes), way(sorted, moved('farther'), cells, notes)];
}

/** Counts between edges that fall into no cell. */
function way(sorted: Float64Array, given: readonly number[], { low, high, counts }: NumberCells, notes: string[]): Way {
  const edges = [...new Set(given)].sort((a, b) => a - b);
  const ends = edges.map((edge) => countBelow(sorted, edge, false));
  const now = new Array<number>(edges.length + 1).fill(0);
  counts.forEach((rows, cell) => {
    const point = low[cell] === high[cell];
    const bin = edges.filter((edge) => edge < high[cell]! || (point && edge === low[cell])).length;
    now[bin]! += rows;
  });
  const before = [...ends, sorted.length].map((end, k) => end - (ends[k - 1] ?? 0));
  return { before, now, notes };
}
