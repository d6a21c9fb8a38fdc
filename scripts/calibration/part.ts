/** What one section of docs/calibration.md is made of. A new part is a file with one such object, named in parts.ts. */
import type { Random } from './random';

/** Repetitions of one piece: never changed by options, so that a table is the same however it was computed. */
export const PIECE = 250;

/** One setting that is simulated: plain JSON, so that a worker can find it by its key. */
export interface Cell {
  /** Unlike every other of its part; with the part's name it is the seed. */
  readonly key: string;
  readonly repetitions: number;
}

/** How often each method alarmed. */
export type Counts = Readonly<Record<string, number>>;

/** A cell that has been simulated. */
export interface Row<C extends Cell> {
  readonly cell: C;
  readonly repetitions: number;
  readonly counts: Counts;
}

/** Where a method's rate must lie. */
export interface Limit {
  readonly from: number;
  readonly to: number;
}

/** A table and how it comes about. */
export interface Part<C extends Cell> {
  /** Its option `--part NAME`, its markers in the document, and part of every seed. */
  readonly name: string;
  /** The cells of the full or of the small run. */
  cells(small: boolean): readonly C[];
  /** Pure: alarms by method among that many repetitions, all randomness from `random`. */
  simulate(cell: C, repetitions: number, random: Random): Counts;
  /** By method; one without an entry is shown but not judged. */
  limits(cell: C): Readonly<Record<string, Limit>>;
  /** The same by another package, shown beside ours: rows on samples of the same seeds. */
  peer?(python: string, small: boolean): readonly Row<C>[];
  /** The section in Markdown, from its heading on. */
  render(rows: readonly Row<C>[]): string;
}

/** The share of repetitions in which a method alarmed. */
export function rateOf(row: Row<Cell>, method: string): number {
  const count = row.counts[method];
  if (count === undefined) throw new Error(`${row.cell.key} has no method ${method}`);
  return count / row.repetitions;
}

/** Standard error of a simulated rate. */
export function standardErrorOf(rate: number, repetitions: number): number {
  return Math.sqrt((rate * (1 - rate)) / repetitions);
}

/** How many standard errors a rate may lie outside its limit by chance. */
const ERRORS = 3.5;

/** The rates that lie outside their limits by more than chance, in words. */
export function failuresOf<C extends Cell>(part: Part<C>, rows: readonly Row<C>[]): string[] {
  return rows.flatMap((row) =>
    Object.entries(part.limits(row.cell)).flatMap(([method, { from, to }]) => {
      const rate = rateOf(row, method);
      const low = from - ERRORS * standardErrorOf(from, row.repetitions);
      const high = to + ERRORS * standardErrorOf(to, row.repetitions);
      if (rate >= low && rate <= high) return [];
      return [
        `${part.name}, ${row.cell.key}: ${method} alarmed in ${percent(rate)}, expected ${percent(from)} to ${percent(to)}`,
      ];
    }),
  );
}

/** A share as it is printed: `5.01 %`. */
export function percent(share: number, decimals = 2): string {
  return `${(100 * share).toFixed(decimals)} %`;
}
