import { droppedNote, finiteValues, requireArray } from '../arguments';
import { noResult } from '../result';
import type { NoResult } from '../result';
import { describeMoments } from './describe-moments';
import { momentsOf } from './moments';
import { finiteQuantiles } from './quantiles';

const PERCENTILES = [0, 5, 25, 50, 75, 90, 95, 99, 100] as const;

/** A column at a glance, in its own unit. */
export interface Description {
  readonly status: 'ok';
  readonly method: string;
  readonly n: number;
  /** Missing and infinite values left out. */
  readonly dropped: number;
  readonly mean: number;
  /** Divided by n, numpy's default; null when squares exceed the largest double. */
  readonly stdPopulation: number | null;
  /** Divided by n − 1; null for one value. */
  readonly stdSample: number | null;
  readonly min: number;
  readonly max: number;
  /** Type 7, by percent: `percentiles[50]` is the median. */
  readonly percentiles: Readonly<Record<(typeof PERCENTILES)[number], number>>;
  readonly notes: readonly string[];
}

/**
 * Count, mean, standard deviations, extremes and percentiles of a column.
 * @param values in any unit; missing and infinite ones are left out and counted
 * @throws TypeError on a value that is neither a number nor missing
 * @see Chan, Golub & LeVeque (1983) for the moments, Hyndman & Fan (1996), definition 7, for the percentiles
 * @example describe([2, 4, 4, 4, 5, 5, 7, 9, null])
 * // { n: 8, dropped: 1, mean: 5, stdPopulation: 2, stdSample: 2.1380899353, percentiles: { '50': 4.5, '90': 7.6 } }
 */
export function describe(values: ArrayLike<number | null | undefined>): Description | NoResult<'insufficient-data'> {
  const { values: kept, dropped } = finiteValues('values', values);
  const notes = droppedNote(dropped);
  if (kept.length === 0) return noResult('insufficient-data', 'describe', [0], 'there are no values', notes);
  const { n, mean, stdPopulation, stdSample } = describeMoments(momentsOf(kept));
  const found = finiteQuantiles(
    kept,
    PERCENTILES.map((percent) => percent / 100),
  );
  const percentiles = Object.fromEntries(PERCENTILES.map((percent, index) => [percent, found[index]!]));
  return {
    status: 'ok',
    method: 'describe',
    n,
    dropped,
    mean: mean!,
    stdPopulation,
    stdSample,
    min: found[0]!,
    max: found.at(-1)!,
    percentiles: percentiles as Description['percentiles'],
    notes: stdPopulation === null ? [...notes, 'the spread exceeds what a double can square'] : notes,
  };
}

/** What a drift monitor keeps of the data a model was trained on, one entry per column. */
export interface ReferenceStatistics {
  readonly status: 'ok';
  readonly method: string;
  /** Values used. */
  readonly n: readonly number[];
  readonly dropped: readonly number[];
  /** Null for a column without values, as in the other lists. */
  readonly mean: readonly (number | null)[];
  /** Population standard deviation, numpy's default. */
  readonly std: readonly (number | null)[];
  /** 25th, 50th and 75th percentile, type 7: three rows of one entry per column. */
  readonly percentiles: readonly [readonly (number | null)[], readonly (number | null)[], readonly (number | null)[]];
  readonly notes: readonly string[];
}

/**
 * Per column mean, population standard deviation and quartiles of a table, numpy's with `axis=0`.
 * @param rows of one length; missing and infinite cells are left out of their column and counted
 * @throws RangeError when a row has another length than the first; TypeError on a cell that is neither number nor missing
 * @see Hyndman & Fan (1996), definition 7
 * @example
 * referenceStatistics([[1, 10], [2, 20], [3, 60]])
 * // { mean: [2, 30], std: [0.8165, 21.6025], percentiles: [[1.5, 15], [2, 20], [2.5, 40]] }
 */
export function referenceStatistics(
  rows: readonly ArrayLike<number | null | undefined>[],
): ReferenceStatistics | NoResult<'insufficient-data'> {
  requireArray('rows', rows);
  rows.forEach((row, index) => {
    requireArray(`rows[${index}]`, row);
    const width = rows[0]!.length;
    if (row.length !== width)
      throw new RangeError(`rows[${index}] has ${row.length} cells: expected ${width}, as the first row`);
  });
  const method = 'reference statistics per column';
  const width = rows[0]?.length ?? 0;
  if (width === 0)
    return noResult('insufficient-data', method, [rows.length], `${rows.length} rows of ${width} columns`);
  const columns = Array.from({ length: width }, (_, column) => {
    const { values, dropped } = finiteValues(
      `column ${column}`,
      rows.map((row) => row[column]),
    );
    const { n, mean, stdPopulation } = describeMoments(momentsOf(values));
    return {
      n,
      dropped,
      mean,
      std: stdPopulation,
      quartiles: n === 0 ? null : finiteQuantiles(values, [0.25, 0.5, 0.75]),
    };
  });
  const quartile = (index: number) => columns.map(({ quartiles }) => quartiles?.[index] ?? null);
  return {
    status: 'ok',
    method,
    n: columns.map(({ n }) => n),
    dropped: columns.map(({ dropped }) => dropped),
    mean: columns.map(({ mean }) => mean),
    std: columns.map(({ std }) => std),
    percentiles: [quartile(0), quartile(1), quartile(2)],
    notes: droppedNote(columns.reduce((sum, { dropped }) => sum + dropped, 0)),
  };
}
