import type { DriftColumn, DriftTable } from '../../src/statistics';
import { seeded } from '../library';
import { normalLaw } from '../samples';

/** Columns of numbers and codes of categories, with the names of the codes. */
export interface Table {
  readonly numbers: readonly Float64Array[];
  readonly codes: readonly Uint8Array[];
}

const LEVELS = [3, 5, 10, 20, 50];

/** Per categorical column the names of its codes. */
export const NAMES = LEVELS.map((levels) => Array.from({ length: levels }, (_, code) => `level ${code}`));

/** 20 normal columns and 5 categorical ones of 3 to 50 levels, the last of each moved. */
export function tableOf(rows: number, seed: number, moved: number): Table {
  const [normal, random] = [normalLaw(seed), seeded(seed + 1)];
  const numbers = Array.from({ length: 20 }, (_, k) => {
    const shift = k >= 15 ? moved : 0;
    return Float64Array.from({ length: rows }, () => normal() + shift);
  });
  const codes = LEVELS.map((levels, k) => {
    const power = k >= 3 ? 1.5 + moved : 1.5;
    return Uint8Array.from({ length: rows }, () => Math.floor(levels * random() ** power));
  });
  return { numbers, codes };
}

/** As `driftReference` and `judgeBatch` take it, categories as they are encoded. */
export function columnsOf({ numbers, codes }: Table): DriftTable {
  const encoded = codes.map((column, k): [string, DriftColumn] => [`c${k}`, { codes: column, names: NAMES[k]! }]);
  return Object.fromEntries([...numberColumns(numbers), ...encoded]);
}

/** The same with categories as strings. */
export function textColumnsOf({ numbers, codes }: Table): DriftTable {
  const text = codes.map((column, k): [string, DriftColumn] => [
    `c${k}`,
    Array.from(column, (code) => NAMES[k]![code]!),
  ]);
  return Object.fromEntries([...numberColumns(numbers), ...text]);
}

function numberColumns(numbers: Table['numbers']): [string, DriftColumn][] {
  return numbers.map((values, k) => [`n${k}`, values]);
}
