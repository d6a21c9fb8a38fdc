import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';

/** Columns of a file of comma-separated values, by name. */
export type Table = ReadonlyMap<string, readonly string[]>;

/** The names of a file's columns, as far as commas tell them. */
export function readHeader(path: string): string[] {
  return linesOf(path)[0]!;
}

/**
 * Reads a .csv or .csv.gz with a header and no quotes.
 * @throws Error on a row with another number of fields than the header
 */
export function readTable(path: string): Table {
  const [header, ...rows] = linesOf(path);
  rows.forEach((row, index) => {
    if (row.length !== header!.length)
      throw new Error(`${path}:${index + 2} has ${row.length} fields: expected ${header!.length}, as the header`);
  });
  return new Map(header!.map((name, column) => [name, rows.map((row) => row[column]!)]));
}

function linesOf(path: string): string[][] {
  const bytes = readFileSync(path);
  const text = (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('utf8');
  const lines = text.trim().split(/\r?\n/);
  return lines.map((line) => line.split(','));
}

/** A column as numbers. */
export function numbers(table: Table, name: string): Float64Array {
  return Float64Array.from(table.get(name)!, Number);
}

/** The places at which a column has a value. */
export function placesOf(table: Table, name: string, value: string): number[] {
  return table.get(name)!.flatMap((found, row) => (found === value ? [row] : []));
}
