import { requireArray, requireCount, requireShare } from '../arguments';
import { chiSquareLogSurvival } from '../distributions/chi-square';
import { noResult, reportedP } from '../result';
import type { Assumption, NoResult, TestResult } from '../result';
import { gTerm } from './cell-measures';

/** An expected count below this makes the χ² law doubtful. */
const LEAST_EXPECTED = 5;

/** Options of a test on a table of counts. */
export interface ContingencyOptions {
  /** .05 by default. */
  readonly alpha?: number;
  /** Yates' continuity correction, for a table of 2 × 2 only. */
  readonly correction?: boolean;
}

/** The answer of a test on a table; the effect is Cramér's V, of the uncorrected χ². */
export type ContingencyResult =
  | (TestResult & { readonly degreesOfFreedom: number; readonly expected: readonly (readonly number[])[] })
  | NoResult<'insufficient-data' | 'no-variation'>;

/**
 * Pearson's χ² test of independence of a table of counts: two samples are two rows, both of them samples. The counts
 * are tested as they are; `categoricalDriftTest` also sees to rare categories.
 * @param table whole counts, rows × columns
 * @throws RangeError on a count that is not whole, rows of unequal length, or an alpha outside (0, 1)
 * @see Pearson (1900); Cramér (1946) for V; scipy.stats.chi2_contingency, whose numbers it gives
 * @example chiSquareContingency([[42, 178], [162, 96]])
 * // { statistic: 92.693…, degreesOfFreedom: 1, effect: { name: 'Cramér V', value: 0.44036… } }
 */
export function chiSquareContingency(
  table: readonly ArrayLike<number>[],
  options: ContingencyOptions = {},
): ContingencyResult {
  return test('chi-square contingency', table, options, (observed, expected, shift) => {
    // The correction never takes more than the difference itself.
    const difference = Math.abs(observed - expected);
    return (difference - Math.min(shift, difference)) ** 2 / expected;
  });
}

/**
 * The likelihood-ratio (G) test of independence. On uneven categories it alarms in 5 to 15 % where 5 % is asked:
 * never a default here.
 * @param table whole counts, rows × columns
 * @throws RangeError on a count that is not whole, rows of unequal length, or an alpha outside (0, 1)
 * @see Wilks (1938), The large-sample distribution of the likelihood ratio; scipy's `lambda_='log-likelihood'`
 * @example gTestContingency([[42, 178], [162, 96]]).statistic // 97.2526…
 */
export function gTestContingency(
  table: readonly ArrayLike<number>[],
  options: Omit<ContingencyOptions, 'correction'> = {},
): ContingencyResult {
  return test('G contingency', table, options, (observed, expected) => gTerm(observed, expected));
}

function test(
  method: string,
  table: readonly ArrayLike<number>[],
  options: ContingencyOptions,
  term: (observed: number, expected: number, shift: number) => number,
): ContingencyResult {
  const alpha = requireShare('alpha', options.alpha ?? 0.05);
  const { rows, columns, rowSums, columnSums, n } = margins(table);
  const sides = [rowSums[0] ?? 0, n - (rowSums[0] ?? 0)] as const;
  const empty = [rowSums, columnSums].map((sums) => sums.filter((sum) => sum === 0).length);
  if (rows < 1 || columns < 1 || empty[0]! + empty[1]! > 0) {
    const reason = `a table of ${rows} × ${columns}, ${empty[0]} rows and ${empty[1]} columns of it empty: each needs a count`;
    return noResult('insufficient-data', method, sides, reason);
  }
  const degreesOfFreedom = (rows - 1) * (columns - 1);
  if (degreesOfFreedom === 0)
    return noResult('no-variation', method, sides, `a table of ${rows} × ${columns} has nothing to compare`);
  const yates = options.correction === true && degreesOfFreedom === 1;
  let [statistic, pearson, least] = [0, 0, Infinity];
  const expected = rowSums.map((row, i) =>
    columnSums.map((column, j) => {
      const value = (row * column) / n;
      statistic += term(table[i]![j]!, value, yates ? 0.5 : 0);
      pearson += (table[i]![j]! - value) ** 2 / value;
      least = Math.min(least, value);
      return value;
    }),
  );
  statistic = Math.max(0, statistic);
  const p = reportedP(chiSquareLogSurvival(statistic, degreesOfFreedom));
  const freedom = `${degreesOfFreedom} degree${degreesOfFreedom === 1 ? '' : 's'} of freedom`;
  return {
    status: 'ok',
    method: `${method}${yates ? ', Yates' : ''}, ${freedom}`,
    alternative: 'two-sided',
    statistic,
    degreesOfFreedom,
    ...p,
    n: sides,
    effect: {
      name: 'Cramér V',
      value: Math.min(1, Math.sqrt(pearson / n / (Math.min(rows, columns) - 1))),
      interval: null,
    },
    threshold: alpha,
    significant: p.pValue < alpha,
    assumptions: [enoughExpected(least)],
    notes: [],
    expected,
  };
}

function enoughExpected(least: number): Assumption {
  return {
    name: `every expected count at least ${LEAST_EXPECTED}`,
    holds: least >= LEAST_EXPECTED,
    detail: `the least is ${Number(least.toPrecision(4))}`,
  };
}

function margins(table: readonly ArrayLike<number>[]) {
  const isTable: boolean = Array.isArray(table);
  if (!isTable) throw new TypeError(`table is ${typeof table}: expected rows of counts`);
  const columns = table[0]?.length ?? 0;
  const columnSums = new Array<number>(columns).fill(0);
  const rowSums = table.map((row, i) => {
    requireArray(`table[${i}]`, row);
    if (row.length !== columns)
      throw new RangeError(`table[${i}] has ${row.length} columns and table[0] has ${columns}: expected one length`);
    let sum = 0;
    for (let j = 0; j < columns; j += 1) {
      const count = requireCount(`table[${i}][${j}]`, row[j]!);
      sum += count;
      columnSums[j]! += count;
    }
    return sum;
  });
  const n = rowSums.reduce((sum, value) => sum + value, 0);
  return { rows: table.length, columns, rowSums, columnSums, n };
}
