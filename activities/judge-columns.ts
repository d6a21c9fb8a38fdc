import type { DriftPolicy, TaskKind } from '../src/contracts';
import type { EncodedColumn } from '../src/statistics';
import type { Rows } from '../src/stores';
import { seasonKey } from './evidence';
import type { Subject } from './judge-drift';

/** Numbers, NaN where missing, or texts by code. */
export type Values = Float64Array | EncodedColumn;

/** A subject with its values, row by row. */
export interface SubjectColumn extends Subject {
  readonly column: Values;
}

const CLASSES = ['0', '1'] as const;

/** Features by name, numbers before texts, then the prediction and its score: whatever has a value in any row. */
export function subjectColumns(rows: Rows, task: TaskKind): SubjectColumn[] {
  const numbers = [...rows.columns].map(([feature, column]) => subject('feature', feature, 'numeric', column));
  const texts = [...rows.texts].map(([feature, column]) => subject('feature', feature, 'categorical', column));
  const features = [...numbers, ...texts].sort((a, b) => compare(a.feature, b.feature));
  const classes = { codes: rows.prediction, names: CLASSES };
  const prediction =
    task === 'binary'
      ? [subject('prediction', 'prediction', 'categorical', classes)]
      : task === 'regression'
        ? [subject('prediction', 'prediction', 'numeric', rows.predicted)]
        : [];
  return [...features, ...prediction, subject('score', 'score', 'numeric', rows.score)].filter(hasValues);
}

function subject(of: Subject['of'], feature: string, kind: Subject['kind'], column: Values): SubjectColumn {
  return { of, feature, kind, column };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Rows with a value. */
export function valuesOf(column: Values): number {
  let n = 0;
  if ('codes' in column) {
    for (const code of column.codes) if (code >= 0 && code < column.names.length) n += 1;
  } else for (const value of column) if (Number.isFinite(value)) n += 1;
  return n;
}

function hasValues({ column }: SubjectColumn): boolean {
  return valuesOf(column) > 0;
}

/** Row numbers by season key, keys in ascending order; one key with all rows without seasons. */
export function rowsBySeason(at: Float64Array, season: DriftPolicy['season']): ReadonlyMap<string, Uint32Array> {
  const groups = new Map<string, number[]>();
  at.forEach((instant, row) => {
    const key = seasonKey(instant, season);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  });
  const sorted = [...groups].sort(([a], [b]) => compare(a, b));
  return new Map(sorted.map(([key, rows]) => [key, Uint32Array.from(rows)]));
}

/** The values of some rows; the column itself when they are all of them. */
export function pickRows(column: Values, rows: Uint32Array): Values {
  if ('codes' in column) {
    if (rows.length === column.codes.length) return column;
    return { codes: Int32Array.from(rows, (row) => column.codes[row]!), names: column.names };
  }
  return rows.length === column.length ? column : Float64Array.from(rows, (row) => column[row]!);
}
