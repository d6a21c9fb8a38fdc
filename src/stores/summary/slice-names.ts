import { unpackColumn } from '../columns';
import type { PackedColumn } from '../columns';

/** The part of the traffic that a row belongs to under a key: one name, or none where it has no value. */
export type SliceNames = (row: number) => readonly string[];

/** A longer value is cut, as it is where rows are read. */
const VALUE = 100;
const NONE: readonly string[] = [];

/** Names by row for a segment key: the key and the value as text. Lists and nested values are no values. */
export function sliceNamesOf(features: readonly PackedColumn[], key: string, n: number): SliceNames {
  const column = features.find(({ name }) => name === key);
  if (column === undefined) return () => NONE;
  const values = unpackColumn(column);
  const known = new Map<string | number, readonly string[]>();
  const names = Array.from({ length: n }, (_, row): readonly string[] => {
    const value = values[row];
    if (typeof value !== 'string' && typeof value !== 'number') return NONE;
    let name = known.get(value);
    if (name === undefined) known.set(value, (name = [`${key}=${String(value).slice(0, VALUE)}`]));
    return name;
  });
  return (row) => names[row]!;
}
