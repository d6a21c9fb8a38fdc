import { finiteValues, requireArray } from '../arguments';
import { categoryCounts } from '../describe/category-counts';
import type { Category } from '../describe/category-counts';
import type { FeatureKind } from './methods';

/** Categories as whole numbers: `names[code]` says which; a code without a name, or named null, is missing. */
export interface EncodedColumn {
  readonly codes: Uint8Array | Uint16Array | Uint32Array | Int32Array | readonly number[];
  readonly names: readonly (string | null)[];
}

/** One column of a table: numbers, or categories as they are or encoded; null, undefined and NaN are missing. */
export type DriftColumn = ArrayLike<Category> | EncodedColumn;

/** Columns by name, all of the same rows. */
export type DriftTable = Readonly<Record<string, DriftColumn>>;

/** Whether a column is encoded. */
export function isEncoded(column: DriftColumn): column is EncodedColumn {
  return 'codes' in column && 'names' in column;
}

/** @throws TypeError on what is neither an array nor encoded */
export function requireColumn(name: string, column: DriftColumn): DriftColumn {
  if (typeof column === 'object' && column !== null && isEncoded(column)) {
    requireArray(`${name}.names`, column.names);
    requireArray(`${name}.codes`, column.codes);
  } else requireArray(name, column);
  return column;
}

/** How many rows a column has. */
export function rowsOf(column: DriftColumn): number {
  return isEncoded(column) ? column.codes.length : column.length;
}

/** What a column holds, by its first value that is not missing; null when there is none. */
export function kindOf(column: DriftColumn): FeatureKind | null {
  if (isEncoded(column)) return 'categorical';
  if (column.length > 0 && ArrayBuffer.isView(column)) return 'numeric';
  const { length } = column;
  for (let row = 0; row < length; row += 1) {
    const value = column[row];
    if (value == null || Number.isNaN(value)) continue;
    return typeof value === 'number' ? 'numeric' : 'categorical';
  }
  return null;
}

/** Numbers that can be judged, and how many rows have none. */
export interface ReadNumbers {
  readonly values: Float64Array;
  readonly missing: number;
}

/** @throws TypeError on a column of anything but numbers */
export function readNumbers(name: string, column: DriftColumn): ReadNumbers {
  if (isEncoded(column)) throw new TypeError(`${name} holds encoded categories: expected numbers`);
  const { values, dropped } = finiteValues(name, column as ArrayLike<number>);
  return { values, missing: dropped };
}

/** Categories with their counts, and how many rows have none. */
export interface ReadCategories {
  readonly names: readonly string[];
  readonly counts: readonly number[];
  readonly missing: number;
}

/** @throws TypeError on a value that is no string, number, boolean or missing, or codes that are none */
export function readCategories(name: string, column: DriftColumn): ReadCategories {
  if (isEncoded(column)) return readCodes(column);
  try {
    const { counts, missing } = categoryCounts(column);
    return { names: Object.keys(counts), counts: Object.values(counts), missing };
  } catch (error) {
    throw new TypeError(`${name}: ${(error as Error).message}`);
  }
}

function readCodes({ codes, names }: EncodedColumn): ReadCategories {
  const perCode = countCodes(codes, names.length);
  const counts = new Map<string, number>();
  let known = 0;
  names.forEach((name, code) => {
    const count = perCode[code]!;
    if (name === null || count === 0) return;
    counts.set(name, (counts.get(name) ?? 0) + count);
    known += count;
  });
  return { names: [...counts.keys()], counts: [...counts.values()], missing: codes.length - known };
}

/** A place per name, and one more for codes without. */
function countCodes(codes: ArrayLike<number>, names: number): Uint32Array {
  const counts = new Uint32Array(names + 1);
  const { length } = codes;
  for (let row = 0; row < length; row += 1) {
    const code = codes[row]!;
    const place = code >= 0 && code < names ? code | 0 : names;
    counts[place] = counts[place]! + 1;
  }
  return counts;
}
