import type { Rows } from '../src/stores';

/** A longer value is cut: a slice is named in alerts. */
const VALUE = 100;

/** How a slice is called: the key and the value as text. */
export function sliceName(key: string, value: string | number): string {
  return `${key}=${String(value).slice(0, VALUE)}`;
}

/** The rows of each slice under the keys, the most rows first, then by name. A row without a value is in none. */
export function sliceRows(rows: Rows, among: Uint32Array, keys: readonly string[]): ReadonlyMap<string, Uint32Array> {
  const slices = new Map<string, number[]>();
  const add = (name: string, row: number): void => {
    const slice = slices.get(name);
    if (slice === undefined) slices.set(name, [row]);
    else slice.push(row);
  };
  for (const key of new Set(keys)) {
    const numbers = rows.columns.get(key);
    const texts = rows.texts.get(key);
    const names = texts?.names.map((name) => sliceName(key, name));
    for (const row of among) {
      if (numbers !== undefined && !Number.isNaN(numbers[row])) add(sliceName(key, numbers[row]!), row);
      const name = names?.[texts!.codes[row]!];
      if (name !== undefined) add(name, row);
    }
  }
  const sorted = [...slices].sort(([a, inA], [b, inB]) => inB.length - inA.length || (a < b ? -1 : 1));
  return new Map(sorted.map(([name, picked]) => [name, Uint32Array.from(picked)]));
}
